"""What each group of indicators adds to a score: its area under the ROC curve with the group and without it."""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate

from tools.validate_grades import area_under_curve

RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Firm:
    """One enterprise of the city.

    Attributes:
        grade: Its grade.
        score: Its score; None when there is none.
        points: Per group, weight times points over what is known, and the weight known.
        single: Points per known indicator.
        defaulted: Whether it defaults within a year.
    """

    grade: str
    score: float | None
    points: Mapping[str, tuple[int, int]]
    single: Mapping[str, int]
    defaulted: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """What a city's score is made of.

    Attributes:
        group_of: Group of each indicator of the scorecard.
        labels: Name of each group, in the catalogue's order.
        weights: Weight of each group, of 100.
    """

    group_of: Mapping[str, str]
    labels: Mapping[str, str]
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Group:
    """What one group of indicators adds.

    Attributes:
        code: Its code.
        label: Its name.
        weight: Its weight, of 100.
        known: Share of the scored firms of which something in it is known.
        alone: Area under the curve of its points alone, among those firms.
        without: Area of the score made without it.
        adds: How much the whole score's area lies above `without`.
        interval: 95 % bootstrap interval of `adds`.
    """

    code: str
    label: str
    weight: float
    known: float
    alone: float
    without: float
    adds: float
    interval: tuple[float, float]


def ablation(
    firms: Sequence[Firm], measure: Measure, seed: int
) -> tuple[float, tuple[float, float], tuple[Group, ...]]:
    """The score's area, its interval, and what each group adds: all from the same resamples of the firms.

    Paid and defaulted are drawn anew each in its own number; a score and the one without a group are compared on the
    same draw, so that what both share does not widen the difference.
    """
    made = {"": _Order([firm.score for firm in firms], [firm.defaulted for firm in firms])}
    for code in measure.labels:
        rest = [_mean([part for group, part in firm.points.items() if group != code]) for firm in firms]
        made[code] = _Order(rest, [firm.defaulted for firm in firms])
    source = random.Random(seed)  # noqa: S311  resampling, no secret
    places = [[place for place, firm in enumerate(firms) if firm.defaulted is bad] for bad in (False, True)]
    drawn: dict[str, list[float]] = {code: [] for code in made}
    for _ in range(RESAMPLES):
        times = [0] * len(firms)
        for kind in places:
            for place in source.choices(kind, k=len(kind)):
                times[place] += 1
        for code, order in made.items():
            drawn[code].append(order.area(times))
    once = [1] * len(firms)
    auc = made[""].area(once)
    groups = []
    for code, label in measure.labels.items():
        known = [firm for firm in firms if code in firm.points]
        without = made[code].area(once)
        added = [whole - left for whole, left in zip(drawn[""], drawn[code], strict=True)]
        groups.append(
            Group(
                code=code,
                label=label,
                weight=measure.weights[code],
                known=len(known) / len(firms),
                alone=area_of(known, partial(_points_of_group, code)),
                without=without,
                adds=auc - without,
                interval=_middle(added),
            )
        )
    return auc, _middle(drawn[""]), tuple(groups)


class _Order:
    """Firms in the order of a value, sorted once, so that the area of a resample is one walk through them."""

    def __init__(self, values: Sequence[float | None], defaulted: Sequence[bool]) -> None:
        """Remember the order of those that paid and where each that defaulted stands in it; unknown ones stand nowhere."""
        paid = sorted(
            (value, place) for place, value in enumerate(values) if value is not None and not defaulted[place]
        )
        told = [value for value, _ in paid]
        self._paid = [place for _, place in paid]
        self._failed = [
            (place, bisect_left(told, value), bisect_right(told, value))
            for place, value in enumerate(values)
            if value is not None and defaulted[place]
        ]

    def area(self, times: Sequence[int]) -> float:
        """How often one that paid stands above one that defaulted, ties half, each firm counted so many times."""
        up_to = [0, *accumulate(times[place] for place in self._paid)]
        failed = sum(times[place] for place, _, _ in self._failed)
        wins = sum(
            times[place] * (2 * (up_to[-1] - up_to[above]) + up_to[above] - up_to[below])
            for place, below, above in self._failed
        )
        return wins / (2 * up_to[-1] * failed)


def _middle(values: Sequence[float]) -> tuple[float, float]:
    """The middle 95 % of what resamples came to."""
    ordered = sorted(values)
    return ordered[int(0.025 * len(ordered))], ordered[int(0.975 * len(ordered)) - 1]


def _points_of_group(code: str, firm: Firm) -> float | None:
    return _mean([firm.points[code]])


def points_of_one(code: str, firm: Firm) -> float | None:
    """Points of one indicator, where it is known."""
    return firm.single.get(code)


def _mean(parts: Sequence[tuple[int, int]]) -> float | None:
    weight = sum(each for _, each in parts)
    return sum(numerator for numerator, _ in parts) / weight if weight else None


def _split(firms: Sequence[Firm], value: Callable[[Firm], float | None]) -> tuple[list[float], list[float]]:
    """Values of those that paid and of those that defaulted, unknown ones left out."""
    told = [(firm.defaulted, number) for firm in firms if (number := value(firm)) is not None]
    return [number for bad, number in told if not bad], [number for bad, number in told if bad]


def area_of(firms: Sequence[Firm], value: Callable[[Firm], float | None]) -> float:
    """Area under the curve of a value among the firms that have it; no number where all of them paid or defaulted."""
    paid, defaulted = _split(firms, value)
    return area_under_curve(paid, defaulted) if paid and defaulted else float("nan")
