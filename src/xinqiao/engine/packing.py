"""Rows as one text, and back again: so a prepared query can be given records without reading a table.

The engine keeps the plan of a prepared query only while nothing it stands on can change. A query that reads tables or
files is planned again every time; one whose rows come as texts is planned once.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence

from xinqiao.engine.dialect import identifier
from xinqiao.engine.port import Session

NOTHING = "[]"
"""No rows."""

# The engine takes a text apart whole: so many rows of a hundred columns need some tens of MB.
_ROWS_AT_ONCE = 1000


def packed(columns: Collection[str]) -> str:
    """An aggregate that gives one text with the named columns of all rows, null without rows.

    Values are spelt as the engine spells them; all types of records and doubles read back as they were.
    """
    values = ", ".join(f"CAST({identifier(name)} AS VARCHAR)" for name in columns)
    return f"CAST(to_json(list([{values}])) AS VARCHAR)"


def pack(rows: Iterable[Sequence[object]]) -> str:
    """Rows of values as one text, as `packed` gives it; doubles in the fewest digits that read back to the same bits.

    A tuple of texts is a list.
    """
    return json.dumps([[_spelt(value) for value in row] for row in rows], ensure_ascii=False)


def _spelt(value: object) -> str | None:
    if isinstance(value, tuple):
        escaped = (str(each).replace("\\", "\\\\").replace('"', '\\"') for each in value)
        return "[" + ", ".join(f'"{each}"' for each in escaped) + "]"
    return None if value is None else str(value)


def unpacked(parameter: int, given: Sequence[str], columns: Mapping[str, str]) -> str:
    """A query for the rows in a text parameter, with exactly `columns` (name to SQL type).

    Args:
        parameter: Number of the parameter.
        given: The columns that the text holds, in order; the others are null.
        columns: The columns wanted.
    """
    places = {name: place for place, name in enumerate(given, 1)}
    values = ", ".join(
        f"CAST({f'line[{places[name]}]' if name in places else 'NULL'} AS {kind}) AS {identifier(name)}"
        for name, kind in columns.items()
    )
    lines = f"from_json(CAST(${parameter:d} AS VARCHAR), '[[\"VARCHAR\"]]')"
    return f"SELECT {values} FROM (SELECT unnest({lines}) AS line)"


def keep(
    session: Session, name: str, rows: Sequence[Mapping[str, object]], columns: Mapping[str, str]
) -> None:
    """Make the table `name` of rows by column, with exactly `columns` (name to SQL type); what a row lacks is null."""
    query = unpacked(1, tuple(columns), columns)
    table = identifier(name)
    for start in range(0, len(rows) or 1, _ROWS_AT_ONCE):
        lines = [[row.get(column) for column in columns] for row in rows[start : start + _ROWS_AT_ONCE]]
        into = f"INSERT INTO {table}" if start else f"CREATE OR REPLACE TABLE {table} AS"
        session.run(f"{into} {query}", [pack(lines)])
