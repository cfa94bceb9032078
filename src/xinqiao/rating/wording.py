"""Values, bands and goals in words, for reasons and advice; what pages show in tables they format themselves."""

import math
from decimal import ROUND_HALF_UP, Decimal

from xinqiao.indicators import Text
from xinqiao.rating.model import Weighted

_WAN = 10_000
_FIGURES = 3
# Up to these a threshold only stands for "none at all".
_NOTHING = {"ratio": 0.0001, "months": 0.01, "yuan": 0.01, "times": 1.0}
# No sum of money has a logarithm near this; beyond it floating point ends.
_GREATEST_LOGARITHM = 50.0
_COUNTED = frozenset({"times", "months"})
# Chinese, English for one, English for several.
_SUFFIX = {
    "years": ("年", " year", " years"),
    "months": ("个月", " month", " months"),
    "times": ("次", " time", " times"),
    "points": ("分", " point", " points"),
    "people": ("人", " person", " people"),
    "firms": ("户", " enterprise", " enterprises"),
    "multiple": ("倍", "×", "×"),
    "deviations": ("个标准差", " standard deviation", " standard deviations"),
}


def in_words(unit: str, value: float) -> Text:
    """A value with its unit; a logarithm of yuan as the yuan themselves."""
    match unit:
        case "ratio":
            shown = f"{_decimal(value * 100, 1)}%"
            return Text(shown, shown)
        case "ln_yuan":
            return _money(_rounded_off(_from_logarithm(value)))
        case "yuan":
            return _money(value)
        case _ if unit.startswith("ln_"):
            shown = _decimal(_rounded_off(_from_logarithm(value)), 0)
            return Text(shown, shown)
    zh, one, several = _SUFFIX.get(unit, ("", "", ""))
    shown = _decimal(value, 2)
    return Text(shown + zh, shown + (one if value == 1 else several))


def band(unit: str, each: Weighted, value: float) -> Text:
    """The bin a value lies in, by its bounds."""
    place = each.place(value)
    above = each.bins[place - 1].below if place else None
    below = each.bins[place].below
    if above is None and below is None:
        return Text("不分档", "a single band")
    if below is None:
        assert above is not None
        least = in_words(unit, above)
        return Text(f"{least.zh}及以上", f"{least.en} or more")
    if above is None:
        return most(unit, below)
    low, high = in_words(unit, above), in_words(unit, below)
    if (unit in _COUNTED and math.ceil(above) == math.ceil(below) - 1) or low == high:
        return low
    return Text(f"{low.zh}至{high.zh}", f"{low.en} to {high.en}")


def most(unit: str, below: float) -> Text:
    """A bound from above: in whole numbers the greatest one under it, none at all where it is next to nothing."""
    if 0 < below <= _NOTHING.get(unit, 0):
        return Text("无", "none")
    if unit == "times":
        whole = in_words(unit, math.ceil(below) - 1)
        return Text(f"不超过{whole.zh}", f"at most {whole.en}")
    bound = in_words(unit, below)
    return Text(f"{bound.zh}以下", f"below {bound.en}")


def least(unit: str, from_: float) -> Text:
    """A bound from below."""
    bound = in_words(unit, from_)
    return Text(f"{bound.zh}以上", f"{bound.en} or more")


def _from_logarithm(value: float) -> float:
    return math.expm1(min(value, _GREATEST_LOGARITHM))


def _money(yuan: float) -> Text:
    zh = f"{_decimal(yuan / _WAN, 2)}万元" if abs(yuan) >= _WAN else f"{_decimal(yuan, 0)}元"
    return Text(zh, f"{_decimal(yuan, 0)} yuan")


def _rounded_off(value: float) -> float:
    """To three figures, since a threshold in logarithms stands for a round sum."""
    if value <= 0:
        return 0.0
    places = _FIGURES - 1 - math.floor(math.log10(value))
    return float(round(value, places))


def _decimal(value: float, places: int) -> str:
    """Rounded half up as people round, thousands separated, without idle zeros."""
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{rounded if rounded else abs(rounded):,}"
    return text.rstrip("0").rstrip(".") if "." in text else text
