"""The size class of one enterprise from rows at hand: the same choice that `compute` makes for everybody on the engine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from xinqiao.kernel.period import months_before
from xinqiao.sizing.model import Figure, Scheme, size_class
from xinqiao.sizing.queries import EnterpriseSize, FigureUsed

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""The rows of one enterprise by dataset, as known on the day looked at."""

_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A figure that a source has; of two sources the one with the higher rank counts."""

    figure: Figure
    value: int
    source: str
    rank: int
    ended_on: date


def size_of(rows: Rows, *, scheme: Scheme, as_of: date) -> EnterpriseSize | None:
    """The size class of an enterprise as of a day; None when no registration is known."""
    registered = rows.get("business_registration", ())
    if not registered:
        return None
    named = [row for row in registered if row["industry_code"] is not None]
    newest = max(named, key=lambda row: (row["occurred_on"], row["known_at"], row["delivery"]), default=None)
    industry_code = newest["industry_code"] if newest else None
    fresh = months_before(as_of, scheme.stale_after_months)
    chosen: dict[Figure, _Candidate] = {}
    for each in _candidates(rows, since=months_before(as_of, scheme.headcount_within_months)):
        best = chosen.get(each.figure)
        if best is None or _order(each, fresh) > _order(best, fresh):
            chosen[each.figure] = each
    staff, revenue, assets = (
        chosen[figure].value if figure in chosen else None for figure in ("staff", "revenue", "assets")
    )
    industry = scheme.industry_of(industry_code)
    figures = tuple(
        FigureUsed(
            figure=figure,
            value=found.value if (found := chosen.get(figure)) else None,
            source=found.source if found else None,
            ended_on=found.ended_on if found else None,
            needed=industry is not None and figure in industry.bounds,
        )
        for figure in _FIGURES
    )
    return EnterpriseSize(
        as_of=as_of,
        size_class=size_class(
            scheme, industry_code=industry_code, staff=staff, revenue_fen=revenue, assets_fen=assets
        ),
        industry=industry.code if industry else None,
        industry_zh=industry.name.zh if industry else None,
        industry_en=industry.name.en if industry else None,
        figures=figures,
        missing=tuple(each.figure for each in figures if each.needed and each.value is None),
        scheme_version=scheme.scheme_version,
        reference=scheme.reference,
    )


_FIGURES: tuple[Figure, ...] = ("staff", "revenue", "assets")


def _order(candidate: _Candidate, fresh: date) -> tuple[bool, int, date]:
    """Fresh before stale, then the order of sources, then the newest."""
    return candidate.ended_on >= fresh, candidate.rank, candidate.ended_on


def _candidates(rows: Rows, *, since: date) -> Iterator[_Candidate]:
    for row in rows.get("annual_report", ()):
        ended_on = date(row["report_year"], _DECEMBER, 31)
        told = {"staff": "employee_count", "revenue": "revenue_fen", "assets": "total_assets_fen"}
        for figure in _FIGURES:
            yield from _candidate(figure, row[told[figure]], "annual_report", 4, ended_on)
    for row in rows.get("corporate_income_filing", ()):
        ended_on = date(row["tax_year"], _DECEMBER, 31)
        yield from _candidate("revenue", row["revenue_fen"], "corporate_income_filing", 3, ended_on)
    for row in rows.get("financial_statement", ()):
        ended_on = row["period_to_on"]
        # Quarterly statements carry the revenue of a part of the year, so only those of a year's end tell it.
        if ended_on.month == _DECEMBER:
            yield from _candidate("revenue", row["revenue_fen"], "financial_statement", 2, ended_on)
        yield from _candidate("assets", row["total_assets_fen"], "financial_statement", 2, ended_on)
    counted = [
        row
        for row in rows.get("social_insurance", ())
        if row["month_on"] >= since and row["insured_count"] is not None
    ]
    if counted:
        row = max(counted, key=lambda row: row["month_on"])
        yield from _candidate("staff", row["insured_count"], "social_insurance", 1, row["month_on"])


def _candidate(
    figure: Figure, value: int | None, source: str, rank: int, ended_on: date
) -> Iterator[_Candidate]:
    if value is not None:
        yield _Candidate(figure, value, source, rank, ended_on)
