"""Amounts in fen: exact in, exact out, readable."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.kernel.money import (
    InvalidAmount,
    fen_to_yuan,
    format_wan,
    format_yuan,
    wan_to_fen,
    yuan_to_fen,
)

amounts = st.integers(-(10**15), 10**15)


@given(amounts)
def test_fen_survive_being_read_as_yuan_and_wan(fen: int) -> None:
    assert yuan_to_fen(fen_to_yuan(fen)) == fen
    assert yuan_to_fen(format_yuan(fen)) == fen
    assert wan_to_fen(fen_to_yuan(fen).scaleb(-4)) == fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [("1,234.5", 123450), (" 0.10 ", 10), ("-3", -300), ("1，000", 100000), ("1.2300", 123), ("1e3", 100000)],
)
def test_yuan_as_departments_write_them(text: str, fen: int) -> None:
    assert yuan_to_fen(text) == fen


@pytest.mark.parametrize("text", ["", "十元", "NaN", "Infinity", "1.234", "1.2.3"])
def test_what_is_no_amount_in_whole_fen_is_refused(text: str) -> None:
    with pytest.raises(InvalidAmount):
        yuan_to_fen(text)


def test_wan_are_ten_thousand_yuan() -> None:
    assert wan_to_fen("500") == yuan_to_fen("5000000") == 500_000_000
    assert wan_to_fen(Decimal("0.000001")) == 1


@pytest.mark.parametrize(
    ("fen", "wan", "yuan"),
    [
        (1_234_560_000, "1,234.56", "12,345,600.00"),
        (5_000, "0.01", "50.00"),
        (4_999, "0.00", "49.99"),
        (-1_234_567, "-1.23", "-12,345.67"),
        (0, "0.00", "0.00"),
    ],
)
def test_amounts_read_as_people_write_them(fen: int, wan: str, yuan: str) -> None:
    assert format_wan(fen) == wan
    assert format_yuan(fen) == yuan
