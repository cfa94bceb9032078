"""Enterprises have valid names of their own that no real one has, and their health shows in what they do."""

import csv
from collections.abc import Callable
from datetime import date
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.city import Manifest, codes
from xinqiao.city.enterprise import Enterprise, enterprise, identify
from xinqiao.city.sectors import SECTORS
from xinqiao.city.timeline import MONTHS, Timeline, timeline
from xinqiao.city.trade import monthly_sales
from xinqiao.kernel import registration_number
from xinqiao.kernel.unified_code import InvalidCode, UnifiedCode

UNTIL = date(2026, 6, 30)


@pytest.fixture(scope="session")
def calendar() -> Timeline:
    return timeline(UNTIL)


@pytest.fixture(scope="session")
def by_health(calendar: Timeline) -> list[Enterprise]:
    firms = [enterprise(20260630, index, calendar) for index in range(1_200)]
    return sorted(firms, key=lambda firm: firm.health)


def test_codes_are_valid_and_no_two_are_alike(city: Manifest) -> None:
    with (city.folder / city.enterprises_file).open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    found = [UnifiedCode.parse(row["unified_code"]) for row in rows]

    assert [code.subject for code in found] == [int(row["subject"]) for row in rows]
    assert len({code.subject for code in found}) == len(rows)
    assert {code.region_code for code in found} <= set(codes.COUNTIES)
    assert {code.text[:2] for code in found} == {"91", "92"}
    assert all(
        (code.category == "2") == (row["kind"] == "individual") for code, row in zip(found, rows, strict=True)
    )


@given(st.integers(0, 2**32), st.lists(st.integers(0, 5_000_000), min_size=2, max_size=20, unique=True))
def test_no_two_enterprises_share_a_code_or_an_account(seed: int, indices: list[int]) -> None:
    found = {identify(seed, index)[0].code.organisation_code for index in indices}

    assert len(found) == len(indices) == len({codes.legacy_account(index) for index in indices})
    assert all(code.startswith("MX") for code in found)


def test_those_elsewhere_are_not_of_the_city() -> None:
    others = codes.outsiders(20260630)

    assert len(set(others)) == codes.OUTSIDERS
    assert all(code[8:10] == "MY" for code in others)


@given(st.sampled_from(sorted(codes.COUNTIES)), st.integers(0, 10**7))
def test_former_registration_numbers_are_valid(county: str, index: int) -> None:
    assert registration_number.is_valid(codes.former_registration_number(county, index))


@given(st.integers(0, 10**6), st.integers(0, 100))
def test_ruined_codes_are_ruined(index: int, shift: int) -> None:
    code = identify(1, index)[0].code.text

    assert not codes.names_nobody(code)
    assert codes.names_nobody(code[:-1])
    for ruined in (codes.wrong_check(code, shift), codes.letter_for_zero(f"{code[:2]}0{code[3:]}")):
        with pytest.raises(InvalidCode):
            UnifiedCode.parse(ruined)


def test_sectors_have_what_their_enterprises_need() -> None:
    for sector in SECTORS:
        assert all(line.code.startswith(sector.division) for line in sector.lines)
        assert len(sector.seasons) == 12
        assert not sector.individual or any(line.shop for line in sector.lines), sector.division
        assert any(line.word for line in sector.lines)


def test_enterprises_are_of_every_kind(by_health: list[Enterprise]) -> None:
    assert {firm.profile for firm in by_health} == {"full", "tax_only", "registered_only"}
    assert 0.04 < mean(bool(firm.account) for firm in by_health) < 0.16
    assert 0.2 < mean(firm.is_individual for firm in by_health) < 0.45
    assert any(firm.account_known_late for firm in by_health)
    assert {firm.sector.division for firm in by_health} == {sector.division for sector in SECTORS}
    assert all(
        bool(firm.registration_number) == (firm.established_on < date(2015, 10, 1)) for firm in by_health
    )


def test_the_sick_default_and_the_sound_do_not(by_health: list[Enterprise]) -> None:
    fifth = len(by_health) // 5
    worst, best = by_health[:fifth], by_health[-fifth:]

    assert mean(firm.defaulted_on is not None for firm in worst) > 0.1
    assert mean(firm.defaulted_on is not None for firm in best) < 0.03


@pytest.mark.parametrize(
    "measure",
    [
        pytest.param(lambda sales: min(3.0, mean(sales[-12:]) / max(1.0, mean(sales[-24:-12]))), id="growth"),
        pytest.param(lambda sales: sum(1 for amount in sales[-24:] if amount), id="months with sales"),
    ],
)
def test_sales_of_the_sound_grow_and_go_on(
    by_health: list[Enterprise], calendar: Timeline, measure: Callable[[list[float]], float]
) -> None:
    settled = [
        firm for firm in by_health if firm.established_on < date(2023, 1, 1) and firm.closed_on is None
    ]
    half = len(settled) // 2
    results = [measure(monthly_sales(firm, calendar)) for firm in settled]

    assert mean(results[half:]) > mean(results[:half])


def test_an_enterprise_goes_down_before_it_defaults(by_health: list[Enterprise], calendar: Timeline) -> None:
    firm = next(firm for firm in by_health if firm.defaulted_on and firm.defaulted_on < date(2026, 1, 1))
    assert firm.defaulted_on is not None
    month = calendar.month_of(firm.defaulted_on)
    path = [firm.distress(each, calendar) for each in range(MONTHS)]

    assert path[month] == 1.0
    assert path[month - 9] == 0.0
    assert path == sorted(path)


def test_nothing_is_sold_before_establishment_or_after_closing(
    by_health: list[Enterprise], calendar: Timeline
) -> None:
    for firm in by_health[:300]:
        sales = monthly_sales(firm, calendar)
        born = calendar.month_of(firm.established_on)
        died = calendar.month_of(firm.closed_on) if firm.closed_on else MONTHS

        assert not any(sales[: max(0, born)])
        assert not any(sales[died:])


@pytest.mark.parametrize("until", [UNTIL, date(2025, 12, 31), date(2026, 5, 15), date(2024, 2, 29)])
def test_the_calendar_reaches_from_two_years_before_the_first_evaluation(until: date) -> None:
    calendar = timeline(until)

    assert len(calendar.months) == MONTHS
    assert calendar.deliveries[-1] == calendar.as_of[-1] == until
    assert len(calendar.deliveries) == 7
    assert calendar.start.day == 1
    assert calendar.iso[calendar.offset(until)] == until.isoformat()
    assert calendar.delivery_of[calendar.offset(until)] == 6
    for number, day in enumerate(calendar.deliveries):
        assert calendar.delivery_on(day) == calendar.delivery_of[calendar.offset(day)] == number
    assert sum(month.days for month in calendar.months) == calendar.offset(until) + 1
    assert sum(month.is_lunar_new_year for month in calendar.months[:36]) == 3
