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
        regimes: Fingerprint of every weight regime in force.
        based_on: The evaluation whose grades hold for the subjects not computed again.
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
    regimes: Mapping[str, str]
    based_on: int | None


@dataclass(frozen=True, slots=True)
class RegimeProposed:
    """A weight regime was put forward.

    Attributes:
        regime: Its `name@version`.
        model: Whose weights it changes.
        from_on: First day, ISO.
        until_on: First day no longer, ISO.
        fingerprint: Hash of its declaration.
    """

    name: ClassVar[str] = "regime.proposed"

    regime: str
    model: str
    from_on: str
    until_on: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class RegimeApproved:
    """A second person approved a weight regime.

    Attributes:
        regime: Its `name@version`.
        fingerprint: Hash of its declaration.
        proposed_by: Who had proposed it.
    """

    name: ClassVar[str] = "regime.approved"

    regime: str
    fingerprint: str
    proposed_by: str


@dataclass(frozen=True, slots=True)
class RegimeWithdrawn:
    """A weight regime was taken back; from that day it applies no more.

    Attributes:
        regime: Its `name@version`.
        state: What it was before: `proposed` or `approved`.
        reason: Why.
    """

    name: ClassVar[str] = "regime.withdrawn"

    regime: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class GradesFolded:
    """Grades of single evaluations were moved into the lake.

    Attributes:
        rows: How many.
        versions: The lake's versions that hold them.
    """

    name: ClassVar[str] = "ratings.folded"

    rows: int
    versions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LakeVacuumed:
    """Files of a table, or delivered bytes, that nothing needs any more are deleted once this is kept.

    Attributes:
        files: Files by table.
        bytes: Their size together.
        kept_since: Evaluations begun before this moment are no longer replayable.
    """

    name: ClassVar[str] = "lake.vacuumed"

    files: Mapping[str, int]
    bytes: int
    kept_since: str
