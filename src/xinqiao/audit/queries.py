"""Questions to the two logs; they change nothing."""

from collections.abc import Mapping
from typing import Any

from xinqiao.audit.model import Recorded
from xinqiao.kernel.actor import Actor
from xinqiao.store import Transaction


def events(
    tx: Transaction, *, name: str | None = None, before: int | None = None, limit: int = 100
) -> list[Recorded]:
    """Events, the newest first.

    Args:
        tx: Transaction to read in.
        name: Only events of this name, such as `delivery.taken`.
        before: Only events with smaller numbers than this one: the next page of an answer.
        limit: At most so many.
    """
    rows = tx.rows(
        "SELECT event_id, at, actor_kind, actor_name, name, payload FROM audit_event"
        " WHERE (%(name)s::text IS NULL OR name = %(name)s)"
        " AND (%(before)s::bigint IS NULL OR event_id < %(before)s)"
        " ORDER BY event_id DESC LIMIT %(limit)s",
        {"name": name, "before": before, "limit": limit},
    )
    return [
        Recorded(
            event_id=row["event_id"],
            at=row["at"],
            actor=Actor(row["actor_kind"], row["actor_name"]),
            name=row["name"],
            payload=row["payload"],
        )
        for row in rows
    ]


def lineage_events(tx: Transaction, *, job: str | None = None, limit: int = 100) -> list[Mapping[str, Any]]:
    """OpenLineage events as JSON objects, the newest first; of one job or of all."""
    rows = tx.rows(
        "SELECT body FROM lineage_event WHERE %(job)s::text IS NULL OR job = %(job)s"
        " ORDER BY lineage_event_id DESC LIMIT %(limit)s",
        {"job": job, "limit": limit},
    )
    return [row["body"] for row in rows]
