"""The only SQL on weight regimes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from xinqiao.rating.regimes.catalogue import from_content
from xinqiao.rating.regimes.model import Regime
from xinqiao.store import Transaction

State = Literal["proposed", "approved", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A regime and how far it has come.

    Attributes:
        regime: The regime.
        state: `proposed`, `approved` or `withdrawn`.
        proposed_by: Who put it forward.
        proposed_at: When.
        approved_by: Who approved it; None while nobody has.
        approved_at: When.
        withdrawn_by: Who took it back; None unless somebody did.
        withdrawn_at: When; from that day on it applies no more.
        withdrawal_reason: Why.
    """

    regime: Regime
    state: State
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    withdrawal_reason: str | None


def insert(tx: Transaction, regime: Regime, *, by: str, at: datetime) -> None:
    """Enter a regime as proposed; its text has been kept under its fingerprint."""
    tx.run(
        "INSERT INTO regime (name, version, model, from_on, until_on, fingerprint, proposed_by, proposed_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            regime.name, regime.version, regime.model, regime.from_on, regime.until_on, regime.fingerprint,
            by, at,
        ),
    )  # fmt: skip


def approve(tx: Transaction, name: str, version: int, *, by: str, at: datetime) -> None:
    """Enter a regime's approval."""
    tx.run(
        "UPDATE regime SET state = 'approved', approved_by = %s, approved_at = %s"
        " WHERE name = %s AND version = %s",
        (by, at, name, version),
    )


def withdraw(tx: Transaction, name: str, version: int, *, by: str, at: datetime, reason: str) -> None:
    """Enter that a regime was taken back."""
    tx.run(
        "UPDATE regime SET state = 'withdrawn', withdrawn_by = %s, withdrawn_at = %s, withdrawal_reason = %s"
        " WHERE name = %s AND version = %s",
        (by, at, reason, name, version),
    )


def find(tx: Transaction, name: str, version: int) -> Entry | None:
    """One version of a regime."""
    row = tx.row(
        "SELECT r.*, d.content FROM regime r JOIN definition d USING (fingerprint)"
        " WHERE r.name = %s AND r.version = %s",
        (name, version),
    )
    return _entry(row) if row else None


def every(tx: Transaction) -> list[Entry]:
    """All regimes, by first day, then name and version."""
    rows = tx.rows(
        "SELECT r.*, d.content FROM regime r JOIN definition d USING (fingerprint)"
        " ORDER BY r.from_on DESC, r.name, r.version DESC"
    )
    return [_entry(row) for row in rows]


def in_force(tx: Transaction, *, model: str, as_of: date) -> Sequence[Entry]:
    """Approved regimes of a model that apply on a day, in order of name and version."""
    rows = tx.rows(
        "SELECT r.*, d.content FROM regime r JOIN definition d USING (fingerprint)"
        " WHERE r.model = %(model)s AND r.from_on <= %(day)s AND r.until_on > %(day)s"
        " AND r.approved_at IS NOT NULL AND (r.withdrawn_at IS NULL OR r.withdrawn_at::date > %(day)s)"
        " ORDER BY r.name, r.version",
        {"model": model, "day": as_of},
    )
    return [_entry(row) for row in rows]


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        regime=from_content(row["content"]),
        state=row["state"],
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        approved_by=row["approved_by"],
        approved_at=row["approved_at"],
        withdrawn_by=row["withdrawn_by"],
        withdrawn_at=row["withdrawn_at"],
        withdrawal_reason=row["withdrawal_reason"],
    )
