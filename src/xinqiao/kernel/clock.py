"""The city's time: which instant a business day ends at, and how instants are stored.

Nothing here reads the clock; an edge does, and passes `now` on.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CITY_TIME = ZoneInfo("Asia/Shanghai")


def start_of_day(day: date) -> datetime:
    """The first instant of a day in the city, aware."""
    return datetime.combine(day, time.min, tzinfo=CITY_TIME)


def end_of_day(as_of: date) -> datetime:
    """The first instant after a day in the city, aware: the knowledge cut-off of that day.

    What became known before this instant was known as of the day; what became known at it was not.
    """
    return start_of_day(as_of + timedelta(days=1))


def city_date(at: datetime) -> date:
    """The date that the city's calendar shows at an instant.

    Raises:
        ValueError: The instant carries no time zone.
    """
    return _aware(at).astimezone(CITY_TIME).date()


def naive_utc(at: datetime) -> datetime:
    """An instant as records store it: UTC without a time zone.

    Raises:
        ValueError: The instant carries no time zone.
    """
    return _aware(at).astimezone(UTC).replace(tzinfo=None)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone is ambiguous")
    return at
