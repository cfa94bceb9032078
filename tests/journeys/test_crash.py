"""Killed at any point, a delivery is there whole or not at all, and delivering again completes it."""

import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psutil
import pytest
from psycopg.conninfo import conninfo_to_dict

from xinqiao import main
from xinqiao.intake import queries
from xinqiao.kernel.unified_code import build

COMMAND = Path(sys.executable).with_name("xinqiao")
DATASET = "business_registration"
HEADING = ("unified_code", "name", "event_kind", "approved_on", "established_on", "legal_representative")
FIRMS = 3_000
BAD = 300
CORRECTED = 200
# A run is cut off at so many moments spread over its length.
MOMENTS = 9
PATIENCE_SECONDS = 60


def registry(path: Path, firms: range, *, representative: str = "张三", bad: int = 0) -> Path:
    """A file of registrations, the last `bad` of them with a date that is none."""
    with path.open("w", encoding="gb18030", newline="") as writer:
        sheet = csv.writer(writer)
        sheet.writerow(HEADING)
        for number in firms:
            code = build(region="449901", organisation8=f"MA{number:06d}").text
            day = "2019-03-32" if number >= firms.stop - bad else "2019-03-05"
            sheet.writerow((code, f"第{number}公司", "establishment", day, "2019-03-05", representative))
    return path


