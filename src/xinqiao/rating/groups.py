"""A score by groups of indicators: the ten spokes of the radar."""

from collections.abc import Mapping
from dataclasses import dataclass

from xinqiao.indicators import Catalogue, Text
from xinqiao.rating.model import HUNDREDTHS, Result, Scorecard, points_of


@dataclass(frozen=True, slots=True)
class GroupScore:
    """One group of indicators.

    Attributes:
        code: Its code.
        label: Its name.
        weight: Its weight in the scorecard, in hundredths.
        present: The part of it that is known, in hundredths.
        numerator: Weight (hundredths) times points over what is known.
        hundredths: How far the group moved the score from neutral, in hundredths of a point.
        known: Number of its indicators that are known.
        indicators: Number of its indicators.
    """

    code: str
    label: Text
    weight: int
    present: int
    numerator: int
    hundredths: int
    known: int
    indicators: int

    @property
    def points(self) -> float | None:
        """Mean of its known indicators, 0 to 100 with two decimals; None when none is known."""
        if not self.present:
            return None
        return (2 * HUNDREDTHS * self.numerator + self.present) // (2 * self.present) / HUNDREDTHS

    @property
    def coverage(self) -> float:
        """Share of its weight that is known, 0 to 1."""
        return self.present / self.weight


def by_group(
    values: Mapping[str, float | None], result: Result, scorecard: Scorecard, catalogue: Catalogue
) -> tuple[GroupScore, ...]:
    """The groups that carry weight, in order; their moves and the neutral score make the score.

    What is known of a group is told also where too little is known for a score; it then moved nothing.
    """
    moved = {each.code: each.hundredths for each in result.contributions}
    found = []
    for code in in_order(catalogue):
        members = [each for each in scorecard.indicators if catalogue.indicators[each.code].group == code]
        known = [
            (each, points) for each in members if (points := points_of(scorecard, each, values)) is not None
        ]
        if members:
            found.append(
                GroupScore(
                    code=code,
                    label=catalogue.groups[code],
                    weight=sum(each.weight for each in members),
                    present=sum(each.weight for each, _ in known),
                    numerator=sum(each.weight * points for each, points in known),
                    hundredths=sum(moved.get(each.code, 0) for each in members),
                    known=len(known),
                    indicators=len(members),
                )
            )
    return tuple(found)


def in_order(catalogue: Catalogue) -> tuple[str, ...]:
    """Codes of the groups as people count: G2 before G10, lettered ones after.

    The order of the declaration is lost where it was kept as JSON in the database, whose names have an order of
    their own.
    """
    return tuple(sorted(catalogue.groups, key=lambda code: (code[0] != "G", code[0], len(code), code)))
