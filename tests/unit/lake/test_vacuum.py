"""Deleting files: never one that a reader, a needed version or a running command has, always what nobody names."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from xinqiao.engine import Session
from xinqiao.lake import Lake, Vacuumed, log
from xinqiao.store import Store

TABLE = "records/sales_invoice"
COLUMNS = {"subject": "BIGINT", "delivery": "BIGINT"}
NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def deliver(store: Store, lake: Lake, session: Session) -> Callable[..., int]:
    """Append a delivery's file; the version."""

    def appending(delivery: int, *, lost: bool = False) -> int:
        version = -1
        with suppress(InterruptedError), store.transaction() as tx:
            with lake.draft(TABLE) as path:
                written = session.write(f"SELECT 1::BIGINT AS subject, {delivery}::BIGINT AS delivery", path)
                assert written is not None
                version = lake.append(tx, table=TABLE, files=[written], columns=COLUMNS, info={})
            if lost:
                raise InterruptedError
        return version

    return appending


@pytest.fixture
def readable(lake: Lake, session: Session) -> Callable[[int], list[int]]:
    """The deliveries in a version."""

    def reading(version: int) -> list[int]:
        lake.register(session, table=TABLE, version=version, name="seen", columns=COLUMNS)
        return [row[0] for row in session.rows("SELECT delivery FROM seen ORDER BY ALL")]

    return reading


def aged(lake: Lake, days: float) -> None:
    """Let every file and log entry of the lake be so many days old."""
    then = (NOW - timedelta(days=days)).timestamp()
    for path in lake.root.rglob("*.parquet"):
        os.utime(path, (then, then))
    for path in lake.root.rglob("*.json"):
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for line in lines:
            if "commitInfo" in line:
                line["commitInfo"]["timestamp"] = int(then * 1000)
        path.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")


@pytest.fixture
def vacuum(store: Store, lake: Lake) -> Callable[..., Vacuumed]:
    """Vacuum the table."""

    def vacuuming(*needed: int, dry_run: bool = False) -> Vacuumed:
        with store.transaction() as tx:
            found = lake.unneeded(tx, table=TABLE, needed=needed, unchanged_since=NOW - DAY)
        if not dry_run:
            found.delete()
        return found.told

    return vacuuming


Deliver = Callable[..., int]
Readable = Callable[[int], list[int]]
Vacuum = Callable[..., Vacuumed]


@pytest.fixture
def compacted(store: Store, lake: Lake, session: Session, deliver: Deliver) -> None:
    """Three deliveries made one file."""
    for delivery in (1, 2, 3):
        deliver(delivery)
    with store.transaction() as tx:
        lake.compact(tx, session, table=TABLE)


def test_what_a_needed_version_names_is_kept_and_the_rest_goes(
    compacted: None, lake: Lake, vacuum: Vacuum, readable: Readable
) -> None:
    aged(lake, 10)

    done = vacuum(1)

    assert (done.expired, done.orphaned, done.kept) == (1, 0, 3)
    assert readable(1) == [1, 2]
    assert readable(3) == [1, 2, 3]
    assert len(lake.missing(TABLE, 2)) == 1


def test_a_dry_run_tells_the_same_and_deletes_nothing(
    compacted: None, lake: Lake, vacuum: Vacuum, readable: Readable
) -> None:
    aged(lake, 10)

    told = vacuum(dry_run=True)

    assert [readable(version) for version in (0, 1, 2)] == [[1], [1, 2], [1, 2, 3]]
    assert vacuum() == told
    assert told.expired == 3


def test_a_version_that_was_the_newest_within_the_safety_period_is_kept(
    compacted: None, lake: Lake, vacuum: Vacuum, readable: Readable
) -> None:
    """Its files are old, but somebody may still be reading it."""
    aged(lake, 10)
    entry = lake.root / TABLE / "_delta_log" / f"{3:020d}.json"
    lines = [json.loads(line) for line in entry.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        if "commitInfo" in line:
            line["commitInfo"]["timestamp"] = int((NOW - DAY / 2).timestamp() * 1000)
    entry.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")

    assert vacuum().expired == 0
    assert readable(2) == [1, 2, 3]


def test_the_leaving_of_a_killed_command_goes_once_it_is_a_day_old(
    lake: Lake, deliver: Deliver, vacuum: Vacuum, readable: Readable
) -> None:
    deliver(1)
    aged(lake, 10)
    draft = lake.root / TABLE / "part-killed.parquet"
    draft.write_bytes(b"half")
    os.utime(draft, ((NOW - DAY / 2).timestamp(),) * 2)

    assert vacuum().orphaned == 0
    os.utime(draft, ((NOW - 2 * DAY).timestamp(),) * 2)
    assert vacuum().orphaned == 1
    assert not draft.exists()
    assert readable(0) == [1]


def test_a_table_whose_first_commit_was_lost_is_swept_and_can_be_written(
    store: Store, lake: Lake, session: Session, deliver: Deliver, vacuum: Vacuum, readable: Readable
) -> None:
    deliver(1, lost=True)
    aged(lake, 10)
    assert lake.tables() == [TABLE]

    assert vacuum().kept == 0
    version = deliver(2)

    assert readable(version) == [2]


def test_a_log_tells_the_life_of_each_file(compacted: None, lake: Lake) -> None:
    told = log.read(lake.root / TABLE)

    assert sorted((life.added, life.removed) for life in told.lives) == [(0, 3), (1, 3), (2, 3), (3, None)]
    assert sorted(told.committed_at) == [0, 1, 2, 3]
    assert log.read(lake.root / "none").lives == ()
