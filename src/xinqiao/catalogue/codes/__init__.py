"""National code lists as reference data: GB/T 4754-2017 industries and GB/T 2260 administrative divisions.

A code that the lists do not know is answered with None or with the nearest level that they do know, never
guessed. The files' sources are in `README.md` beside them.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
_INDUSTRY = re.compile(r"([A-T])?(\d{2,4})?", re.ASCII)
_REGION = re.compile(r"\d{6}", re.ASCII)

_PROVINCE, _CITY = 2, 4


@dataclass(frozen=True, slots=True)
class RegionNames:
    """Names of the levels of a division; empty where a level is absent or unknown."""

    province: str
    city: str
    county: str

    @property
    def full(self) -> str:
        """The names joined, largest first: 广东省深圳市南山区."""
        return self.province + self.city + self.county


def industry_name(code: str | None) -> str | None:
    """Name of an industry: class, else group, else division, else section; None for no industry at all.

    Accepts `F5191`, `5191`, `F51`, `51` and `F`. A code whose letter contradicts its digits is no industry.
    """
    found = _industry(code)
    return industries()[found] if found else None


def division(code: str | None) -> str | None:
    """The division of an industry code as section letter and two digits (`F51`), or None when it has none."""
    found = _industry(code)
    return found[:3] if found and len(found) > 1 else None


def section(code: str | None) -> str | None:
    """The section letter of an industry code (`F`), or None."""
    found = _industry(code)
    return found[0] if found else None


def divisions() -> dict[str, str]:
    """All 97 divisions with their names, in order."""
    return {code: name for code, name in industries().items() if len(code) == len("F51")}


def region(code: str | None) -> RegionNames | None:
    """Names of a 6-digit division; an unknown county leaves city and province, an unknown province None."""
    text = (code or "").strip()
    if not _REGION.fullmatch(text):
        return None
    names = _regions()
    province = names.get(text[:_PROVINCE] + "0000")
    if province is None:
        return None
    city_code, is_city = text[:_CITY] + "00", text[_CITY:] == "00"
    county = "" if is_city else names.get(text, "")
    city = "" if text.endswith("0000") else names.get(city_code, "")
    return RegionNames(province, city, county)


def region_name(code: str | None) -> str | None:
    """Full name of a 6-digit division (`440305` → 广东省深圳市南山区); None if its province is unknown."""
    found = region(code)
    return found.full if found else None


def counties(city_code: str) -> dict[str, str]:
    """Counties of a city (`440300`, or its first four digits) in order of their codes, with their names."""
    stem = city_code[:_CITY]
    return {
        code: name
        for code, name in sorted(_regions().items())
        if code.startswith(stem) and not code.endswith("00")
    }


def _industry(code: str | None) -> str | None:
    """The longest prefix of a code that the list knows, with its section letter."""
    parts = _INDUSTRY.fullmatch((code or "").strip().upper())
    if parts is None:
        return None
    letter, digits = parts[1] or "", parts[2] or ""
    if digits:
        own = _sections().get(digits[:2])
        if own is None or letter not in ("", own):
            return None
        letter = own
    known = industries()
    return next(
        (found for end in range(len(digits), -1, -1) if (found := letter + digits[:end]) in known), None
    )


@cache
def industries() -> dict[str, str]:
    """Every section, division, group and class of GB/T 4754-2017 with its name, in order of the list."""
    return _read("industries.csv")


@cache
def _sections() -> dict[str, str]:
    """Section letter of each two-digit division."""
    return {code[1:]: code[0] for code in industries() if len(code) == len("F51")}


@cache
def _regions() -> dict[str, str]:
    return _read("divisions.csv") | _read("demo-divisions.csv")


def _read(name: str) -> dict[str, str]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}
