"""Several sessions over one database: what each sees, what is gathered, and how all end when one fails."""

from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest

from xinqiao.engine import DuckDBEngine, Session, together
from xinqiao.engine.duck import EngineFault

# Hours of work, so that nothing but an interruption ends it.
ENDLESS = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """An engine session of two threads."""
    with DuckDBEngine(tmp_path / "tmp", threads=2).session() as opened:
        yield opened


def test_a_fork_sees_what_the_session_has_and_keeps_its_own_to_itself(session: Session) -> None:
    session.run("CREATE TABLE firms AS SELECT 1 AS subject")
    session.define("known", "SELECT * FROM firms")

    with session.fork() as one, session.fork() as other:
        one.run("CREATE OR REPLACE TABLE firms AS SELECT 2 AS subject")
        one.run("CREATE TABLE mine AS SELECT 3 AS subject")

        assert one.rows("SELECT subject FROM firms") == [(2,)]
        assert other.rows("SELECT * FROM firms, known") == [(1, 1)]
        for stranger in (session, other):
            with pytest.raises(EngineFault, match="mine"):
                stranger.rows("SELECT * FROM mine")

    assert session.rows("SELECT subject FROM firms") == [(1,)]
    assert session.rows("SELECT schema_name FROM duckdb_schemas() WHERE schema_name LIKE 'fork%'") == []


def test_what_forks_made_is_gathered_in_their_order(session: Session) -> None:
    session.run("CREATE TABLE firms AS SELECT 'left from before' AS name")
    with session.fork() as one, session.fork() as other:
        one.run("CREATE TABLE firms AS SELECT range AS subject, 'a' AS name FROM range(3)")
        other.run("CREATE TABLE firms AS SELECT 9::BIGINT AS subject, NULL AS name")

        session.gather("firms", [one, other])

    assert session.rows("SELECT * FROM firms") == [(0, "a"), (1, "a"), (2, "a"), (9, None)]


def _fill(session: Session, rows: int) -> Iterator[int]:
    for number in range(3):
        session.run(f"CREATE TABLE filled_{number} AS SELECT * FROM range({rows})")
        yield number


@pytest.mark.parametrize("at_once", [1, 2])
def test_all_tasks_are_done_and_each_step_is_told(session: Session, at_once: int) -> None:
    told = []
    with session.fork() as one, session.fork() as other:
        together(
            [(one, _fill(one, 5)), (other, _fill(other, 7))], at_once=at_once, tell=lambda: told.append(1)
        )

        assert one.scalar("SELECT count(*) FROM filled_2") == 5
        assert other.scalar("SELECT count(*) FROM filled_2") == 7
    assert len(told) == 6


def test_the_first_error_breaks_the_others_off(session: Session) -> None:
    def fail(fork: Session) -> Iterator[None]:
        fork.run("SELECT * FROM nowhere")
        yield

    def endless(fork: Session) -> Iterator[None]:
        fork.run(ENDLESS)
        yield

    with session.fork() as one, session.fork() as other:
        with pytest.raises(EngineFault, match="nowhere"):
            together([(one, endless(one)), (other, fail(other))], at_once=2)

        assert one.scalar("SELECT 1") == 1
    assert session.scalar("SELECT 2") == 2


def test_a_statement_broken_off_is_a_persons_interruption(session: Session) -> None:
    timer = Timer(0.2, session.interrupt)
    timer.start()

    with pytest.raises(KeyboardInterrupt):
        session.rows(ENDLESS)
    timer.join()
