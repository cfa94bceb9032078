"""How parties are called: enterprises by their registered name and code, persons masked and numbered."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from xinqiao.catalogue.known import known_records
from xinqiao.catalogue.masking import mask_person_name
from xinqiao.engine.dialect import identifier, literal, within
from xinqiao.kernel.clock import end_of_day, naive_utc
from xinqiao.kernel.subject import organisation_code
from xinqiao.parties.graph import NodeKind
from xinqiao.parties.scope import Scope

REGISTRATION = "business_registration"
Told = Mapping[int, tuple[str, NodeKind]]
"""What records call a party by its number, and what they take it for."""

_COLUMNS = {
    "subject": "BIGINT",
    "name": "VARCHAR",
    "unified_code": "VARCHAR",
    "occurred_on": "DATE",
    "known_at": "TIMESTAMP",
    "delivery": "BIGINT",
}


@dataclass(frozen=True, slots=True)
class Called:
    """A party's name and its id among the parties told with it."""

    id: str
    kind: NodeKind
    name: str


def call(scope: Scope, parties: Iterable[int], told: Told) -> dict[int, Called]:
    """Names of parties in the order given; persons and others are numbered in that order."""
    listed = list(parties)
    registered = _registered(scope, {party for party in listed if party >= 0})
    counted = {"P": 0, "O": 0}
    called = {}
    for party in listed:
        name, kind = told.get(party, ("", "enterprise" if party >= 0 else "other"))
        if party >= 0:
            entry, plain = registered.get(party, {}), organisation_code(party)
            called[party] = Called(
                entry.get("unified_code") or plain, "enterprise", entry.get("name") or name or plain
            )
            continue
        letter = "P" if kind == "person" else "O"
        counted[letter] += 1
        # What stands without a code may be a person under any heading; only names of organisations stay whole.
        called[party] = Called(f"{letter}{counted[letter]}", kind, mask_person_name(name))
    return called


def is_registered(scope: Scope, subject: int) -> bool:
    """Whether a registration of an enterprise is known."""
    return bool(_registered(scope, [subject]))


def _registered(scope: Scope, subjects: Collection[int]) -> Mapping[int, Mapping[str, Any]]:
    """Newest registered name and unified code."""
    if REGISTRATION not in scope.views or REGISTRATION not in scope.contracts or not subjects:
        return {}
    rows = scope.session.records(
        f"SELECT {', '.join(_COLUMNS)}, supersedes FROM {identifier(scope.views[REGISTRATION])}"
        f" WHERE {within(subjects)} AND known_at < {literal(naive_utc(end_of_day(scope.as_of)))}"
        f" AND (occurred_on <= {literal(scope.as_of)} OR supersedes)"
    )
    if any(row["supersedes"] for row in rows):
        return _registered_anew(scope, subjects)
    rows.sort(key=lambda row: (row["occurred_on"], row["known_at"], row["delivery"]), reverse=True)
    found: dict[int, dict[str, Any]] = {row["subject"]: {"name": None, "unified_code": None} for row in rows}
    for row in rows:
        entry = found[row["subject"]]
        for name in entry:
            entry[name] = row[name] if entry[name] is None else entry[name]
    return found


def _registered_anew(scope: Scope, subjects: Collection[int]) -> Mapping[int, Mapping[str, Any]]:
    """The same where some registration was replaced by a later version of it."""
    views = scope.narrowed(subjects)
    known = known_records(
        scope.session, scope.contracts, views, REGISTRATION, columns=_COLUMNS, as_of=scope.as_of
    )
    newest = "{'occurred_on': occurred_on, 'known_at': known_at, 'delivery': delivery}"
    return {
        row["subject"]: row
        for row in scope.session.records(
            f"SELECT subject, arg_max(name, {newest}) FILTER (WHERE name IS NOT NULL) AS name,"
            f" arg_max(unified_code, {newest}) FILTER (WHERE unified_code IS NOT NULL) AS unified_code"
            f" FROM {known} GROUP BY subject"
        )
    }
