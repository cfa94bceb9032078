"""Sessions of the engine: views over files, results written with statistics, failures told as the product's."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from xinqiao.engine import DuckDBEngine, Session, duck
from xinqiao.engine.duck import EngineFault, OutOfMemory, Unreadable
from xinqiao.kernel.refusals import NoSpace


@pytest.fixture
def engine(tmp_path: Path) -> DuckDBEngine:
    return DuckDBEngine(tmp_path / "tmp", memory_limit="500MB", threads=2)


@pytest.fixture
def session(engine: DuckDBEngine) -> Iterator[Session]:
    with engine.session() as opened:
        yield opened


def test_queries_answer_in_rows_in_records_and_in_one_value(session: Session) -> None:
    session.run("CREATE TABLE firms AS SELECT * FROM (VALUES (1, '甲'), (2, '乙')) t(number, name)")

    assert session.rows("SELECT name FROM firms WHERE number = ?", [2]) == [("乙",)]
    assert session.rows("SELECT name FROM firms WHERE number = $n", {"n": 1}) == [("甲",)]
    assert session.records("SELECT * FROM firms ORDER BY number")[0] == {"number": 1, "name": "甲"}
    assert session.scalar("SELECT count(*) FROM firms") == 2
    assert session.scalar("SELECT name FROM firms WHERE number = 9") is None
    assert session.columns("firms") == {"number": "INTEGER", "name": "VARCHAR"}
    assert session.columns("(SELECT 1::BIGINT AS x)") == {"x": "BIGINT"}


def test_a_session_forgets_everything_at_its_end(engine: DuckDBEngine) -> None:
    with engine.session() as first:
        first.run("CREATE TABLE kept AS SELECT 1 AS x")
    with engine.session() as second, pytest.raises(EngineFault, match="kept"):
        second.rows("SELECT * FROM kept")


def test_a_written_file_says_what_is_in_it(session: Session, tmp_path: Path) -> None:
    written = session.write(
        "SELECT i::BIGINT AS subject, DATE '2026-01-01' + i::INTEGER AS day, CASE WHEN i > 5 THEN i::BIGINT END AS fen,"
        " ['a', NULL] AS codes, TIMESTAMP '2026-01-01 08:00:00.000001' AS known_at FROM range(10) r(i)",
        tmp_path / "new" / "part.parquet",
    )

    assert written is not None
    assert written.path.stat().st_size == written.bytes
    assert written.rows == 10
    assert (written.minimum["subject"], written.maximum["subject"]) == ("0", "9")
    assert (written.minimum["day"], written.maximum["day"]) == ("2026-01-01", "2026-01-10")
    assert written.nulls["fen"] == 6
    assert datetime.fromisoformat(written.minimum["known_at"]) == datetime(2026, 1, 1, 8, 0, 0, 1)


@pytest.mark.parametrize("small", [True, False])
def test_what_is_written_is_read_back(session: Session, tmp_path: Path, small: bool) -> None:
    written = session.write(
        "SELECT 7::BIGINT AS subject, '甲' AS name", tmp_path / "part.parquet", small=small
    )

    assert written is not None
    session.register("firms", [written.path], {"subject": "BIGINT", "name": "VARCHAR"})
    assert session.rows("SELECT * FROM firms") == [(7, "甲")]


def test_no_rows_make_no_file(session: Session, tmp_path: Path) -> None:
    assert session.write("SELECT 1 AS x WHERE FALSE", tmp_path / "part.parquet") is None
    assert list(tmp_path.glob("*.parquet")) == []


def test_a_write_that_fails_leaves_no_file(session: Session, tmp_path: Path) -> None:
    with pytest.raises(EngineFault):
        session.write("SELECT error('stop') FROM range(1000000)", tmp_path / "part.parquet")

    assert list(tmp_path.glob("*.parquet")) == []


def test_files_of_older_shape_read_with_nulls_where_they_have_no_column(
    session: Session, tmp_path: Path
) -> None:
    old = session.write("SELECT 1::BIGINT AS subject", tmp_path / "old.parquet")
    new = session.write("SELECT 2::BIGINT AS subject, 'F51' AS sector", tmp_path / "new.parquet")
    assert old is not None
    assert new is not None

    session.register("firms", [old.path, new.path], {"subject": "BIGINT", "sector": "VARCHAR", "day": "DATE"})

    assert session.rows("SELECT * FROM firms ORDER BY subject") == [(1, None, None), (2, "F51", None)]


def test_a_column_is_read_also_when_no_room_is_left_to_remember_its_file(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = tmp_path / "old.parquet", tmp_path / "new.parquet"
    session.write("SELECT 1 AS a, 7 AS x", old)
    session.write("SELECT 2 AS a, 8 AS y", new)
    session.source([old], {"a": "INTEGER", "x": "INTEGER"})
    monkeypatch.setattr(duck, "_SEEN_AT_MOST", 0)

    both = session.source([old, new], {"a": "INTEGER", "x": "INTEGER", "y": "INTEGER"})

    assert session.rows(f"SELECT * FROM {both} ORDER BY a") == [(1, 7, None), (2, None, 8)]


def test_no_files_make_an_empty_view_of_the_same_shape(session: Session) -> None:
    columns = {"subject": "BIGINT", "day": "DATE", "codes": "VARCHAR[]"}

    session.register("firms", [], columns)

    assert session.rows("SELECT * FROM firms") == []
    assert session.columns("firms") == columns


def test_names_and_paths_may_hold_any_character(session: Session, tmp_path: Path) -> None:
    path = tmp_path / 'it\'s "here" 甲.parquet'
    written = session.write('SELECT 1::BIGINT AS "a ""b"" c"', path)
    assert written is not None

    session.register('the "view"', [path], {'a "b" c': "BIGINT"})

    assert session.rows('SELECT "a ""b"" c" FROM "the ""view"""') == [(1,)]


