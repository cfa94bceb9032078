"""Who is graded, how, and why: the head of the report."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Grade = Literal["A", "B", "C", "D", "NR"]
Reliability = Literal["normal", "low", "none"]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the report is about, as the market regulator last registered it.

    Attributes:
        subject: The platform's key of the enterprise.
        unified_code: 统一社会信用代码.
        name: Registered name.
        former_names: Earlier registered names, oldest first.
        legal_representative: Masked name; None when unknown.
        region: Full name of the registered district.
        industry: Name of the industry of GB/T 4754-2017.
        industry_code: Its code.
        sector: Division the enterprise is compared with, such as `F51`.
        enterprise_type: Legal form.
        established_on: Day of foundation.
        operating_status: `active`, `cancelled`, `revoked` or `moved_out`.
        registered_capital_fen: Registered capital in hundredths of its currency.
        registered_capital_currency: Its currency as registered; None when not given.
        address: Registered address.
    """

    subject: int
    unified_code: str
    name: str
    former_names: tuple[str, ...]
    legal_representative: str | None
    region: str | None
    industry: str | None
    industry_code: str | None
    sector: str | None
    enterprise_type: str | None
    established_on: date | None
    operating_status: str | None
    registered_capital_fen: int | None
    registered_capital_currency: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class Gate:
    """A cap or veto that the rating applied, in words."""

    code: str
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
    """

    code: str
    indicator: str
    direction: Literal["+", "-"]
    zh: str
    en: str
    contribution: float


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
        gates: Caps and vetoes applied.
        reasons: What speaks for and against, strongest first.
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


@dataclass(frozen=True, slots=True)
class PastRating:
    """A grade of the enterprise as of a day, this or an earlier one."""

    as_of: date
    score: float | None
    grade: Grade
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
