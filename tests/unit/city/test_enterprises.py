"""Enterprises: who they are, how they do, and how what is hidden in them shows in what they do."""

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.city import Manifest, build, codes
from xinqiao.city.sectors import SECTORS, climate
from xinqiao.city.timeline import EPIDEMIC_MONTHS, MONTHS, Timeline, timeline
from xinqiao.engine import Session
from xinqiao.kernel import registration_number
from xinqiao.kernel.period import months_before
from xinqiao.kernel.unified_code import InvalidCode, UnifiedCode

UNTIL = date(2026, 6, 30)
SEED = 20260630
FIRMS = 3_000


@pytest.fixture(scope="module")
def firms(economy: Session) -> list[dict[str, Any]]:
    """All enterprises of the block, the sickest first."""
    return economy.records("SELECT * EXCLUDE (lines, shop_lines, seasons) FROM firms ORDER BY r")


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


def test_the_engine_makes_the_codes_that_the_kernel_judges(firms: list[dict[str, Any]]) -> None:
    for firm in firms:
        code = codes.enterprise_code(SEED, firm["idx"], firm["county"], is_individual=firm["is_individual"])
        assert firm["code"] == code
        if firm["registration_number"]:
            assert registration_number.is_valid(firm["registration_number"])


@given(st.integers(0, 2**32), st.lists(st.integers(0, 5_000_000), min_size=2, max_size=20, unique=True))
def test_no_two_enterprises_share_a_code(seed: int, indices: list[int]) -> None:
    found = {
        UnifiedCode.parse(codes.enterprise_code(seed, index, "449901", is_individual=False)).organisation_code
        for index in indices
    }

    assert len(found) == len(indices)
    assert all(code.startswith("MX") for code in found)


def test_those_elsewhere_are_not_of_the_city() -> None:
    others = codes.outsiders(SEED)

    assert len(set(others)) == codes.OUTSIDERS
    assert all(code[8:10] == "MY" for code in others)


@given(st.integers(0, 10**6), st.integers(0, 100))
def test_ruined_codes_are_ruined(index: int, shift: int) -> None:
    code = codes.enterprise_code(1, index, "449902", is_individual=False)

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
        assert 0 <= climate(sector.division).epidemic < 1


def test_a_draw_is_fair_and_knows_nothing_of_its_neighbours(economy: Session) -> None:
    means, spread, next_key, next_number = economy.rows(
        "SELECT avg(a), stddev(a), corr(a, b), corr(a, c) FROM (SELECT draw(h, 1) AS a, draw(h, 2) AS c,"
        " lead(draw(h, 1)) OVER (ORDER BY i) AS b"
        " FROM (SELECT i, key_of(city_key(), i) AS h FROM range(200000) t(i)))"
    )[0]

    assert means == pytest.approx(0.5, abs=0.005)
    assert spread == pytest.approx(12**-0.5, abs=0.005)
    assert abs(next_key) < 0.01
    assert abs(next_number) < 0.01


def test_enterprises_are_of_every_kind(firms: list[dict[str, Any]]) -> None:
    assert {firm["profile"] for firm in firms} == {"full", "tax_only", "registered_only"}
    assert 0.04 < mean(bool(firm["account"]) for firm in firms) < 0.2
    assert 0.2 < mean(firm["is_individual"] for firm in firms) < 0.45
    assert {firm["division"] for firm in firms} == {sector.division for sector in SECTORS}
    assert 0.1 < mean(firm["established_on"] > date(2024, 6, 30) for firm in firms) < 0.35
    assert any(firm["account_is_late"] and firm["account"] for firm in firms)
    assert all(
        bool(firm["registration_number"]) == (firm["established_on"] < date(2015, 10, 1)) for firm in firms
    )


def test_about_one_in_twenty_fails_in_a_year_most_of_them_sick(firms: list[dict[str, Any]]) -> None:
    standing = [firm for firm in firms if firm["closed_on"] is None and (firm["default_m"] or 99) >= MONTHS]
    fails = [firm["default_m"] is not None and firm["default_m"] < MONTHS + 12 for firm in standing]
    fifth = len(standing) // 5

    assert 0.035 < mean(fails) < 0.075
    assert mean(fails[:fifth]) > 0.12
    assert mean(fails[-2 * fifth :]) < 0.015


def test_a_group_has_one_hand_or_one_parent_and_falls_together(firms: list[dict[str, Any]]) -> None:
    groups = defaultdict(list)
    for firm in firms:
        if firm["group_id"] is not None:
            groups[firm["group_id"]].append(firm)
    alone = [firm for firm in firms if firm["group_id"] is None]
    struck = [members for members in groups.values() if any(firm["default_m"] for firm in members)]
    others = [
        firm["default_m"] is not None
        for members in struck
        for firm in sorted(members, key=lambda firm: firm["default_m"] or 999)[1:]
    ]

    assert 0.03 < len(firms) / len(alone) - 1 < 0.15
    assert all(2 <= len(members) <= 8 for members in groups.values())
    assert any(len({firm["owner_token"] for firm in members}) == 1 for members in groups.values())
    assert mean(others) > 2 * mean(firm["default_m"] is not None for firm in alone)


