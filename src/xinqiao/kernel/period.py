"""Half-open spans of days, and arithmetic on calendar months."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS_PER_YEAR = 12


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `start` up to but not including `end`.

    Attributes:
        start: First day in the period.
        end: First day after it; equal to `start` for an empty period.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        """Refuse a period that ends before it starts."""
        if self.end < self.start:
            raise ValueError(f"a period cannot end ({self.end}) before it starts ({self.start})")

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days

    def __contains__(self, day: date) -> bool:
        """Whether a day lies in the period."""
        return self.start <= day < self.end

    def months(self) -> Iterator["Period"]:
        """The calendar months that the period touches, each cut to the period, in order."""
        start = self.start
        while start < self.end:
            end = min(next_month(start), self.end)
            yield Period(start, end)
            start = end


def first_of_month(day: date) -> date:
    """The first day of the month of a day."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after that of a day."""
    return months_before(first_of_month(day), -1)


def months_before(as_of: date, months: int) -> date:
    """The same day so many calendar months earlier (later if negative), or a shorter month's last day."""
    index = as_of.year * MONTHS_PER_YEAR + as_of.month - 1 - months
    year, month = divmod(index, MONTHS_PER_YEAR)
    return date(year, month + 1, min(as_of.day, calendar.monthrange(year, month + 1)[1]))


def window(as_of: date, months: int) -> Period:
    """The last `months` full calendar months that had ended on or before `as_of`.

    The month of `as_of` counts when `as_of` is its last day.

    Raises:
        ValueError: `months` is not positive.
    """
    if months <= 0:
        raise ValueError("a window has at least one month")
    end = first_of_month(as_of + timedelta(days=1))
    return Period(months_before(end, months), end)
