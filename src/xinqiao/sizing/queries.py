"""The size class of one enterprise, told with what it stands on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xinqiao.catalogue import Contract
from xinqiao.catalogue.known import Views
from xinqiao.engine import Session
from xinqiao.sizing.compute import SIZES, compute
from xinqiao.sizing.model import SIZE_CLASSES, Figure, Scheme, SizeClass


@dataclass(frozen=True, slots=True)
class FigureUsed:
    """A figure and where it came from.

    Attributes:
        figure: `staff` in people, `revenue` and `assets` in fen.
        value: None when no source has it.
        source: The dataset it was taken from.
        ended_on: The last day of the period it is about, or the month of a headcount.
        needed: Whether the enterprise's industry is sized by it.
    """

    figure: Figure
    value: int | None
    source: str | None
    ended_on: date | None
    needed: bool


@dataclass(frozen=True, slots=True)
class EnterpriseSize:
    """An enterprise's size class.

    Attributes:
        as_of: The day it holds for.
        size_class: The class; None when it cannot be told.
        industry: Code of the table's industry; None when the enterprise's is not in the table.
        industry_zh: The industry in Chinese.
        industry_en: The industry in English.
        figures: What was known.
        missing: The figures that were needed and not known.
        scheme_version: Edition of the table.
        reference: The document.
    """

    as_of: date
    size_class: SizeClass | None
    industry: str | None
    industry_zh: str | None
    industry_en: str | None
    figures: tuple[FigureUsed, ...]
    missing: tuple[Figure, ...]
    scheme_version: str
    reference: str

    @property
    def word(self) -> tuple[str, str] | None:
        """The class in Chinese and English."""
        return SIZE_CLASSES[self.size_class] if self.size_class else None


def enterprise_size(
    session: Session,
    *,
    scheme: Scheme,
    contracts: Mapping[str, Contract],
    views: Views,
    as_of: date,
    subject: int,
) -> EnterpriseSize | None:
    """The size class of one enterprise as known by the end of `as_of`; None when no registration is known."""
    compute(session, scheme=scheme, contracts=contracts, views=views, as_of=as_of, subjects=[subject])
    rows = session.records(f"SELECT * FROM {SIZES}")
    return _told(rows[0], scheme, as_of) if rows else None


def _told(row: Mapping[str, Any], scheme: Scheme, as_of: date) -> EnterpriseSize:
    industry = next((each for each in scheme.industries if each.code == row["industry"]), None)
    columns: Mapping[Figure, str] = {"staff": "staff", "revenue": "revenue_fen", "assets": "assets_fen"}
    figures = tuple(
        FigureUsed(
            figure=figure,
            value=row[column],
            source=row[f"{figure}_source"],
            ended_on=row[f"{figure}_on"],
            needed=industry is not None and figure in industry.bounds,
        )
        for figure, column in columns.items()
    )
    return EnterpriseSize(
        as_of=as_of,
        size_class=row["size_class"],
        industry=row["industry"],
        industry_zh=industry.name.zh if industry else None,
        industry_en=industry.name.en if industry else None,
        figures=figures,
        missing=tuple(each.figure for each in figures if each.needed and each.value is None),
        scheme_version=scheme.scheme_version,
        reference=scheme.reference,
    )
