"""What a score lacks: unknown indicators by the department whose records would tell them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xinqiao.indicators import Catalogue
from xinqiao.rating.model import HUNDREDTHS, TOTAL_WEIGHT, Scorecard, points_of


@dataclass(frozen=True, slots=True)
class Missing:
    """What one department's records would add.

    Attributes:
        owner: The department.
        indicators: Codes of the unknown indicators that stand on its records.
        datasets: The data sets they stand on.
        hundredths: Their weight in hundredths.
    """

    owner: str
    indicators: tuple[str, ...]
    datasets: tuple[str, ...]
    hundredths: int

    @property
    def weight(self) -> float:
        """Their weight, of the 100 of the whole model."""
        return self.hundredths / HUNDREDTHS


def missing(
    scorecard: Scorecard, catalogue: Catalogue, values: Mapping[str, float | None]
) -> tuple[Missing, ...]:
    """The departments whose records would tell more, heaviest first, equals by name."""
    unknown: dict[str, list[str]] = {}
    weights = {each.code: each.weight for each in scorecard.indicators}
    for each in scorecard.indicators:
        if points_of(scorecard, each, values) is None:
            unknown.setdefault(catalogue.indicators[each.code].owner, []).append(each.code)
    found = [
        Missing(
            owner=owner,
            indicators=tuple(codes),
            datasets=tuple(sorted({name for code in codes for name in catalogue.datasets_of(code)})),
            hundredths=sum(weights[code] for code in codes),
        )
        for owner, codes in unknown.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.hundredths, each.owner)))


def enough(lacking: Sequence[Missing], *, present: int, share: float) -> int:
    """How many of the departments, heaviest first, would lift the known weight to a share of the whole.

    Args:
        lacking: What is missing, heaviest first.
        present: The weight known, in hundredths.
        share: The share to reach, 0 to 1.
    """
    needed = math.ceil(round(share * TOTAL_WEIGHT, 6)) - present
    for number, each in enumerate(lacking):
        if needed <= 0:
            return number
        needed -= each.hundredths
    return len(lacking)
