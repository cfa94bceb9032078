"""Why a score is what it is: one coded sentence per indicator that moved it, strongest first."""

from dataclasses import dataclass
from typing import Literal

from xinqiao.indicators import Catalogue, Text
from xinqiao.rating.model import Result


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason.

    Attributes:
        code: Indicator and direction, as `I05-` or `R02+`; stable, may be quoted.
        indicator: The indicator.
        direction: `+` for the subject, `-` against it.
        text: The sentence, from the indicator's declaration.
        contribution: How far it moved the score from neutral, in points of the score.
    """

    code: str
    indicator: str
    direction: Literal["+", "-"]
    text: Text
    contribution: float


def reasons(result: Result, catalogue: Catalogue) -> tuple[Reason, ...]:
    """Reasons of a result, strongest first, equals by code; indicators that moved nothing give none."""
    moved = sorted(
        (each for each in result.contributions if each.hundredths),
        key=lambda each: (-abs(each.hundredths), each.code),
    )
    found = []
    for each in moved:
        direction: Literal["+", "-"] = "+" if each.hundredths > 0 else "-"
        declared = catalogue.indicators[each.code]
        found.append(
            Reason(
                code=each.code + direction,
                indicator=each.code,
                direction=direction,
                text=declared.good if direction == "+" else declared.bad,
                contribution=each.contribution,
            )
        )
    return tuple(found)
