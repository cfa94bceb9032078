"""SQL as text: any value survives being quoted, and one dialect becomes another."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinqiao.engine import DuckDBEngine, Session, dialect
from xinqiao.engine.dialect import (
    UnreadableSQL,
    columns_of,
    identifier,
    literal,
    parse_expression,
    render,
    text,
    within,
    within_often,
)

anything = st.text(alphabet=st.characters(exclude_characters="\x00", codec="utf-8"), max_size=30)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with DuckDBEngine(Path(tmp_path_factory.mktemp("engine")), threads=1).session() as opened:
        yield opened


@given(st.lists(anything, min_size=1, max_size=20))
def test_any_text_survives_quoting(session: Session, values: list[str]) -> None:
    quoted = ", ".join(text(value) for value in values)

    assert list(session.rows(f"SELECT {quoted}")[0]) == values


@given(anything.filter(bool))
def test_any_name_survives_quoting(session: Session, name: str) -> None:
    assert session.records(f"SELECT x.{identifier(name)} FROM (SELECT 1 AS {identifier(name)}) x") == [
        {name: 1}
    ]


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15),
    st.decimals(-(10**9), 10**9, places=6, allow_nan=False),
    st.dates(min_value=date(1, 1, 1)),
    st.datetimes(min_value=datetime(1600, 1, 1)),
    anything,
)


@given(values)
def test_any_value_survives_being_a_literal(session: Session, value: object) -> None:
    found = session.scalar(f"SELECT {literal(value)}")  # type: ignore[arg-type]  # The strategy makes literals only.

    assert float(found) == value if isinstance(value, float) else found == value


def test_an_instant_becomes_naive_utc(session: Session) -> None:
    instant = datetime(2026, 7, 1, 9, 0, tzinfo=timezone(timedelta(hours=8)))

    assert session.scalar(f"SELECT {literal(instant)}") == instant.astimezone(UTC).replace(tzinfo=None)
    assert literal(Decimal("1.50")) == "1.50"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("many", [dialect._MANY, 3])
@given(st.sets(st.integers(-9, 9)))
def test_a_row_is_within_exactly_the_numbers_asked_for(
    session: Session, monkeypatch: pytest.MonkeyPatch, many: int, numbers: set[int]
) -> None:
    monkeypatch.setattr(dialect, "_MANY", many)
    everything = "(SELECT unnest(range(-9, 10)) AS subject)"
    beginning, condition = within_often(numbers)

    found = session.rows(
        f"SELECT subject AS n FROM {everything} WHERE {within(numbers, 'subject')} ORDER BY n"
    )
    others = session.rows(f"SELECT subject FROM {everything} WHERE NOT ({within(numbers)})")
    often = session.rows(f"{beginning} SELECT subject AS n FROM {everything} WHERE {condition} ORDER BY n")

    assert [each for (each,) in found] == [each for (each,) in often] == sorted(numbers)
    assert len(others) == 19 - len(numbers)


def test_a_tenth_of_a_city_is_asked_for_in_little_memory(session: Session, grown: Callable[[], int]) -> None:
    """Written out, each number took some KB of each place where the statement asks for it."""
    numbers = range(10_000)
    session.run("CREATE OR REPLACE TABLE records AS SELECT range AS subject FROM range(20000)")
    beginning, condition = within_often(numbers)
    often = " UNION ALL ".join(f"SELECT count(*) FROM records WHERE {condition}" for _ in range(60))

    assert session.rows(beginning + often) == [(10_000,)] * 60
    assert session.scalar(f"SELECT count(*) FROM records WHERE {within(numbers)}") == 10_000
    assert grown() < 300


def test_the_columns_an_expression_reads_are_named() -> None:
    assert columns_of("sum(amount_fen) FILTER (status = 'valid') / nullif(total, 0)") == {
        "amount_fen", "status", "total",
    }  # fmt: skip
    assert columns_of("1 + 1") == set()
    assert columns_of('"带 空格" IS NULL') == {"带 空格"}


@pytest.mark.parametrize(
    "sql",
    [
        "a +", "a, b", "SELECT", "a FROM t", "'open", "a; DROP TABLE t", "max(a", "a) + (b", "a,",
        "(SELECT max(a FROM t)", "a LIMIT 1", "a WHERE b",
    ],
)  # fmt: skip
def test_what_is_not_one_expression_is_refused(sql: str) -> None:
    with pytest.raises(UnreadableSQL) as refusal:
        parse_expression(sql)

    assert "\n" not in str(refusal.value)


def test_a_statement_is_rendered_for_another_engine() -> None:
    sql = "SELECT subject, count(*) FILTER (status = 'valid') AS valid FROM invoices WHERE day::DATE > DATE '2026-01-01' GROUP BY subject"

    spark = render(sql, "spark")

    assert "CAST(day AS DATE)" in spark
    assert "GROUP BY" in spark
    assert "::" not in spark
    with pytest.raises(UnreadableSQL):
        render("SELECT FROM WHERE (", "spark")