@dataclass(frozen=True)
class Home:
    """A home folder with some records, a delivery about to come, and what is known before it.

    Attributes:
        folder: The folder.
        coming: The delivery's file: firms that are new, some known otherwise, some rows bad.
        seconds: How long such a delivery takes when nobody kills it.
    """

    folder: Path
    coming: Path
    seconds: float

    def deliver(self, path: Path | None = None) -> "subprocess.Popen[str]":
        """Begin a delivery in a process of its own."""
        return subprocess.Popen(
            [COMMAND, "deliver", DATASET, path or self.coming, "--known-at", "2026-01-15", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Tests that a shell runs in the background inherit that interrupts are ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  no threads here
        )

    def state(self) -> dict[str, Any]:
        """All that readers can see."""
        with main.open_workspace() as workspace, workspace.engine.session() as session:
            with workspace.store.transaction() as tx:
                versions = workspace.lake.versions(tx)
                seen: dict[str, Any] = {
                    "versions": versions,
                    "deliveries": queries.deliveries(tx),
                    "held": queries.held(tx, lake=workspace.lake, session=session),
                    "events": tx.rows("SELECT name, payload FROM audit_event ORDER BY event_id"),
                    "lineage": tx.rows("SELECT run_id FROM lineage_event ORDER BY lineage_event_id"),
                    "directory": tx.rows(
                        "SELECT count(*), count(*) FILTER (WHERE legal_representative = '李四') AS renewed FROM enterprise"
                    ),
                }
            for table in (f"records/{DATASET}", f"quarantine/{DATASET}"):
                columns = workspace.contracts[DATASET].record_columns()
                workspace.lake.register(
                    session, table=table, version=versions.get(table), name="seen",
                    columns=columns if table.startswith("records") else {"row": "BIGINT"},
                )  # fmt: skip
                seen[table] = session.scalar("SELECT count(*) FROM seen")
            return seen


@pytest.fixture
def home(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Home:
    folder = tmp_path / "home"
    parts = conninfo_to_dict(database_url)
    name = parts.pop("dbname")
    monkeypatch.setenv("XINQIAO_HOME", str(folder))
    monkeypatch.setenv("XINQIAO_DATABASE_URL", f"postgresql:///{name}?{urlencode(parts, quote_via=quote)}")
    return _prepared(tmp_path, folder)


def _prepared(tmp_path: Path, folder: Path) -> Home:
    home = Home(folder, registry(tmp_path / "coming.csv", range(FIRMS), representative="李四", bad=BAD), 0)
    finish(home.deliver(registry(tmp_path / "before.csv", range(CORRECTED))))
    began = time.monotonic()
    finish(home.deliver(registry(tmp_path / "alike.csv", range(100_000, 100_000 + FIRMS), bad=BAD)))
    return Home(folder, home.coming, time.monotonic() - began)


def finish(process: "subprocess.Popen[str]") -> dict[str, Any]:
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, err
    told: dict[str, Any] = json.loads(out)
    return told


def cut_off(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


def require_whole(home: Home, before: dict[str, Any]) -> None:
    """The delivery took effect, all of it, exactly once."""
    after = home.state()
    (taken, *earlier) = after["deliveries"]
    assert earlier == before["deliveries"]
    assert (taken.accepted, taken.corrected, taken.duplicate, taken.quarantined) == (
        FIRMS - BAD - CORRECTED, CORRECTED, 0, BAD,
    )  # fmt: skip
    assert taken.reasons == {"unparseable:approved_on": BAD}
    assert after[f"records/{DATASET}"] == before[f"records/{DATASET}"] + FIRMS - BAD
    assert after[f"quarantine/{DATASET}"] == before[f"quarantine/{DATASET}"] + BAD
    assert after["directory"] == [
        {"count": before["directory"][0]["count"] + FIRMS - BAD - CORRECTED, "renewed": FIRMS - BAD}
    ]
    assert [each["name"] for each in after["events"][len(before["events"]) :]] == [
        "delivery.taken",
        "directory.refreshed",
    ]
    assert len(after["lineage"]) == len(before["lineage"]) + 1
    assert after["versions"] == before["versions"] | taken.versions


def test_killed_at_many_moments_it_is_there_whole_or_not_at_all(home: Home) -> None:
    before, cut = home.state(), 0
    for moment in range(1, MOMENTS + 1):
        process = home.deliver()
        try:
            process.communicate(timeout=home.seconds * moment / (MOMENTS + 1))
        except subprocess.TimeoutExpired:
            cut_off(process)
            cut += 1
        if home.state() != before:
            break  # It was quicker than the run that was measured, or was cut off after its last commit.

    again = finish(home.deliver())

    assert cut > 0
    assert (again["accepted"], again["corrected"], again["quarantined"]) == (
        FIRMS - BAD - CORRECTED,
        CORRECTED,
        BAD,
    )
    require_whole(home, before)
    assert list((home.folder / "work").iterdir()) == []
    assert list((home.folder / "deliveries").glob(".*")) == []


def commits(home: Home, table: str) -> int:
    return len(list((home.folder / "lake" / table / "_delta_log").glob("*.json")))


def drafts(home: Home, table: str) -> int:
    """Parquet files in a table's folder, those being written among them."""
    return len(list((home.folder / "lake" / table).glob("*.parquet")))


@pytest.mark.parametrize("table", [f"records/{DATASET}", f"quarantine/{DATASET}"])
def test_killed_between_the_lakes_commit_and_postgresqls_it_is_not_there(home: Home, table: str) -> None:
    before = home.state()
    for _ in range(2):  # The second time the first one's leavings are rolled back on the way.
        known = commits(home, table)
        process = home.deliver()
        while commits(home, table) == known and process.poll() is None:
            pass
        cut_off(process)
        assert commits(home, table) > known
        assert home.state() == before
        listed = subprocess.run(
            [COMMAND, "lake", "versions", table, "--json"], capture_output=True, check=True
        )
        assert next(each["orphan"] for each in json.loads(listed.stdout)) is True

    finish(home.deliver())

    require_whole(home, before)
    listed = subprocess.run([COMMAND, "lake", "versions", table, "--json"], capture_output=True, check=True)
    assert not any(each["orphan"] for each in json.loads(listed.stdout))


def test_the_very_first_delivery_of_all_may_be_killed(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = conninfo_to_dict(database_url)
    name = parts.pop("dbname")
    monkeypatch.setenv("XINQIAO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XINQIAO_DATABASE_URL", f"postgresql:///{name}?{urlencode(parts, quote_via=quote)}")
    home = Home(tmp_path / "home", registry(tmp_path / "first.csv", range(FIRMS), bad=BAD), 0)
    process = home.deliver()
    while not commits(home, f"quarantine/{DATASET}") and process.poll() is None:
        pass
    cut_off(process)
    assert home.state()["deliveries"] == []
    assert home.state()[f"records/{DATASET}"] == 0

    again = finish(home.deliver())

    assert (again["accepted"], again["quarantined"]) == (FIRMS - BAD, BAD)
    assert home.state()[f"records/{DATASET}"] == FIRMS - BAD


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_by_a_person_or_the_system_it_says_so_and_nothing_took_effect(
    home: Home, stop: signal.Signals
) -> None:
    before = home.state()
    known = drafts(home, f"records/{DATASET}")
    process = home.deliver()
    while drafts(home, f"records/{DATASET}") == known and process.poll() is None:
        pass
    process.send_signal(stop)
    _, err = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert "没有生效" in err
    assert home.state() == before


@pytest.fixture
def embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder with a database of its own."""
    folder = tmp_path / "home"
    monkeypatch.setenv("XINQIAO_HOME", str(folder))
    monkeypatch.delenv("XINQIAO_DATABASE_URL", raising=False)
    yield folder
    for process in _servers(folder):
        process.kill()


def _servers(folder: Path) -> list[psutil.Process]:
    """Processes of the embedded server of a home folder."""
    number = folder / "pg" / "data" / "postmaster.pid"
    if not number.exists():
        return []
    try:
        first = psutil.Process(int(number.read_text().split()[0]))
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _without_its_server(home: Home, folder: Path, table: str) -> "subprocess.Popen[str]":
    """A delivery whose database server was killed once it had committed to a lake table."""
    known = commits(home, table)
    process = home.deliver()
    while commits(home, table) == known and process.poll() is None:
        pass
    for server in _servers(folder):
        server.kill()
    return process


def test_killed_postgresql_takes_the_delivery_with_it_and_the_next_command_starts_it_again(
    embedded: Path, tmp_path: Path
) -> None:
    home = _prepared(tmp_path, embedded)
    before = home.state()
    process = _without_its_server(home, embedded, f"records/{DATASET}")
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 2, err
    assert "Traceback" not in err
    assert home.state() == before

    finish(home.deliver())

    require_whole(home, before)


def test_everything_killed_at_once_as_by_a_power_cut(embedded: Path, tmp_path: Path) -> None:
    home = _prepared(tmp_path, embedded)
    before = home.state()
    process = _without_its_server(home, embedded, f"quarantine/{DATASET}")
    cut_off(process)

    assert home.state() == before
    finish(home.deliver())
    require_whole(home, before)
