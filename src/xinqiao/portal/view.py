"""A report as its page lays it out: groups, charts and cells. Nothing is computed anew here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from markupsafe import Markup

from xinqiao.catalogue.codes import divisions
from xinqiao.catalogue.masking import AmountBand
from xinqiao.kernel.money import FEN_PER_WAN, FEN_PER_YUAN
from xinqiao.products.model import Column, IndicatorLine, Reason, Report, Scalar, Section
from xinqiao.web.formats import Formats
from xinqiao.web.languages import Language
from xinqiao.web.messages import message

REASONS_SHOWN = 5
_EVERYBODY = "*"
_THOUSAND_YUAN = 1000 * FEN_PER_YUAN


@dataclass(frozen=True, slots=True)
class Group:
    """The indicators of one group."""

    code: str
    zh: str
    en: str
    lines: tuple[IndicatorLine, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What the page's template asks about a report, in one language."""

    report: Report
    language: Language

    def reasons(self, direction: str) -> tuple[Reason, ...]:
        """The strongest reasons of a direction."""
        return tuple(each for each in self.report.rating.reasons if each.direction == direction)[
            :REASONS_SHOWN
        ]

    @property
    def groups(self) -> tuple[Group, ...]:
        """Indicators by group, in the report's order."""
        found = []
        for code, lines in groupby(self.report.indicators, key=lambda line: line.group):
            held = tuple(lines)
            found.append(Group(code, held[0].group_zh, held[0].group_en, held))
        return tuple(found)

    @property
    def contributions(self) -> tuple[IndicatorLine, ...]:
        """Indicators that were scored, from the strongest for to the strongest against."""
        scored = [line for line in self.report.indicators if line.contribution is not None]
        return tuple(sorted(scored, key=lambda line: (-(line.contribution or 0), line.code)))

    @property
    def contributions_chart(self) -> Mapping[str, Any]:
        """Data of the chart of contributions."""
        lines = self.contributions
        return {
            "kind": "contributions",
            "rows": len(lines),
            "labels": [line.label_zh if self.language == "zh" else line.label_en for line in lines],
            "values": [line.contribution for line in lines],
        }

    @property
    def history_chart(self) -> Mapping[str, Any]:
        """Data of the chart of past grades."""
        past = self.report.history
        return {
            "kind": "history",
            "rows": None,
            "days": [each.as_of.isoformat() for each in past],
            "scores": [each.score for each in past],
            "grades": [each.grade for each in past],
            "max": self.report.rating.score_max,
            "unit": message(self.language, "column.score"),
            "unknown": message(self.language, "format.unknown"),
        }

    def monthly_chart(self, section: Section) -> Mapping[str, Any]:
        """Data of the chart of a section's months."""
        return {
            "kind": "monthly",
            "rows": None,
            "months": [f"{each.month:%Y-%m}" for each in section.monthly],
            "amounts": [each.amount_fen for each in section.monthly],
            "previous": [each.previous_amount_fen for each in section.monthly],
            "names": [message(self.language, f"report.{name}") for name in ("this_year", "last_year")],
            "unit": message(self.language, "report.chart_unit"),
            "divisor": FEN_PER_WAN if self.language == "zh" else _THOUSAND_YUAN,
            "unknown": message(self.language, "format.unknown"),
        }

    def compared_with(self, line: IndicatorLine, whole_city: str) -> str:
        """Whom a line's standing is among."""
        if line.compared_with in (None, _EVERYBODY):
            return whole_city
        code = str(line.compared_with)
        return divisions().get(code, code) if self.language == "zh" else code

    def fact(self, formats: Formats, name: str, value: Scalar, why: str | None) -> Markup | str:
        """A fact of a section, by the unit its name ends with."""
        if value is None and why is None:
            return formats.unknown()
        if name.endswith("_fen"):
            return formats.amount(value if isinstance(value, int) else None, why=why)
        if name.endswith("_year") and value is not None:
            return str(value)
        return self._plain(formats, value, why)

    def heading(self, column: Column, section: Section) -> str:
        """Heading of a column of records: the contract's label, in English the field's name in words.

        Amounts in the clear have their unit in the heading; a masked amount says its own.
        """
        clear = column.kind == "amount" and any(isinstance(row[column.name], int) for row in section.rows)
        if self.language == "zh":
            return column.label + (f"（{message('zh', 'report.amount_unit')}）" if clear else "")
        words = column.name.removesuffix("_fen").replace("_", " ").capitalize()
        return f"{words} ({message('en', 'report.amount_unit')})" if clear else words

    def cell(self, formats: Formats, column: Column, value: Scalar) -> Markup | str:
        """A cell of a table of records."""
        if value is None:
            return formats.unknown(message(self.language, "format.not_given"))
        if column.values:
            code = str(value)
            words = code.replace("_", " ").capitalize()
            return column.values.get(code, code) if self.language == "zh" else words
        if column.kind == "amount" and isinstance(value, int):
            return formats.amount(value, unit=False)
        if column.name.endswith("_year"):
            return str(value)
        return self._plain(formats, value, None)

    def _plain(self, formats: Formats, value: Scalar, why: str | None) -> Markup | str:
        match value:
            case None:
                return formats.unknown(why)
            case AmountBand():
                return formats.amount_band(value.min, value.max)
            case date():
                return formats.day(value)
            case bool():
                return message(self.language, "format.yes" if value else "format.no")
            case int():
                return formats.count(value)
            case float() | Decimal():
                return f"{value:,}"
            case str():
                return value
