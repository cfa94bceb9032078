"""The current view, on DuckDB, against what the words say in plain Python."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.catalogue import Contract, Mode, load_contracts
from xinqiao.catalogue.views import NOBODY, current, withheld
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.engine.dialect import literal, render
from xinqiao.indicators.cases import register_rows
from xinqiao.kernel.clock import end_of_day

DAY = date(2026, 3, 1)
NOON = datetime(2026, 3, 1, 4)  # naive UTC, as the lake keeps it
KEY = ("subject", "invoice_code", "invoice_number", "issued_on", "counterparty_code", "amount_fen", "tax_fen")


@dataclass(frozen=True)
class Invoice:
    """A row of the history of sales invoices."""

    subject: int = 1
    invoice_code: str | None = None
    invoice_number: str = "1"
    issued_on: date = DAY
    counterparty_code: str | None = None
    amount_fen: int = 100
    tax_fen: int | None = None
    status: str = "valid"
    occurred_on: date = DAY
    known_at: datetime = NOON
    delivery: int = 1
    supersedes: bool = False
    listed_at: datetime | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in KEY)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with DuckDBEngine(tmp_path_factory.mktemp("duckdb")).session() as opened:
        yield opened


def contract(mode: Mode = "upsert") -> Contract:
    return replace(load_contracts()["sales_invoice"], mode=mode)


def seen(
    session: Session, history: list[Invoice], *, as_of: date = DAY, mode: Mode = "upsert", **options: Any
) -> list[Invoice]:
    columns = contract(mode).record_columns()
    typed = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in columns.items())
    rows = [f"SELECT {', '.join(literal(asdict(each)[name]) for name in columns)}" for each in history]
    session.run(
        "CREATE OR REPLACE TABLE history AS " + " UNION ALL ".join([f"SELECT {typed} WHERE FALSE", *rows])
    )
    sql = current(contract(mode), "history", as_of=as_of, known_until=end_of_day(as_of), **options)
    records = session.records(sql)
    assert all(list(each) == list(columns) for each in records)
    return [Invoice(**each) for each in records]


def test_a_correction_hides_the_row_it_replaces(session: Session) -> None:
    issued = Invoice()
    voided = replace(issued, status="void", known_at=NOON + timedelta(hours=1), delivery=2, supersedes=True)
    assert seen(session, [issued, voided]) == [voided]


def test_a_correction_not_yet_known_hides_nothing(session: Session) -> None:
    issued = Invoice()
    voided = replace(issued, status="void", known_at=NOON + timedelta(days=1), delivery=2, supersedes=True)
    assert seen(session, [issued, voided]) == [issued]
    assert seen(session, [issued, voided], as_of=DAY + timedelta(days=1)) == [voided]


def test_the_day_ends_at_midnight_in_the_city(session: Session) -> None:
    last = Invoice(known_at=datetime(2026, 3, 1, 15, 59, 59, 999_999))
    first_of_next = Invoice(invoice_number="2", known_at=datetime(2026, 3, 1, 16))
    assert seen(session, [last, first_of_next]) == [last]


def test_what_happens_later_is_not_seen_though_known(session: Session) -> None:
    assert seen(session, [Invoice(occurred_on=DAY + timedelta(days=1))]) == []


def test_a_version_that_happens_later_still_replaces_the_earlier_one(session: Session) -> None:
    wrong = Invoice()
    right = replace(
        wrong,
        occurred_on=DAY + timedelta(days=5),
        known_at=NOON + timedelta(hours=1),
        delivery=2,
        supersedes=True,
    )
    assert seen(session, [wrong, right]) == []


def test_of_two_versions_known_at_one_instant_the_later_delivery_holds(session: Session) -> None:
    first = Invoice(delivery=1)
    second = replace(first, status="void", delivery=2, supersedes=True)
    third = replace(first, delivery=3, supersedes=True)
    assert seen(session, [third, first, second]) == [third]


def test_a_null_in_the_key_is_a_value_like_any_other(session: Session) -> None:
    none, other = Invoice(invoice_code=None), Invoice(invoice_code="X")
    voided = replace(none, status="void", known_at=NOON + timedelta(hours=1), delivery=2, supersedes=True)
    assert sorted(seen(session, [none, other, voided]), key=str) == sorted([other, voided], key=str)


def test_another_subject_with_the_same_numbers_is_untouched(session: Session) -> None:
    mine, theirs = Invoice(subject=1), Invoice(subject=2)
    voided = replace(mine, status="void", known_at=NOON + timedelta(hours=1), delivery=2, supersedes=True)
    assert set(seen(session, [mine, theirs, voided])) == {theirs, voided}


def test_without_replacements_the_view_is_a_plain_filter(session: Session) -> None:
    rows = [Invoice(), Invoice(invoice_number="2", known_at=NOON + timedelta(days=9))]
    assert seen(session, rows, replacements=False) == seen(session, rows) == rows[:1]
    plain = current(contract(), "h", as_of=DAY, known_until=end_of_day(DAY), replacements=False)
    assert "JOIN" not in plain


def test_a_snapshot_replaces_the_one_before_it_whole(session: Session) -> None:
    old = [Invoice(invoice_number=number) for number in "123"]
    new = [Invoice(invoice_number=number, known_at=NOON + timedelta(hours=1), delivery=2) for number in "34"]
    assert set(seen(session, old + new, mode="snapshot")) == set(new)


def test_a_snapshot_known_tomorrow_leaves_todays(session: Session) -> None:
    old = Invoice()
    new = Invoice(invoice_number="2", known_at=NOON + timedelta(days=1), delivery=2)
    assert seen(session, [old, new], mode="snapshot") == [old]


def test_of_two_snapshots_known_at_one_instant_the_later_delivery_holds(session: Session) -> None:
    rows = [Invoice(delivery=2), Invoice(invoice_number="2", delivery=1)]
    assert seen(session, rows, mode="snapshot") == rows[:1]


def test_a_row_mended_later_joins_its_snapshot(session: Session) -> None:
    rows = [Invoice(), Invoice(invoice_number="2", known_at=NOON + timedelta(hours=2))]
    assert set(seen(session, rows, mode="snapshot")) == set(rows)


def test_a_row_mended_into_an_old_snapshot_does_not_bring_it_back(session: Session) -> None:
    old, mended = Invoice(), Invoice(invoice_number="2", known_at=NOON + timedelta(hours=2))
    new = Invoice(invoice_number="3", known_at=NOON + timedelta(hours=1), delivery=2)
    assert seen(session, [old, new, mended], mode="snapshot") == [new]


def test_a_snapshot_that_came_by_replay_alone_keeps_its_place(session: Session) -> None:
    hour = timedelta(hours=1)
    first, newer = (
        Invoice(listed_at=NOON),
        Invoice(listed_at=NOON + 2 * hour, known_at=NOON + 2 * hour, delivery=3),
    )
    replayed = Invoice(listed_at=NOON + hour, known_at=NOON + 3 * hour, delivery=2)

    assert seen(session, [first, newer, replayed], mode="snapshot") == [newer]
    assert seen(session, [first, replayed], mode="snapshot") == [replayed]
    assert seen(session, [first, replace(replayed, known_at=NOON + 24 * hour)], mode="snapshot") == [first]


def test_of_a_list_s_marks_those_made_last_say_whom_it_may_hold(session: Session) -> None:
    def mark(subject: int, hours: int, delivery: int = 1) -> dict[str, Any]:
        known_at = NOON + timedelta(hours=hours)
        return {"subject": subject, "occurred_on": None, "known_at": known_at, "delivery": delivery}

    def marked(*marks: dict[str, Any]) -> list[int]:
        rows = [mark(9, 0) | {"occurred_on": DAY}, *marks]
        columns = {"subject": "BIGINT", "occurred_on": "DATE", "known_at": "TIMESTAMP", "delivery": "BIGINT"}
        register_rows(session, "marked", rows, columns | {"listed_at": "TIMESTAMP"})
        sql = withheld("marked", known_until=end_of_day(DAY))
        return sorted(subject for (subject,) in session.rows(sql))

    assert marked() == []
    assert marked(mark(1, 0), mark(2, 0)) == [1, 2]
    assert marked(mark(1, 0), mark(2, 0), mark(NOBODY, 1), mark(2, 1)) == [2]
    assert marked(mark(1, 0), mark(NOBODY, 1)) == []
    assert marked(mark(1, 0), mark(NOBODY, 24)) == [1]
    assert marked(mark(1, 0), mark(2, 1, delivery=2)) == [2]


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        current(contract(), "h", as_of=DAY, known_until=NOON)


@pytest.mark.parametrize("dataset", sorted(load_contracts()))
def test_the_view_is_rendered_for_the_cluster_engines(dataset: str) -> None:
    sql = current(load_contracts()[dataset], "h", as_of=DAY, known_until=end_of_day(DAY))
    assert "ROW(" not in render(sql, "spark")
    assert all(render(sql, dialect) for dialect in ("hive", "trino"))


@st.composite
def histories(draw: st.DrawFn) -> list[Invoice]:
    """Histories that keep intake's law: every row of a key but the first known carries `supersedes`."""
    hours = st.integers(0, 60)
    order: list[tuple[int, int]] = []
    known = 0
    for delivery in range(1, draw(st.integers(1, 5)) + 1):
        known += draw(st.sampled_from([0, 0, 6, 24]))
        order.append((known, delivery))
    found: list[Invoice] = []
    for known, delivery in order:
        keys = draw(
            st.sets(st.tuples(st.integers(1, 2), st.sampled_from([None, "A"]), st.sampled_from("12")))
        )
        for subject, code, number in sorted(keys, key=str):
            row = Invoice(
                subject=subject,
                invoice_code=code,
                invoice_number=number,
                status=draw(st.sampled_from(["valid", "void"])),
                occurred_on=DAY + timedelta(hours=draw(hours)),
                known_at=NOON + timedelta(hours=known),
                delivery=delivery,
            )
            found.append(replace(row, supersedes=any(each.key == row.key for each in found)))
    return draw(st.permutations(found))


@given(histories(), st.integers(-1, 5))
def test_the_view_says_what_the_words_say(session: Session, history: list[Invoice], days: int) -> None:
    as_of = DAY + timedelta(days=days)
    until = end_of_day(as_of).astimezone(UTC).replace(tzinfo=None)
    newest: dict[tuple[Any, ...], Invoice] = {}
    for row in sorted(history, key=lambda each: (each.known_at, each.delivery)):
        if row.known_at < until:
            newest[row.key] = row
    expected = {row for row in newest.values() if row.occurred_on <= as_of}
    found = seen(session, history, as_of=as_of)
    assert len({row.key for row in found}) == len(found)
    assert set(found) == expected
