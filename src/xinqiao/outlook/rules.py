"""The declared rules of the outlook."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict

from xinqiao.catalogue.declared import STRICT, Declared, InvalidDeclaration, read_declared

SHIPPED = Path(__file__).parent / "outlook.yaml"


@dataclass(frozen=True, slots=True)
class Rules:
    """How the outlook is computed and what of it may be published.

    Attributes:
        version: Day the rules hold from.
        reference: Where they come from.
        fewest_firms: Fewest matched firms of a published sector.
        largest_share: Largest share of a published sector's turnover that one firm may make.
        settled_after_days: Days after its end from which a quarter counts.
        final_days: Last days of a quarter whose invoices, once known, make it count earlier.
        most_quarters: Quarters looked back on.
        base_value: The index of the first year's quarters.
        deviation_scale: What the median absolute deviation is multiplied by.
        largest_z: Bound of z, either way.
        fewest_sectors: Fewest sectors that can be compared.
        smallest_deviation: Scaled deviation below which sectors do not differ.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    version: str
    reference: str
    fewest_firms: int
    largest_share: float
    settled_after_days: int
    final_days: int
    most_quarters: int
    base_value: float
    deviation_scale: float
    largest_z: float
    fewest_sectors: int
    smallest_deviation: float


@cache
def load_rules(path: Path = SHIPPED) -> Declared[Rules]:
    """Read the declared rules.

    Raises:
        InvalidDeclaration: They do not have their shape, or would protect nobody.
    """
    declared = read_declared(Rules, path)
    rules = declared.value
    # Of two firms each would learn the other's figures by taking away its own.
    if rules.fewest_firms < 3 or not 0 < rules.largest_share < 1:
        raise InvalidDeclaration(
            "发布规则不能保护单户数据。",
            where=path.name,
            remedy="fewest_firms 至少为 3，largest_share 在 0 与 1 之间。",
        )
    if rules.base_value <= 0 or rules.most_quarters < 1 or rules.deviation_scale <= 0:
        raise InvalidDeclaration("基期值、季度数和离差倍数应为正数。", where=path.name, remedy="改为正数。")
    return declared
