"""What would raise a grade, as a report tells it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one indicator.

    Attributes:
        indicator: Its code.
        label_zh: Its label in Chinese.
        label_en: Its label in English.
        value: Its value now.
        test: On which side of `threshold` the value must come to lie: `at_least` it or `below` it.
        threshold: The bound to reach, in the indicator's unit.
        goal_zh: From where to where, in Chinese.
        goal_en: The same in English.
        advice_zh: What to do, in Chinese; None when nothing is declared.
        advice_en: The same in English.
        points: Points now; None for a fact without weight.
        points_then: Points then.
        months: How long it takes at most until records show it.
        effort: 1 a formality, 2 money that is owed anyway, 3 a habit, 4 the business, 5 years of work; the sum of the
            bands gone up.
        clears: Codes of the gates that it clears.
    """

    indicator: str
    label_zh: str
    label_en: str
    value: float
    test: Literal["at_least", "below"]
    threshold: float
    goal_zh: str
    goal_en: str
    advice_zh: str | None
    advice_en: str | None
    points: int | None
    points_then: int | None
    months: int
    effort: int
    clears: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """Changes made together, and the score and grade that they give.

    Attributes:
        steps: The changes, in order of indicator.
        score: The score then, all other indicators being as they are.
        grade: The grade then, likewise.
        months: How long the longest takes at most.
        effort: What they cost in all.
        lifts: Codes of other indicators that the changes better too, so that score and grade are the least to expect;
            empty where none does for sure.
        lifts_zh: Their labels in Chinese.
        lifts_en: Their labels in English.
    """

    steps: tuple[Step, ...]
    score: float | None
    grade: str
    months: int
    effort: int
    lifts: tuple[str, ...]
    lifts_zh: tuple[str, ...]
    lifts_en: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """A cap or veto that must be cleared first.

    Attributes:
        code: The gate.
        zh: What it says, in Chinese.
        en: The same in English.
        step: The change that clears it; None when the firm cannot clear it, or only more data can.
        why_not_zh: Why the firm cannot, in Chinese; None when it can.
        why_not_en: The same in English.
    """

    code: str
    zh: str
    en: str
    step: Step | None
    why_not_zh: str | None
    why_not_en: str | None


@dataclass(frozen=True, slots=True)
class Lacking:
    """What one department's records would add.

    Attributes:
        owner: The department.
        weight: Weight of the unknown indicators that stand on its records, of 100.
        indicators: Their codes.
        labels_zh: Their labels in Chinese.
        labels_en: Their labels in English.
        datasets: The datasets they stand on.
    """

    owner: str
    weight: float
    indicators: tuple[str, ...]
    labels_zh: tuple[str, ...]
    labels_en: tuple[str, ...]
    datasets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Raising:
    """What would raise the grade.

    Attributes:
        goal: The next better grade; None at the best one and without a score.
        obstacle: Why there is no way: `unrated`, `best`, `gate`, `coverage`, `out_of_reach`; None when there is one.
        obstacle_zh: The same in Chinese.
        obstacle_en: The same in English.
        first: Caps and vetoes that must be cleared before the goal.
        way: The cheapest changes, one to three, that reach the goal; None when there are none.
        singles: The single changes that help most, best first.
        idle_zh: What is told of a firm that has stopped, on whose business no advice is given.
        idle_en: The same in English.
        lacking: What is unknown, by department, heaviest first.
        enough: How many of those departments, heaviest first, would lift the coverage over the bar that stands in
            the way; 0 when none does.
        notice_zh: How to read it, in Chinese.
        notice_en: The same in English.
    """

    goal: str | None
    obstacle: str | None
    obstacle_zh: str | None
    obstacle_en: str | None
    first: tuple[Binding, ...]
    way: Way | None
    singles: tuple[Way, ...]
    idle_zh: str | None
    idle_en: str | None
    lacking: tuple[Lacking, ...]
    enough: int
    notice_zh: str
    notice_en: str
