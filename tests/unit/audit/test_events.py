"""The audit log tells who did what and when, together with what was done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

import pytest

from xinqiao import audit
from xinqiao.kernel.actor import Actor
from xinqiao.store import Store, StoreFault


@dataclass(frozen=True, slots=True)
class BookLent:
    name: ClassVar[str] = "book.lent"

    title: str
    due_on: date
    deposit: Decimal
    pages: Mapping[str, int]
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BookReturned:
    name: ClassVar[str] = "book.returned"

    at: datetime


@dataclass(frozen=True, slots=True)
class Misnamed:
    name: ClassVar[str] = "Book Lent"


_LENT = BookLent("论语", date(2026, 8, 1), Decimal("12.50"), {"乙": 2, "甲": 1}, ("李娜",))


def test_an_event_is_kept_with_its_doer_and_its_moment(store: Store, actor: Actor, now: datetime) -> None:
    with store.transaction() as tx:
        number = audit.append(tx, _LENT, actor=actor, now=now)
    with store.transaction() as tx:
        (recorded,) = audit.queries.events(tx)
    assert recorded == audit.Recorded(
        event_id=number,
        at=now,
        actor=actor,
        name="book.lent",
        payload={
            "title": "论语",
            "due_on": "2026-08-01",
            "deposit": "12.50",
            "pages": {"乙": 2, "甲": 1},
            "readers": ["李娜"],
        },
    )


def test_an_event_goes_with_the_deed_that_is_undone(store: Store, actor: Actor, now: datetime) -> None:
    def undo() -> None:
        with store.transaction() as tx:
            audit.append(tx, _LENT, actor=actor, now=now)
            raise LookupError("undone")

    with pytest.raises(LookupError, match="undone"):
        undo()
    with store.transaction() as tx:
        assert audit.queries.events(tx) == []


def test_events_are_asked_for_by_name_and_page_by_page(store: Store, actor: Actor, now: datetime) -> None:
    with store.transaction() as tx:
        returned = [
            audit.append(tx, BookReturned(now + timedelta(days=day)), actor=actor, now=now)
            for day in range(5)
        ]
        audit.append(tx, _LENT, actor=actor, now=now)
        first = audit.queries.events(tx, name="book.returned", limit=3)
        rest = audit.queries.events(tx, name="book.returned", before=first[-1].event_id, limit=3)
        newest = audit.queries.events(tx, limit=1)
    assert [recorded.event_id for recorded in (*first, *rest)] == returned[::-1]
    assert newest[0].name == "book.lent"


def test_a_moment_without_a_time_zone_is_refused(store: Store, actor: Actor, now: datetime) -> None:
    with store.transaction() as tx:
        with pytest.raises(ValueError, match="time zone"):
            audit.append(tx, _LENT, actor=actor, now=now.replace(tzinfo=None))
        with pytest.raises(ValueError, match="time zone"):
            audit.append(tx, BookReturned(now.replace(tzinfo=None)), actor=actor, now=now)


def test_a_name_that_nobody_could_search_for_is_refused(store: Store, actor: Actor, now: datetime) -> None:
    with store.transaction() as tx, pytest.raises(StoreFault, match="audit_event"):
        audit.append(tx, Misnamed(), actor=actor, now=now)
