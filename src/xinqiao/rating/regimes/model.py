"""A weight regime and what it makes of a scorecard: pure rules on whole numbers.

A multiplier is kept in thousandths. A weight's share is weight · multipliers ÷ Σ of the same; shares become
hundredths that add up to 10,000 by largest remainder, equals in order of code. So the effective weights depend on
nothing but the scorecard and the regimes, and the score of one subject and of everybody stay the same bit for bit.
"""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from xinqiao.indicators import Text
from xinqiao.rating.model import TOTAL_WEIGHT, Scorecard

THOUSANDTHS = 1000


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a regime is for; an empty part does not narrow it.

    Attributes:
        sectors: Sections (`H`) or divisions (`H62`) of GB/T 4754-2017, sorted.
        regions: Beginnings of division codes of GB/T 2260 (`37`, `3710`, `371002`), sorted.
        sizes: Size classes, sorted.
    """

    sectors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()

    def holds(self, sector: str | None, region_code: str | None, size_class: str | None) -> bool:
        """Whether an enterprise of which this is known is within; what is unknown is outside of what asks for it."""
        return (
            (not self.sectors or (sector or "").startswith(self.sectors))
            and (not self.regions or (region_code or "").startswith(self.regions))
            and (not self.sizes or size_class in self.sizes)
        )

    @property
    def widest(self) -> "Scope":
        """The same enterprises said without what lies within something else: `F52` within `F`, `3710` within `37`."""
        return Scope(_widest(self.sectors), _widest(self.regions), self.sizes)


def _widest(prefixes: Collection[str]) -> tuple[str, ...]:
    return tuple(
        sorted(
            each
            for each in prefixes
            if not any(each != other and each.startswith(other) for other in prefixes)
        )
    )


@dataclass(frozen=True, slots=True)
class Regime:
    """One version of a weight regime.

    Attributes:
        name: Its name.
        version: Number of the version, from 1.
        label: What people call it.
        model: The model whose weights it changes.
        from_on: The first day it applies.
        until_on: The first day it applies no more.
        reason: Why.
        source: The document it rests on.
        scope: For whom.
        groups: Multipliers by group of indicators, in thousandths.
        indicators: Multipliers by indicator, in thousandths; they take the place of their group's.
        where: File and line of its first day.
        content: The declaration as JSON.
        fingerprint: Hash of `content`.
    """

    name: str
    version: int
    label: Text
    model: str
    from_on: date
    until_on: date
    reason: Text
    source: str
    scope: Scope
    groups: Mapping[str, int]
    indicators: Mapping[str, int]
    where: str
    content: Mapping[str, Any] = dataclasses.field(repr=False)
    fingerprint: str

    @property
    def id(self) -> str:
        """Name and version as `epidemic_tax_cut@1`."""
        return f"{self.name}@{self.version}"

    def multiplier(self, code: str, group: str) -> int:
        """By what an indicator's weight is multiplied, in thousandths."""
        return self.indicators.get(code, self.groups.get(group, THOUSANDTHS))

    def overlaps(self, other: "Regime") -> bool:
        """Whether both would apply to the same model and scope on some day."""
        return (
            (self.model, self.scope.widest) == (other.model, other.scope.widest)
            and self.from_on < other.until_on
            and other.from_on < self.until_on
        )


def effective(scorecard: Scorecard, regimes: Sequence[Regime], groups: Mapping[str, str]) -> Scorecard:
    """The scorecard with its weights as these regimes together make them; the scorecard itself without any.

    Args:
        scorecard: The scorecard.
        regimes: Regimes that apply to one enterprise; their multipliers are multiplied.
        groups: Group of each indicator.
    """
    if not regimes:
        return scorecard
    raised = []
    for each in scorecard.indicators:
        weight = each.weight
        for regime in regimes:
            weight *= regime.multiplier(each.code, groups[each.code])
        raised.append(weight)
    weights = _brought_to(TOTAL_WEIGHT, raised)
    changed = tuple(
        dataclasses.replace(each, weight=weight)
        for each, weight in zip(scorecard.indicators, weights, strict=True)
    )
    return dataclasses.replace(scorecard, indicators=changed)


def _brought_to(total: int, shares: Sequence[int]) -> list[int]:
    """Whole numbers in proportion to `shares` that add up to `total`, by largest remainder."""
    whole = sum(shares)
    parts = [share * total // whole for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda place: (-(shares[place] * total % whole), place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts
