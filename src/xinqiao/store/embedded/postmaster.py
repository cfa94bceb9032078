"""The server's first process, by the notes it keeps in its data folder."""

import os
import select
import sys
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
"""Name of the socket it listens on, in its data folder."""
_NOTES = "postmaster.pid"
_STATE_LINE = 7


def is_ready(data: Path) -> bool:
    """Whether the notes say that statements are taken; they may be those of a server that is gone."""
    return _lines(data)[_STATE_LINE : _STATE_LINE + 1] == ["ready"]


def living(data: Path) -> int | None:
    """Number of the living process that serves a data folder, if there is one."""
    number = next(iter(_lines(data)), "")
    if not number.isdecimal():
        return None
    try:
        if sys.platform != "linux":
            os.kill(int(number), 0)
            return int(number)
        # The number may be somebody else's by now; but every server stands in its data folder.
        return int(number) if Path(f"/proc/{number}/cwd").samefile(data) else None
    except OSError:
        return None


def forget_dead(data: Path) -> None:
    """Remove the notes of a server that is gone.

    Its process number may belong to somebody else by now, or the folder is a copy of one that is in use;
    either would keep PostgreSQL from starting.
    """
    if living(data) is None:
        for stale in (_NOTES, SOCKET, f"{SOCKET}.lock"):
            (data / stale).unlink(missing_ok=True)


def wait_for_end(number: int) -> bool:
    """Wait until a process is gone; False, at once, where the system offers no way to."""
    if sys.platform != "linux":
        return False
    try:
        process = os.pidfd_open(number)
    except OSError as error:
        return isinstance(error, ProcessLookupError)
    try:
        ends = select.poll()
        ends.register(process, select.POLLIN)
        ends.poll()
    finally:
        os.close(process)
    return True


def _lines(data: Path) -> list[str]:
    try:
        return [line.strip() for line in (data / _NOTES).read_text().splitlines()]
    except OSError:
        return []
