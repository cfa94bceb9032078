"""What a scorecard says beside its points: the record a gate rests on, and what a firm can change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from xinqiao.indicators import Text

Passing = Literal["none", "share", "whole"]


@dataclass(frozen=True, slots=True)
class GateRecord:
    """Where the records stand that made a gate act, so that a report can name them.

    Attributes:
        dataset: The data set, one the gate's indicator stands on.
        show: Fields that name a record, in order: a case number and its day.
        ended: Field with the day the fact ended; rows ended by the day of the report are left out. Empty when
            the facts of this data set do not end.
        where: Per field the values that count; a row with none of them is left out. None for every row.
        months: Only rows that happened within so many months; 0 for all.
        newest: Only the newest row.
        years: Field with a year, and how many years up to the firm's newest count; None for all.
    """

    dataset: str
    show: tuple[str, ...]
    ended: str = ""
    where: Mapping[str, tuple[str, ...]] | None = None
    months: int = 0
    newest: bool = False
    years: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Whether a firm can better an indicator, and at what cost.

    Attributes:
        fixed: Why it cannot; None when it can.
        steps: How many bins better is realistic.
        months: How long it takes until the records show it, beside what must pass of the indicator's window.
        passing: How much of the indicator's window must first fill with the changed conduct, since what happened in
            it stays: none; a share, where the value is a share or a number of its months, so that as many months
            done well make it sure; the whole, where single events decide.
        every: How many months apart what fills the window comes: a quarterly return, an annual report.
        least: Below this value the firm can do nothing; None where it always can.
        goals: The values that it can bring about; empty for all.
        lifts: Weighted indicators that the same change betters too, never worsens; a score told leaves them as they are.
        effort: What one bin costs in effort: 1 a formality, 2 money that is owed anyway, 3 a change of habit,
            4 a change of the business, 5 years of work.
        advice: What to do, where the indicator's own declaration does not say; None where it does.
    """

    fixed: Text | None = None
    steps: int = 0
    months: int = 0
    passing: Passing = "none"
    every: int = 1
    least: float | None = None
    goals: tuple[float, ...] = ()
    lifts: tuple[str, ...] = ()
    effort: int = 0
    advice: Text | None = None
