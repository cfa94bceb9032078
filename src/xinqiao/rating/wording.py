"""Values, bands and goals in words, for reasons and advice; what pages show in tables they format themselves."""

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from xinqiao.indicators import Indicator, Mark, Text
from xinqiao.rating.model import Weighted

_WAN = 10_000
_FIGURES = 3
# No sum of money has a logarithm near this; beyond it floating point ends.
_GREATEST_LOGARITHM = 50.0
_WHOLE = frozenset({"times", "cases", "items", "institutions"})
# Up to these a threshold only stands for "none at all".
_NOTHING = {"ratio": 0.0001, "months": 0.01, "yuan": 0.01, **dict.fromkeys(_WHOLE, 1.0)}
_COUNTED = _WHOLE | {"months"}
_SPANS = frozenset({"months", "years"})
# What an indicator converts a state or several things to. Its name comes first, or people take it for the points given.
_CONVERTED = "points"
_SCALE = Text("折算值", "scale value")
# Chinese, English for one, English for several.
_SUFFIX = {
    "years": ("年", " year", " years"),
    "months": ("个月", " month", " months"),
    # What the label says already is not said again in English: "Freezes: 2".
    "times": ("次", "", ""),
    "cases": ("件", "", ""),
    "items": ("项", "", ""),
    "people": ("人", " person", " people"),
    "firms": ("户", " enterprise", " enterprises"),
    "institutions": ("家", " institution", " institutions"),
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


def named(declared: Indicator, value: float) -> Text:
    """A value as the state that it stands for, or with its unit."""
    return state(declared, value) or in_words(declared.unit, value)


def state(declared: Indicator, value: float) -> Text | None:
    """The state that a value stands for; None where it is a number and no more."""
    return next((mark.word for mark in declared.scale if mark.value == value), None)


def towards(declared: Indicator, value: float, threshold: float, *, rises: bool) -> Text:
    """From a value to the other side of a threshold, in words."""
    if rises and declared.scale and (mark := _first(declared.scale, threshold)) is not None:
        now = named(declared, value)
        return mark.goal or Text(f"由{now.zh}提高到{mark.word.zh}", f"from {now.en} to {mark.word.en}")
    now = in_words(declared.unit, value)
    bound = (least if rises else most)(declared.unit, threshold)
    scaled = scale(declared.unit) or Text("", "")
    return Text(
        f"{scaled.zh}由{now.zh}{'提高' if rises else '降'}到{bound.zh}",
        f"{scaled.en} from {now.en} to {bound.en}".lstrip(),
    )


def _first(scale: Sequence[Mark], threshold: float) -> Mark | None:
    return next((mark for mark in scale if mark.value >= threshold), None)


def scale(unit: str) -> Text | None:
    """What to call a value that has no unit of its own; None where the unit says what it is."""
    return _SCALE if unit == _CONVERTED else None


def placed(unit: str, each: Weighted, value: float) -> Text:
    """A value with the band it lies in, which is left out where it says no more than the value."""
    if not value and unit in _WHOLE:
        return Text("没有", "none here")
    own, within = in_words(unit, value), band(unit, each, value)
    called = scale(unit) or Text("", "")
    zh, en = f"{called.zh}为{own.zh}", f"{called.en} {own.en} here".lstrip()
    bottom = each.bins[-2].below if len(each.bins) > 1 else None
    if within is None or within == own or (called is _SCALE and value == bottom):
        return Text(zh, en)
    return Text(f"{zh}（{within.zh}一档）", f"{en} (band: {within.en})")


def band(unit: str, each: Weighted, value: float) -> Text | None:
    """The bin a value lies in, by its bounds; None where it is the only one, or stands for "none at all"."""
    place = each.place(value)
    above = each.bins[place - 1].below if place else None
    below = each.bins[place].below
    if below is None:
        if above is None:
            return None
        bound = in_words(unit, above)
        return Text(f"{bound.zh}及以上", f"{bound.en} or more")
    if above is None:
        return None if _is_nothing(unit, below) else most(unit, below)
    low, high = in_words(unit, above), in_words(unit, below)
    if (unit in _COUNTED and math.ceil(above) == math.ceil(below) - 1) or low == high:
        return low
    zh, _, several = _SUFFIX.get(unit, ("", "", ""))
    # The unit once: 3至10人. An amount keeps its own, since one may be in yuan and the other in ten thousands.
    return Text(
        f"{low.zh.removesuffix(zh)}至{high.zh}", f"{_decimal(above, 2) if several else low.en} to {high.en}"
    )


def most(unit: str, below: float) -> Text:
    """A bound from above: in whole numbers the greatest one under it, none at all where it is next to nothing."""
    if _is_nothing(unit, below):
        return Text("零", "none")
    if unit in _WHOLE:
        whole = in_words(unit, math.ceil(below) - 1)
        return Text(f"不超过{whole.zh}", f"at most {whole.en}")
    bound = in_words(unit, below)
    # 以下 may be read to include the number itself, which for a span of time would be no goal at all.
    return Text(f"不足{bound.zh}" if unit in _SPANS else f"{bound.zh}以下", f"below {bound.en}")


def _is_nothing(unit: str, below: float) -> bool:
    return 0 < below <= _NOTHING.get(unit, 0)


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
    """Rounded half up as people round, thousands separated, without idle zeros, with a true minus."""
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{rounded if rounded else abs(rounded):,}"
    text = text.replace("-", "−")
    return text.rstrip("0").rstrip(".") if "." in text else text
