"""Delivered bytes of which no delivery came: refused files, and those of commands that were killed."""

from datetime import datetime
from pathlib import Path

from xinqiao import audit
from xinqiao.lake import Unneeded
from xinqiao.lake.vacuuming import sift
from xinqiao.store import Transaction


def unclaimed(tx: Transaction, raw: Path, *, unchanged_since: datetime) -> Unneeded:
    """The bytes that no delivery and no replay was made of.

    Args:
        tx: The transaction.
        raw: Folder of delivered bytes by hash.
        unchanged_since: Nothing that was delivered since then is among them: its command may still be running.
    """
    known = audit.lineage.delivered(tx)
    return sift(raw.name, raw.glob("*/*"), wanted=known, named=(), unchanged_since=unchanged_since)
