"""What nothing needs any more is deleted, beside everybody else's work, and never without a word in the log."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from xinqiao.audit import queries
from xinqiao.engine import DuckDBEngine
from xinqiao.kernel.actor import Actor
from xinqiao.lake import Lake, Vacuumed
from xinqiao.rating.retention import Retention, vacuum
from xinqiao.store import Store

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
RECORDS, QUARANTINE = "records/tax_payment", "quarantine/tax_payment"
Vacuum = Callable[[], Sequence[Vacuumed]]


@pytest.fixture
def lake(store: Store, tmp_path: Path) -> Lake:
    """A lake with the two tables that a delivery writes."""
    made, columns = Lake(tmp_path / "lake"), {"subject": "BIGINT"}
    for table in (RECORDS, QUARANTINE):
        with DuckDBEngine(tmp_path / "tmp").session() as session, store.transaction() as tx:
            with made.draft(table) as path:
                written = session.write("SELECT 1::BIGINT AS subject", path)
            assert written is not None
            made.append(tx, table=table, files=[written], columns=columns, info={})
    return made


@pytest.fixture
def left(lake: Lake) -> Mapping[str, Path]:
    """In each table a file that a killed command left a month ago."""
    then = (NOW - timedelta(days=30)).timestamp()
    files = {table: lake.root / table / "part-killed.parquet" for table in (RECORDS, QUARANTINE)}
    for path in files.values():
        path.write_bytes(b"half")
        os.utime(path, (then, then))
    return files


@pytest.fixture
def vacuuming(store: Store, lake: Lake) -> Vacuum:
    actor, raw = Actor("person", "li.na"), lake.root / "none"
    return lambda: vacuum(store, lake=lake, raw=raw, retention=Retention(10, 1), actor=actor, now=NOW)


def _told(store: Store) -> list[Mapping[str, int]]:
    """The files by table that the log tells of, event by event."""
    with store.transaction() as tx:
        return [event.payload["files"] for event in queries.events(tx, name="lake.vacuumed")]


def test_every_table_that_loses_files_has_an_event_of_its_own(
    store: Store, left: Mapping[str, Path], vacuuming: Vacuum
) -> None:
    done = vacuuming()

    assert [each.orphaned for each in done] == [1, 1, 0]
    assert not any(path.exists() for path in left.values())
    assert sorted(_told(store), key=str) == [{QUARANTINE: 1}, {RECORDS: 1}]

    assert [each.orphaned for each in vacuuming()] == [0, 0, 0]
    assert len(_told(store)) == 2


def test_nothing_goes_that_the_log_does_not_tell_of_even_when_deleting_is_cut_short(
    store: Store, lake: Lake, left: Mapping[str, Path], vacuuming: Vacuum
) -> None:
    stubborn = lake.root / QUARANTINE / "part-zz.parquet"
    stubborn.mkdir()  # No file, so that it cannot be deleted as one.
    then = (NOW - timedelta(days=30)).timestamp()
    os.utime(stubborn, (then, then))

    with pytest.raises(OSError, match="part-zz"):
        vacuuming()

    assert not left[QUARANTINE].exists()
    assert _told(store) == [{QUARANTINE: 2}]
    stubborn.rmdir()
    assert [each.orphaned for each in vacuuming()] == [0, 1, 0]


def test_a_delivery_under_way_and_a_vacuum_do_not_stop_each_other(
    store: Store,
    lake: Lake,
    left: Mapping[str, Path],
    vacuuming: Vacuum,
    somebody_waits: Callable[[], bool],
) -> None:
    """A delivery locks its records before its quarantine; the lake lists them the other way round."""
    begun, over = threading.Event(), threading.Event()

    def delivering() -> None:
        with store.transaction() as tx:
            lake.lock(tx, RECORDS)
            begun.set()
            while not (somebody_waits() or over.is_set()):
                pass
            lake.lock(tx, QUARANTINE)

    with ThreadPoolExecutor(max_workers=1) as aside:
        delivery = aside.submit(delivering)
        begun.wait()
        try:
            vacuuming()
        finally:
            over.set()
        delivery.result()

    assert not any(path.exists() for path in left.values())