def test_slow_branches_are_not_computed_for_rows_that_skip_them(session: Session) -> None:
    session.be_lazy()

    session.run("CREATE TABLE t AS SELECT CASE WHEN i < 9 THEN i ELSE i + 1 END AS x FROM range(9) r(i)")

    assert session.scalar("SELECT max(x) FROM t") == 8


def test_wrong_statements_and_damaged_files_are_told_apart(session: Session, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.parquet"
    damaged.write_bytes(b"PAR1 nothing here PAR1")

    with pytest.raises(EngineFault, match="计算引擎执行失败") as failure:
        session.rows("SELECT nothing FROM nowhere")
    assert "\n" not in str(failure.value)
    with pytest.raises((EngineFault, Unreadable)):
        session.rows(f"SELECT * FROM read_parquet('{damaged}')")
    with pytest.raises(Unreadable):
        session.rows(f"SELECT * FROM read_parquet('{tmp_path}/none.parquet')")


def test_more_memory_than_allowed_is_told_with_the_setting_to_raise(tmp_path: Path) -> None:
    engine = DuckDBEngine(tmp_path / "tmp", memory_limit="20MB", threads=1)

    with (
        engine.session() as session,
        pytest.raises((OutOfMemory, NoSpace), match=r"XINQIAO_MEMORY_LIMIT|空间"),
    ):
        session.run("SELECT string_agg(repeat('x', 1000), '') FROM range(200000)")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full here")
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_full_disk_is_told_with_the_very_file(session: Session, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"等级 1.{kind}"
    file.symlink_to("/dev/full")

    with pytest.raises(NoSpace) as refused:
        session.run(f"COPY (SELECT i FROM range(1000000) AS r(i)) TO '{file}' (FORMAT {kind})")

    assert refused.value.where == str(file)


def test_two_sessions_may_spill_to_disk_at_once(tmp_path: Path) -> None:
    """What one session puts aside is never what another takes back."""
    engine = DuckDBEngine(tmp_path / "tmp", memory_limit="40MB", threads=1)
    with engine.session() as first, engine.session() as second:
        for session, factor in ((first, 1), (second, 7)):
            session.run(
                f"CREATE TABLE big AS SELECT md5((i * {factor})::VARCHAR) AS x FROM range(1500000) r(i)"
            )
        assert sum(file.stat().st_size for file in (tmp_path / "tmp").iterdir()) > 20_000_000
        for session, factor in ((first, 1), (second, 7)):
            wrong = f"SELECT count(*) FROM big WHERE x <> md5((rowid * {factor})::VARCHAR)"
            assert session.scalar(wrong) == 0
    assert list((tmp_path / "tmp").iterdir()) == []


def test_moments_are_utc_and_nothing_is_fetched_from_elsewhere(session: Session) -> None:
    assert session.scalar("SELECT current_setting('TimeZone')") == "UTC"
    assert session.scalar("SELECT current_setting('autoinstall_known_extensions')") is False
    assert session.scalar("SELECT TIMESTAMP '2026-01-01 00:00:00'::DATE") == date(2026, 1, 1)


def test_a_prepared_query_answers_again_and_again_whatever_else_is_made(session: Session) -> None:
    session.prepare("length", "SELECT length(CAST($1 AS VARCHAR)) AS long")

    assert session.answer("length", ["it's"]) == [{"long": 4}]
    session.run("CREATE TABLE other AS SELECT 1 AS x")
    assert session.answer("length", [""]) == [{"long": 0}]
    session.prepare("length", "SELECT CAST($2 AS VARCHAR) || CAST($1 AS VARCHAR) AS turned")
    assert session.answer("length", ["桥", "信"]) == [{"turned": "信桥"}]


def test_a_query_let_go_is_not_answered(session: Session) -> None:
    session.prepare("one", "SELECT CAST($1 AS VARCHAR) AS x")
    session.forget("one")

    with pytest.raises(EngineFault, match="one"):
        session.answer("one", ["x"])


def test_a_source_is_what_the_view_of_the_same_files_shows(session: Session, tmp_path: Path) -> None:
    old = session.write("SELECT 1::BIGINT AS subject", tmp_path / "old.parquet")
    new = session.write("SELECT 2::BIGINT AS subject, 'F51' AS sector", tmp_path / "new.parquet")
    assert old is not None
    assert new is not None
    columns = {"subject": "BIGINT", "sector": "VARCHAR"}
    session.be_brief()

    both = session.source([new.path, old.path], columns)

    assert session.rows(f"SELECT * FROM {both} ORDER BY subject") == [(1, None), (2, "F51")]
    assert session.rows(f"SELECT * FROM {session.source([old.path], columns)}") == [(1, None)]
    assert session.rows(f"SELECT * FROM {session.source([], columns)}") == []


def test_a_view_that_stands_is_left_alone_until_its_files_or_something_else_replace_it(
    session: Session, tmp_path: Path
) -> None:
    one = session.write("SELECT 1::BIGINT AS subject", tmp_path / "one.parquet")
    two = session.write("SELECT 2::BIGINT AS subject", tmp_path / "two.parquet")
    assert one is not None
    assert two is not None
    columns = {"subject": "BIGINT"}
    mark = "SELECT view_oid FROM duckdb_views() WHERE view_name = 'firms'"

    session.register("firms", [one.path], columns)
    made = session.scalar(mark)
    session.register("firms", [one.path], columns)
    assert session.scalar(mark) == made
    session.register("firms", [two.path], columns)
    assert session.rows("SELECT subject FROM firms") == [(2,)]


def test_a_view_defined_otherwise_is_registered_again(session: Session, tmp_path: Path) -> None:
    written = session.write("SELECT 1::BIGINT AS subject", tmp_path / "one.parquet")
    assert written is not None
    session.register("firms", [written.path], {"subject": "BIGINT"})

    session.define("Firms", "SELECT 9 AS subject")
    assert session.rows("SELECT subject FROM firms") == [(9,)]
    session.register("firms", [written.path], {"subject": "BIGINT"})

    assert session.rows("SELECT subject FROM firms") == [(1,)]
