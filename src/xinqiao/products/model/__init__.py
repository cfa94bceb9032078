"""The credit report and search hits as plain values."""

from xinqiao.products.model.advice import Raising
from xinqiao.products.model.evidence import (
    Column,
    Label,
    Month,
    Provenance,
    Scalar,
    Section,
    Series,
    Source,
    Theme,
)
from xinqiao.products.model.hits import Hit, HitPage
from xinqiao.products.model.identity import Identity, Size, SizeFigure
from xinqiao.products.model.judgement import (
    Gate,
    GateRecord,
    Grade,
    Grounds,
    GroupScore,
    IndicatorLine,
    PastRating,
    Rating,
    Reason,
    Regime,
    Reliability,
)
from xinqiao.products.model.related import Link, Party, Related
from xinqiao.products.model.report import Report

__all__ = [
    "Column",
    "Gate",
    "GateRecord",
    "Grade",
    "Grounds",
    "GroupScore",
    "Hit",
    "HitPage",
    "Identity",
    "IndicatorLine",
    "Label",
    "Link",
    "Month",
    "Party",
    "PastRating",
    "Provenance",
    "Raising",
    "Rating",
    "Reason",
    "Regime",
    "Related",
    "Reliability",
    "Report",
    "Scalar",
    "Section",
    "Series",
    "Size",
    "SizeFigure",
    "Source",
    "Theme",
]
