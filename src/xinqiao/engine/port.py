"""The port every engine implements: sessions that register files, answer queries and write results."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

Parameters = Sequence[Any] | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """One Parquet file an engine has written.

    Attributes:
        path: Where it is.
        rows: Rows in it.
        bytes: Size on disk.
        minimum: Smallest value of each column that has one, as the engine prints it.
        maximum: Largest value of each column that has one.
        nulls: Nulls per column.
    """

    path: Path
    rows: int
    bytes: int
    minimum: Mapping[str, str]
    maximum: Mapping[str, str]
    nulls: Mapping[str, int]


class Session(Protocol):
    """One conversation with an engine: its views and tables live and die with it."""

    def register(self, name: str, files: Sequence[Path], columns: Mapping[str, str]) -> None:
        """Make `files` (Parquet) readable as the view `name` with exactly `columns` (name to SQL type).

        A column that a file lacks reads as null; no files give an empty view. What the name stands for is changed
        by `register` and `define` alone.
        """
        ...

    def define(self, name: str, sql: str) -> None:
        """Make the view `name` of a query."""
        ...

    def source(self, files: Sequence[Path], columns: Mapping[str, str]) -> str:
        """The query in brackets that `register` makes a view of, to be read once without one."""
        ...

    def rows(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Run a query and return all its rows."""
        ...

    def records(self, sql: str, parameters: Parameters = ()) -> list[dict[str, Any]]:
        """Run a query and return its rows as dictionaries."""
        ...

    def scalar(self, sql: str, parameters: Parameters = ()) -> Any:
        """Run a query and return the first column of its first row, or None when there is no row."""
        ...

    def run(self, sql: str, parameters: Parameters = ()) -> None:
        """Run a statement that returns nothing."""
        ...

    def prepare(self, name: str, sql: str) -> None:
        """Plan a query once, to be answered many times; another of that name is replaced.

        Its parameters `$1`, `$2` … are texts. It should read nothing but them (`packing`): what reads tables or
        files is planned again for every answer.
        """
        ...

    def answer(self, name: str, texts: Sequence[str]) -> list[dict[str, Any]]:
        """Run a prepared query with these parameters and return its rows as dictionaries."""
        ...

    def forget(self, name: str) -> None:
        """Let go of a prepared query."""
        ...

    def be_brief(self) -> None:
        """From now on, answer small queries one after the other, each on one core.

        What the files read say of their contents is remembered, because they are read again.
        """
        ...

    def be_lazy(self) -> None:
        """From now on, compute costly CASE and COALESCE branches only for rows that do not skip them."""
        ...

    def columns(self, relation: str) -> dict[str, str]:
        """Name and SQL type of each column of a table, view or query in brackets."""
        ...

    def write(
        self, sql: str, path: Path, *, small: bool = False, group_rows: int | None = None
    ) -> WrittenFile | None:
        """Write a query's result to `path` as one Parquet file; None, and no file, when it has no rows.

        With `small` the file is packed tighter, which takes longer: for what is written once and kept. Groups of
        `group_rows` rows, fewer than the engine's own choice, make it quicker to find one row and slower to read all.
        """
        ...


class Engine(Protocol):
    """Opens sessions."""

    def session(self) -> AbstractContextManager[Session]:
        """Open a session; it is closed, with everything temporary in it, at the end of the block."""
        ...
