"""What killed commands left in the home folder, swept away as soon as nobody can be using it.

Every command that makes work files holds a shared lock while it does; the operating system takes the lock back
however the command ends. Whoever gets the lock for itself alone knows that all work files belong to the dead.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOCK = "work.lock"


@contextmanager
def at_work(home: Path, *, work: Path, raw: Path) -> Iterator[None]:
    """Keep one's own work files safe for the length of a block, having swept away those of the dead.

    Args:
        home: Where the lock is.
        work: Folder of work files; all of it goes.
        raw: Folder of delivered bytes; unfinished copies in it go.
    """
    home.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(home / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _sweep(work, raw)
        # From here on nobody sweeps; nothing has been made that somebody could have swept in between.
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def _sweep(work: Path, raw: Path) -> None:
    for folder in work.iterdir() if work.is_dir() else ():
        shutil.rmtree(folder, ignore_errors=True)
    for draft in raw.glob(".*.part"):
        draft.unlink(missing_ok=True)
