"""The city's calendar: the months that records cover, and the days on which departments deliver."""

import calendar
import math
from dataclasses import dataclass
from datetime import date, timedelta

from xinqiao.kernel.period import Period, months_before, window

# More than two years of records before the first evaluation, which looks back so far, and a year of evaluations.
MONTHS = 39
DELIVERIES = 2
_MONTHS_BETWEEN_DELIVERIES = 12
# An epidemic closes much of the city for a quarter; it begins so many months before the records end.
_EPIDEMIC_BEGINS_BEFORE_END = 9
EPIDEMIC_MONTHS = 3
# A business cycle of three and a half years, as a share of usual sales of an ordinary sector.
_CYCLE_MONTHS = 42
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
        epidemic: How much of the epidemic is felt: 1 while it lasts, falling to 0 in the quarter after it.
        cycle: Where the business cycle stands, -1 to 1.
    """

    offset: int
    days: int
    share: float
    year: int
    number: int
    is_lunar_new_year: bool
    epidemic: float
    cycle: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """All dates of a city, made once from the day up to which its records go.

    Attributes:
        until: Last day of records and of the last delivery.
        start: First day of monthly records.
        months: The months in between.
        deliveries: Days on which departments deliver, ascending; the first carries the whole backlog.
        epidemic_from: Index among `months` of the first month of the epidemic.
    """

    until: date
    start: date
    months: tuple[Month, ...]
    deliveries: tuple[date, ...]
    epidemic_from: int

    @property
    def as_of(self) -> tuple[date, ...]:
        """Days worth evaluating: each delivery."""
        return self.deliveries


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
    epidemic = MONTHS - _EPIDEMIC_BEGINS_BEFORE_END
    months = tuple(
        _month(part, start, index, epidemic)
        for index, part in enumerate(Period(start, until + timedelta(days=1)).months())
    )
    return Timeline(
        until=until, start=start, months=months, deliveries=tuple(deliveries), epidemic_from=epidemic
    )


def _month(part: Period, start: date, index: int, epidemic: int) -> Month:
    first = part.start
    lunar_month, _ = _LUNAR_NEW_YEARS.get(first.year, (2, 1))
    share = part.days / calendar.monthrange(first.year, first.month)[1]
    since = index - epidemic
    felt = 0.0 if since < 0 else max(0.0, min(1.0, (2 * EPIDEMIC_MONTHS - since) / (EPIDEMIC_MONTHS + 1)))
    return Month(
        offset=(first - start).days,
        days=part.days,
        share=share,
        year=first.year,
        number=first.month,
        is_lunar_new_year=first.month == lunar_month,
        epidemic=round(felt, 4),
        cycle=round(math.sin(2 * math.pi * index / _CYCLE_MONTHS), 4),
    )
