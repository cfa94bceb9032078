"""The declared rules of relations between parties."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict

from xinqiao.catalogue.declared import STRICT, Declared, read_declared, refused_at

SHIPPED = Path(__file__).parent / "parties.yaml"
MILLION = 1_000_000
"""Shares are counted in millionths, so that sums and products do not depend on the order of adding."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts as a relation, and as control.

    Attributes:
        version: Day the rules hold from.
        reference: Where they come from.
        control_share: Votes above this share are control.
        significant_share: A holding from this share on makes two enterprises related.
        deepest_chain: Links of a chain of holdings that are followed.
        least_stake: Products along a chain below this are left out.
        most_linked: A party with more holdings than this relates nobody through it.
        guarantee_survives_months: Months after the due day for which an unreleased guarantee counts.
        hub_guarantees: Contracts in force from which a guarantor is a hub.
        longest_chain: Links of a chain of guarantees that are counted.
        most_nodes: Parties in the drawing around one enterprise.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    version: str
    reference: str
    control_share: float
    significant_share: float
    deepest_chain: int
    least_stake: float
    most_linked: int
    guarantee_survives_months: int
    hub_guarantees: int
    longest_chain: int
    most_nodes: int


@cache
def load_rules(path: Path = SHIPPED) -> Declared[Rules]:
    """Read the declared rules.

    Raises:
        InvalidDeclaration: They do not have their shape, or make no sense.
    """
    declared = read_declared(Rules, path)
    rules = declared.value
    # Below one half two parties could control one enterprise.
    if not 0.5 <= rules.control_share < 1:
        raise refused_at(path, ("control_share",), "控制比例应不低于一半且小于 1。", "改正 control_share。")
    for name in ("deepest_chain", "most_linked", "longest_chain", "most_nodes"):
        if getattr(rules, name) < 1:
            raise refused_at(path, (name,), "层数和数量上限应为正整数。", "改为正整数。")
    if not 0 < rules.least_stake <= rules.significant_share <= 1:
        raise refused_at(
            path, ("least_stake",), "least_stake 应大于 0 且不超过 significant_share。", "改正比例。"
        )
    return declared
