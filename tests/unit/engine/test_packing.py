"""Rows that go through one text come back as they were."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinqiao.engine import DuckDBEngine, Session
from xinqiao.engine.dialect import Literal, identifier, literal, text
from xinqiao.engine.packing import NOTHING, keep, pack, packed, unpacked

KINDS = {
    "subject": "BIGINT", "name": "VARCHAR", "day": "DATE", "known_at": "TIMESTAMP", "rate": "DECIMAL(18,6)",
    "valid": "BOOLEAN", "ratio": "DOUBLE",
}  # fmt: skip
WORDS = st.sampled_from(
    ["", "NULL", "null", "甲", "a'b", 'a"b', "a\\b", "[1, 2]", "{x}", " a ", "\n\t", "\U0001f600"]
)


def _rows() -> st.SearchStrategy[list[tuple[Literal, ...]]]:
    whole = st.integers(-(2**63), 2**63 - 1)
    values: list[st.SearchStrategy[Literal]] = [
        whole,
        WORDS | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4),
        st.dates(date(1000, 1, 1)),
        st.datetimes(datetime(1000, 1, 1)),
        st.decimals("-1e11", "1e11", places=6, allow_nan=False),
        st.booleans(),
        st.floats(allow_nan=False, allow_infinity=False),
    ]
    return st.lists(st.tuples(*(st.none() | each for each in values)), max_size=4)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder: Path = tmp_path_factory.mktemp("engine")
    with DuckDBEngine(folder).session() as opened:
        yield opened


def _typed(value: Literal, kind: str) -> str:
    shown = text(repr(value)) if isinstance(value, float) else literal(value)
    return f"CAST({shown} AS {kind})"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_rows())
def test_every_value_comes_back_to_the_last_bit(session: Session, rows: list[tuple[Literal, ...]]) -> None:
    session.register("given", [], KINDS)
    if rows:
        lines = ", ".join(
            f"({', '.join(_typed(value, kind) for value, kind in zip(row, KINDS.values(), strict=True))})"
            for row in rows
        )
        names = ", ".join(map(identifier, KINDS))
        session.define("given", f"SELECT * FROM (VALUES {lines}) AS v ({names})")
    session.prepare("again", unpacked(1, tuple(KINDS), KINDS))

    one_text = session.scalar(f"SELECT {packed(tuple(KINDS))} FROM given")
    back = session.answer("again", [one_text or NOTHING])

    assert repr(back) == repr(session.records("SELECT * FROM given"))
    assert repr(session.answer("again", [pack(rows)])) == repr(session.records("SELECT * FROM given"))


def test_columns_that_were_not_given_are_null(session: Session) -> None:
    session.prepare("some", unpacked(1, ("ratio", "subject"), KINDS))

    (row,) = session.answer("some", [pack([["0.1", "7"]])])

    assert row == {**dict.fromkeys(KINDS), "subject": 7, "ratio": 0.1}


def test_what_python_spells_is_read_as_the_engine_spells_it(session: Session) -> None:
    session.prepare("spelt", unpacked(1, ("rate", "known_at"), KINDS))

    (row,) = session.answer("spelt", [pack([["0.5", None]])])

    assert row["rate"] == Decimal("0.5")
    assert row["known_at"] is None


@given(st.lists(WORDS, max_size=4).map(tuple))
def test_lists_of_texts_come_back_as_they_were(session: Session, words: tuple[str, ...]) -> None:
    keep(session, "listed", [{"words": words}, {"words": None}], {"words": "VARCHAR[]"})

    assert session.rows("SELECT words FROM listed") == [(list(words),), (None,)]


@pytest.mark.parametrize("count", [0, 1, 1000, 2001])
def test_rows_are_kept_in_order_however_many(session: Session, count: int) -> None:
    rows = [{"subject": number, "other": "left out"} for number in range(count)]

    keep(session, "kept", rows, {"subject": "BIGINT", "ratio": "DOUBLE"})

    assert session.rows("SELECT * FROM kept") == [(number, None) for number in range(count)]


def test_thousands_of_wide_rows_are_kept_in_little_memory(session: Session, grown: Callable[[], int]) -> None:
    """Written out as values they took a megabyte each, beside the engine's limit."""
    codes = [f"A{number}" for number in range(90)]
    rows = [dict.fromkeys(codes, number / 7) for number in range(2000)]

    keep(session, "wide", rows, dict.fromkeys(codes, "DOUBLE"))

    assert grown() < 300
    assert session.rows("SELECT count(*), max(A0) FROM wide") == [(2000, 1999 / 7)]
