"""Single changes that a firm can make to its indicators, as far as the scorecard calls them realistic."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xinqiao.indicators import Catalogue, Indicator, Text
from xinqiao.rating.conditions import Change
from xinqiao.rating.model import Gate, Scorecard, Test, Weighted


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one indicator.

    Attributes:
        indicator: The indicator.
        value: Its value now.
        test: On which side of the threshold the value must come to lie.
        threshold: The bound to reach: `at_least` it, or `below` it.
        points: Points now; None for an indicator without weight.
        points_then: Points then.
        gain: What it adds to the sum of weight (hundredths) times points.
        months: How long it takes at most until records show it.
        effort: Its cost in effort.
        clears: Codes of the acting gates that it clears.
        lifts: Codes of indicators that it betters besides.
        advice: What to do; None when neither indicator nor scorecard says.
    """

    indicator: str
    value: float
    test: Test
    threshold: float
    points: int | None
    points_then: int | None
    gain: int
    months: int
    effort: int
    clears: tuple[str, ...]
    lifts: tuple[str, ...]
    advice: Text | None

    @property
    def target(self) -> float:
        """The value nearest to today's on the right side of the threshold."""
        return reached(self.test, self.threshold)


def reached(test: Test, threshold: float) -> float:
    """The first value on the right side of a threshold."""
    return threshold if test == "at_least" else math.nextafter(threshold, -math.inf)


def steps(
    scorecard: Scorecard,
    catalogue: Catalogue,
    values: Mapping[str, float | None],
    acting: Sequence[Gate],
) -> dict[str, tuple[Step, ...]]:
    """Realistic changes by indicator, smallest first.

    Only of indicators that are known, can be bettered by the firm, and say something of a business that goes on:
    of a firm that has stopped, none that stands on the records that stopped.

    Args:
        scorecard: The scorecard.
        catalogue: The indicators' declarations.
        values: The firm's indicators.
        acting: The gates that act on them.
    """
    found: dict[str, tuple[Step, ...]] = {}
    stopped = _stopped(scorecard, catalogue, values)
    for each in scorecard.indicators:
        declared, value = catalogue.indicators[each.code], values.get(each.code)
        if value is None or stopped.intersection(catalogue.datasets_of(each.code)):
            continue
        if made := tuple(_of_weighted(each, value, declared, acting)):
            found[each.code] = made
    weighted = {each.code for each in scorecard.indicators}
    for gate in acting:
        value = values.get(gate.indicator)
        if gate.indicator not in weighted and gate.indicator not in found and value is not None:
            found.update(_of_fact(gate, value, catalogue.indicators[gate.indicator], acting))
    return found


def _stopped(
    scorecard: Scorecard, catalogue: Catalogue, values: Mapping[str, float | None]
) -> frozenset[str]:
    """The data sets that say that the firm has stopped; none if it has not."""
    if scorecard.idle is None or not scorecard.idle.holds(values):
        return frozenset()
    return frozenset(catalogue.datasets_of(scorecard.idle.indicator))


def _of_weighted(each: Weighted, value: float, declared: Indicator, acting: Sequence[Gate]) -> Iterator[Step]:
    change = each.change
    if change is None or change.fixed is not None or (change.least is not None and value < change.least):
        return
    rising = declared.direction == "up"
    place = each.place(value)
    now, number = each.bins[place].points, 0
    for aim in range(place + 1, len(each.bins)) if rising else range(place - 1, -1, -1):
        # Upwards a bin starts where the one before it ends.
        threshold = each.bins[aim - 1].below if rising else each.bins[aim].below
        assert threshold is not None
        if each.bins[aim].points == now or (change.goals and threshold not in change.goals):
            continue
        number += 1
        if number > change.steps:
            return
        test: Test = "at_least" if rising else "below"
        yield Step(
            indicator=each.code,
            value=value,
            test=test,
            threshold=threshold,
            points=now,
            points_then=each.bins[aim].points,
            gain=each.weight * (each.bins[aim].points - now),
            months=_months(change, declared.window, test, threshold),
            effort=change.effort * number,
            clears=_cleared(each.code, test, threshold, acting),
            lifts=change.lifts,
            advice=declared.advice or change.advice,
        )


def _months(change: Change, window: int, test: Test, threshold: float) -> int:
    """Within how many months the threshold is reached for sure, whatever stands in the window now.

    Of a window of w months m done well are a share of m / w at least, and leave w - m that may not be.
    """
    if change.passing == "share":
        # Below a number of months: the greatest whole one under it may stay.
        done = window * threshold if test == "at_least" else window - (math.ceil(threshold) - 1)
        return change.months + change.every * math.ceil(done / change.every)
    return change.months + (window if change.passing == "whole" else 0)


def _of_fact(
    gate: Gate, value: float, declared: Indicator, acting: Sequence[Gate]
) -> dict[str, tuple[Step, ...]]:
    """A fact without weight: the change is to leave the side on which its gate acts."""
    change = gate.change
    if change is None or change.fixed is not None:
        return {}
    test: Test = "at_least" if gate.test == "below" else "below"
    step = Step(
        indicator=gate.indicator,
        value=value,
        test=test,
        threshold=gate.threshold,
        points=None,
        points_then=None,
        gain=0,
        months=change.months,
        effort=change.effort,
        clears=_cleared(gate.indicator, test, gate.threshold, acting),
        lifts=(),
        advice=declared.advice or change.advice,
    )
    return {gate.indicator: (step,)}


def _cleared(code: str, test: Test, threshold: float, acting: Sequence[Gate]) -> tuple[str, ...]:
    then = reached(test, threshold)
    return tuple(gate.code for gate in acting if gate.indicator == code and not gate.acts_on(then))
