"""What is published: evaluations, the lake tables they fill, and the grades in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

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
}
STATISTICS_COLUMNS: Mapping[str, str] = {
    "evaluation": "BIGINT",
    "sector": "VARCHAR",
    "indicator": "VARCHAR",
    "firms": "BIGINT",
    "quantiles": "DOUBLE[]",
}


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

    def percentile(self, value: float) -> float:
        """Share of firms (0 to 100) whose value is below, between the recorded quantiles by straight lines.

        Where many firms share a value, the middle of their share.
        """
        step = 100 / (len(self.quantiles) - 1)
        below = [index for index, mark in enumerate(self.quantiles) if mark < value]
        reached = [index for index, mark in enumerate(self.quantiles) if mark <= value]
        if not reached:
            return 0.0
        if len(reached) > len(below):
            return step * (len(below) + reached[-1]) / 2
        last = below[-1]
        if last == len(self.quantiles) - 1:
            return 100.0
        low, high = self.quantiles[last], self.quantiles[last + 1]
        return step * (last + (value - low) / (high - low))
