"""A scorecard and what it makes of one subject's indicators: pure rules, no engine, no clock.

All arithmetic is on whole numbers (points 0 to 100, weights in hundredths), so that the score of one subject
and the score computed in bulk by SQL are the same bit for bit:

    numerator   = Σ weight · points over the indicators that are known
    denominator = Σ weight over the same
    score       = numerator ÷ denominator, rounded half up to hundredths by whole-number division

An indicator's contribution is what it moves the score away from the neutral score: weight · (points −
neutral) ÷ denominator. Contributions are rounded to hundredths by largest remainder, so that they and the
neutral score add up to the score exactly.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from xinqiao.indicators import Text
from xinqiao.rating.conditions import Change, GateRecord

HUNDREDTHS = 100
TOTAL_WEIGHT = 100 * HUNDREDTHS
UNRATED = "NR"

GateKind = Literal["veto", "cap"]
Test = Literal["at_least", "below"]


@dataclass(frozen=True, slots=True)
class Bin:
    """Points for values below a threshold and not below that of the bin before.

    Attributes:
        below: Upper threshold, itself not in the bin; None in the last bin, which has no end.
        points: 0 to 100.
    """

    below: float | None
    points: int


@dataclass(frozen=True, slots=True)
class Weighted:
    """An indicator's place in a scorecard.

    Attributes:
        code: Its code.
        weight: Its weight in hundredths; all weights add up to 10,000.
        bins: Its bins, thresholds rising.
        idle: Points when it is unknown because the firm is idle (see `Idle`); None when it then stays unknown.
        change: What a firm can do about it; None when the model does not say, which counts as nothing.
    """

    code: str
    weight: int
    bins: tuple[Bin, ...]
    idle: int | None = None
    change: Change | None = None

    def place(self, value: float) -> int:
        """Place among the bins of a known value."""
        for place, each in enumerate(self.bins):
            if each.below is None or value < each.below:
                return place
        raise AssertionError("the last bin has no end")

    def points(self, value: float) -> int:
        """Points for a known value."""
        return self.bins[self.place(value)].points


@dataclass(frozen=True, slots=True)
class Idle:
    """What tells a firm that has stopped from one of which nothing is known.

    A ratio of this year's invoices has no value for a firm that invoiced before and has stopped, yet nothing about
    it is unknown: such indicators count with points of their own instead of being left out.

    Attributes:
        indicator: The indicator looked at.
        below: A known value below this says that the firm is idle.
        text: What people are told.
    """

    indicator: str
    below: float
    text: Text

    def holds(self, values: Mapping[str, float | None]) -> bool:
        """Whether these values are those of an idle firm."""
        value = values.get(self.indicator)
        return value is not None and value < self.below


@dataclass(frozen=True, slots=True)
class Gate:
    """A fact that overrules the score.

    Attributes:
        code: Its code.
        kind: A `veto` sets the grade whatever the score and even without one; a `cap` keeps the grade from
            being better.
        grade: The grade set or the best one left.
        indicator: The indicator looked at; a gate never acts on an unknown value.
        test: How the value is compared.
        threshold: With what.
        text: What people are told.
        source: Where the rule stands.
        records: Where the records stand that made it act; empty when it names none.
        change: What a firm can do about an indicator that has no weight; a weighted one says so itself.
    """

    code: str
    kind: GateKind
    grade: str
    indicator: str
    test: Test
    threshold: float
    text: Text
    source: str
    records: tuple[GateRecord, ...] = ()
    change: Change | None = None

    def acts_on(self, value: float | None) -> bool:
        """Whether the gate acts on this value."""
        if value is None:
            return False
        return value >= self.threshold if self.test == "at_least" else value < self.threshold


@dataclass(frozen=True, slots=True)
class GradeBand:
    """A grade and the score it starts from.

    Attributes:
        grade: Its letter.
        least: The lowest score in it.
        word: What it means in a word.
    """

    grade: str
    least: float
    word: Text


@dataclass(frozen=True, slots=True)
class Scorecard:
    """One dated version of a rating model.

    Attributes:
        model: The model's id.
        version: The day from which it is in force.
        label: Its name.
        approved_by: Who approved it.
        approved_on: When.
        neutral: The score that speaks neither for nor against.
        indicators: Weighted indicators, in order of code.
        least_coverage: Below this share of known weight there is no grade.
        reliable_coverage: Below this share the grade is capped and the reliability low.
        unreliable_cap: The cap then.
        coverage_gate: Code of that cap among a result's gates.
        coverage_text: What people are told of it.
        bands: Grades, best first; the last starts at 0.
        unrated: The word for having no grade.
        gates: Vetoes and caps.
        idle: What tells an idle firm; None when the model does not ask.
        content: The declaration as JSON, what a replay needs.
        fingerprint: Hash of `content`.
    """

    model: str
    version: date
    label: Text
    approved_by: str
    approved_on: date
    neutral: int
    indicators: tuple[Weighted, ...]
    least_coverage: float
    reliable_coverage: float
    unreliable_cap: str
    coverage_gate: str
    coverage_text: Text
    bands: tuple[GradeBand, ...]
    unrated: Text
    gates: tuple[Gate, ...]
    idle: Idle | None
    content: Mapping[str, Any] = dataclasses.field(repr=False)
    fingerprint: str

    @property
    def name(self) -> str:
        """Model and version as `core@2026-11-20`."""
        return f"{self.model}@{self.version.isoformat()}"

    @property
    def codes(self) -> frozenset[str]:
        """Codes of all indicators that weights or gates use."""
        return (
            frozenset(each.code for each in self.indicators)
            | {gate.indicator for gate in self.gates}
            | ({self.idle.indicator} if self.idle else set())
        )

    @property
    def grades(self) -> tuple[str, ...]:
        """Letters of the grades, best first; `NR` is none of them."""
        return tuple(band.grade for band in self.bands)

    def word(self, grade: str) -> Text:
        """The word of a grade or of `NR`."""
        return next((band.word for band in self.bands if band.grade == grade), self.unrated)

    def gate(self, code: str) -> Gate | None:
        """The gate of that code; None for the cap of low coverage, which looks at no indicator."""
        return next((gate for gate in self.gates if gate.code == code), None)

    def gate_text(self, code: str) -> Text:
        """What people are told of a gate of this scorecard.

        Raises:
            KeyError: It has no such gate.
        """
        texts = {gate.code: gate.text for gate in self.gates} | {self.coverage_gate: self.coverage_text}
        return texts[code]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one known indicator did to a score.

    Attributes:
        code: The indicator.
        value: Its value; None when it counts because the firm is idle.
        points: Its points.
        weight: Its weight, in the 100 of the whole model.
        hundredths: How far it moved the score from neutral, in hundredths of a point.
    """

    code: str
    value: float | None
    points: int
    weight: float
    hundredths: int

    @property
    def contribution(self) -> float:
        """How far it moved the score from neutral, in points of the score."""
        return self.hundredths / HUNDREDTHS


