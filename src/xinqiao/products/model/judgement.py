"""Who is graded, how, and why: the head of the report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from xinqiao.products.model.advice import Raising
from xinqiao.products.model.evidence import Column, Scalar

Grade = Literal["A", "B", "C", "D", "NR"]
Reliability = Literal["normal", "low", "none"]


@dataclass(frozen=True, slots=True)
class Regime:
    """A weight regime that applied.

    Attributes:
        id: `name@version`.
        zh: What it is called in Chinese.
        en: The same in English.
        reason_zh: Why it was made, in Chinese.
        reason_en: The same in English.
        from_on: The first day it applies.
        until_on: The first day it applies no more.
        source: The document it rests on.
    """

    id: str
    zh: str
    en: str
    reason_zh: str
    reason_en: str
    from_on: date
    until_on: date
    source: str


@dataclass(frozen=True, slots=True)
class GateRecord:
    """The records of one dataset that made a gate act.

    Attributes:
        dataset: The dataset.
        label_zh: Its label in Chinese.
        label_en: Its label in English.
        owner: The unit that answers for it.
        columns: The fields that name a record.
        rows: The records, newest first, masked.
        total: Number of records in all.
        named_zh: Each row in a Chinese phrase: 案号（2025）甲执1号，发布日期2025-03-01; rows hidden whole are left out.
        named_en: The same in English.
    """

    dataset: str
    label_zh: str
    label_en: str
    owner: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Scalar], ...]
    total: int
    named_zh: tuple[str, ...]
    named_en: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """A cap or veto that the rating applied, in words.

    Attributes:
        code: Its code.
        zh: What it says in Chinese.
        en: The same in English.
        kind: `veto` sets the grade, `cap` keeps it from being better, `coverage` is the cap of too little data.
        grade: The grade set or the best one left.
        indicator: The indicator looked at; None for coverage.
        source: Where the rule stands.
        records: The records that it rests on; empty for coverage.
    """

    code: str
    zh: str
    en: str
    kind: Literal["veto", "cap", "coverage"] = "cap"
    grade: Grade | None = None
    indicator: str | None = None
    source: str | None = None
    records: tuple[GateRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a reason stands on.

    Attributes:
        value: The indicator's value.
        points: Its points, 0 to 100.
        least: Lower bound of the band it lies in, itself in it; None for the first band.
        below: Upper bound, itself not in it; None for the last band.
        median: Median of the firms compared with; None when not comparable.
        compared_with: Division compared with, or `*` for all firms; None when not comparable.
        known_on: Day of the firm's newest record behind it; None when there is none, which a list may allow.
        zh: All of it in a Chinese sentence.
        en: The same in English.
    """

    value: float
    points: int
    least: float | None
    below: float | None
    median: float | None
    compared_with: str | None
    known_on: date | None
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for or against the enterprise.

    Attributes:
        code: Stable reason code, as the rating gives it.
        indicator: Code of the indicator behind it.
        direction: `+` for, `-` against.
        zh: The sentence in Chinese.
        en: The sentence in English.
        contribution: Points of the score that it gives or costs.
        grounds: Value, band, what is usual and since when; None where the firm has stopped.
    """

    code: str
    indicator: str
    direction: Literal["+", "-"]
    zh: str
    en: str
    contribution: float
    grounds: Grounds | None = None


@dataclass(frozen=True, slots=True)
class GroupScore:
    """One group of indicators, a spoke of the radar.

    Attributes:
        code: Its code.
        zh: Its label in Chinese.
        en: Its label in English.
        weight: Its weight, of 100.
        coverage: Share of its weight that is known, 0 to 1.
        points: Mean points of what is known of it, 0 to 100; None when nothing is.
        contribution: Points of the score it gives or costs; with the neutral score they add up to the score.
        known: Number of its indicators that are known.
        indicators: Number of its indicators.
    """

    code: str
    zh: str
    en: str
    weight: float
    coverage: float
    points: float | None
    contribution: float
    known: int
    indicators: int


@dataclass(frozen=True, slots=True)
class Rating:
    """The grade and what it rests on.

    Attributes:
        grade: The letter.
        word_zh: The letter in a Chinese word.
        word_en: The letter in an English word.
        score: Points out of `score_max`; None when there is no grade.
        score_max: The scale.
        neutral: The score that speaks neither for nor against; contributions are measured from it.
        coverage: Share of the model's weight that rests on known indicators, 0 to 1.
        reliability: How far the grade can be relied on, from the coverage: `normal`, `low`, or `none`.
        model: Scorecard and version.
        evaluation_id: The evaluation it was made in.
        as_of: The day it holds for.
        ungated: The grade of the score alone, before caps and vetoes.
        gates: Caps and vetoes applied, with the records they rest on.
        reasons: What speaks most for and against, five each way, strongest first.
        groups: The score by groups of indicators.
        raising: What would raise the grade.
        regimes: Weight regimes that applied, each as `name@version`.
        in_force: The same, told.
        overdue: Datasets the model reads that were late on the day, where it counts one of them by the month, so that
            the grade may be worse than it should be; else none.
    """

    grade: Grade
    word_zh: str
    word_en: str
    score: float | None
    score_max: int
    neutral: int
    coverage: float
    reliability: Reliability
    model: str
    evaluation_id: int
    as_of: date
    ungated: Grade
    gates: tuple[Gate, ...]
    reasons: tuple[Reason, ...]
    groups: tuple[GroupScore, ...] = ()
    raising: Raising | None = None
    regimes: tuple[str, ...] = ()
    in_force: tuple[Regime, ...] = ()
    overdue: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastRating:
    """A grade of the enterprise as of a day, this or an earlier one; `ungated` is what the score alone gave."""

    as_of: date
    score: float | None
    grade: Grade
    ungated: Grade
    evaluation_id: int


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One indicator of the enterprise.

    Attributes:
        code: Its code.
        label_zh: Its label in Chinese.
        label_en: Its label in English.
        group: Code of its group.
        group_zh: Label of the group in Chinese.
        group_en: Label of the group in English.
        unit: Unit of `value`; ratios are fractions of one.
        value: The value; None when unknown.
        points: 0 to 100 by the scorecard; None when unknown or not scored.
        weight: Weight in the scorecard, of 100; 0 for facts.
        contribution: Points of the score it gives (positive) or costs (negative); None when not scored.
        percentile: Share of the firms compared with that are no better, 0 to 1; None when not comparable.
        sector_firms: Number of firms compared with.
        compared_with: Division compared with, or `*` for all firms of the city; None when not comparable.
        when_absent_zh: What holds without records, in Chinese.
        when_absent_en: The same in English.
        direction: Whether more is better.
        meaning_zh: One sentence for a loan officer.
        meaning_en: The same in English.
        median: Median of the firms compared with; None when not comparable.
        changeable: Whether the scorecard holds that a firm can better it; None when it is not scored.
        state_zh: The state that `value` stands for, in Chinese; None where it is a number and no more.
        state_en: The same in English.
        median_state_zh: The state that `median` stands for, in Chinese; None where it is a number and no more.
        median_state_en: The same in English.
    """

    code: str
    label_zh: str
    label_en: str
    group: str
    group_zh: str
    group_en: str
    unit: str
    value: float | None
    points: float | None
    weight: float
    contribution: float | None
    percentile: float | None
    sector_firms: int | None
    compared_with: str | None
    when_absent_zh: str
    when_absent_en: str
    direction: Literal["up", "down"]
    meaning_zh: str
    meaning_en: str
    median: float | None = None
    changeable: bool | None = None
    state_zh: str | None = None
    state_en: str | None = None
    median_state_zh: str | None = None
    median_state_en: str | None = None
