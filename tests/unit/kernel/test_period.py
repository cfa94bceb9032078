"""Periods of days, windows of months, and the city's clock."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.kernel.clock import CITY_TIME, city_date, end_of_day, naive_utc, start_of_day
from xinqiao.kernel.period import Period, first_of_month, months_before, next_month, window

days = st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    ("as_of", "months", "expected"),
    [
        (date(2026, 6, 30), 12, Period(date(2025, 7, 1), date(2026, 7, 1))),
        (date(2026, 6, 29), 12, Period(date(2025, 6, 1), date(2026, 6, 1))),
        (date(2026, 7, 1), 1, Period(date(2026, 6, 1), date(2026, 7, 1))),
        (date(2024, 2, 29), 1, Period(date(2024, 2, 1), date(2024, 3, 1))),
        (date(2026, 12, 31), 24, Period(date(2025, 1, 1), date(2027, 1, 1))),
    ],
)
def test_a_window_counts_full_months_ended_by_the_day(as_of: date, months: int, expected: Period) -> None:
    assert window(as_of, months) == expected


@given(days, st.integers(1, 60))
def test_a_window_holds_exactly_its_months_and_ends_by_the_day(as_of: date, months: int) -> None:
    period = window(as_of, months)

    assert len(list(period.months())) == months
    assert period.end - timedelta(days=1) <= as_of < next_month(period.end)


@given(days, st.integers(-200, 200))
def test_months_back_and_forth_keep_the_month(day: date, months: int) -> None:
    assert first_of_month(months_before(months_before(day, months), -months)) == first_of_month(day)


def test_a_month_earlier_than_a_long_month_is_the_last_day_of_a_short_one() -> None:
    assert months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert months_before(date(2026, 1, 15), -1) == date(2026, 2, 15)
    assert next_month(date(2026, 12, 31)) == date(2027, 1, 1)


def test_a_period_holds_its_start_and_not_its_end() -> None:
    june = Period(date(2026, 6, 1), date(2026, 7, 1))

    assert date(2026, 6, 1) in june
    assert date(2026, 6, 30) in june
    assert date(2026, 7, 1) not in june
    assert june.days == 30


def test_months_are_cut_to_the_period() -> None:
    assert list(Period(date(2026, 1, 20), date(2026, 3, 5)).months()) == [
        Period(date(2026, 1, 20), date(2026, 2, 1)),
        Period(date(2026, 2, 1), date(2026, 3, 1)),
        Period(date(2026, 3, 1), date(2026, 3, 5)),
    ]


def test_impossible_periods_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Period(date(2026, 7, 1), date(2026, 6, 30))
    with pytest.raises(ValueError, match="at least one month"):
        window(date(2026, 6, 30), 0)


def test_a_day_ends_at_sixteen_hours_utc() -> None:
    end = end_of_day(date(2026, 6, 30))

    assert end == datetime(2026, 6, 30, 16, tzinfo=UTC)
    assert end == start_of_day(date(2026, 7, 1))
    assert naive_utc(end) == datetime(2026, 6, 30, 16)


@given(days)
def test_every_instant_of_a_day_has_its_date(day: date) -> None:
    assert city_date(start_of_day(day)) == day
    assert city_date(end_of_day(day) - timedelta(microseconds=1)) == day


def test_an_instant_of_any_zone_is_stored_as_utc() -> None:
    at = datetime(2026, 6, 30, 9, 30, tzinfo=CITY_TIME)

    assert (
        naive_utc(at)
        == naive_utc(at.astimezone(timezone(timedelta(hours=-7))))
        == datetime(2026, 6, 30, 1, 30)
    )


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="ambiguous"):
        naive_utc(datetime(2026, 6, 30))
