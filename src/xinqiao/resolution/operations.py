"""What can be done in resolution; each is one transaction step and one audit event."""

from collections.abc import Mapping
from datetime import datetime

from xinqiao import audit
from xinqiao.catalogue.model import Contract
from xinqiao.engine import Session
from xinqiao.kernel.actor import Actor
from xinqiao.lake import Lake
from xinqiao.resolution import compute, records
from xinqiao.resolution.events import DirectoryRefreshed
from xinqiao.store import Transaction


def refresh_directory(
    tx: Transaction,
    *,
    session: Session,
    lake: Lake,
    contracts: Mapping[str, Contract],
    delivery_id: int,
    dataset: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Renew the entries of all enterprises that a delivery named; returns how many.

    Other datasets than registrations and crosswalks name none.
    """
    if dataset not in compute.SOURCES:
        return 0
    # A registration and a crosswalk may come at once: the later must see what the earlier one brought.
    tx.lock("directory")
    found = compute.entries(
        session, lake, versions=lake.versions(tx), contracts=contracts, delivery_id=delivery_id
    )
    if not found:
        return 0
    count = records.put(tx, found, delivery_id=delivery_id)
    event = DirectoryRefreshed(delivery_id=delivery_id, dataset=dataset, enterprises=count)
    audit.append(tx, event, actor=actor, now=now)
    return count
