"""Which regions a delivery speaks for: whom it is news about that they do not stand in it.

Regions are prefixes of GB/T 2260 codes: two digits for a province, four for a city, six for a county. None stands
for everywhere.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from xinqiao.catalogue.codes import counties, region, region_name
from xinqiao.kernel.refusals import Refusal

Regions = tuple[str, ...] | None

_PREFIX = re.compile(r"[1-9]\d(\d\d){0,2}", re.ASCII)
_EMPTY_LEVEL = "00"
_PROVINCE, _COUNTY = 2, 6


class UnknownRegion(Refusal):
    """A delivery names a region that the list of divisions does not have."""

    code = "unknown_region"


class PartialSnapshot(Refusal):
    """A snapshot would put a list of few regions in the place of one of more."""

    code = "partial_snapshot"


def read_regions(given: Iterable[str], *, where: str) -> tuple[str, ...]:
    """The regions that codes name, as prefixes, sorted, without those inside another.

    `440300` and `4403` are both the city.

    Raises:
        UnknownRegion: A code is none, or the list of divisions does not have it.
    """
    return _without_parts(_prefix(code.strip(), where) for code in given)


def union(parts: Iterable[Regions]) -> Regions:
    """All that any of the parts speaks for; everywhere as soon as one speaks for everywhere."""
    found: set[str] = set()
    for part in parts:
        if part is None:
            return None
        found.update(part)
    return _without_parts(found)


def includes(wider: Regions, narrower: Regions) -> bool:
    """Whether one speaks for all that the other speaks for."""
    if wider is None:
        return True
    return narrower is not None and all(code.startswith(wider) for code in narrower)


def speaks_for(regions: Regions, region_code: str | None) -> bool:
    """Whether regions hold an enterprise of this division; of one whose division nobody knows only everywhere does."""
    return regions is None or (bool(region_code) and str(region_code).startswith(regions))


def require_whole(covers: Regions, known_at: datetime, known: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a snapshot that speaks for less than those before it, or for more than one after it.

    Of snapshots the newest alone counts, so that whom it does not speak for would drop out of sight.

    Args:
        covers: What the new one speaks for.
        known_at: When it became known.
        known: `known_at` and `covers` of each snapshot there is.

    Raises:
        PartialSnapshot: It does not fit between those there are.
    """
    parts = [(each["known_at"], None if each["covers"] is None else tuple(each["covers"])) for each in known]
    before = union(part for at, part in parts if at <= known_at) if parts else ()
    after = [part for at, part in parts if at > known_at]
    if includes(covers, before) and all(includes(part, covers) for part in after):
        return
    raise PartialSnapshot(
        f"全量快照以最近一批为准，各批覆盖的地区不能缩小：本批覆盖{told(covers)}，已有的覆盖{told(before)}"
        f"{f'，此后的覆盖{told(union(after))}' if after else ''}。",
        where="--covers",
        remedy="请把各地区的名单并成一批交付，覆盖范围包含已有的地区。",
    )


def told(regions: Regions) -> str:
    """Regions for people, with their codes."""
    if regions is None:
        return "全部地区"
    if not regions:
        return "无"
    return "、".join(f"{region_name(code.ljust(_COUNTY, '0')) or ''}（{code}）" for code in regions)


def _prefix(code: str, where: str) -> str:
    prefix = code
    while len(prefix) > _PROVINCE and prefix.endswith(_EMPTY_LEVEL):
        prefix = prefix[:-2]
    if not _PREFIX.fullmatch(code) or not _is_known(prefix):
        raise UnknownRegion(
            f"没有代码为“{code}”的行政区划。",
            where=where,
            remedy="写成两位、四位或六位行政区划代码（GB/T 2260），如 44、4403 或 440305。",
        )
    return prefix


def _is_known(prefix: str) -> bool:
    names = region(prefix.ljust(_COUNTY, "0"))
    if names is None:
        return False
    match len(prefix):
        case 2:
            return bool(names.province)
        case 4:
            # A municipality's cities have no names of their own, only counties.
            return bool(names.city or counties(prefix))
        case _:
            return bool(names.county)


def _without_parts(codes: Iterable[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for code in sorted(set(codes)):
        if not code.startswith(tuple(kept)):
            kept.append(code)
    return tuple(kept)
