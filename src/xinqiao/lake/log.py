"""A table's Delta log read plainly: which versions name which file, and when each version was committed.

The log of every table is kept whole (no entry ever expires), so its JSON entries alone tell the life of each file:
from the version that added it up to, not including, the one that removed it.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

_LOG = "_delta_log"


@dataclass(frozen=True, slots=True)
class Life:
    """One stretch of versions that name a file.

    Attributes:
        name: Name of the file inside the table's folder.
        added: The version that added it.
        removed: The version that removed it; None while it is in the newest.
    """

    name: str
    added: int
    removed: int | None

    def named_by(self, versions: Collection[int]) -> bool:
        """Whether one of these versions names the file."""
        return any(
            self.added <= version and (self.removed is None or version < self.removed) for version in versions
        )


@dataclass(frozen=True, slots=True)
class Log:
    """What a table's log tells.

    Attributes:
        lives: Stretches of all files ever added.
        committed_at: When each version was committed.
    """

    lives: tuple[Life, ...]
    committed_at: dict[int, datetime]

    def newest_since(self, moment: datetime) -> set[int]:
        """The versions that were the newest at or after a moment: a reader may still be at work on them."""
        ordered = sorted(self.committed_at)
        return {
            version
            for version, following in zip(ordered, [*ordered[1:], None], strict=True)
            if following is None or self.committed_at[following] >= moment
        }


def read(folder: Path) -> Log:
    """The log of the table in `folder`; an empty one when there is no table."""
    open_lives: dict[str, int] = {}
    lives: list[Life] = []
    committed_at: dict[int, datetime] = {}
    for path in sorted((folder / _LOG).glob("[0-9]*.json")):
        version = int(path.stem)
        added, removed, stamp = _actions(path.read_text(encoding="utf-8").splitlines())
        moment = stamp / 1000 if stamp is not None else path.stat().st_mtime
        committed_at[version] = datetime.fromtimestamp(moment, UTC)
        for name in removed:
            if name in open_lives:
                lives.append(Life(name, open_lives.pop(name), version))
        for name in added:
            open_lives.setdefault(name, version)
    lives += [Life(name, version, None) for name, version in open_lives.items()]
    return Log(tuple(lives), committed_at)


def _actions(lines: Iterable[str]) -> tuple[list[str], list[str], int | None]:
    """Files added, files removed and the moment (milliseconds) of one entry."""
    added: list[str] = []
    removed: list[str] = []
    stamp: int | None = None
    for line in lines:
        action = json.loads(line) if line.strip() else {}
        if "add" in action:
            added.append(unquote(action["add"]["path"]))
        elif "remove" in action:
            removed.append(unquote(action["remove"]["path"]))
        elif "commitInfo" in action:
            stamp = action["commitInfo"].get("timestamp")
    return added, removed, stamp
