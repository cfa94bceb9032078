"""Administrative divisions by their GB/T 2260 codes: two digits each of province, city and county."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["province", "city", "county"]

LENGTH = 6
_DIGITS = frozenset("0123456789")


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """A division of the country, known by its code alone; names live in reference data.

    Attributes:
        code: Six digits; `440000` is a province, `440300` a city, `440305` a county or district.
    """

    code: str

    def __post_init__(self) -> None:
        """Refuse what is not six digits of a province or something in it."""
        if len(self.code) != LENGTH or not _DIGITS.issuperset(self.code) or self.code.startswith("00"):
            raise ValueError(f"a region code is six digits starting with a province, not {self.code!r}")
        if self.code[2:4] == "00" and self.code[4:] != "00":
            raise ValueError(f"a region code cannot name a county without a city: {self.code!r}")

    @property
    def level(self) -> Level:
        """Which of the three levels the division stands on."""
        if self.code.endswith("0000"):
            return "province"
        return "city" if self.code.endswith("00") else "county"

    @property
    def province(self) -> "Region":
        """The province it belongs to; a province belongs to itself."""
        return Region(self.code[:2] + "0000")

    @property
    def city(self) -> "Region | None":
        """The city it belongs to, or None for a province."""
        return None if self.level == "province" else Region(self.code[:4] + "00")

    @property
    def county(self) -> "Region | None":
        """The county or district, or None for anything larger."""
        return self if self.level == "county" else None

    @property
    def parent(self) -> "Region | None":
        """The division one level up, or None for a province."""
        return {"province": None, "city": self.province, "county": self.city}[self.level]

    def covers(self, other: "Region") -> bool:
        """Whether another division is this one or lies in it."""
        return self in (other, other.city, other.province)

    def __str__(self) -> str:
        """The six digits."""
        return self.code
