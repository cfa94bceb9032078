"""A demonstration city against the truth written beside it: dirt that was caught, defaults that were seen coming."""

import csv
import io
import json
import sys
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from xinqiao import main
from xinqiao.city import Manifest, load_manifest
from xinqiao.intake import queries
from xinqiao.store import Store, open_store

ENTERPRISES = 300
# Where a planted fault does not refuse the row, the truth says what became of it instead of a reason.
OUTCOMES = {"accepted", "duplicate", "corrected"}

Rows = Mapping[tuple[str, int], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class City:
    """A city that `xinqiao demo` made, as it was right after.

    Attributes:
        home: Its home folder.
        store: Its database.
        manifest: What was delivered.
        taken: What became of each delivery, in the manifest's order.
        refused: Reasons by file and row of each delivery's refused rows, in the manifest's order.
        dirt: Planted faults by file.
        enterprises: What is true of each enterprise, by unified code.
        grades: Its newest grades, by unified code.
    """

    home: Path
    store: Store
    manifest: Manifest
    taken: Sequence[Mapping[str, Any]]
    refused: Sequence[Rows]
    dirt: Mapping[str, Sequence[Mapping[str, str]]]
    enterprises: Mapping[str, Mapping[str, str]]
    grades: Mapping[str, Mapping[str, Any]]

    def run(self, *arguments: object) -> str:
        return run(self.home, self.store, *arguments)

    def counted(self) -> Mapping[str, int]:
        """How much there is of everything that no second run may add to."""
        tables = ("audit_event", "lineage_event", "delivery", "evaluation", "enterprise")
        with self.store.transaction() as tx:
            found = tx.row(
                "SELECT (SELECT count(*) FROM audit_event) AS audit_event,"
                " (SELECT count(*) FROM lineage_event) AS lineage_event,"
                " (SELECT count(*) FROM delivery) AS delivery,"
                " (SELECT count(*) FROM evaluation) AS evaluation,"
                " (SELECT count(*) FROM enterprise) AS enterprise"
            )
        assert found is not None
        return {table: found[table] for table in tables}

    def planted(self, delivery: int) -> Iterator[tuple[str, Mapping[str, str]]]:
        """The faults in the files of one delivery, each with the file's name."""
        for file in self.manifest.deliveries[delivery].files:
            for fault in self.dirt[file]:
                yield Path(file).name, fault


@contextmanager
def entered(home: Path, store: Store) -> Iterator[pytest.MonkeyPatch]:
    """The environment in which the product uses this home and this database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XINQIAO_HOME", str(home))
        patch.setenv("XINQIAO_DATABASE_URL", store.url)
        yield patch


def run(home: Path, store: Store, *arguments: object) -> str:
    """What one command writes."""
    out, aside = io.StringIO(), io.StringIO()
    with entered(home, store) as patch, redirect_stdout(out), redirect_stderr(aside):
        patch.setattr(sys, "argv", ["xinqiao", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main.run()
    assert left.value.code == 0, aside.getvalue()
    return out.getvalue()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("truth")
    home = folder / "home"
    store = open_store(home=folder / "server", database_url=None)
    run(home, store, "demo", "--no-serve", "--enterprises", ENTERPRISES)
    manifest = load_manifest(home / "city")
    taken, refused = what_became(home, store, manifest)
    dirt: dict[str, list[dict[str, str]]] = defaultdict(list)
    for fault in rows_of(home / "city" / manifest.dirt_file):
        dirt[fault["file"]].append(fault)
    yield City(
        home=home,
        store=store,
        manifest=manifest,
        taken=taken,
        refused=refused,
        dirt=dirt,
        enterprises={row["unified_code"]: row for row in rows_of(home / "city" / manifest.enterprises_file)},
        grades={row["code"]: row for row in json.loads(run(home, store, "rating", "export", "--json"))},
    )
    store.close()


def what_became(home: Path, store: Store, manifest: Manifest) -> tuple[list[Mapping[str, Any]], list[Rows]]:
    """Each delivery's row in the database and its rows in quarantine, in the manifest's order."""
    taken: list[Mapping[str, Any]] = []
    refused: list[Rows] = []
    with (
        entered(home, store),
        main.open_workspace() as workspace,
        workspace.engine.session() as session,
        workspace.store.transaction() as tx,
    ):
        found = {
            named(row["dataset"], row["known_at"], [file["name"] for file in row["files"]]): row
            for row in tx.rows("SELECT * FROM delivery")
        }
        for each in manifest.deliveries:
            row = found[named(each.dataset, each.known_at, [Path(file).name for file in each.files])]
            held = queries.refused_rows(
                tx,
                lake=workspace.lake,
                session=session,
                contract=workspace.contracts[each.dataset],
                delivery_id=row["delivery_id"],
                limit=100_000,
            )
            taken.append(row)
            refused.append({(line.file, line.row): line.reasons for line in held})
    return taken, refused


def named(dataset: str, known_at: datetime, files: Sequence[str]) -> tuple[str, float, tuple[str, ...]]:
    """What tells one delivery of the city from every other."""
    return dataset, known_at.timestamp(), tuple(files)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as reader:
        return list(csv.DictReader(reader))


def area_under_curve(paid: Sequence[float], defaulted: Sequence[float]) -> float:
    """How often a score of `paid` beats one of `defaulted`, ties half."""
    below = sorted(defaulted)
    wins = sum(bisect_left(below, score) + bisect_right(below, score) for score in paid)
    return wins / (2 * len(paid) * len(below))


def test_the_city_is_dirty_enough_to_say_anything(city: City) -> None:
    kinds = {fault["kind"] for faults in city.dirt.values() for fault in faults}

    assert len(kinds) >= 20
    assert city.manifest.dirty_rows == sum(len(faults) for faults in city.dirt.values())
    assert 0.01 < city.manifest.dirty_rows / city.manifest.rows < 0.1


def test_every_fault_was_caught_with_its_reason_and_nothing_else_was_refused(city: City) -> None:
    assert len(city.refused) == len(city.manifest.deliveries) > 0
    assert any(city.refused)
    for number, held in enumerate(city.refused):
        planted = {
            (file, int(fault["row"])): (fault["outcome"],)
            for file, fault in city.planted(number)
            if fault["outcome"] not in OUTCOMES
        }

        assert held == planted, city.manifest.deliveries[number].files


def test_duplicates_and_corrections_are_as_many_as_were_planted(city: City) -> None:
    assert len(city.taken) == len(city.manifest.deliveries) > 0
    assert {name for row in city.taken for name in ("duplicate", "corrected") if row[name]} == {
        "duplicate",
        "corrected",
    }
    for number, row in enumerate(city.taken):
        planted = Counter(fault["outcome"] for _, fault in city.planted(number))

        found = {"duplicate": row["duplicate"], "corrected": row["corrected"]}
        assert found == {outcome: planted[outcome] for outcome in found}, city.manifest.deliveries[
            number
        ].files


def test_every_row_delivered_is_accounted_for(city: City) -> None:
    counted = [
        row["accepted"] + row["corrected"] + row["duplicate"] + row["quarantined"] for row in city.taken
    ]

    assert counted == [each.rows for each in city.manifest.deliveries]
    assert sum(counted) == city.manifest.rows


def test_every_enterprise_has_a_grade_or_none_for_want_of_data(city: City) -> None:
    # The rest are seen but not known enough of: tax alone, or the registration alone.
    known = [code for code, row in city.enterprises.items() if row["profile"] == "full"]

    assert set(city.grades) == set(city.enterprises)
    assert sum(city.grades[code]["grade"] in set("ABCD") for code in known) > 0.9 * len(known)


def test_the_score_sees_hidden_defaults_coming(city: City) -> None:
    scores: dict[str, list[float]] = {"0": [], "1": []}
    for code, row in city.enterprises.items():
        if city.grades[code]["score"] is not None:
            scores[row["defaulted"]].append(city.grades[code]["score"])

    assert len(scores["1"]) >= 8
    assert area_under_curve(scores["0"], scores["1"]) >= 0.75


def test_a_second_run_changes_nothing(city: City) -> None:
    counted, versions = city.counted(), city.run("lake", "versions")

    city.run("demo", "--no-serve", "--enterprises", ENTERPRISES)

    assert city.counted() == counted
    assert city.run("lake", "versions") == versions


def test_rows_that_came_before_their_account_was_known_come_in_by_replay(city: City) -> None:
    brought_in = 0
    for number, row in enumerate(city.taken):
        waiting = {
            (file, int(fault["row"]))
            for file, fault in city.planted(number)
            if fault["kind"] == "account_not_yet_known"
        }
        if not waiting:
            continue
        delivery = row["delivery_id"]
        done = json.loads(city.run("quarantine", "replay", delivery, "--json"))
        held = json.loads(city.run("quarantine", "show", delivery, "--limit", 10_000, "--json"))
        brought_in += done["accepted"] + done["corrected"] + done["duplicate"]

        # What is wrong in itself no crosswalk can mend, and no time that has passed since.
        assert {(line["file"], line["row"]): tuple(line["reasons"]) for line in held} == {
            place: reasons for place, reasons in city.refused[number].items() if place not in waiting
        }
        assert done["still_refused"] == len(held)
    assert brought_in >= 20
