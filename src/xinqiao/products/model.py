"""The credit report as plain values; `Report.to_json` is its published shape."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

Grade = Literal["A", "B", "C", "D", "NR"]
Reliability = Literal["normal", "low", "none"]
Scalar = str | int | float | Decimal | date | bool | None


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
        registered_capital_fen: Registered capital in fen.
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


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a section's records: a field of the contract.

    Attributes:
        name: Name of the field.
        label: Its Chinese label.
        kind: Kind of the contract's field.
        values: Chinese labels of coded values.
    """

    name: str
    label: str
    kind: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Month:
    """A month's amount beside that of the same month a year before; None where nothing is known."""

    month: date
    amount_fen: int | None
    previous_amount_fen: int | None


@dataclass(frozen=True, slots=True)
class Section:
    """The records of one dataset behind the report.

    Attributes:
        code: Code of the section.
        title_zh: Title in Chinese.
        title_en: Title in English.
        dataset: The dataset.
        collected: Whether the dataset had been delivered at all by the day of the report.
        summary: Facts by name; the ending says the unit (`_fen`, `_on`), a plain name is a count or a year.
        monthly: The last twelve full months, oldest first; empty where months mean nothing.
        columns: Columns of `rows`.
        rows: The latest records, newest first, masked.
        total: Number of records in all.
    """

    code: str
    title_zh: str
    title_en: str
    dataset: str
    collected: bool
    summary: Mapping[str, Scalar]
    monthly: tuple[Month, ...]
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Scalar], ...]
    total: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where a section's records come from and how fresh they are.

    Attributes:
        dataset: The dataset.
        label_zh: Its label in Chinese.
        label_en: Its label in English.
        owner: The unit that answers for it.
        last_known_at: When the newest delivery became known; None when there was none.
        last_occurred_on: The newest day in the enterprise's own records.
        records_total: Number of the enterprise's records.
        delivery_id: The newest delivery.
        cadence_days: How often a delivery is due, in days.
        stale: Whether the newest delivery is overdue, or none came at all.
    """

    dataset: str
    label_zh: str
    label_en: str
    owner: str
    last_known_at: datetime | None
    last_occurred_on: date | None
    records_total: int
    delivery_id: int | None
    cadence_days: int
    stale: bool


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the report can be replayed from: versions of tables, and hashes of the declarations."""

    evaluation_id: int
    versions: Mapping[str, int]
    catalogue_fingerprint: str
    model_fingerprint: str


@dataclass(frozen=True, slots=True)
class Report:
    """The credit report of one enterprise from one evaluation.

    Attributes:
        number: Number printed on every page; `numbering` says how it is made.
        made_at: When this copy was made.
        as_of: The day its facts hold for.
        identity: Who it is about.
        rating: The grade.
        history: Grades by day, oldest first, the present one last.
        indicators: Every indicator, in the order of groups and codes.
        sections: Records behind it, by dataset.
        sources: Sources and their freshness.
        provenance: What it was made from.
        notice_zh: Terms of reading it, in Chinese.
        notice_en: The same in English.
    """

    number: str
    made_at: datetime
    as_of: date
    identity: Identity
    rating: Rating
    history: tuple[PastRating, ...]
    indicators: tuple[IndicatorLine, ...]
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    provenance: Provenance
    notice_zh: str
    notice_en: str

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values: dates in ISO 8601, decimals as text, unknowns as null."""
        plain: dict[str, Any] = _plain(dataclasses.asdict(self))
        return plain


@dataclass(frozen=True, slots=True)
class Hit:
    """One enterprise found.

    Attributes:
        subject: The platform's key of the enterprise.
        unified_code: 统一社会信用代码.
        name: Registered name.
        region: Full name of the registered district; None when unknown.
        industry: Name of the industry; None when unknown.
        operating_status: As in `Identity`.
        grade: The newest grade; None when it was never evaluated.
        score: Its score; None when there is none.
        coverage: Its coverage; None when it was never evaluated.
        as_of: The day the grade holds for.
    """

    subject: int
    unified_code: str
    name: str
    region: str | None
    industry: str | None
    operating_status: str | None
    grade: Grade | None
    score: float | None
    coverage: float | None
    as_of: date | None


@dataclass(frozen=True, slots=True)
class HitPage:
    """One page of enterprises found.

    Attributes:
        hits: The enterprises.
        total: How many there are in all, counted up to `search.MOST_HITS`.
        more: Whether there are more than were counted.
        after: Where the next page starts; None on the last.
        start: Place of the first hit among all, from 1; 0 when there is none.
    """

    hits: tuple[Hit, ...]
    total: int
    more: bool
    after: int | None
    start: int


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case date():  # a datetime is a date too
            return value.isoformat()
        case Decimal():
            return str(value)
        case _:
            return value
