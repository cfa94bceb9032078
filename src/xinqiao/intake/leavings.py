"""Delivered bytes of which no delivery came: refused files, and those of commands that were killed."""

from datetime import datetime
from pathlib import Path

from xinqiao import audit
from xinqiao.lake import Vacuumed
from xinqiao.store import Transaction


def sweep(tx: Transaction, raw: Path, *, unchanged_since: datetime, dry_run: bool) -> Vacuumed:
    """Delete the bytes that no delivery and no replay was made of; what was, or would be, deleted.

    Args:
        tx: The transaction.
        raw: Folder of delivered bytes by hash.
        unchanged_since: Nothing that was delivered since then is touched: its command may still be running.
        dry_run: Only tell.
    """
    known = audit.lineage.delivered(tx)
    orphaned = size = kept = 0
    for path in sorted(raw.glob("*/*")):
        found = path.stat()
        if path.name in known or found.st_mtime >= unchanged_since.timestamp():
            kept += 1
            continue
        orphaned, size = orphaned + 1, size + found.st_size
        if not dry_run:
            path.unlink(missing_ok=True)
    return Vacuumed(raw.name, expired=0, orphaned=orphaned, bytes=size, kept=kept)
