"""Declared SQL gets its dates from the as-of day alone."""

from datetime import date

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.indicators import Misdeclared, load_catalogue
from xinqiao.indicators.windows import month_literals, substitute, unknown_placeholders

NEW_YEAR = load_catalogue(contracts=load_contracts()).new_year


def _filled(sql: str, as_of: date) -> str:
    return substitute(sql, as_of=as_of, new_year=NEW_YEAR, source="rows")


def test_full_months_end_before_a_day_in_the_middle_of_a_month() -> None:
    """The running month is left out; a month's last day closes it."""
    assert _filled("{start_12} {end}", date(2025, 6, 15)) == "DATE '2024-06-01' DATE '2025-06-01'"
    assert _filled("{start_12} {end}", date(2025, 6, 30)) == "DATE '2024-07-01' DATE '2025-07-01'"


def test_windows_of_events_end_on_the_day_itself() -> None:
    """A penalty of yesterday counts today."""
    assert (
        _filled("{ago_24} {as_of} {source}", date(2024, 2, 29)) == "DATE '2022-02-28' DATE '2024-02-29' rows"
    )


@pytest.mark.parametrize(
    ("as_of", "months"),
    [
        (date(2020, 1, 31), {0, 11}),  # February 2019 and January 2020
        (
            date(2021, 1, 31),
            set(),
        ),  # February 2020 to January 2021: New Year was on 25 January and 12 February
        (date(2025, 6, 30), {6}),
    ],
)
def test_the_month_of_the_lunar_new_year_is_marked_where_it_falls(as_of: date, months: set[int]) -> None:
    """One window of twelve months can hold none, one or two of them."""
    mask = int(_filled("{new_year_12}", as_of))
    assert {month for month in range(12) if mask >> month & 1} == months


def test_a_day_beyond_the_table_of_new_years_is_refused_with_the_remedy() -> None:
    """The table ends; the refusal says what to add and where."""
    with pytest.raises(Misdeclared, match=r"calendar\.yaml.*没有 2036 年.*lunar_new_year"):
        _filled("{new_year_12}", date(2036, 5, 31))


def test_the_last_due_annual_report_changes_after_the_thirtieth_of_june() -> None:
    """A report may be filed until the end of 30 June."""
    assert _filled("{report_year}", date(2025, 6, 30)) == "2023"
    assert _filled("{report_year}", date(2025, 7, 1)) == "2024"


def test_placeholders_that_mean_nothing_are_found() -> None:
    """A typing error in declared SQL must not reach the engine."""
    assert unknown_placeholders("{start_12} {start} {as_off} {source_3} {end_}") == [
        "{start}",
        "{as_off}",
        "{source_3}",
        "{end_}",
    ]


def test_the_months_of_a_series_say_which_of_them_is_the_festival() -> None:
    """Each as SQL, from its first day up to the next month's."""
    months = list(month_literals(date(2025, 3, 15), 3, NEW_YEAR))
    assert months == [
        ("DATE '2024-12-01'", "DATE '2025-01-01'", False),
        ("DATE '2025-01-01'", "DATE '2025-02-01'", True),
        ("DATE '2025-02-01'", "DATE '2025-03-01'", False),
    ]
