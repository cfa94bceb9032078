"""The one way into the audit log."""

from datetime import datetime

from xinqiao.audit.model import Event
from xinqiao.kernel.actor import Actor
from xinqiao.store import Transaction, canonical_json


def append(tx: Transaction, event: Event, *, actor: Actor, now: datetime) -> int:
    """Record an event in the transaction of what it tells about, and return its number.

    Raises:
        ValueError: `now` or an instant among the particulars has no time zone, or a number is not finite.
        TypeError: A particular has no JSON form.
        StoreFault: The event's name is not of the form `capability.happened`.
    """
    if now.tzinfo is None:
        raise ValueError("an instant without a time zone is ambiguous")
    row = tx.row(
        "INSERT INTO audit_event (at, actor_kind, actor_name, name, payload)"
        " VALUES (%s, %s, %s, %s, %s::jsonb) RETURNING event_id",
        (now, actor.kind, actor.name, event.name, canonical_json(event)),
    )
    assert row is not None
    return int(row["event_id"])
