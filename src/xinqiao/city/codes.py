"""Codes of enterprises that do not exist.

Organisation codes begin with MX in the city and MY outside it, and codes of the city carry county codes under
the unassigned city code 449900, so that neither a unified code nor a subject key is a real enterprise's.
"""

from functools import lru_cache

from xinqiao.city.lenders import LENDERS
from xinqiao.kernel import organisation_code, unified_code
from xinqiao.kernel.unified_code import ALPHABET

COUNTIES = {
    "449901": "桥东区",
    "449902": "桥西区",
    "449903": "临港区",
    "449904": "高新区",
    "449905": "滨江区",
    "449906": "云岭县",
}
_OUTSIDE_REGION = "449800"
OUTSIDERS = 4_000

_BODIES = len(ALPHABET) ** 6
# A step without a common factor with `_BODIES` visits every body once, so that no two enterprises share one.
_STEP = 372_036_853
_MASK = (1 << 64) - 1


def mix(seed: int, index: int, purpose: int = 0) -> int:
    """Sixty-four well mixed bits of a seed and an index (the finaliser of SplitMix64)."""
    z = (seed * 0x9E3779B97F4A7C15 + index * 0xBF58476D1CE4E5B9 + purpose * 0x94D049BB133111EB) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def city_key(seed: int) -> int:
    """What all chance of a city comes from, 32 bits; `queries/chance.sql` goes on from it."""
    return mix(seed, 0, 3) >> 32


def group_key(seed: int) -> int:
    """What groups of companies come from, 32 bits."""
    return mix(seed, 0, 4) >> 32


def first_body(seed: int) -> int:
    """Number of the body of the first enterprise's organisation code; `queries/codes.sql` goes on from it."""
    return mix(seed, 0, 1) % _BODIES


def enterprise_code(seed: int, index: int, county: str, *, is_individual: bool) -> str:
    """The unified code of an enterprise; `queries/codes.sql` makes the same on the engine."""
    return unified_code.build(
        category="2" if is_individual else "1", region=county, organisation8="MX" + _body(seed, index)
    ).text


@lru_cache(maxsize=4)
def outsiders(seed: int) -> tuple[str, ...]:
    """Unified codes of the enterprises elsewhere with which the city trades."""
    return tuple(
        unified_code.build(region=_OUTSIDE_REGION, organisation8="MY" + _body(seed, index)).text
        for index in range(OUTSIDERS)
    )


def lender(seed: int, kind: str, place: int) -> str:
    """The unified code of an institution that lends to the city."""
    number = OUTSIDERS + 100 * sorted(LENDERS).index(kind) + place
    return unified_code.build(region=_OUTSIDE_REGION, organisation8="MY" + _body(seed, number)).text


def wrong_check(code: str, shift: int) -> str:
    """A unified code with a check character that is not its own."""
    return code[:17] + ALPHABET[(ALPHABET.index(code[17]) + 1 + shift % 30) % len(ALPHABET)]


def letter_for_zero(code: str) -> str:
    """A unified code with its last zero typed as the letter O."""
    at = code.rindex("0")
    return f"{code[:at]}O{code[at + 1 :]}"


def names_nobody(text: str) -> bool:
    """Whether a code leads to no organisation: as a unified, organisation or former taxpayer number."""
    former = text[6:15] if len(text) in {15, 18} and text[:6].isdigit() else ""
    return not (
        unified_code.is_valid(text) or organisation_code.is_valid(text) or organisation_code.is_valid(former)
    )


def _body(seed: int, index: int) -> str:
    number = (mix(seed, 0, 1) + index * _STEP) % _BODIES
    characters = []
    for _ in range(6):
        number, digit = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[digit])
    return "".join(characters)
