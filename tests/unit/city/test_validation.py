"""What `tools/validate_city.py` says of groups of indicators, on firms whose answer is known."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.ablation import Firm, Measure, ablation, area_of
from tools.validate_city import City, find, together
from tools.validate_grades import area_under_curve

MEASURE = Measure(
    group_of={"T": "tells", "N": "noise"},
    labels={"tells": "有用", "noise": "无用"},
    weights={"tells": 50.0, "noise": 50.0},
)


def firm(tells: int, noise: int, *, defaulted: bool) -> Firm:
    """A firm of two groups that weigh the same."""
    return Firm(
        grade="B" if tells + noise > 100 else "C",
        score=(tells + noise) / 2,
        points={"tells": (tells, 1), "noise": (noise, 1)},
        single={"T": tells, "N": noise},
        defaulted=defaulted,
    )


@pytest.fixture
def firms() -> list[Firm]:
    """Those that default have fewer points in one group and the same in the other."""
    paid = [firm(tells, noise, defaulted=False) for tells, noise in product((60, 80, 100), (0, 50, 100))]
    failed = [firm(tells, noise, defaulted=True) for tells, noise in product((10, 40), (0, 50, 100))]
    return paid * 5 + failed * 5


def test_what_tells_adds_and_what_does_not_takes_away(firms: list[Firm]) -> None:
    auc, (low, high), groups = ablation(firms, MEASURE, seed=1)
    tells, noise = groups

    assert low < auc < high
    assert tells.without == 0.5
    assert tells.adds == pytest.approx(auc - 0.5)
    assert tells.interval[0] > 0
    assert noise.without == 1.0
    assert noise.interval[0] <= noise.adds <= noise.interval[1] < 0
    assert (tells.alone, noise.alone, tells.known) == (1.0, 0.5, 1.0)


def test_the_same_seed_gives_the_same_intervals(firms: list[Firm]) -> None:
    assert ablation(firms, MEASURE, seed=1) == ablation(firms, MEASURE, seed=1)
    assert ablation(firms, MEASURE, seed=1) != ablation(firms, MEASURE, seed=2)


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=40))
def test_the_area_is_that_of_comparing_all_pairs(values: list[tuple[int, bool]]) -> None:
    if len({defaulted for _, defaulted in values}) < 2:
        return
    firms = [firm(value, value, defaulted=defaulted) for value, defaulted in values]
    paid, failed = (
        [float(value) for value, defaulted in values if defaulted is kind] for kind in (False, True)
    )

    auc, _, _ = ablation(firms, MEASURE, seed=1)

    assert auc == pytest.approx(area_under_curve(paid, failed))
    assert auc == pytest.approx(area_of(firms, lambda each: each.score))


def test_cities_are_told_as_one(firms: list[Firm]) -> None:
    day = date(2026, 6, 30)
    first = City(day, MEASURE, {"B": 6, "C": 3, "NR": 1}, firms[:40])
    second = City(day, MEASURE, {"B": 2, "C": 9}, firms[40:])

    found = find(together([first, second]), name="2 cities")

    assert (found.firms, found.scored) == (len(firms), len(firms))
    assert found.mix == {"B": 0.4, "C": 0.6}
    assert found.default_rates["C"] > found.default_rates["B"]


def test_a_city_in_which_nobody_defaults_says_nothing(firms: list[Firm]) -> None:
    sound = City(date(2026, 6, 30), MEASURE, {"B": 1}, [each for each in firms if not each.defaulted])

    with pytest.raises(SystemExit, match="make a larger city"):
        find(sound, name="sound")
