"""Amounts of money: integers of fen (分, a hundredth of a yuan), exact, and as people read them."""

from decimal import ROUND_HALF_UP, Decimal

FEN_PER_YUAN = 100
FEN_PER_WAN = 10_000 * FEN_PER_YUAN

_CENT = Decimal("0.01")


def fen_to_yuan(fen: int) -> Decimal:
    """An amount of fen in yuan, exact."""
    return Decimal(fen).scaleb(-2)


def format_yuan(fen: int) -> str:
    """An amount as people read it in yuan: `1,234.56`."""
    return f"{fen_to_yuan(fen):,.2f}"


def format_wan(fen: int) -> str:
    """An amount as people read it in 万元, rounded half up to two places: `1,234.56`."""
    return f"{Decimal(fen).scaleb(-6).quantize(_CENT, rounding=ROUND_HALF_UP):,.2f}"
