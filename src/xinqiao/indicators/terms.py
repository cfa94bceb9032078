"""What indicators are made of: texts, facts that nobody is shown, and what is usual in a sector."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Statistic = Literal["median", "iqr", "mean", "season", "outlook"]


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages of the product."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Absence:
    """What an indicator is when the subject has no row in its relation.

    Attributes:
        value: The value when the data set as a whole has been collected by then; None for always unknown.
    """

    value: float | None

    @property
    def text(self) -> Text:
        """How people are told."""
        if self.value is None:
            return Text(
                "没有记录时为“无数据”，不加分也不减分",
                "Unknown without records; counts neither for nor against",
            )
        return Text(
            "名单已归集而无记录时按良好计；名单未归集时为“无数据”",
            "No entry counts as good once the list has been collected; unknown before that",
        )


@dataclass(frozen=True, slots=True)
class Series:
    """A number for each of the last full months, the earliest first; null for a month without rows.

    Attributes:
        value: Column of the relation that is summed.
        month: Column with a day of the month the value belongs to.
        months: How many months.
        festival: Whether the month of the lunar New Year has its value; it is null otherwise.
    """

    value: str
    month: str
    months: int
    festival: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """A number, or a series of them, that indicators are made of and nobody is shown.

    Attributes:
        name: Its name.
        relation: The relation it aggregates; empty for one derived from other facts, indicators and measures.
        expression: Aggregate SQL over the relation's rows of one subject, or SQL over other values; empty for a
            series of sums.
        series: The months summed, or None.
        listed: Whether it holds a list of numbers instead of one.
        when_absent: What holds without rows.
        meaning: What it is.
        where: File and line.
    """

    name: str
    relation: str
    expression: str
    series: Series | None
    listed: bool
    when_absent: Absence
    meaning: str
    where: str

    @property
    def derived(self) -> bool:
        """Whether it is computed from other values instead of records."""
        return not self.relation


@dataclass(frozen=True, slots=True)
class Measure:
    """What is usual in a sector, computed from all its firms.

    Attributes:
        name: Its name.
        statistic: How: `median`, `iqr` (quartile distance), `mean`, `season` (a factor for each calendar month,
            around 1) or `outlook` (taken from the table of sectors' outlook).
        of: The indicator or fact measured; empty for the outlook.
        weight: The fact that a mean is weighted by; empty for none.
        everybody: Whether all firms together are measured and no sector.
        bounds: The least and greatest factor of a season.
        fewest_months: Months of a year that a firm must have to count in a season.
        meaning: What it is.
        where: File and line.
    """

    name: str
    statistic: Statistic
    of: str
    weight: str
    everybody: bool
    bounds: tuple[float, float]
    fewest_months: int
    meaning: str
    where: str

    @property
    def listed(self) -> bool:
        """Whether it holds a factor for each month instead of one number."""
        return self.statistic == "season"


@dataclass(frozen=True, slots=True)
class Measures:
    """All sector measures, and how many firms they need.

    Attributes:
        named: By name.
        fewest_firms: Firms a sector must have to be measured by itself.
        fewest_of_all: Firms there must be for all of them together to be measured.
    """

    named: Mapping[str, Measure]
    fewest_firms: int
    fewest_of_all: int