@dataclass(frozen=True, slots=True)
class Result:
    """A subject's score and grade.

    Attributes:
        score: 0 to 100 with two decimals; None when too little is known.
        grade: A letter, or `NR`.
        ungated: The grade that the score alone gives, or `NR`.
        coverage: Share of the weight that is known, 0 to 1.
        gates: Codes of the gates that acted, in the scorecard's order, the coverage cap last.
        contributions: Of every known indicator, in order of code; empty when there is no score.
    """

    score: float | None
    grade: str
    ungated: str
    coverage: float
    gates: tuple[str, ...]
    contributions: tuple[Contribution, ...]

    def reliability(self, scorecard: Scorecard) -> Literal["normal", "low", "none"]:
        """How far the grade can be trusted, from the coverage."""
        if self.coverage < scorecard.least_coverage:
            return "none"
        return "low" if self.coverage < scorecard.reliable_coverage else "normal"


def score_one(scorecard: Scorecard, values: Mapping[str, float | None]) -> Result:
    """Score one subject from the values of its indicators; a missing or None value is unknown."""
    known = [
        (each, values.get(each.code), points)
        for each in scorecard.indicators
        if (points := points_of(scorecard, each, values)) is not None
    ]
    present = sum(each.weight for each, _, _ in known)
    coverage = present / TOTAL_WEIGHT
    acting = [gate for gate in scorecard.gates if gate.acts_on(values.get(gate.indicator))]
    vetoes = [gate.grade for gate in acting if gate.kind == "veto"]
    caps = [gate.grade for gate in acting if gate.kind == "cap"]
    codes = [gate.code for gate in acting]
    if coverage < scorecard.least_coverage:
        grade = _worst(scorecard, vetoes) if vetoes else UNRATED
        return Result(None, grade, UNRATED, coverage, tuple(codes), ())
    numerator = sum(each.weight * points for each, _, points in known)
    hundredths = (2 * HUNDREDTHS * numerator + present) // (2 * present)
    score = hundredths / HUNDREDTHS
    ungated = next(band.grade for band in scorecard.bands if score >= band.least)
    if coverage < scorecard.reliable_coverage:
        caps.append(scorecard.unreliable_cap)
        codes.append(scorecard.coverage_gate)
    grade = _worst(scorecard, [ungated, *caps, *vetoes])
    moves = _shared_out(
        [each.weight * (points - scorecard.neutral) * HUNDREDTHS for each, _, points in known],
        present,
        hundredths - scorecard.neutral * HUNDREDTHS,
    )
    contributions = tuple(
        Contribution(each.code, value, points, each.weight / HUNDREDTHS, move)
        for (each, value, points), move in zip(known, moves, strict=True)
    )
    return Result(score, grade, ungated, coverage, tuple(codes), contributions)


def points_of(scorecard: Scorecard, each: Weighted, values: Mapping[str, float | None]) -> int | None:
    """Points of an indicator; None when it is left out."""
    value = values.get(each.code)
    if value is not None:
        return each.points(value)
    return each.idle if scorecard.idle is not None and scorecard.idle.holds(values) else None


def _worst(scorecard: Scorecard, grades: Sequence[str]) -> str:
    return max(grades, key=scorecard.grades.index)


def _shared_out(numerators: Sequence[int], denominator: int, total: int) -> list[int]:
    """Whole numbers near numerators ÷ denominator that add up to `total`, by largest remainder."""
    parts = [numerator // denominator for numerator in numerators]
    by_remainder = sorted(range(len(parts)), key=lambda index: (-(numerators[index] % denominator), index))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts
