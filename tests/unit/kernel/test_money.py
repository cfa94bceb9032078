"""Amounts in fen: exact, and readable."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.kernel.money import FEN_PER_YUAN, fen_to_yuan, format_wan, format_yuan


@given(st.integers(-(10**15), 10**15))
def test_no_fen_is_lost_on_the_way_to_yuan(fen: int) -> None:
    assert fen_to_yuan(fen) * FEN_PER_YUAN == fen
    assert Decimal(format_yuan(fen).replace(",", "")) * FEN_PER_YUAN == fen


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
