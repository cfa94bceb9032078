"""One transaction, as every capability sees it: rows in and out, locks, nothing of the driver."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, LiteralString

import psycopg
from psycopg import sql as compose

from xinqiao.store.driver_errors import as_product_errors

Parameters = Sequence[Any] | Mapping[str, Any]


class Transaction:
    """Statements that take effect together or not at all; made by `Store.transaction`.

    SQL is fixed text with `%s` or `%(name)s` for values. Dictionaries become JSON, lists become arrays (wrap
    one in `Json` to store it as JSON); instants come back aware, in city time. Every method raises the errors
    of `as_product_errors`.
    """

    def __init__(self, connection: psycopg.Connection[dict[str, Any]]) -> None:
        self._connection = connection

    def rows(self, sql: LiteralString, parameters: Parameters = ()) -> list[dict[str, Any]]:
        """Run a query and return all its rows, each by column name."""
        with as_product_errors():
            return self._connection.execute(sql, parameters or None).fetchall()

    def row(self, sql: LiteralString, parameters: Parameters = ()) -> dict[str, Any] | None:
        """Run a query and return its first row, or None when there is none."""
        with as_product_errors():
            return self._connection.execute(sql, parameters or None).fetchone()

    def run(self, sql: LiteralString, parameters: Parameters = ()) -> int:
        """Run a statement and return how many rows it changed."""
        with as_product_errors():
            return self._connection.execute(sql, parameters or None).rowcount

    def copy(
        self, table: LiteralString, columns: Sequence[LiteralString], rows: Iterable[Sequence[Any]]
    ) -> int:
        """Bring many rows into a table by COPY, the fastest way there is, and return how many."""
        statement = compose.SQL("COPY {} ({}) FROM STDIN").format(
            compose.Identifier(table), compose.SQL(", ").join(map(compose.Identifier, columns))
        )
        with as_product_errors(), self._connection.cursor() as cursor:
            with cursor.copy(statement) as copying:
                for row in rows:
                    copying.write_row(row)
            return cursor.rowcount

    def lock(self, name: str) -> None:
        """Wait until no other transaction holds the lock of this name; hold it until the end of this one."""
        self.run("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))
