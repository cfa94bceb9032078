"""A report as its page lays it out: groups, charts and cells. Nothing is computed anew here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from xinqiao.catalogue.codes import divisions
from xinqiao.catalogue.masking import HIDDEN, AmountBand
from xinqiao.portal import report_charts
from xinqiao.portal.freshness import Freshness, freshness
from xinqiao.products.model import (
    Column,
    GroupScore,
    IndicatorLine,
    Link,
    Party,
    Reason,
    Report,
    Scalar,
    Section,
    Series,
    Theme,
)
from xinqiao.web.formats import Formats
from xinqiao.web.languages import Language
from xinqiao.web.messages import message

REASONS_SHOWN = 5
STRONGEST = 10
LONG_TEXT = 10
_EVERYBODY = "*"
# A page asks for them sixty times.
_divisions = cache(divisions)
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}(?!\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Group:
    """The indicators of one group, with its score where it is scored."""

    code: str
    zh: str
    en: str
    lines: tuple[IndicatorLine, ...]
    score: GroupScore | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """The sections of one theme: with records, clear, of other regions alone, never collected, and with refused rows."""

    theme: Theme
    full: tuple[Section, ...]
    empty: tuple[Section, ...]
    elsewhere: tuple[Section, ...]
    absent: tuple[Section, ...]
    withheld: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What the page's template asks about a report, in one language."""

    report: Report
    language: Language

    def word(self, zh: str, en: str) -> str:
        """Of two words that in the page's language."""
        return zh if self.language == "zh" else en

    def reasons(self, direction: str) -> tuple[Reason, ...]:
        """The strongest reasons of a direction."""
        return tuple(each for each in self.report.rating.reasons if each.direction == direction)[
            :REASONS_SHOWN
        ]

    @property
    def groups(self) -> tuple[Group, ...]:
        """Indicators by group, in the report's order."""
        scores = {each.code: each for each in self.report.rating.groups}
        found = []
        for code, lines in groupby(self.report.indicators, key=lambda line: line.group):
            held = tuple(lines)
            found.append(Group(code, held[0].group_zh, held[0].group_en, held, scores.get(code)))
        return tuple(found)

    @property
    def groups_unknown(self) -> tuple[str, ...]:
        """Groups of which nothing is known."""
        return tuple(self.word(each.zh, each.en) for each in self.report.rating.groups if each.points is None)

    @property
    def contributions(self) -> tuple[IndicatorLine, ...]:
        """The strongest indicators each way, from the strongest for to the strongest against."""
        return (*self._strongest(1), *self._strongest(-1))

    @property
    def in_favour(self) -> int:
        """How many of them are in favour."""
        return len(self._strongest(1))

    @property
    def others(self) -> tuple[int, float]:
        """Number of the scored indicators that are not among them, and what they add up to."""
        shown = {line.code for line in self.contributions}
        rest = [line for line in self._scored if line.code not in shown]
        # In whole hundredths, as the score is added up.
        return len(rest), sum(round((line.contribution or 0) * 100) for line in rest) / 100

    @property
    def _scored(self) -> tuple[IndicatorLine, ...]:
        scored = [line for line in self.report.indicators if line.contribution is not None]
        return tuple(sorted(scored, key=lambda line: (-(line.contribution or 0), line.code)))

    def _strongest(self, sign: int) -> tuple[IndicatorLine, ...]:
        """The strongest with contributions of a sign, still from the most in favour to the most against."""
        found = [line for line in self._scored if (line.contribution or 0) * sign > 0]
        return tuple(found[:STRONGEST] if sign > 0 else found[-STRONGEST:])

    def moved(self, formats: Formats, group: GroupScore) -> Markup:
        """What a group adds to the score; unknown where there is no score, or nothing of the group is known."""
        if self.report.rating.score is None:
            return formats.unknown(message(self.language, "grade.no_score_why"))
        return formats.signed(group.contribution if group.points is not None else None)

    def dated(self, text: str) -> Markup:
        """A sentence in which no day is broken at the end of a line."""
        return Markup(_DAY.sub(r"<time>\g<0></time>", str(escape(text))))  # noqa: S704  escaped just now

    @property
    def contributions_chart(self) -> Mapping[str, Any]:
        """Data of the chart of contributions."""
        lines = self.contributions
        return {
            "kind": "contributions",
            "rows": len(lines),
            "labels": [self.word(line.label_zh, line.label_en) for line in lines],
            "unit": message(self.language, "report.contribution"),
            "values": [line.contribution for line in lines],
        }

    @property
    def groups_chart(self) -> Mapping[str, Any]:
        """Data of the radar of groups."""
        return report_charts.groups_chart(self.report.rating.groups, self.language)

    @property
    def history_chart(self) -> Mapping[str, Any]:
        """Data of the chart of past grades."""
        return report_charts.history_chart(self.report, self.language)

    @property
    def related_chart(self) -> Mapping[str, Any]:
        """Data of the drawing of related parties."""
        assert self.report.related is not None
        return report_charts.related_chart(self.report.related, self.language)

    def monthly_chart(self, section: Section) -> Mapping[str, Any]:
        """Data of the chart of a section's months."""
        return report_charts.monthly_chart(section, self.language)

    def spark(self, series: Series) -> tuple[str, ...]:
        """Points of the small lines through a series."""
        return report_charts.spark([None if value is None else float(value) for value in series.values])

    @property
    def parties(self) -> Mapping[str, Party]:
        """Related parties by their id in the drawing."""
        related = self.report.related
        return {each.id: each for each in related.parties} if related else {}

    @property
    def links(self) -> tuple[Link, ...]:
        """Relations, those of the enterprise itself first."""
        related, parties = self.report.related, self.parties
        if related is None:
            return ()
        return tuple(
            sorted(related.links, key=lambda each: parties[each.source].hops * parties[each.target].hops)
        )

    @property
    def shelves(self) -> tuple[Shelf, ...]:
        """Sections by theme, in order; sections without a theme stand under none."""
        themes = self.report.themes or (Theme("", "", ""),)
        return tuple(
            Shelf(
                theme,
                full=tuple(each for each in held if each.total),
                empty=tuple(each for each in held if each.covered and not each.total and not each.withheld),
                elsewhere=tuple(
                    each
                    for each in held
                    if each.collected and not each.covered and not each.total and not each.withheld
                ),
                absent=tuple(each for each in held if not each.collected and not each.total),
                withheld=tuple(each for each in held if each.withheld),
            )
            for theme in themes
            if (held := [each for each in self.report.sections if each.theme == theme.code])
        )

    @property
    def freshness(self) -> Freshness:
        """Where the data come from, and how fresh they are."""
        return freshness(self.report.sources)

    def columns(self, section: Section) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
        """Columns of the records of a section that show something, and those masked in every row."""
        masked = {
            column.name
            for column in section.columns
            if section.rows
            and all(row[column.name] in (None, HIDDEN) for row in section.rows)
            and any(row[column.name] == HIDDEN for row in section.rows)
        }
        return (
            tuple(column for column in section.columns if column.name not in masked),
            tuple(column for column in section.columns if column.name in masked),
        )

    def titles(self, sections: tuple[Section, ...]) -> str:
        """Titles of sections as a list in a sentence."""
        return ("、" if self.language == "zh" else ", ").join(
            self.word(each.title_zh, each.title_en) for each in sections
        )

    def compared_with(self, line: IndicatorLine, whole_city: str) -> str:
        """Whom a line's standing is among."""
        if line.compared_with in (None, _EVERYBODY):
            return whole_city
        code = str(line.compared_with)
        return _divisions().get(code, code) if self.language == "zh" else code

    def fact(self, formats: Formats, name: str, value: Scalar, why: str | None) -> Markup | str:
        """A fact of a section, by the unit its name ends with."""
        if value is None and why is None:
            return formats.unknown()
        if name.endswith("_fen"):
            return formats.amount(value if isinstance(value, int) else None, why=why)
        if name.endswith("_year") and value is not None:
            return str(value)
        return self._plain(formats, value, why)

    def fact_label(self, section: Section, name: str) -> str:
        """What a fact is called."""
        label = section.labels.get(name)
        return self.word(label.zh, label.en) if label else name

    def heading(self, column: Column, section: Section) -> str:
        """Heading of a column of records: the contract's label, in English the field's name in words.

        Amounts in the clear have their unit in the heading; a masked amount says its own.
        """
        clear = column.kind == "amount" and any(isinstance(row[column.name], int) for row in section.rows)
        return self._headed(column.name, column.label, unit=clear)

    def series_heading(self, series: Series) -> str:
        """Heading of a series."""
        return self._headed(series.name, series.label, unit=series.kind == "amount")

    def _headed(self, name: str, label: str, *, unit: bool) -> str:
        told = message(self.language, "report.amount_unit")
        if self.language == "zh":
            return label + (f"（{told}）" if unit else "")
        words = name.removesuffix("_fen").replace("month_on", "month").replace("_", " ").capitalize()
        return f"{words} ({told})" if unit else words

    def _empty(self, formats: Formats, column: Column) -> Markup | str:
        """What an empty cell means."""
        if column.when_empty:
            return column.when_empty[self.language]
        why = "format.no_record" if column.kind == "date" else "format.not_given"
        return formats.unknown(message(self.language, why))

    def cell(self, formats: Formats, column: Column, value: Scalar) -> Markup | str:
        """A cell of a table of records."""
        if value is None:
            return self._empty(formats, column)
        if column.values:
            code = str(value)
            words = code.replace("_", " ")
            words = words[:1].upper() + words[1:]
            return column.values.get(code, code) if self.language == "zh" else words
        if column.kind == "amount" and isinstance(value, int):
            return formats.amount(value, unit=False)
        if column.name.endswith("_ratio") and isinstance(value, Decimal | float):
            return formats.percent(float(value))
        if column.name.endswith("_year"):
            return str(value)
        if column.name.endswith("month_on") and isinstance(value, date):
            return formats.month(value)
        return self._plain(formats, value, None)

    def in_words(self, section: Section) -> frozenset[str]:
        """Names of the columns of a section's records with texts long enough to be broken into lines."""
        return frozenset(
            name
            for row in section.rows
            for name, value in row.items()
            if isinstance(value, str) and len(value) > LONG_TEXT and not value.isascii()
        )

    def figure(self, formats: Formats, series: Series, value: Scalar) -> Markup | str:
        """A value of a series."""
        if series.kind == "amount":
            return formats.amount(int(value) if isinstance(value, int) else None, unit=False)
        return self._plain(formats, value, None)

    def newest(self, series: Series) -> Scalar:
        """The value of the latest month that has one."""
        return next((value for value in reversed(series.values) if value is not None), None)

    def _plain(self, formats: Formats, value: Scalar, why: str | None) -> Markup | str:
        match value:
            case None:
                return formats.unknown(why)
            case AmountBand():
                return formats.amount_band(value.min, value.max)
            case bool():
                return message(self.language, "format.yes" if value else "format.no")
            case date():
                return formats.day(value)
            case int():
                return formats.count(value)
            case Decimal():
                return f"{value.normalize():,f}"
            case float():
                return f"{value:,}"
            case str():
                return value
