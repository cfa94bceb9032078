"""How pages show numbers and dates. None is always “无数据”, with the reason on hover, and never 0.

Money is in 万元 to two places in Chinese and in whole yuan and fen in English, exact fen on hover either way.
"""

import math
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from markupsafe import Markup

from xinqiao.catalogue.english import in_english
from xinqiao.kernel.clock import CITY_TIME
from xinqiao.kernel.money import FEN_PER_WAN, FEN_PER_YUAN, format_wan, format_yuan
from xinqiao.web.languages import Language
from xinqiao.web.messages import has_message, message


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats of one language; every method gives safe HTML or plain text that templates escape."""

    language: Language

    def unknown(self, why: str | None = None) -> Markup:
        """“无数据”, with the reason on hover."""
        reason = why or message(self.language, "format.unknown_why")
        text = message(self.language, "format.unknown")
        return Markup('<span class="unknown" title="{}">{}</span>').format(reason, text)

    def named(self, name: str) -> str:
        """A name that is kept in Chinese, on an English page in English where there is any."""
        return name if self.language == "zh" else in_english(name)

    def amount(self, fen: int | None, *, unit: bool = True, why: str | None = None) -> Markup:
        """An amount in fen; without its unit where a column's heading says it."""
        if fen is None:
            return self.unknown(why)
        if self.language == "zh":
            shown, suffix = _wan(fen), " 万元" if unit else ""
            exact = f"{format_yuan(fen)} 元（{fen:,} 分）"
        else:
            shown, suffix = format_yuan(fen), " CNY" if unit else ""
            exact = f"{fen:,} fen"
        return Markup('<data class="number" value="{}" title="{}">{}{}</data>').format(
            fen, exact, _minus(shown), suffix
        )

    def amount_band(self, low: int | None, high: int | None) -> str:
        """The band of a masked amount from its ends in fen; bands below zero are told by their size."""
        if (low is None or low < 0) and (high is None or high <= 0):
            positive = self.amount_band(0 if high is None else -high, None if low is None else -low)
            return message(self.language, "format.band_negative", band=positive)
        bottom, low_unit = self._round_amount(low or 0)
        if high is None:
            return message(self.language, "format.band_over", low=f"{bottom} {low_unit}")
        top, unit = self._round_amount(high)
        if not low:
            return message(self.language, "format.band_under", high=f"{top} {unit}")
        return f"{bottom}{'' if low_unit == unit else f' {low_unit}'}–{top} {unit}"

    def _round_amount(self, fen: int) -> tuple[str, str]:
        """A round amount without places, and its unit: yuan, in Chinese 万元 from there on."""
        if self.language == "en":
            return f"{fen // FEN_PER_YUAN:,}", "CNY"
        return (
            (f"{fen // FEN_PER_WAN:,}", "万元") if fen >= FEN_PER_WAN else (f"{fen // FEN_PER_YUAN:,}", "元")
        )

    def percent(self, fraction: float | None, *, why: str | None = None) -> Markup:
        """A fraction of one as a percentage to one place."""
        if fraction is None:
            return self.unknown(why)
        return _number(fraction, f"{_rounded(fraction * 100, 1)}%")

    def score(self, score: float | None, *, why: str | None = None) -> Markup:
        """Points of an indicator, or a weight, to one place."""
        if score is None:
            return self.unknown(why)
        return _number(score, _rounded(score, 1))

    def exact(self, score: float | None, *, why: str | None = None) -> Markup:
        """A score to the two places it is computed to: rounded further it could seem to reach the next grade."""
        if score is None:
            return self.unknown(why)
        return _number(score, _rounded(score, 2))

    def signed(self, points: float | None, *, why: str | None = None) -> Markup:
        """Points with their sign, to two places; a true minus, so that signs stand out alike."""
        if points is None:
            return self.unknown(why)
        text = _rounded(abs(points), 2)
        sign = "" if Decimal(text) == 0 else "+" if points > 0 else "−"
        return _number(points, sign + text)

    def count(self, number: int | None, *, why: str | None = None) -> Markup:
        """A whole number with thousands separators."""
        if number is None:
            return self.unknown(why)
        return _number(number, f"{number:,}")

    def day(self, day: date | None, *, why: str | None = None) -> Markup:
        """A date, `2026-03-15`."""
        if day is None:
            return self.unknown(why)
        return Markup('<time datetime="{0}">{0}</time>').format(day.isoformat())

    def month(self, day: date) -> str:
        """A month, `2026-03`."""
        return f"{day:%Y-%m}"

    def instant(self, at: datetime | None, *, why: str | None = None) -> Markup:
        """An instant in the city's time, to the minute."""
        if at is None:
            return self.unknown(why)
        local = at.astimezone(CITY_TIME)
        return Markup('<time datetime="{}">{}</time>').format(local.isoformat(), f"{local:%Y-%m-%d %H:%M}")

    def indicator(
        self, value: float | None, unit: str, *, why: str | None = None, state: str | None = None
    ) -> Markup:
        """An indicator's value in its unit, or the state it stands for; logarithms of money as the money."""
        if value is None:
            return self.unknown(why)
        if state:
            return Markup('<data value="{}">{}</data>').format(value, state)
        match unit:
            case "ratio":
                return self.percent(value)
            case "ln_yuan":
                fen = round(math.expm1(value) * FEN_PER_YUAN)
                shown = format_wan(fen) + " 万元" if self.language == "zh" else f"{fen // FEN_PER_YUAN:,} CNY"
                return Markup('<data class="number" value="{}" title="{}">{}</data>').format(
                    value, f"ln(1 + x) = {value:.4f}", shown
                )
            case "yuan":
                return self.amount(round(value * FEN_PER_YUAN))
            case "points":
                # The points it brings stand in the same row, so that a converted value goes without a unit.
                return _number(value, _rounded(value, 0 if float(value).is_integer() else 2))
            case "status":
                return Markup('<data value="{}">{}</data>').format(value, self._status(value))
        places = 0 if float(value).is_integer() else 1
        one, several = f"unit.{unit}_one", f"unit.{unit}"
        key = one if value == 1 and has_message(one) else several
        suffix = message(self.language, key) if has_message(key) else f" {unit}"
        return _number(value, f"{_rounded(value, places)}{suffix}")

    def _status(self, value: float) -> str:
        key = f"unit.status_{value:g}"
        return message(self.language, key) if has_message(key) else _rounded(value, 0)


def _wan(fen: int) -> str:
    """An amount in 万元 to two places; one that these would make nothing of, exactly: it is not zero."""
    shown = format_wan(fen)
    return (
        f"{Decimal(fen).scaleb(-6).normalize():f}" if fen and Decimal(shown.replace(",", "")) == 0 else shown
    )


def _number(value: float, shown: str) -> Markup:
    return Markup('<data class="number" value="{}">{}</data>').format(value, _minus(shown))


def _minus(shown: str) -> str:
    """A true minus, as wide as the digits, in place of a hyphen."""
    return "−" + shown[1:] if shown.startswith("-") else shown


def _rounded(value: float, places: int) -> str:
    """Rounded half up in decimal, as people round, with thousands separators."""
    quantum = Decimal(1).scaleb(-places)
    rounded = Decimal(repr(float(value))).quantize(quantum, rounding=ROUND_HALF_UP)
    return f"{rounded if rounded else abs(rounded):,}"
