"""The records a report stands on, and where they come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Self

from xinqiao.catalogue import Field
from xinqiao.catalogue.masking import AmountBand

Scalar = str | int | float | Decimal | date | bool | AmountBand | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a section's records: a field of the contract.

    Attributes:
        name: Name of the field.
        label: Its Chinese label.
        kind: Kind of the contract's field.
        values: Chinese labels of coded values.
        when_empty: What an empty cell means, by language (`zh`, `en`); empty when it means that nothing was given.
    """

    name: str
    label: str
    kind: str
    values: Mapping[str, str]
    when_empty: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, shown: Field) -> Self:
        """The column that shows a field."""
        return cls(shown.name, shown.label, shown.kind, dict(shown.values), dict(shown.when_empty))


@dataclass(frozen=True, slots=True)
class Month:
    """A month's amount beside that of the same month a year before; None where nothing is known."""

    month: date
    amount_fen: int | None
    previous_amount_fen: int | None


@dataclass(frozen=True, slots=True)
class Label:
    """A word in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Series:
    """A figure by month.

    Attributes:
        name: Name of the field it sums up.
        label: Its Chinese label.
        kind: Kind of the contract's field.
        values: Its value in each of the section's `months`; None where there is no record.
    """

    name: str
    label: str
    kind: str
    values: tuple[int | float | Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The records of one dataset behind the report.

    Attributes:
        code: Code of the section.
        title_zh: Title in Chinese.
        title_en: Title in English.
        dataset: The dataset.
        collected: Whether the dataset had been delivered at all by the day of the report.
        covered: Whether it had been delivered for the enterprise's region, so that no record is news.
        summary: Facts by name; the ending says the unit (`_fen`, `_on`), a plain name is a count or a year.
        monthly: The last twelve full months, oldest first; empty where months mean nothing.
        columns: Columns of `rows`.
        rows: The latest records, newest first, masked.
        total: Number of records in all.
        theme: Code of the theme it belongs to.
        counted: Whether no record means none once it is covered, as on a list that everybody not on it is clear of.
        labels: What the facts are called.
        months: The last 24 full months, oldest first; empty where there are no series.
        series: Figures of those months.
        withheld: Whether a row about the enterprise on the newest list was refused and waits to be corrected.
    """

    code: str
    title_zh: str
    title_en: str
    dataset: str
    collected: bool
    covered: bool
    summary: Mapping[str, Scalar]
    monthly: tuple[Month, ...]
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Scalar], ...]
    total: int
    theme: str = ""
    counted: bool = False
    labels: Mapping[str, Label] = field(default_factory=dict)
    months: tuple[date, ...] = ()
    series: tuple[Series, ...] = ()
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Theme:
    """Sections shown together: code and heading."""

    code: str
    zh: str
    en: str


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
