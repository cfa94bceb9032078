"""A transaction takes effect whole or not at all, and speaks no word of the driver."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from xinqiao.kernel.clock import CITY_TIME
from xinqiao.store import DatabaseBusy, DatabaseUnreachable, Json, Store, StoreFault

_DEADLINE = 20


@pytest.fixture
def shelf(store: Store) -> Store:
    with store.transaction() as tx:
        tx.run("CREATE TABLE book (number bigint PRIMARY KEY, title text NOT NULL, tags text[], body jsonb)")
    return store


def test_a_block_that_ends_is_kept(shelf: Store) -> None:
    with shelf.transaction() as tx:
        assert tx.run("INSERT INTO book (number, title) VALUES (%s, %s), (2, '乙')", (1, "甲")) == 2
    with shelf.transaction() as tx:
        assert tx.rows("SELECT number, title FROM book ORDER BY number") == [
            {"number": 1, "title": "甲"},
            {"number": 2, "title": "乙"},
        ]


def test_a_block_that_raises_leaves_nothing(shelf: Store) -> None:
    def change_my_mind() -> None:
        with shelf.transaction() as tx:
            tx.run("INSERT INTO book (number, title) VALUES (1, '甲')")
            raise LookupError("changed my mind")

    with pytest.raises(LookupError, match="changed my mind"):
        change_my_mind()
    with shelf.transaction() as tx:
        assert tx.row("SELECT count(*) AS books FROM book") == {"books": 0}


def test_a_question_without_an_answer_is_none(shelf: Store) -> None:
    with shelf.transaction() as tx:
        assert tx.row("SELECT * FROM book WHERE number = %(number)s", {"number": 9}) is None
        assert tx.rows("SELECT * FROM book WHERE title LIKE '%'") == []


def test_many_rows_are_copied_with_every_kind_of_value(shelf: Store) -> None:
    with shelf.transaction() as tx:
        rows = [(1, "换行\n制表\t反斜\\", ["甲", "乙,丙"], {"键": [1, None]}), (2, "空", None, None)]
        assert tx.copy("book", ("number", "title", "tags", "body"), iter(rows)) == 2
        assert [tuple(row.values()) for row in tx.rows("SELECT * FROM book ORDER BY number")] == rows


def test_a_copy_that_fails_half_way_leaves_nothing(shelf: Store) -> None:
    def rows() -> Iterator[tuple[int, str]]:
        yield (1, "甲")
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"), shelf.transaction() as tx:
        tx.copy("book", ("number", "title"), rows())
    with shelf.transaction() as tx:
        assert tx.rows("SELECT * FROM book") == []


def test_values_come_back_as_they_went(shelf: Store, now: datetime) -> None:
    with shelf.transaction() as tx:
        row = tx.row(
            "SELECT %s::timestamptz AS at, %s::date AS on, %s::numeric AS amount, %s::jsonb AS listed",
            (now.astimezone(UTC), date(2026, 2, 28), Decimal("0.10"), Json([{"b": 1, "a": now}])),
        )
    assert row is not None
    assert row["at"] == now
    assert row["at"].tzinfo == CITY_TIME
    assert row["on"] == date(2026, 2, 28)
    assert str(row["amount"]) == "0.10"
    assert row["listed"] == [{"a": "2026-07-01T09:00:00+08:00", "b": 1}]


def test_a_broken_rule_of_the_database_is_a_fault_that_keeps_the_values_to_itself(shelf: Store) -> None:
    with shelf.transaction() as tx:
        tx.run("INSERT INTO book (number, title) VALUES (4711, '甲')")
    with pytest.raises(StoreFault) as raised, shelf.transaction() as tx:
        tx.run("INSERT INTO book (number, title) VALUES (%s, '乙')", (4711,))
    assert raised.value.sqlstate == "23505"
    assert raised.value.constraint == "book_pkey"
    assert "book_pkey" in str(raised.value)
    assert "4711" not in str(raised.value)


def test_an_error_inside_the_block_can_be_told_apart_there(shelf: Store) -> None:
    with shelf.transaction() as tx, pytest.raises(StoreFault):
        tx.rows("SELECT nonsense")


def test_a_lock_that_is_not_to_be_had_in_time_means_try_again(shelf: Store) -> None:
    with shelf.transaction() as holder:
        holder.lock("lake:ratings")
        with shelf.transaction() as tx:
            tx.run("SET LOCAL lock_timeout = 10")
            with pytest.raises(DatabaseBusy):
                tx.lock("lake:ratings")


def test_different_locks_do_not_meet(shelf: Store) -> None:
    with shelf.transaction() as holder, shelf.transaction() as other:
        holder.lock("lake:ratings")
        other.run("SET LOCAL lock_timeout = 1000")
        other.lock("lake:indicators")


def test_a_lock_puts_transactions_one_after_the_other(shelf: Store) -> None:
    with shelf.transaction() as tx:
        tx.run("INSERT INTO book (number, title) VALUES (0, '计数')")

    def count_up() -> None:
        for _ in range(10):
            with shelf.transaction() as tx:
                tx.lock("counter")
                row = tx.row("SELECT max(number) AS largest FROM book")
                assert row is not None
                tx.run("INSERT INTO book (number, title) VALUES (%s, '')", (row["largest"] + 1,))

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_DEADLINE)
    with shelf.transaction() as tx:
        assert tx.row("SELECT max(number) AS largest, count(*) AS books FROM book") == {
            "largest": 40,
            "books": 41,
        }


def test_two_that_wait_for_each_other_are_told_apart_and_one_may_try_again(shelf: Store) -> None:
    meeting = threading.Barrier(2, timeout=_DEADLINE)
    outcomes: list[str] = []

    def cross(first: str, second: str) -> None:
        try:
            with shelf.transaction() as tx:
                tx.run("SET LOCAL deadlock_timeout = 10")
                tx.lock(first)
                meeting.wait()
                tx.lock(second)
            outcomes.append("done")
        except DatabaseBusy:
            outcomes.append("busy")

    threads = [threading.Thread(target=cross, args=pair) for pair in (("甲", "乙"), ("乙", "甲"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_DEADLINE)
    assert sorted(outcomes) == ["busy", "done"]


def test_a_connection_cut_in_the_middle_means_try_again_and_the_next_one_works(shelf: Store) -> None:
    def lose_the_connection() -> None:
        with shelf.transaction() as other, shelf.transaction() as tx:
            mine = tx.row("SELECT pg_backend_pid() AS number")
            assert mine is not None
            other.run("SELECT pg_terminate_backend(%s, 5000)", (mine["number"],))
            tx.rows("SELECT 1")

    with pytest.raises(DatabaseUnreachable):
        lose_the_connection()
    with shelf.transaction() as tx:
        assert tx.row("SELECT 1 AS one") == {"one": 1}
