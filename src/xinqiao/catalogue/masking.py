"""How a value is shown to someone who need not see it whole: previews of deliveries, quarantine and samples.

A field may declare `mask`; such a value is always masked. Any other value is masked by its JR/T 0197-2020
level: up to the reader's clearance it is shown, above it amounts become bands and everything else is hidden.
Names of persons follow the practice of JR/T 0171-2020 (surname and stars), identity numbers keep the head and
the tail.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xinqiao.catalogue.model import Field, Mask
from xinqiao.engine.dialect import text
from xinqiao.kernel.money import FEN_PER_YUAN

CLEARANCE = 3
"""The level that previews show in the clear: enterprise data short of invoice lines and loans."""

HIDDEN = "***"

BAND_EDGES_YUAN = (0, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)
"""Where the bands of masked amounts begin, in yuan; the last has no end."""

# The commonest compound surnames of 《百家姓》; a rarer one is cut to one character, which hides more.
_COMPOUND_SURNAMES = frozenset(
    {"欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯"}
    | {"长孙", "宇文", "司空", "端木", "南宫", "西门", "独孤", "申屠"}
)
_ORGANISATION_ENDING = re.compile(
    r"(公司|企业|集团|工厂|商店|商行|中心|合作社|合伙|基金|委员会|办公室|政府|大学|研究院|研究所|协会|联合会"
    r"|[（(](有限|普通)合伙[)）])$"
)
_LONGEST_PERSON_NAME = 4
# What Python strips off the ends of a text, for an engine whose `trim` knows the blank alone.
_BLANK = r"[\s\x0b\x1c-\x1f\x{85}\pZ]"
_BLANK_ENDS = f"^{_BLANK}+|{_BLANK}+$"
_KEPT_HEAD, _KEPT_TAIL = 4, 4
_SHORTEST_WITH_TAIL = 10


@dataclass(frozen=True, slots=True)
class AmountBand:
    """What is shown of a masked amount: the band it lies in.

    A positive amount may be `min` itself and is below `max`; bands of negative amounts are those of positive ones
    mirrored, so that −1,000 yuan lies in the band from −10,000 to −1,000.

    Attributes:
        min: Its lower end in fen; None for the lowest band of negative amounts.
        max: Its upper end in fen; None for the highest band.
    """

    min: int | None
    max: int | None


def mask(field: Field, value: object, *, clearance: int = CLEARANCE) -> str | AmountBand | None:
    """The value as a reader of that clearance may see it; None stays None, and an amount may become a band."""
    if value is None:
        return None
    if field.mask is not None:
        return _MASKS[field.mask](str(value))
    if field.classification <= clearance:
        return str(value)
    if field.kind == "amount" and isinstance(value, int):
        return amount_band(value)
    return HIDDEN


def mask_person_name(name: str) -> str:
    """A person's name as surname and stars; the name of an organisation is public and stays whole.

    A name of Chinese characters keeps its surname (one character, or two for the compound surnames); in any
    other script only the first letter stays.
    """
    name = name.strip()
    if not name:
        return ""
    if _ORGANISATION_ENDING.search(name):
        return name
    compound = next((surname for surname in _COMPOUND_SURNAMES if name.startswith(surname)), "")
    surname = compound if compound not in ("", name) else name[:1]
    # More stars than characters would say nothing; fewer would tell that a long transliteration is short.
    return surname + "*" * min(max(len(name) - len(surname), 1), _LONGEST_PERSON_NAME)


def mask_person_name_sql(name: str) -> str:
    """SQL of the same rule for an expression of names, for what is kept of everybody."""
    plain = f"regexp_replace({name}, {text(_BLANK_ENDS)}, '', 'g')"
    surnames = ", ".join(map(text, sorted(_COMPOUND_SURNAMES)))
    kept = f"CASE WHEN left({plain}, 2) IN ({surnames}) AND length({plain}) > 2 THEN 2 ELSE 1 END"
    stars = f"least(greatest(length({plain}) - {kept}, 1), {_LONGEST_PERSON_NAME})"
    return (
        f"CASE WHEN {plain} = '' OR regexp_matches({plain}, {text(_ORGANISATION_ENDING.pattern)}) THEN {plain}"
        f" ELSE left({plain}, {kept}) || repeat('*', CAST({stars} AS BIGINT)) END"
    )


def mask_identifier(code: str) -> str:
    """A code with its middle hidden: four characters at either end stay, or only the first of a short one."""
    code = code.strip()
    if len(code) < _SHORTEST_WITH_TAIL:
        return code[:1] + "*" * max(len(code) - 1, 0)
    return code[:_KEPT_HEAD] + "*" * (len(code) - _KEPT_HEAD - _KEPT_TAIL) + code[-_KEPT_TAIL:]


def amount_band(fen: int) -> AmountBand:
    """The band that an amount in fen lies in; zero is in the lowest of the positive ones."""
    edges = [edge * FEN_PER_YUAN for edge in BAND_EDGES_YUAN]
    place = bisect_right(edges, abs(fen))
    low, high = edges[place - 1], edges[place] if place < len(edges) else None
    if fen >= 0:
        return AmountBand(low, high)
    return AmountBand(None if high is None else -high, -low)


_MASKS: Mapping[Mask, Callable[[str], str]] = {
    "person_name": mask_person_name,
    "identifier": mask_identifier,
    "free_text": lambda _: HIDDEN,
}
