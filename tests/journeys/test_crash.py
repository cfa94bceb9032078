"""Killed at any moment, a delivery is there whole or not at all, and delivering again makes it whole once."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from xinqiao.engine import DuckDBEngine
from xinqiao.intake import queries
from xinqiao.kernel.unified_code import build
from xinqiao.lake import Lake
from xinqiao.store import Store, open_store

_COMMAND = Path(sys.executable).with_name("xinqiao")
_TIMEOUT = 60
_DATASET = "tax_payment"
_RECORDS, _QUARANTINE = f"records/{_DATASET}", f"quarantine/{_DATASET}"
_HEADINGS = "纳税人识别号,税票号码,税种,缴款类型,缴款日期,实缴金额\n"
_CODES = [build(region="449901", organisation8=f"MA5{number:05d}").text for number in range(1000)]
_ROWS, _EARLIER = 60_000, 20_000
# Every so many rows one names nobody.
_BAD = 50
_MOMENTS = 8
# What people see of the deliveries taken so far.
View = dict[str, Any]


def write_payments(path: Path, numbers: range) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEADINGS)
        for number in numbers:
            code = "" if number % _BAD == 0 else _CODES[number % len(_CODES)]
            file.write(
                f"{code},{number:012d},增值税,缴款,2025-{number % 12 + 1:02d}-09,{number % 9000 + 1}.50\n"
            )
    return path


@dataclass(frozen=True, slots=True)
class Place:
    """A home folder, and the file that is delivered to it."""

    home: Path
    file: Path

    def start(self, *arguments: object) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [_COMMAND, *map(str, arguments), "--json"],
            env={**os.environ, "XINQIAO_HOME": str(self.home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def read(self, *arguments: object) -> Any:
        """What a command that must succeed answers."""
        process = self.start(*arguments)
        said, aside = process.communicate(timeout=_TIMEOUT)
        assert process.returncode == 0, aside
        return json.loads(said)

    def deliver(self) -> dict[str, Any]:
        taken: dict[str, Any] = self.read("deliver", _DATASET, self.file)
        return {
            name: taken[name]
            for name in ("accepted", "corrected", "duplicate", "quarantined", "unresolved", "reasons")
        }

    def starting(self) -> "subprocess.Popen[str]":
        """The delivery, on its way."""
        return self.start("deliver", _DATASET, self.file)

    def log_entry(self, table: str) -> Path:
        """Where Delta will note the next version of a table."""
        folder = self.home / "lake" / table / "_delta_log"
        return next(path for n in count() if not (path := folder / f"{n:020d}.json").exists())

    def view(self, store: Store) -> View:
        """What readers see."""
        lake = Lake(self.home / "lake")
        engine = DuckDBEngine(self.home / "tmp", threads=2)
        with store.transaction() as tx, engine.session() as session:
            counts = tx.row(
                "SELECT (SELECT count(*) FROM delivery) AS deliveries,"
                " (SELECT sum(accepted) FROM delivery) AS accepted,"
                " (SELECT count(*) FROM audit_event WHERE name = 'delivery.taken') AS events,"
                " (SELECT count(*) FROM lineage_event) AS traces"
            )
            tables = {
                table: sum(file.rows for file in lake.files(table, version))
                for table, version in lake.versions(tx).items()
            }
            held = [(each.rows, each.reasons) for each in queries.held(tx, lake=lake, session=session)]
            version, columns = lake.versions(tx).get(_RECORDS), {"voucher_number": "VARCHAR"}
            lake.register(session, table=_RECORDS, version=version, name="seen", columns=columns)
            distinct = session.scalar("SELECT count(DISTINCT voucher_number) FROM seen")
        return {"tables": tables, "held": held, "counts": counts, "distinct": distinct}

    def store(self) -> Store:
        return open_store(home=self.home, database_url=None)

    def postmaster(self) -> int:
        return int((self.home / "pg/data/postmaster.pid").read_text().split()[0])


@dataclass(frozen=True, slots=True)
class Course:
    """A home before a delivery, and all there is to know of the delivery when nothing disturbs it.

    Attributes:
        pattern: The home, to copy.
        file: What is delivered.
        before: What is seen before.
        after: What is seen after.
        taken: What the command answers.
        seconds: How long it takes.
    """

    pattern: Path
    file: Path
    before: View
    after: View
    taken: dict[str, Any]
    seconds: float


@pytest.fixture(scope="module")
def courses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Course]:
    """The first delivery there ever was, and one that overlaps an earlier one."""
    folder = tmp_path_factory.mktemp("courses")
    file = write_payments(folder / "payments.csv", range(_ROWS))
    earlier = write_payments(folder / "earlier.csv", range(_ROWS - _EARLIER // 2, _ROWS + _EARLIER // 2))
    found = {}
    Place(folder / "first", file).read("migrate")
    shutil.copytree(folder / "first", folder / "later")
    Place(folder / "later", file).read("deliver", _DATASET, earlier)
    for name in ("first", "later"):
        place = Place(folder / f"{name}-undisturbed", file)
        shutil.copytree(folder / name, place.home)
        began = time.monotonic()
        taken = place.deliver()
        seconds = time.monotonic() - began
        with closing(Place(folder / name, file).store()) as untouched, closing(place.store()) as store:
            before, after = Place(folder / name, file).view(untouched), place.view(store)
        found[name] = Course(folder / name, file, before, after, taken, seconds)
    return found


@pytest.fixture
def begin(courses: dict[str, Course], tmp_path: Path) -> Iterator[Callable[[str], tuple[Course, Place]]]:
    """A copy of a home on which a course is to be run; a server that a failed test left there is ended."""
    place = Place(tmp_path / "home", tmp_path)

    def copy(name: str) -> tuple[Course, Place]:
        course = courses[name]
        shutil.copytree(course.pattern, place.home)
        return course, Place(place.home, course.file)

    yield copy
    open_store(home=place.home, database_url=None).close()


def kill_after(process: "subprocess.Popen[str]", entry: Path) -> None:
    """Kill as soon as a Delta version is there."""
    deadline = time.monotonic() + _TIMEOUT
    while not entry.exists():
        assert process.poll() is None, "it ended before the version was there"
        assert time.monotonic() < deadline, "waited in vain"
    end(process)


def end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate(timeout=_TIMEOUT)


def assert_all_or_nothing(course: Course, place: Place) -> None:
    """The delivery is seen whole or not at all, and delivering again makes it whole."""
    with closing(place.store()) as store:
        listed = {each["table"]: each["rows"] for each in place.read("lake", "versions")}
        seen = place.view(store)
        assert seen in (course.before, course.after)
        assert listed == seen["tables"]
        assert place.deliver() == course.taken
        assert place.view(store) == course.after


def test_undisturbed_every_row_is_accounted_for(courses: dict[str, Course]) -> None:
    bad = _ROWS // _BAD
    overlap = _EARLIER // 2 - _EARLIER // 2 // _BAD

    first, later = courses["first"], courses["later"]

    assert (first.taken["accepted"], first.taken["quarantined"]) == (_ROWS - bad, bad)
    assert (later.taken["accepted"], later.taken["duplicate"]) == (_ROWS - bad - overlap, overlap)
    for course in (first, later):
        assert course.after["distinct"] == course.after["tables"][_RECORDS]
        assert course.before != course.after


@pytest.mark.parametrize("moment", range(1, _MOMENTS + 1))
def test_killed_at_any_moment(begin: Callable[[str], tuple[Course, Place]], moment: int) -> None:
    course, place = begin("later" if moment % 2 else "first")
    process = place.starting()
    try:
        process.wait(timeout=course.seconds * moment / (_MOMENTS + 1))
    except subprocess.TimeoutExpired:
        end(process)
    else:
        end(process)  # Faster than the run that was measured; the delivery must be whole.

    assert_all_or_nothing(course, place)


@pytest.mark.parametrize("name", ["first", "later"])
@pytest.mark.parametrize("table", [_RECORDS, _QUARANTINE])
def test_killed_right_after_a_table_has_its_new_version(
    begin: Callable[[str], tuple[Course, Place]], name: str, table: str
) -> None:
    course, place = begin(name)
    entry = place.log_entry(table)

    kill_after(place.starting(), entry)

    assert_all_or_nothing(course, place)


def test_killed_twice_in_the_same_place(begin: Callable[[str], tuple[Course, Place]]) -> None:
    course, place = begin("first")
    for _ in range(2):
        kill_after(place.starting(), place.log_entry(_RECORDS))

    assert_all_or_nothing(course, place)


def test_killed_together_with_its_database(begin: Callable[[str], tuple[Course, Place]]) -> None:
    course, place = begin("later")
    process = place.starting()
    kill_after(process, place.log_entry(_QUARANTINE))
    os.kill(place.postmaster(), signal.SIGKILL)

    assert_all_or_nothing(course, place)


def test_the_database_killed_between_two_commands(begin: Callable[[str], tuple[Course, Place]]) -> None:
    course, place = begin("later")
    with closing(place.store()) as store:
        assert place.deliver() == course.taken
        os.kill(place.postmaster(), signal.SIGKILL)

        assert place.deliver() == course.taken
        assert place.view(store) == course.after
