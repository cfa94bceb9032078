"""A firm's standing: the share of comparable firms that do no better."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.products.standing import no_better

RISING = [float(step) for step in range(21)]


@pytest.mark.parametrize(
    ("value", "direction", "share"),
    [
        (0.0, "up", 0.0),
        (10.0, "up", 0.5),
        (10.5, "up", 0.525),
        (20.0, "up", 1.0),
        (99.0, "up", 1.0),
        (-1.0, "up", 0.0),
        (0.0, "down", 1.0),
        (5.0, "down", 0.75),
        (21.0, "down", 0.0),
    ],
)
def test_standing_follows_the_direction(value: float, direction: str, share: float) -> None:
    assert no_better(RISING, value, direction) == pytest.approx(share)  # type: ignore[arg-type]  # table of cases


def test_who_has_no_penalty_stands_at_the_top_with_all_others_without() -> None:
    penalties = [0.0] * 19 + [1.0, 5.0]

    assert no_better(penalties, 0.0, "down") == 1.0
    assert no_better(penalties, 1.0, "down") == pytest.approx(0.05)


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=21, max_size=21).map(sorted),
    st.floats(-2e6, 2e6),
    st.floats(0, 1e6),
)
def test_doing_better_never_lowers_the_standing(quantiles: list[float], value: float, more: float) -> None:
    assert 0 <= no_better(quantiles, value, "up") <= no_better(quantiles, value + more, "up") <= 1
