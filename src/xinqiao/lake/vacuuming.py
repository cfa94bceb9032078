"""Deleting files that no version anybody needs names, and those that killed commands left without any version."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from xinqiao.lake import log

_LOG = "_delta_log"


@dataclass(frozen=True, slots=True)
class Vacuumed:
    """What was, or would be, deleted of one table.

    Attributes:
        table: Its name.
        expired: Files that only versions nobody needs name.
        orphaned: Files that no version names at all.
        bytes: The size of both together.
        kept: Files left, of which some are needed by old grades only.
    """

    table: str
    expired: int
    orphaned: int
    bytes: int
    kept: int


def tables(root: Path) -> list[str]:
    """Every folder under `root` that is a table, or holds Parquet files that should have become one."""
    found = {path.parent for path in root.glob(f"**/{_LOG}")}
    found |= {path.parent for path in root.glob("**/*.parquet") if _LOG not in path.parts}
    return sorted(folder.relative_to(root).as_posix() for folder in found)


def vacuum(
    root: Path,
    table: str,
    *,
    current: int | None,
    needed: Collection[int],
    unchanged_since: datetime,
    dry_run: bool,
) -> Vacuumed:
    """Delete the files of one table that nothing needs; the caller holds its lock.

    Kept is what the current version names, what a needed one names, what a version names that was the newest at or
    after `unchanged_since` (a reader may still be at work on it), and every file written since then (a command that
    is still running may be about to commit it).

    Args:
        root: Folder of the lake.
        table: The table.
        current: The version readers see; None when there is none.
        needed: Older versions to keep readable.
        unchanged_since: Nothing that changed since then is touched.
        dry_run: Only tell.
    """
    folder = root / table
    history = log.read(folder)
    versions = {*needed, *history.newest_since(unchanged_since), *({current} if current is not None else ())}
    if current is None:
        # Of a table nobody has seen yet, only leavings that are old enough go, as if there were no log.
        versions = set(needed)
    named = {life.name for life in history.lives}
    wanted = {life.name for life in history.lives if life.named_by(versions)}
    expired = orphaned = size = kept = 0
    for path in sorted(folder.glob("*.parquet")):
        found = path.stat()
        if path.name in wanted or found.st_mtime >= unchanged_since.timestamp():
            kept += 1
            continue
        size += found.st_size
        expired += path.name in named
        orphaned += path.name not in named
        if not dry_run:
            path.unlink(missing_ok=True)
    return Vacuumed(table, expired, orphaned, size, kept)
