"""What is published: evaluations, the lake tables they fill, and the grades in them."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from xinqiao.indicators import MEASURE_COLUMNS

Scope = Literal["city", "subjects"]

RECORDS = "records/"
INDICATORS = "indicators"
RATINGS = "ratings"
STATISTICS = "sector_statistics"

RATING_COLUMNS: Mapping[str, str] = {
    "evaluation": "BIGINT",
    "subject": "BIGINT",
    "as_of": "DATE",
    "score": "DOUBLE",
    "grade": "VARCHAR",
    "ungated": "VARCHAR",
    "coverage": "DOUBLE",
    "gates": "VARCHAR[]",
    "model": "VARCHAR",
    "regimes": "VARCHAR[]",
    "sector": "VARCHAR",
    "region_code": "VARCHAR",
    "size_class": "VARCHAR",
}
MEASURES = "sector_measures"
PUBLISHED_MEASURE_COLUMNS: Mapping[str, str] = {"evaluation": "BIGINT", **MEASURE_COLUMNS}
PARTIES = "party_rules"
"""Under which name an evaluation records the rules of relations between parties that it used."""
MODEL = "core"
"""The model whose grades are the platform's own; those of other models are published beside them."""

STATISTICS_COLUMNS: Mapping[str, str] = {
    "evaluation": "BIGINT",
    "sector": "VARCHAR",
    "indicator": "VARCHAR",
    "firms": "BIGINT",
    "quantiles": "DOUBLE[]",
}


@dataclass(frozen=True, slots=True)
class Overdue:
    """A data set that was late on the day of an evaluation whose model reads it.

    Attributes:
        dataset: Which.
        known_at: When the newest delivery known by then became known.
        cadence_days: A delivery is due at least this often.
        days: By how many days the next one was late.
        monthly: Whether the model counts its records by full months.
    """

    dataset: str
    known_at: datetime
    cadence_days: int
    days: int
    monthly: bool


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One published computation of indicators and grades.

    Attributes:
        evaluation_id: Its number.
        as_of: The day looked at.
        known_until: The first instant no longer known.
        scope: `city` for everybody, `subjects` for a part.
        subjects: How many were graded.
        model: Scorecard version, `core@2026-11-01`.
        model_fingerprint: Hash of the scorecard's declaration.
        catalogue_fingerprint: Hash of the indicator declarations.
        versions: Version of every record table read.
        grades: Subjects per grade.
        started_at: When it began.
        seconds: How long it took.
        actor: Who asked for it.
        contracts: Fingerprint of the contract of every data set read.
        regimes: Fingerprint of every weight regime in force, by `name@version`.
        measures: The city's evaluation whose sector measures it used; None when it took its own, or none.
        based_on: The evaluation whose rows hold for the subjects that this one has none of; None when it has
            rows of everybody it graded.
        overdue: Data that the model reads and that were late on the day, those counted by the month first; of an
            evaluation made before this was kept, none.
        repeated: Whether it had been published before and was given back unchanged.
    """

    evaluation_id: int
    as_of: date
    known_until: datetime
    scope: Scope
    subjects: int
    model: str
    model_fingerprint: str
    catalogue_fingerprint: str
    versions: Mapping[str, int]
    grades: Mapping[str, int]
    started_at: datetime
    seconds: float
    actor: str
    contracts: Mapping[str, str] = dataclasses.field(default_factory=dict)
    regimes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    measures: int | None = None
    based_on: int | None = None
    overdue: tuple[Overdue, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Rating:
    """A subject's published grade.

    Attributes:
        evaluation: Number of the evaluation.
        subject: Whose.
        as_of: The day it holds for.
        score: 0 to 100 with two decimals; None when too little was known.
        grade: A letter, or `NR`.
        ungated: The grade the score alone gave.
        coverage: Share of weight that was known.
        gates: Codes of the gates that acted.
        model: Scorecard version.
        regimes: Weight regimes that applied, each as `name@version`, in order.
        sector: Section and division of its industry, as `F51`, as far as known then.
        region_code: Its division (GB/T 2260), as far as known then.
        size_class: Its size class, as far as known then.
    """

    evaluation: int
    subject: int
    as_of: date
    score: float | None
    grade: str
    ungated: str
    coverage: float
    gates: tuple[str, ...]
    model: str
    regimes: tuple[str, ...] = ()
    sector: str | None = None
    region_code: str | None = None
    size_class: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is usual for an indicator among comparable firms.

    Attributes:
        sector: The sector compared with, or `*` for all firms.
        firms: How many of them have the value.
        quantiles: Values at 0, 5 … 100 %.
    """

    sector: str
    firms: int
    quantiles: tuple[float, ...]
