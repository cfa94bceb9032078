"""Why a score is what it is: one coded sentence per indicator that moved it, strongest first."""

from dataclasses import dataclass
from typing import Literal

from xinqiao.indicators import Catalogue, Indicator, Text
from xinqiao.rating.model import HUNDREDTHS, Contribution, Result, Scorecard

IDLE = "IDLE"
# Points from which an indicator's good sentence is true of every value in the bin.
_PLAINLY_GOOD = 90


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason.

    Attributes:
        code: Indicator and direction, as `I05-` or `R02+`; stable, may be quoted. `IDLE-` speaks for all that
            counts because the firm is idle.
        indicator: The indicator; for `IDLE` the one that tells an idle firm.
        direction: `+` for the subject, `-` against it.
        text: The sentence, from the indicator's declaration.
        contribution: How far it moved the score from neutral, in points of the score.
    """

    code: str
    indicator: str
    direction: Literal["+", "-"]
    text: Text
    contribution: float


def reasons(result: Result, scorecard: Scorecard, catalogue: Catalogue) -> tuple[Reason, ...]:
    """Reasons of a result, strongest first, equals by code; indicators that moved nothing give none."""
    found = [
        _reason(each.code, each.code, each.hundredths, _sentence(each, catalogue.indicators[each.code]))
        for each in result.contributions
        if each.hundredths and each.value is not None
    ]
    stopped = sum(each.hundredths for each in result.contributions if each.value is None)
    if stopped and scorecard.idle is not None:
        found.append(_reason(IDLE, scorecard.idle.indicator, stopped, scorecard.idle.text))
    return tuple(sorted(found, key=lambda each: (-abs(each.contribution), each.code)))


def _sentence(moved: Contribution, declared: Indicator) -> Text:
    """What to say of an indicator: its good sentence only where it is as good as can be, its bad one where it costs.

    Between them it helps without being good: "invoiced every month" would be untrue of a firm that missed one.
    """
    if moved.hundredths < 0:
        return declared.bad
    if moved.points >= _PLAINLY_GOOD:
        return declared.good
    return Text(f"{declared.label.zh}处于中等水平", f"{declared.label.en}: about average")


def _reason(code: str, indicator: str, hundredths: int, text: Text) -> Reason:
    direction: Literal["+", "-"] = "+" if hundredths > 0 else "-"
    return Reason(code + direction, indicator, direction, text, hundredths / HUNDREDTHS)