def test_holders_lead_to_parents_in_chains_and_share_out_all(economy: Session) -> None:
    totals = economy.rows("SELECT DISTINCT round(sum(share), 3) FROM holders GROUP BY idx")
    chained = economy.scalar(
        "SELECT count(*) FROM holders a JOIN firms p ON p.code = a.holder_code JOIN holders b ON b.idx = p.idx"
        " WHERE b.holder_code IS NOT NULL"
    )

    assert totals == [(1.0,)]
    assert chained > 0


def test_sales_of_the_sound_grow_and_go_on(economy: Session) -> None:
    months, growth = (
        dict(economy.rows(sql))
        for sql in (
            "SELECT r > 0, avg(n) FROM (SELECT idx, count(*) FILTER (sales > 0) AS n FROM activity WHERE m >= 15"
            " GROUP BY idx) JOIN firms USING (idx) WHERE born_m < 0 AND closed_on IS NULL GROUP BY 1",
            "SELECT r > 0, median(last / first) FROM (SELECT idx, sum(sales) FILTER (m >= 27) AS last,"
            " sum(sales) FILTER (m BETWEEN 15 AND 26) AS first FROM activity GROUP BY idx) JOIN firms USING (idx)"
            " WHERE born_m < 0 AND closed_on IS NULL AND first > 0 GROUP BY 1",
        )
    )

    assert months[True] > months[False]
    assert growth[True] > growth[False]


def test_the_epidemic_empties_tables_more_than_workshops(economy: Session, calendar: Timeline) -> None:
    first = calendar.epidemic_from
    fallen = dict(
        economy.rows(
            "SELECT substr(division, 1, 1), sum(level) FILTER (m BETWEEN $first AND $last)"
            " / sum(level) FILTER (m BETWEEN $first - 12 AND $last - 12)"
            " FROM activity JOIN firms USING (idx) WHERE born_m < 0 AND default_m IS NULL GROUP BY 1",
            {"first": first, "last": first + EPIDEMIC_MONTHS - 1},
        )
    )

    assert fallen["H"] < 0.75
    assert fallen["C"] > fallen["H"] + 0.15


def test_an_enterprise_goes_down_before_it_defaults(economy: Session) -> None:
    paths = economy.rows(
        "SELECT list(distress ORDER BY m) FROM activity JOIN firms USING (idx)"
        " WHERE default_m BETWEEN 30 AND 38 AND born_m < 0 AND closed_on IS NULL AND m <= default_m GROUP BY idx"
    )

    assert len(paths) > 10
    for (path,) in paths:
        assert path == sorted(path)
        assert path[0] == 0.0
        assert path[-1] == 1.0


def test_nothing_is_sold_before_establishment_or_after_closing(economy: Session) -> None:
    assert (
        economy.scalar(
            "SELECT count(*) FROM issued JOIN firms USING (idx)"
            " WHERE issued_on < established_on OR issued_on > closed_on"
        )
        == 0
    )


@pytest.mark.parametrize("until", [UNTIL, date(2025, 12, 31), date(2026, 5, 15), date(2024, 2, 29)])
def test_the_calendar_reaches_two_years_back_from_the_first_evaluation(until: date) -> None:
    calendar = timeline(until)

    assert len(calendar.months) == MONTHS
    assert calendar.deliveries[-1] == calendar.as_of[-1] == until
    assert list(calendar.deliveries) == sorted(set(calendar.deliveries))
    assert months_before(calendar.deliveries[0], 24) >= calendar.start
    assert calendar.start.day == 1
    assert sum(month.days for month in calendar.months) == (until - calendar.start).days + 1
    assert sum(month.is_lunar_new_year for month in calendar.months[:36]) == 3
    felt = [month.epidemic for month in calendar.months]
    assert felt[: calendar.epidemic_from] == [0.0] * calendar.epidemic_from
    assert felt[calendar.epidemic_from : calendar.epidemic_from + EPIDEMIC_MONTHS] == [1.0] * EPIDEMIC_MONTHS
    assert felt[-1] == 0.0


@pytest.mark.parametrize("until", [date(2025, 12, 31), date(2026, 5, 15)])
def test_a_city_can_end_on_any_day(tmp_path: Path, until: date) -> None:
    made = build(tmp_path, enterprises=36, until=until)

    assert made.rows > 36 * 100
