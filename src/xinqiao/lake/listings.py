"""What committed versions hold, remembered: they never change, and reports ask for the same ones again and again."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from xinqiao.lake import delta
from xinqiao.lake.delta import DataFile

_REMEMBERED = 512


@dataclass(frozen=True, slots=True)
class Listing:
    """What is remembered of a committed version.

    Attributes:
        files: Its files, ordered by name.
        columns: Name and SQL type of each column.
    """

    files: tuple[DataFile, ...]
    columns: Mapping[str, str]


@lru_cache(maxsize=_REMEMBERED)
def folder(root: Path, table: str) -> Path:
    """A table's folder, one object for each: paths are slow to make and to hash."""
    return root / table


_listings: OrderedDict[tuple[Path, int], Listing] = OrderedDict()


def listing(folder: Path, version: int) -> Listing:
    """The listing of a committed version, from that of the version before it where that is remembered."""
    known = _listings.get((folder, version))
    if known is None:
        before = _listings.get((folder, version - 1))
        if before is not None:
            files = delta.files_following(folder, version, before.files, before.columns)
            known = None if files is None else Listing(files, before.columns)
        if known is None:
            known = Listing(delta.files(folder, version), delta.columns(folder, version))
        _listings[folder, version] = known
        while len(_listings) > _REMEMBERED:
            _listings.popitem(last=False)
    return known


@lru_cache(maxsize=_REMEMBERED)
def least(folder: Path, version: int, column: str) -> Any:
    """The smallest value of a column in a committed version, from its files' statistics; None without any."""
    files = listing(folder, version).files
    return min((file.minimum[column] for file in files if column in file.minimum), default=None)
