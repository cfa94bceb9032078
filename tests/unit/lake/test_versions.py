"""Which version readers see: what PostgreSQL committed, whatever else lies in the lake."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise

import pytest

from xinqiao.engine import Session, WrittenFile
from xinqiao.kernel.refusals import NoSpace
from xinqiao.lake import Lake, UnknownTable
from xinqiao.lake import delta as delta_log
from xinqiao.store import Store, Transaction

TABLE = "records/sales_invoice"
COLUMNS = {"subject": "BIGINT", "occurred_on": "DATE", "known_at": "TIMESTAMP", "delivery": "BIGINT"}


class PowerCut(Exception):
    """The process ends here."""


@contextmanager
def cut_off(store: Store) -> Iterator[Transaction]:
    """A command that dies between the lake's commit and PostgreSQL's."""
    with suppress(PowerCut), store.transaction() as tx:
        yield tx
        raise PowerCut


@pytest.fixture
def append(lake: Lake, session: Session) -> Callable[..., int]:
    """Add rows of one delivery, for subjects from `low` up to `high`."""

    def adding(tx: Transaction, delivery: int, *, low: int = 0, high: int = 10, table: str = TABLE) -> int:
        with lake.draft(table) as path:
            written = session.write(
                f"SELECT i::BIGINT AS subject, DATE '2026-01-01' + i::INTEGER AS occurred_on,"
                f" TIMESTAMP '2026-06-01' AS known_at, {delivery}::BIGINT AS delivery FROM range({low}, {high}) r(i)",
                path,
            )
            assert written is not None
            return lake.append(
                tx, table=table, files=[written], columns=COLUMNS, info={"delivery": str(delivery)}
            )

    return adding


Append = Callable[..., int]


@pytest.fixture
def deliveries(lake: Lake, store: Store, session: Session) -> Callable[..., list[int]]:
    """Deliveries that readers find in a table, or in an older version of it."""

    def reading(version: int | None = None, table: str = TABLE) -> list[int]:
        with store.transaction() as tx:
            seen = lake.versions(tx).get(table) if version is None else version
        lake.register(session, table=table, version=seen, name="seen", columns=COLUMNS)
        return [row[0] for row in session.rows("SELECT DISTINCT delivery FROM seen ORDER BY ALL")]

    return reading


Deliveries = Callable[..., list[int]]


def lost(store: Store, append: Append, delivery: int) -> None:
    with cut_off(store) as tx:
        append(tx, delivery)


def test_versions_count_up_and_each_stays_readable(
    store: Store, append: Append, deliveries: Deliveries
) -> None:
    for delivery in (1, 2, 3):
        with store.transaction() as tx:
            assert append(tx, delivery) == delivery - 1

    assert deliveries() == [1, 2, 3]
    assert [deliveries(version) for version in (0, 1, 2)] == [[1], [1, 2], [1, 2, 3]]


def test_what_a_transaction_has_not_committed_nobody_sees(
    store: Store, lake: Lake, append: Append, deliveries: Deliveries
) -> None:
    with store.transaction() as tx:
        append(tx, 1)
        assert lake.versions(tx) == {TABLE: 0}
        assert deliveries() == []
    assert deliveries() == [1]


def test_a_commit_whose_transaction_was_lost_is_invisible_and_rolled_back_by_the_next_writer(
    store: Store, lake: Lake, append: Append, deliveries: Deliveries
) -> None:
    with store.transaction() as tx:
        append(tx, 1)
    lost(store, append, 2)
    assert deliveries() == [1]
    with store.transaction() as tx:
        assert [(v.version, v.current, v.orphan) for v in lake.history(tx, TABLE)] == [
            (1, False, True),
            (0, True, False),
        ]

    with store.transaction() as tx:
        append(tx, 3)

    assert deliveries() == [1, 3]
    with store.transaction() as tx:
        history = lake.history(tx, TABLE)
    assert [v.orphan for v in history] == [False] * len(history)
    assert [v.current for v in history] == [True, *[False] * (len(history) - 1)]
    assert history[0].info["delivery"] == "3"


def test_the_very_first_commit_may_be_lost_too(store: Store, append: Append, deliveries: Deliveries) -> None:
    lost(store, append, 1)
    lost(store, append, 2)
    assert deliveries() == []

    with store.transaction() as tx:
        append(tx, 3)

    assert deliveries() == [3]


def test_several_lost_commits_are_all_rolled_back(
    store: Store, append: Append, deliveries: Deliveries
) -> None:
    with store.transaction() as tx:
        append(tx, 1)
    for delivery in (2, 3, 4):
        lost(store, append, delivery)
    with store.transaction() as tx:
        append(tx, 5)
        append(tx, 6)

    assert deliveries() == [1, 5, 6]


def test_two_tables_change_together_or_not_at_all(
    store: Store, append: Append, deliveries: Deliveries
) -> None:
    other = "quarantine/sales_invoice"
    with cut_off(store) as tx:
        append(tx, 1)
        append(tx, 1, table=other)
    assert (deliveries(), deliveries(table=other)) == ([], [])

    with store.transaction() as tx:
        append(tx, 2)
        append(tx, 2, table=other)
    assert (deliveries(), deliveries(table=other)) == ([2], [2])


def test_files_are_swapped_for_others_in_one_version(
    store: Store, lake: Lake, session: Session, append: Append, deliveries: Deliveries
) -> None:
    for delivery in (1, 2):
        with store.transaction() as tx:
            append(tx, delivery)
    with store.transaction() as tx, lake.draft(TABLE) as path:
        out = lake.files(TABLE, 0)
        written = session.write(
            "SELECT 1::BIGINT AS subject, NULL::DATE AS occurred_on, NULL::TIMESTAMP AS known_at, 9::BIGINT AS delivery",
            path,
        )
        assert written is not None
        lake.replace(tx, table=TABLE, added=[written], removed=out, columns=COLUMNS, info={})

    assert deliveries() == [2, 9]
    assert deliveries(1) == [1, 2]


def test_files_say_what_they_hold_and_those_that_cannot_matter_are_left_out(
    store: Store, lake: Lake, session: Session, append: Append
) -> None:
    with store.transaction() as tx:
        append(tx, 1, low=0, high=100)
        version = append(tx, 2, low=100, high=200)

    files = lake.files(TABLE, version)
    assert sorted((file.rows, file.minimum["subject"], file.maximum["subject"]) for file in files) == [
        (100, 0, 99),
        (100, 100, 199),
    ]
    assert all(file.path.stat().st_size == file.bytes for file in files)

    def seen(*subjects: int) -> list[int]:
        lake.register(session, table=TABLE, version=version, name="chosen", subjects=subjects)
        return [row[0] for row in session.rows("SELECT DISTINCT delivery FROM chosen ORDER BY ALL")]

    assert (seen(5), seen(150), seen(99, 100), seen(500), seen()) == ([1], [2], [1, 2], [], [])


def test_compaction_keeps_rows_and_old_versions(
    store: Store, lake: Lake, session: Session, append: Append, deliveries: Deliveries
) -> None:
    for delivery in (1, 2, 3):
        with store.transaction() as tx:
            append(tx, delivery)

    with store.transaction() as tx:
        assert lake.compact(tx, session, table=TABLE) == (3, 1)
    with store.transaction() as tx:
        assert lake.compact(tx, session, table=TABLE) == (1, 1)

    assert deliveries() == [1, 2, 3]
    assert [deliveries(version) for version in (0, 1, 2)] == [[1], [1, 2], [1, 2, 3]]
    with store.transaction() as tx:
        version = lake.versions(tx)[TABLE]
        assert lake.history(tx, TABLE)[0].info == {"reason": "compaction"}
    (file,) = lake.files(TABLE, version)
    assert (file.rows, file.minimum["subject"], file.maximum["subject"]) == (30, 0, 9)
    lake.register(session, table=TABLE, version=version, name="packed")
    subjects = [row[0] for row in session.rows("SELECT subject FROM packed")]
    assert subjects == sorted(subjects)


def test_a_lost_compaction_changes_nothing(
    store: Store, lake: Lake, session: Session, append: Append, deliveries: Deliveries
) -> None:
    for delivery in (1, 2):
        with store.transaction() as tx:
            append(tx, delivery)
    with cut_off(store) as tx:
        lake.compact(tx, session, table=TABLE)

    with store.transaction() as tx:
        append(tx, 3)

    assert deliveries() == [1, 2, 3]
    with store.transaction() as tx:
        assert len(lake.files(TABLE, lake.versions(tx)[TABLE])) == 3


def test_a_large_table_is_packed_into_disjoint_ranges(
    store: Store,
    lake: Lake,
    session: Session,
    append: Append,
    deliveries: Deliveries,
) -> None:
    for delivery in (1, 2):
        with store.transaction() as tx:
            append(tx, delivery, high=100)
    with store.transaction() as tx:
        assert lake.compact(tx, session, table=TABLE, largest=50) == (2, 4)
        ranges = sorted(
            (file.minimum["subject"], file.maximum["subject"])
            for file in lake.files(TABLE, lake.versions(tx)[TABLE])
        )

    assert all(before[1] < after[0] for before, after in pairwise(ranges))
    assert sum(file.rows for file in lake.files(TABLE, 2)) == 200
    assert deliveries() == [1, 2]


def test_a_table_grows_by_a_column(
    store: Store, lake: Lake, session: Session, append: Append, deliveries: Deliveries
) -> None:
    with store.transaction() as tx:
        append(tx, 1)
    with store.transaction() as tx, lake.draft(TABLE) as path:
        written: WrittenFile | None = session.write(
            "SELECT 1::BIGINT AS subject, DATE '2026-01-01' AS occurred_on, TIMESTAMP '2026-06-01' AS known_at,"
            " 2::BIGINT AS delivery, 'F51' AS sector",
            path,
        )
        assert written is not None
        version = lake.append(
            tx, table=TABLE, files=[written], columns={**COLUMNS, "sector": "VARCHAR"}, info={}
        )

    assert lake.columns(TABLE, version) == {**COLUMNS, "sector": "VARCHAR"}
    lake.register(session, table=TABLE, version=version, name="grown")
    assert session.rows("SELECT DISTINCT delivery, sector FROM grown ORDER BY ALL") == [(1, None), (2, "F51")]
    assert lake.columns(TABLE, 0) == COLUMNS
    assert deliveries(0) == [1]


def test_a_growth_that_was_lost_leaves_a_table_that_can_grow(
    store: Store, lake: Lake, session: Session, append: Append, deliveries: Deliveries
) -> None:
    wider = {**COLUMNS, "sector": "VARCHAR"}
    with store.transaction() as tx:
        append(tx, 1)

    def grow(tx: Transaction, delivery: int) -> None:
        with lake.draft(TABLE) as path:
            written = session.write(
                "SELECT 1::BIGINT AS subject, DATE '2026-01-01' AS occurred_on, TIMESTAMP '2026-06-01' AS known_at,"
                f" {delivery}::BIGINT AS delivery, 'F51' AS sector",
                path,
            )
            assert written is not None
            lake.append(tx, table=TABLE, files=[written], columns=wider, info={})

    with cut_off(store) as tx:
        grow(tx, 2)
    with store.transaction() as tx:
        grow(tx, 3)

    assert deliveries() == [1, 3]
    with store.transaction() as tx:
        assert lake.columns(TABLE, lake.versions(tx)[TABLE]) == wider


def test_every_kind_of_column_comes_back_as_it_went(store: Store, lake: Lake, session: Session) -> None:
    columns = {
        "a": "BIGINT", "b": "INTEGER", "c": "DOUBLE", "d": "BOOLEAN", "e": "VARCHAR", "f": "DATE",
        "g": "TIMESTAMP", "h": "DECIMAL(18,6)", "i": "VARCHAR[]", "j": "DOUBLE[]",
    }  # fmt: skip
    chosen = (
        "1::BIGINT AS a, 2::INTEGER AS b, 0.5::DOUBLE AS c, TRUE AS d, '甲' AS e, DATE '2026-01-01' AS f,"
        " TIMESTAMP '2026-01-01 00:00:00' AS g, 1.5::DECIMAL(18,6) AS h, ['x', NULL] AS i, [0.5::DOUBLE] AS j"
    )
    with store.transaction() as tx, lake.draft("t") as path:
        written = session.write(f"SELECT {chosen}", path)
        assert written is not None
        version = lake.append(tx, table="t", files=[written], columns=columns, info={})

    assert lake.columns("t", version) == columns
    lake.register(session, table="t", version=version, name="all_kinds")
    assert session.columns("all_kinds") == columns
    assert session.rows("SELECT * FROM all_kinds") == session.rows(f"SELECT {chosen}")


def test_another_reader_of_delta_finds_the_same(store: Store, lake: Lake, append: Append) -> None:
    from deltalake import DeltaTable

    with store.transaction() as tx:
        append(tx, 1)
        append(tx, 2)

    table = DeltaTable(str(lake.root / TABLE))
    assert table.version() == 1
    assert sum(table.get_add_actions(flatten=True).column("num_records").to_pylist()) == 20
    assert table.history()[0]["delivery"] == "2"


def test_a_table_that_was_never_written_is_empty_or_unknown(
    store: Store, lake: Lake, session: Session
) -> None:
    lake.register(session, table="none", version=None, name="empty", columns=COLUMNS)
    assert session.rows("SELECT * FROM empty") == []
    with pytest.raises(UnknownTable, match="none"):
        lake.register(session, table="none", version=None, name="empty")
    with store.transaction() as tx:
        assert lake.seen(tx, "none") is None
        with pytest.raises(UnknownTable):
            lake.history(tx, "none")
        with pytest.raises(UnknownTable):
            lake.compact(tx, session, table="none")


def test_a_draft_that_fails_leaves_no_file(lake: Lake) -> None:
    with suppress(PowerCut), lake.draft(TABLE) as path:
        path.write_bytes(b"half")
        raise PowerCut

    assert list((lake.root / TABLE).iterdir()) == []


def test_a_log_that_is_damaged_is_told_with_its_place(store: Store, lake: Lake, append: Append) -> None:
    with store.transaction() as tx:
        append(tx, 1)
    (lake.root / TABLE / "_delta_log" / f"{0:020d}.json").write_text("nothing\n")

    with pytest.raises(delta_log.DamagedTable) as fault, store.transaction() as tx:
        append(tx, 2)

    assert TABLE in fault.value.where


def test_a_full_disk_makes_no_version_and_the_next_try_succeeds(
    store: Store, lake: Lake, append: Append, deliveries: Deliveries
) -> None:
    lake.root.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", lake.root], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.decode().strip()}")
    filler = lake.root / "filler"

    def on_a_full_disk(tx: Transaction, delivery: int) -> None:
        with lake.draft(TABLE) as path:
            written = WrittenFile(path, 1, 4, {}, {}, {})
            path.write_bytes(b"PAR1")
            space = os.statvfs(lake.root)
            filler.write_bytes(b"x" * (space.f_bavail * space.f_frsize))
            lake.append(tx, table=TABLE, files=[written], columns=COLUMNS, info={"delivery": str(delivery)})

    try:
        for delivery in (1, 2):
            with pytest.raises(NoSpace), store.transaction() as tx:
                on_a_full_disk(tx, delivery)
            filler.unlink()
            with store.transaction() as tx:
                append(tx, delivery)
        assert deliveries() == [1, 2]
    finally:
        subprocess.run(["umount", "-l", lake.root], check=True)


def test_a_file_that_is_gone_with_its_lost_commit_disturbs_nobody(
    store: Store, lake: Lake, session: Session, append: Append, deliveries: Deliveries
) -> None:
    with store.transaction() as tx:
        append(tx, 1)
    with cut_off(store) as tx:
        version = append(tx, 2)
    for file in lake.files(TABLE, version):
        if file.path not in {kept.path for kept in lake.files(TABLE, 0)}:
            file.path.unlink()

    with store.transaction() as tx:
        append(tx, 3)

    assert deliveries() == [1, 3]


def test_a_listing_told_from_one_log_entry_is_that_of_the_opened_table(
    store: Store, lake: Lake, append: Append
) -> None:
    for delivery in (1, 2, 3):
        with store.transaction() as tx:
            append(tx, delivery, high=10 * delivery)
    folder = lake.root / TABLE

    told = delta_log.files_following(folder, 2, delta_log.files(folder, 1), COLUMNS)
    first = delta_log.files_following(folder, 0, (), COLUMNS)

    assert told == delta_log.files(folder, 2)
    assert first is None, "an entry that makes the table says more than which files there are"
