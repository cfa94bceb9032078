"""What can happen to ratings, as audit events."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class RatingsPublished:
    """Indicators and grades as of a day were computed and published.

    Attributes:
        evaluation_id: The evaluation.
        as_of: The day, ISO.
        scope: `city`, or `subjects` for a part.
        subjects: How many were graded.
        grades: Subjects per grade.
        model: Scorecard version.
        model_fingerprint: Hash of its declaration.
        catalogue_fingerprint: Hash of the indicator declarations.
        contracts: Fingerprint of the contract of every data set read.
        versions: Version of every record table read.
    """

    name: ClassVar[str] = "ratings.published"

    evaluation_id: int
    as_of: str
    scope: str
    subjects: int
    grades: Mapping[str, int]
    model: str
    model_fingerprint: str
    catalogue_fingerprint: str
    contracts: Mapping[str, str]
    versions: Mapping[str, int]
