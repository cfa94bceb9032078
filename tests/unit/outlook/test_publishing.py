"""What of the sums is published: nobody is given away, the index chains, z compares."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.catalogue.declared import InvalidDeclaration
from xinqiao.outlook.model import (
    SectorQuarter,
    Sums,
    chained,
    deviations,
    first_day,
    publish,
    quarter_number,
    suppressed,
)
from xinqiao.outlook.rules import SHIPPED, load_rules

RULES = load_rules().value
Q1 = quarter_number(date(2026, 1, 1))


def sums(sector: str, firms: int, largest: float = 0.1, growth: float = 0.1, quarter: int = Q1) -> Sums:
    """A sector of equal years before; the largest firm makes the share `largest` in both quarters."""
    before = firms * 1000
    now = round(before * (1 + growth))
    return Sums(sector, quarter, firms, now, before, round(now * largest), round(before * largest))


def hidden(*given: Sums) -> set[str]:
    return {sector for sector, _ in suppressed(given, RULES)}


def by_sector(published: tuple[SectorQuarter, ...]) -> Mapping[str, SectorQuarter]:
    return {each.sector: each for each in published}


def test_quarters_are_counted_and_told_by_their_first_day() -> None:
    assert [first_day(Q1 + step) for step in range(5)] == [
        date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1), date(2027, 1, 1),
    ]  # fmt: skip
    assert quarter_number(date(2026, 3, 31)) == Q1
    assert quarter_number(date(2026, 4, 1)) == Q1 + 1


def test_nine_firms_are_withheld_and_ten_are_published() -> None:
    assert hidden(sums("F51", 9)) == {"F51"}
    assert hidden(sums("F51", 10)) == set()


@pytest.mark.parametrize(("share", "withheld"), [(0.5, set()), (0.501, {"F51"})])
def test_a_firm_of_more_than_half_the_turnover_withholds_its_sector(share: float, withheld: set[str]) -> None:
    assert hidden(sums("F51", 1000, largest=share)) == withheld


def test_a_firm_that_made_more_than_half_a_year_ago_withholds_it_too() -> None:
    assert hidden(Sums("F51", Q1, 20, 1000, 1000, 100, 501)) == {"F51"}


def test_one_withheld_division_takes_the_next_smallest_of_its_section_along() -> None:
    section = [
        sums("C13", 4),
        sums("C14", 40),
        sums("C15", 30),
        sums("C16", 50),
        sums("C", 124, largest=0.01),
    ]

    assert hidden(*section) == {"C13", "C15"}


def test_two_withheld_divisions_take_a_third_along_only_if_they_are_not_safe_together() -> None:
    safe = [sums("C13", 8), sums("C14", 9), sums("C15", 30), sums("C", 47, largest=0.01)]
    few = [sums("C13", 4), sums("C14", 5), sums("C15", 30), sums("C16", 31), sums("C", 70, largest=0.01)]

    assert hidden(*safe) == {"C13", "C14"}
    assert hidden(*few) == {"C13", "C14", "C15"}


def test_a_dominated_division_takes_along_until_the_giant_is_hidden_among_others() -> None:
    section = [
        sums("C13", 100, largest=0.9), sums("C14", 40), sums("C15", 60), sums("C16", 90), sums("C", 290, largest=0.3),
    ]  # fmt: skip

    assert hidden(*section) == {"C13", "C14", "C15"}


def test_divisions_of_a_withheld_section_need_no_further_cover() -> None:
    section = [sums("C13", 4, largest=0.3), sums("C14", 40), sums("C", 44, largest=0.6)]

    assert hidden(*section) == {"C13", "C"}


def test_withheld_rows_carry_no_figures() -> None:
    (row,) = publish([sums("F51", 9)], RULES)

    assert row == SectorQuarter("F51", date(2026, 1, 1), None, True, None, None, None, None)


def test_growth_is_against_the_year_before_and_the_index_chains_it() -> None:
    year = [sums("F51", 20, growth=0.25, quarter=Q1), sums("F51", 20, growth=-0.2, quarter=Q1 + 4)]

    one, two = publish(year, RULES)

    assert (one.growth, one.index_value, one.base_on) == (0.25, 125.0, date(2025, 1, 1))
    assert two.growth == pytest.approx(-0.2)
    assert two.index_value == pytest.approx(100.0)
    assert two.base_on == date(2025, 1, 1)


def test_the_chain_breaks_at_a_withheld_quarter_and_begins_anew_on_it() -> None:
    years = [
        sums("F51", 20, growth=0.5, quarter=Q1),
        sums("F51", 5, growth=3.0, quarter=Q1 + 4),
        sums("F51", 20, growth=0.1, quarter=Q1 + 8),
    ]

    last = publish(years, RULES)[-1]

    assert last.index_value == pytest.approx(110.0)
    assert last.base_on == date(2027, 1, 1)


def test_z_tells_how_far_a_sector_stands_from_the_median_of_its_level() -> None:
    growth = {(f"C{13 + place}", Q1): value for place, value in enumerate((-0.2, -0.1, 0.0, 0.1, 9.0))}

    z = deviations(growth, RULES)

    assert z["C15", Q1] == 0
    assert z["C16", Q1] == pytest.approx(0.1 / (1.4826 * 0.1))
    assert z["C17", Q1] == RULES.largest_z


def test_too_few_sectors_or_equal_ones_have_no_z() -> None:
    few = {(f"C{13 + place}", Q1): place / 10 for place in range(4)}
    equal = {(f"C{13 + place}", Q1): 0.1 for place in range(9)}

    assert deviations(few, RULES) == {}
    assert deviations(equal, RULES) == {}


DIVISIONS = st.lists(
    st.builds(
        lambda number, firms, largest, growth: sums(f"C{number}", firms, largest, growth),
        st.integers(13, 43),
        st.integers(1, 40),
        st.floats(0.03, 1),
        st.floats(-0.9, 3),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda each: each.sector,
)


def total(parts: list[Sums]) -> Sums:
    whole = Sums("C", Q1, 0, 0, 0, 0, 0)
    for part in parts:
        whole = whole.joined(part)
    return whole


@given(DIVISIONS)
def test_no_figure_published_or_worked_out_from_published_ones_gives_a_firm_away(parts: list[Sums]) -> None:
    whole = total(parts)
    rows = by_sector(publish([*parts, whole], RULES))

    shown = [part for part in parts if not rows[part.sector].suppressed]
    rest = [part for part in parts if rows[part.sector].suppressed]
    for part in [*shown, *([] if rows["C"].suppressed else [whole])]:
        assert part.is_safe(RULES)
    if rest and not rows["C"].suppressed:
        # What the section's figures less those of its published divisions tell.
        remainder = total(rest)
        assert len(rest) == len(parts) or len(rest) > 1
        assert remainder.is_safe(RULES) or len(rest) == len(parts)


@given(DIVISIONS)
def test_what_is_withheld_never_shows_in_any_column(parts: list[Sums]) -> None:
    for row in publish([*parts, total(parts)], RULES):
        figures = (row.firms, row.growth, row.index_value, row.base_on, row.z)
        assert (set(figures) == {None}) == row.suppressed


@given(st.lists(st.floats(-0.9, 5), min_size=1, max_size=12))
def test_the_index_is_the_product_of_growth(rates: list[float]) -> None:
    growth = {("F51", Q1 + 4 * year): rate for year, rate in enumerate(rates)}

    index = chained(growth, RULES)

    product = 100.0
    for rate in rates:
        product *= 1 + rate
    value, base = index["F51", Q1 + 4 * (len(rates) - 1)]
    assert value == pytest.approx(product)
    assert base == Q1 - 4


def test_rules_that_protect_nobody_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "outlook.yaml"
    path.write_text(SHIPPED.read_text("utf-8").replace("fewest_firms: 10", "fewest_firms: 2"), "utf-8")

    with pytest.raises(InvalidDeclaration, match="不能保护"):
        load_rules(path)
