"""Who did what and when, and what was made from what: two logs that only grow.

An operation appends its audit event in its own transaction, so that neither happens without the other.
Invariants: an event's payload has one canonical JSON form; nothing here is changed or deleted, not even by
the database's owner; who may read the log is decided elsewhere.
"""

from xinqiao.audit import lineage, queries
from xinqiao.audit.model import Event, Recorded
from xinqiao.audit.operations import append

__all__ = ["Event", "Recorded", "append", "lineage", "queries"]
