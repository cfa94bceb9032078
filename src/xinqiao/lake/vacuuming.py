"""Files that no version anybody needs names, and those that killed commands left without any version: to be deleted."""

from collections.abc import Collection, Iterable
from contextlib import suppress
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


@dataclass(frozen=True, slots=True)
class Unneeded:
    """Files that nothing needs, found and not yet deleted.

    Attributes:
        told: What is to be told of them.
        files: The files.
        unchanged_since: None of them had changed since then.
    """

    told: Vacuumed
    files: tuple[Path, ...]
    unchanged_since: datetime

    def delete(self) -> None:
        """Delete them, except such as came again since they were found."""
        for path in self.files:
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < self.unchanged_since.timestamp():
                    path.unlink()


def sift(
    table: str,
    paths: Iterable[Path],
    *,
    wanted: Collection[str],
    named: Collection[str],
    unchanged_since: datetime,
) -> Unneeded:
    """Those of a folder's files that are not wanted and have not changed since a moment.

    Args:
        table: What the folder is called.
        paths: Its files.
        wanted: Names to keep.
        named: Names that something named once; the others are orphans.
        unchanged_since: What changed since then is kept.
    """
    gone: list[Path] = []
    kept = expired = size = 0
    for path in sorted(paths):
        try:
            found = path.stat()
        except FileNotFoundError:
            continue  # Deleted just now by another command.
        if path.name in wanted or found.st_mtime >= unchanged_since.timestamp():
            kept += 1
            continue
        gone.append(path)
        size += found.st_size
        expired += path.name in named
    told = Vacuumed(table, expired=expired, orphaned=len(gone) - expired, bytes=size, kept=kept)
    return Unneeded(told, tuple(gone), unchanged_since)


def tables(root: Path) -> list[str]:
    """Every folder under `root` that is a table, or holds Parquet files that should have become one."""
    found = {path.parent for path in root.glob(f"**/{_LOG}")}
    found |= {path.parent for path in root.glob("**/*.parquet") if _LOG not in path.parts}
    return sorted(folder.relative_to(root).as_posix() for folder in found)


def unneeded(
    root: Path, table: str, *, current: int | None, needed: Collection[int], unchanged_since: datetime
) -> Unneeded:
    """The files of one table that nothing needs; the caller holds its lock.

    Kept is what the current version names, what a needed one names, what a version names that was the newest at or
    after `unchanged_since` (a reader may still be at work on it), and every file written since then (a command that
    is still running may be about to commit it). So no later version comes to name one of them, and they may be
    deleted once the lock has been let go.

    Args:
        root: Folder of the lake.
        table: The table.
        current: The version readers see; None when there is none.
        needed: Older versions to keep readable.
        unchanged_since: Nothing that changed since then is among them.
    """
    folder = root / table
    history = log.read(folder)
    versions = {*needed, *history.newest_since(unchanged_since), *({current} if current is not None else ())}
    if current is None:
        # Of a table nobody has seen yet, only leavings that are old enough go, as if there were no log.
        versions = set(needed)
    named = {life.name for life in history.lives}
    wanted = {life.name for life in history.lives if life.named_by(versions)}
    return sift(table, folder.glob("*.parquet"), wanted=wanted, named=named, unchanged_since=unchanged_since)
