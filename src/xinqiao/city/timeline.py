"""The city's calendar: the months that records cover, and the days on which departments deliver."""

import calendar
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date, timedelta

from xinqiao.kernel.period import MONTHS_PER_YEAR, Period, months_before, window

# Two years of records before the first evaluation, which looks back so far, and 15 months of evaluations.
MONTHS = 39
DELIVERIES = 7
_MONTHS_BETWEEN_DELIVERIES = 3
# First days of the lunar year, GB/T 33661-2017; February where the table ends.
_LUNAR_NEW_YEARS = {
    2015: (2, 19), 2016: (2, 8), 2017: (1, 28), 2018: (2, 16), 2019: (2, 5), 2020: (1, 25), 2021: (2, 12),
    2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2028: (1, 26),
    2029: (2, 13), 2030: (2, 3), 2031: (1, 23), 2032: (2, 11), 2033: (1, 31), 2034: (2, 19), 2035: (2, 8),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Month:
    """One month of records.

    Attributes:
        offset: Days from the first day of records to its first day.
        days: Its length, cut at the last day of records.
        share: The part of the calendar month that this is, up to 1.
        year: Calendar year.
        number: 1 for January.
        is_lunar_new_year: Whether the lunar year begins in it, when much of the city stands still.
    """

    offset: int
    days: int
    share: float
    year: int
    number: int
    is_lunar_new_year: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """All dates of a city, made once from the day up to which its records go.

    Attributes:
        until: Last day of records and of the last delivery.
        start: First day of monthly records.
        months: The months in between.
        deliveries: Days on which departments deliver, ascending; the first carries the whole backlog.
        iso: ISO text of each day by its offset from `start`, and of a year after `until`.
        delivery_of: Delivery that first carries each day, by its offset from `start` up to `until`.
    """

    until: date
    start: date
    months: tuple[Month, ...]
    deliveries: tuple[date, ...]
    iso: tuple[str, ...] = field(repr=False)
    delivery_of: tuple[int, ...] = field(repr=False)

    def offset(self, day: date) -> int:
        """Days from the first day of records; negative before it."""
        return (day - self.start).days

    def delivery_on(self, day: date) -> int:
        """The delivery that first carries something of `day`; past the last one if it is after `until`."""
        return bisect_left(self.deliveries, day)

    def month_of(self, day: date) -> int:
        """Index among `months` of the month of a day, negative before the first."""
        return (day.year - self.start.year) * MONTHS_PER_YEAR + day.month - self.start.month

    @property
    def as_of(self) -> tuple[date, ...]:
        """Days worth evaluating: each delivery after the backlog."""
        return self.deliveries[1:]


def timeline(until: date) -> Timeline:
    """The calendar of a city whose records go up to `until`."""
    end = months_before(until.replace(day=1), -1)
    start = months_before(end, MONTHS)
    deliveries = sorted(
        {until}
        | {
            window(until, _MONTHS_BETWEEN_DELIVERIES * step).start - timedelta(days=1)
            for step in range(1, DELIVERIES)
        }
    )
    total = (until - start).days + 1
    months = tuple(_month(part, start) for part in Period(start, until + timedelta(days=1)).months())
    return Timeline(
        until=until,
        start=start,
        months=months,
        deliveries=tuple(deliveries),
        iso=tuple((start + timedelta(days=offset)).isoformat() for offset in range(total + 366)),
        delivery_of=tuple(bisect_left(deliveries, start + timedelta(days=offset)) for offset in range(total)),
    )


def _month(part: Period, start: date) -> Month:
    first = part.start
    lunar_month, _ = _LUNAR_NEW_YEARS.get(first.year, (2, 1))
    share = part.days / calendar.monthrange(first.year, first.month)[1]
    return Month((first - start).days, part.days, share, first.year, first.month, first.month == lunar_month)
