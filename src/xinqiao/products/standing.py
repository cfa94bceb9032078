"""Where a firm stands among comparable firms."""

from collections.abc import Sequence
from typing import Literal


def no_better(quantiles: Sequence[float], value: float, direction: Literal["up", "down"]) -> float:
    """Share of firms, 0 to 1, that do no better than `value`, by straight lines between the quantiles.

    Firms with the same value count as no better: who has no penalty stands with everybody who has none, at
    the top.

    Args:
        quantiles: Values at equal steps from 0 to 100 %, rising.
        value: The firm's own.
        direction: `up` when more is better.
    """
    if direction == "down":
        return no_better([-each for each in reversed(quantiles)], -value, "up")
    last = len(quantiles) - 1
    reached = [place for place, mark in enumerate(quantiles) if mark <= value]
    if not reached:
        return 0.0
    place = reached[-1]
    if place == last:
        return 1.0
    low, high = quantiles[place], quantiles[place + 1]
    return (place + (value - low) / (high - low)) / last
