"""What would raise a grade: the cheapest few changes that reach the next one, and the single ones that help most.

Only what the scorecard declares a firm can change is advised, and no further than it calls realistic. The search
counts in the whole numbers of `model`, so that scoring a firm with the advised values gives the promised score. It
is arithmetic on today's records and no promise: other indicators may move meanwhile.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from xinqiao.indicators import Catalogue, Text
from xinqiao.rating.missing import Missing, enough, missing
from xinqiao.rating.model import HUNDREDTHS, Gate, Result, Scorecard, points_of, score_one
from xinqiao.rating.steps import Step, steps

MOST_CHANGES = 3
SINGLES = 5

Obstacle = Literal["unrated", "best", "gate", "coverage", "out_of_reach"]

OBSTACLES: Mapping[Obstacle, Text] = {
    "unrated": Text(
        "已知数据不足以评分，须先补足数据。", "Too little is known for a score; more data must come first."
    ),
    "best": Text("已是最高等级。", "This is the best grade already."),
    "gate": Text(
        "有企业自身不能解除的限级或否决规则，解除之前等级不会更高。",
        "A cap or veto that the firm cannot clear itself keeps the grade from being better.",
    ),
    "coverage": Text(
        "数据覆盖率不足限制了等级，须先补足数据。",
        "The coverage of data caps the grade; more data must come first.",
    ),
    "out_of_reach": Text(
        f"在{MOST_CHANGES}项以内做现实可行的改善，仍达不到上一等级；可先从所列单项入手。",
        f"No set of up to {MOST_CHANGES} realistic changes reaches the next grade; begin with the single changes listed.",
    ),
}
"""Why no way to a better grade is told."""

_BEYOND = Text("企业无法在现实可行的范围内解除", "No realistic change of the firm clears it")


@dataclass(frozen=True, slots=True)
class Way:
    """Changes made together and what comes of them.

    Attributes:
        steps: The changes, in order of indicator.
        score: The score then, all other indicators being as they are.
        grade: The grade then, likewise.
        months: How long the longest takes at most.
        effort: What they cost in all.
        lifts: Codes of other indicators that the changes better too, so that score and grade are the least to expect;
            empty where none moves for sure.
    """

    steps: tuple[Step, ...]
    score: float | None
    grade: str
    months: int
    effort: int
    lifts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """A gate that keeps the grade from being better and must be cleared first.

    Attributes:
        code: The gate; the coverage gate for too little data.
        text: What people are told of it.
        step: The least change that clears it; None when the firm cannot, or data must.
        why_not: Why the firm cannot; None when it can.
    """

    code: str
    text: Text
    step: Step | None
    why_not: Text | None


@dataclass(frozen=True, slots=True)
class Raising:
    """What would raise a grade.

    Attributes:
        grade: The grade now.
        goal: The next better grade; None when there is none, or no score.
        obstacle: Why there is no way; None when there is one.
        bindings: Gates that must be cleared before the goal.
        way: The cheapest changes that reach the goal.
        singles: The single changes that help most, best first.
        idle: What is told of a firm that has stopped, on whose business no advice is given; None when it goes on.
        missing: Unknown indicators by department, heaviest first.
        enough: How many of those departments' data, heaviest first, would lift the coverage over the bar that stands
            in the way; 0 when none does.
    """

    grade: str
    goal: str | None
    obstacle: Obstacle | None
    bindings: tuple[Binding, ...]
    way: Way | None
    singles: tuple[Way, ...]
    idle: Text | None
    missing: tuple[Missing, ...]
    enough: int


def raising(scorecard: Scorecard, catalogue: Catalogue, values: Mapping[str, float | None]) -> Raising:
    """What would raise the grade that these values give; the same values give the same advice."""
    base = score_one(scorecard, values)
    letters = scorecard.grades
    acting = [gate for gate in scorecard.gates if gate.code in base.gates]
    graded = base.score is not None and base.grade != letters[0]
    goal = letters[letters.index(base.grade) - 1] if graded else None
    options = steps(scorecard, catalogue, values, acting)
    bindings = _bindings(scorecard, base, acting, goal, options)
    lacking = missing(scorecard, catalogue, values)
    bar = _bar(scorecard, base, goal)
    obstacle = _obstacle(scorecard, base, bindings, blocked=bar is not None)
    way = None
    if goal is not None and obstacle is None:
        way = _cheapest(scorecard, values, goal, bindings, options)
        obstacle = None if way else "out_of_reach"
    stopped = scorecard.idle is not None and scorecard.idle.holds(values)
    present = round(base.coverage * 100 * HUNDREDTHS)
    return Raising(
        grade=base.grade,
        goal=goal,
        obstacle=obstacle,
        bindings=bindings,
        way=way,
        singles=_singles(scorecard, values, base, options) if base.score is not None else (),
        idle=scorecard.idle.text if scorecard.idle is not None and stopped else None,
        missing=lacking,
        enough=enough(lacking, present=present, share=bar) if bar is not None else 0,
    )


def _bar(scorecard: Scorecard, base: Result, goal: str | None) -> float | None:
    """The coverage that must be reached before anything else helps; None when coverage is no obstacle."""
    if base.score is None:
        return scorecard.least_coverage
    low, letters = scorecard.coverage_gate in base.gates, scorecard.grades
    capped = goal is not None and letters.index(goal) < letters.index(scorecard.unreliable_cap)
    return scorecard.reliable_coverage if low and capped else None


def _obstacle(
    scorecard: Scorecard, base: Result, bindings: Sequence[Binding], *, blocked: bool
) -> Obstacle | None:
    if base.score is None:
        return "unrated"
    if base.grade == scorecard.grades[0]:
        return "best"
    if any(each.why_not is not None for each in bindings):
        return "gate"
    return "coverage" if blocked else None


def _bindings(
    scorecard: Scorecard,
    base: Result,
    acting: Sequence[Gate],
    goal: str | None,
    options: Mapping[str, Sequence[Step]],
) -> tuple[Binding, ...]:
    """The acting gates worse than the goal; without a score every acting gate that could ever bind."""
    letters = scorecard.grades
    best = letters.index(goal) if goal else 0
    found = []
    for gate in acting:
        if letters.index(gate.grade) > best:
            clearing = [step for step in options.get(gate.indicator, ()) if gate.code in step.clears]
            why_not = None if clearing else _why_not(scorecard, gate)
            found.append(Binding(gate.code, gate.text, clearing[0] if clearing else None, why_not))
    if scorecard.coverage_gate in base.gates and letters.index(scorecard.unreliable_cap) > best:
        found.append(Binding(scorecard.coverage_gate, scorecard.coverage_text, None, None))
    return tuple(found)


def _why_not(scorecard: Scorecard, gate: Gate) -> Text:
    own = next((each.change for each in scorecard.indicators if each.code == gate.indicator), None)
    change = own or gate.change
    return change.fixed if change is not None and change.fixed is not None else _BEYOND


def _cheapest(
    scorecard: Scorecard,
    values: Mapping[str, float | None],
    goal: str,
    bindings: Sequence[Binding],
    options: Mapping[str, Sequence[Step]],
) -> Way | None:
    """The set of changes that clears what binds and reaches the goal with least effort; None when none does.

    Equals: fewer changes, sooner, the higher score, then by code.
    """
    gates = {each.code for each in bindings}
    must = sorted({each.step.indicator for each in bindings if each.step is not None})
    clearing = [
        [step for step in options[code] if _binding_on(scorecard, code, gates) <= set(step.clears)]
        for code in must
    ]
    rest = [step for code, found in options.items() if code not in must for step in found if step.gain]
    rest.sort(key=lambda step: (step.effort, -step.gain, step.indicator))
    lacking = _lacking(scorecard, values, goal)
    best: tuple[Step, ...] | None = None
    for first in product(*clearing):
        for made in _reaching(rest, first, lacking, MOST_CHANGES):
            if best is None or _cost(made) < _cost(best):
                best = made
    return _way(scorecard, values, best) if best else None


def _binding_on(scorecard: Scorecard, code: str, gates: set[str]) -> set[str]:
    return {gate.code for gate in scorecard.gates if gate.indicator == code and gate.code in gates}


def _lacking(scorecard: Scorecard, values: Mapping[str, float | None], goal: str) -> int:
    """What the sum of weight times points lacks for the goal's least score; 0 or less when it does not."""
    known = [
        (each.weight, points)
        for each in scorecard.indicators
        if (points := points_of(scorecard, each, values)) is not None
    ]
    numerator, present = sum(weight * points for weight, points in known), sum(weight for weight, _ in known)
    least = next(band.least for band in scorecard.bands if band.grade == goal)
    # The least whole number of hundredths that is enough, and the least sum that rounds half up to it.
    hundredths = round(least * HUNDREDTHS)
    hundredths += hundredths / HUNDREDTHS < least
    return -((present - 2 * present * hundredths) // (2 * HUNDREDTHS)) - numerator


def _reaching(
    rest: Sequence[Step], made: tuple[Step, ...], lacking: int, most: int, *, start: int = 0
) -> Iterator[tuple[Step, ...]]:
    """`made` and what of `rest` must come to it, `most` changes in all, no indicator twice.

    `rest` is sorted by effort, so that once a set reaches no later one of the same beginning is cheaper in effort;
    those of the same effort are still told, since other things decide between equals.
    """
    if len(made) > most:
        return
    gained = sum(step.gain for step in made)
    if gained >= lacking and made:
        yield made
        return
    left = most - len(made)
    if not left:
        return
    taken = {step.indicator for step in made}
    ahead = max((step.gain for step in rest[start:]), default=0)
    if gained + left * ahead < lacking:
        return
    cheapest: int | None = None
    for place in range(start, len(rest)):
        step = rest[place]
        if cheapest is not None and step.effort > cheapest:
            return
        if step.indicator not in taken:
            for found in _reaching(rest, (*made, step), lacking, most, start=place + 1):
                spent = sum(each.effort for each in found[len(made) :])
                cheapest = spent if cheapest is None else min(cheapest, spent)
                yield found


def _cost(made: Sequence[Step]) -> tuple[object, ...]:
    return (
        sum(step.effort for step in made),
        len(made),
        max(step.months for step in made),
        -sum(step.gain for step in made),
        sorted((step.indicator, step.threshold) for step in made),
    )


def _way(scorecard: Scorecard, values: Mapping[str, float | None], made: Sequence[Step]) -> Way:
    result = score_one(scorecard, {**values, **{step.indicator: step.target for step in made}})
    lifted = {code for step in made for code in step.lifts} - {step.indicator for step in made}
    return Way(
        steps=tuple(sorted(made, key=lambda step: step.indicator)),
        score=result.score,
        grade=result.grade,
        months=max(step.months for step in made),
        effort=sum(step.effort for step in made),
        lifts=tuple(
            each.code
            for each in scorecard.indicators
            if each.code in lifted
            and (value := values.get(each.code)) is not None
            and each.points(value) < max(bin.points for bin in each.bins)
        ),
    )


def _singles(
    scorecard: Scorecard,
    values: Mapping[str, float | None],
    base: Result,
    options: Mapping[str, Sequence[Step]],
) -> tuple[Way, ...]:
    """Of each indicator the furthest realistic change; those that better the grade first, then by score."""
    ways = [_way(scorecard, values, [found[-1]]) for found in options.values()]
    letters = scorecard.grades
    before = 0.0 if base.score is None else base.score

    def helps(way: Way) -> tuple[int, float, int, str]:
        return letters.index(way.grade), -(way.score or 0.0), way.effort, way.steps[0].indicator

    helpful = [way for way in ways if way.grade != base.grade or (way.score or 0.0) > before]
    return tuple(sorted(helpful, key=helps)[:SINGLES])
