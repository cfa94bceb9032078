"""A firm's rows of many data sets, read as texts in one statement and told from by queries that are planned once.

The engine takes longer to plan a statement that reads a file than to read one firm's rows from it, and it plans such a
statement anew every time. So all of a firm's rows come as texts first, and what a section tells of them is asked of
prepared queries that read nothing but those texts (`engine.packing`).
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from xinqiao.catalogue import Contract
from xinqiao.catalogue.views import current
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal
from xinqiao.engine.packing import NOTHING, packed, unpacked

MOST_ROWS = 20_000
"""Rows of one data set that are read as a text; a firm with more of it has them read where they lie."""
_PREPARED_AT_MOST = 512


@dataclass(slots=True)
class _Prepared:
    """Names of the queries prepared in a session, the longest unused first."""

    names: OrderedDict[Hashable, str]
    numbers: Callable[[], int]


_prepared: "WeakKeyDictionary[Session, _Prepared]" = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Pack:
    """A firm's rows of one data set as known, as delivered.

    Attributes:
        lines: The rows as one text with all of the data set's columns.
        replaced: Whether one of them replaces another.
    """

    lines: str
    replaced: bool


@dataclass(frozen=True, slots=True)
class Telling:
    """What is asked of a firm's rows of one data set.

    Attributes:
        aggregates: SQL over the columns of the rows and of `also`.
        also: Further columns, `SQL AS name`.
        figures: SQL aggregates by month.
        day: The column that says which month a row is about.
    """

    aggregates: tuple[str, ...]
    also: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    day: str = "occurred_on"


Told = tuple[Sequence[Any], Mapping[date | None, Sequence[Any]]]
"""The aggregates in order, and the figures by the first day of the month."""


def read(session: Session, contracts: Mapping[str, Contract], sources: Mapping[str, str]) -> dict[str, Pack]:
    """The rows of each data set from its source, a query in brackets; one with too many rows is left out."""
    parts = [
        f"(SELECT {literal(dataset)} AS dataset, {packed(contracts[dataset].record_columns())} AS lines,"
        f" count(*) AS rows, bool_or(supersedes) AS replaced FROM (SELECT * FROM {source} LIMIT {MOST_ROWS + 1:d}))"
        for dataset, source in sources.items()
    ]
    rows = session.rows(" UNION ALL ".join(parts)) if parts else []
    return {
        dataset: Pack(lines or NOTHING, bool(replaced) and contracts[dataset].mode != "snapshot")
        for dataset, lines, found, replaced in rows
        if found <= MOST_ROWS
    }


def rows(pack: Pack, contract: Contract) -> list[dict[str, Any]]:
    """The rows themselves, where none replaces another."""
    columns = contract.record_columns()
    read_as = [_KINDS[kind] for kind in columns.values()]
    return [
        {
            name: None if value is None else value if kind is None else kind(value)
            for name, kind, value in zip(columns, read_as, line, strict=True)
        }
        for line in json.loads(pack.lines)
    ]


_KINDS: Mapping[str, Callable[[str], Any] | None] = {
    "VARCHAR": None,
    "BIGINT": int,
    "DECIMAL(18,6)": Decimal,
    "DATE": date.fromisoformat,
    "TIMESTAMP": datetime.fromisoformat,
    "BOOLEAN": "true".__eq__,
}


def tell(
    session: Session, pack: Pack, contract: Contract, asked: Telling, *, as_of: date, known_until: datetime
) -> Told:
    """Answer what is asked of a firm's rows that held on the day."""
    (row,) = records(session, pack, contract, _query(asked), as_of=as_of, known_until=known_until)
    values = [row[f"a{place}"] for place in range(len(asked.aggregates))]
    figures = range(len(asked.figures))
    return values, {month["m"]: [month[f"f{place}"] for place in figures] for month in row["months"] or ()}


def records(
    session: Session, pack: Pack, contract: Contract, query: str, *, as_of: date, known_until: datetime
) -> list[dict[str, Any]]:
    """Answer a query over `held`, the firm's rows that held on the day; it is planned once for the session."""
    key = (contract.dataset, contract.fingerprint, query, as_of, known_until, pack.replaced)

    def sql() -> str:
        columns = contract.record_columns()
        given = unpacked(1, tuple(columns), columns)
        if not pack.replaced:
            return f"WITH held AS MATERIALIZED ({given}) {query}"
        held = current(contract, "given", as_of=as_of, known_until=known_until)
        return f"WITH given AS MATERIALIZED ({given}), held AS MATERIALIZED ({held}) {query}"

    return session.answer(_name(session, key, sql), [pack.lines])


@lru_cache(maxsize=512)
def _query(asked: Telling) -> str:
    told = ", ".join(f"{sql} AS a{place}" for place, sql in enumerate(asked.aggregates))
    months = "NULL"
    if asked.figures:
        figures = ", ".join(f"{sql} AS f{place}" for place, sql in enumerate(asked.figures))
        by_month = (
            f"SELECT date_trunc('month', {identifier(asked.day)})::DATE AS m, {figures} FROM held GROUP BY 1"
        )
        months = f"(SELECT list(by_month) FROM ({by_month}) AS by_month)"
    return f"SELECT {told}, {months} AS months FROM (SELECT {', '.join(['*', *asked.also])} FROM held)"


def _name(session: Session, key: Hashable, make: Callable[[], str]) -> str:
    """Name of a query prepared in the session, which is prepared on first use."""
    kept = _prepared.setdefault(session, _Prepared(OrderedDict(), count().__next__))
    if key not in kept.names:
        name = f"report_{kept.numbers()}"
        session.prepare(name, make())
        kept.names[key] = name
        while len(kept.names) > _PREPARED_AT_MOST:
            _, oldest = kept.names.popitem(last=False)
            session.forget(oldest)
    kept.names.move_to_end(key)
    return kept.names[key]
