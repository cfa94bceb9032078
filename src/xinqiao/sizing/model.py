"""The declared table of size classes, and the rule for one enterprise."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import ConfigDict

from xinqiao.catalogue.codes import section
from xinqiao.catalogue.declared import STRICT, Declared, Words, read_declared, refused_at
from xinqiao.kernel.money import FEN_PER_WAN

SizeClass = Literal["large", "medium", "small", "micro"]
Figure = Literal["staff", "revenue", "assets"]

SIZE_CLASSES: Mapping[SizeClass, tuple[str, str]] = {
    "large": ("大型", "Large"),
    "medium": ("中型", "Medium"),
    "small": ("小型", "Small"),
    "micro": ("微型", "Micro"),
}
"""Every class, largest first, with its words in Chinese and English; the statistical codes 1 to 4 in this order."""

SHIPPED = Path(__file__).parent / "size_classes.yaml"
_CODE = re.compile(r"([A-T]?)([0-9]{2,4})")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least values of a figure for each class, in people or in 万元."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    large: int
    medium: int
    small: int


@dataclass(frozen=True, slots=True)
class Industry:
    """One industry of the table.

    Attributes:
        code: Its name in the program.
        name: Its name in the table.
        clause: Where the table has it.
        divisions: Divisions (two digits) or groups (three digits) of GB/T 4754-2017 that belong to it.
        bounds: Bounds of each figure that counts in it.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    code: str
    name: Words
    clause: str
    divisions: tuple[str, ...]
    bounds: Mapping[Figure, Bounds]

    def least(self, figure: Figure, name: Literal["large", "medium", "small"]) -> int:
        """Least value of a figure for a class, in people or in fen."""
        bound: int = getattr(self.bounds[figure], name)
        return bound if figure == "staff" else bound * FEN_PER_WAN


@dataclass(frozen=True, slots=True)
class Scheme:
    """The whole table.

    Attributes:
        scheme_version: Which edition of the table.
        in_force_on: Since when it holds.
        reference: The document, and how its industries were mapped.
        not_covered: Industries that it leaves out.
        stale_after_months: Age at which a yearly figure gives way to a newer one from another source.
        headcount_within_months: How old a headcount may be.
        industries: The sixteen industries.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    scheme_version: str
    in_force_on: date
    reference: str
    not_covered: str
    stale_after_months: int
    headcount_within_months: int
    industries: tuple[Industry, ...]

    def industry_of(self, industry_code: str | None) -> Industry | None:
        """The industry of the table that a code such as `F5191`, `5191` or `51` falls into.

        None when there is none, when the letter contradicts the digits, or when the code is too short to tell
        (`G59` may be transport or storage).
        """
        parts = _CODE.fullmatch((industry_code or "").strip().upper())
        if parts is None or parts[1] not in ("", section(parts[2][:2])):
            return None
        return next(
            (each for each in self.industries if any(parts[2].startswith(known) for known in each.divisions)),
            None,
        )


@cache
def load_scheme(path: Path = SHIPPED) -> Declared[Scheme]:
    """Read the declared table.

    Raises:
        InvalidDeclaration: It does not have its shape, a division stands twice, or bounds do not descend.
    """
    declared = read_declared(Scheme, path)
    seen: set[str] = set()
    for number, industry in enumerate(declared.value.industries):
        place = ("industries", number)
        for division in industry.divisions:
            if any(division.startswith(known) or known.startswith(division) for known in seen):
                raise refused_at(
                    path,
                    (*place, "divisions"),
                    f"行业代码 {division} 同时归入两个行业。",
                    "每个代码只归入一个行业。",
                )
        seen.update(industry.divisions)
        for figure, bounds in industry.bounds.items():
            if not bounds.large > bounds.medium > bounds.small > 0:
                raise refused_at(
                    path,
                    (*place, "bounds", figure),
                    f"{industry.name.zh}的 {figure} 下限没有逐级降低。",
                    "按大型、中型、小型递减填写。",
                )
    return declared


def size_class(
    scheme: Scheme,
    *,
    industry_code: str | None,
    staff: int | None,
    revenue_fen: int | None,
    assets_fen: int | None,
) -> SizeClass | None:
    """The class of an enterprise; None when its industry is not in the table or a figure that decides is unknown.

    Every bound of a class must be reached, so the least of the figures decides, and a known figure below the
    bound of `small` makes micro whatever the others are.
    """
    industry = scheme.industry_of(industry_code)
    if industry is None:
        return None
    given: Mapping[Figure, int | None] = {"staff": staff, "revenue": revenue_fen, "assets": assets_fen}
    known = {figure: value for figure in industry.bounds if (value := given[figure]) is not None}
    if any(value < industry.least(figure, "small") for figure, value in known.items()):
        return "micro"
    if len(known) < len(industry.bounds):
        return None
    if all(value >= industry.least(figure, "large") for figure, value in known.items()):
        return "large"
    if all(value >= industry.least(figure, "medium") for figure, value in known.items()):
        return "medium"
    return "small"
