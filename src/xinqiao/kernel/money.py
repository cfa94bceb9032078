"""Amounts of money: integers of fen (分, a hundredth of a yuan), exact in and exact out."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from xinqiao.kernel.refusals import Refusal

FEN_PER_YUAN = 100
YUAN_PER_WAN = 10_000
FEN_PER_WAN = FEN_PER_YUAN * YUAN_PER_WAN

_CENT = Decimal("0.01")


class InvalidAmount(Refusal):
    """A text is not an amount of money in whole fen."""

    code = "invalid_amount"


def yuan_to_fen(yuan: Decimal | str) -> int:
    """An amount of yuan (`1,234.5`, full-width commas allowed) in fen.

    Raises:
        InvalidAmount: It is not a number, not finite, or finer than a fen.
    """
    return _to_fen(yuan, FEN_PER_YUAN)


def wan_to_fen(wan: Decimal | str) -> int:
    """An amount of 万元 in fen.

    Raises:
        InvalidAmount: It is not a number, not finite, or finer than a fen.
    """
    return _to_fen(wan, FEN_PER_WAN)


def fen_to_yuan(fen: int) -> Decimal:
    """An amount of fen in yuan, exact."""
    return Decimal(fen).scaleb(-2)


def format_yuan(fen: int) -> str:
    """An amount as people read it in yuan: `1,234.56`."""
    return f"{fen_to_yuan(fen):,.2f}"


def format_wan(fen: int) -> str:
    """An amount as people read it in 万元, rounded half up to two places: `1,234.56`."""
    return f"{Decimal(fen).scaleb(-6).quantize(_CENT, rounding=ROUND_HALF_UP):,.2f}"


def _to_fen(amount: Decimal | str, unit: int) -> int:
    text = str(amount).strip().replace(",", "").replace("\uff0c", "")
    try:
        fen = Decimal(text) * unit
    except InvalidOperation as error:
        raise InvalidAmount(f"“{amount}”不是金额") from error
    if not fen.is_finite():
        raise InvalidAmount(f"“{amount}”不是金额")
    if fen != fen.to_integral_value():
        raise InvalidAmount(f"金额“{amount}”不足一分的部分无法记录")
    return int(fen)
