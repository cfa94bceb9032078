"""The credit report and search hits as plain values."""

from xinqiao.products.model.evidence import Column, Month, Provenance, Scalar, Section, Source
from xinqiao.products.model.hits import Hit, HitPage
from xinqiao.products.model.judgement import (
    Gate,
    Grade,
    Identity,
    IndicatorLine,
    PastRating,
    Rating,
    Reason,
    Reliability,
)
from xinqiao.products.model.report import Report

__all__ = [
    "Column",
    "Gate",
    "Grade",
    "Hit",
    "HitPage",
    "Identity",
    "IndicatorLine",
    "Month",
    "PastRating",
    "Provenance",
    "Rating",
    "Reason",
    "Reliability",
    "Report",
    "Scalar",
    "Section",
    "Source",
]
