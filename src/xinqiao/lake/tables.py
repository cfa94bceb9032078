"""Which version of which table: reading through PostgreSQL's pointer, appending, replacing, compacting."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from xinqiao.engine import Session, WrittenFile
from xinqiao.kernel.refusals import NotFound
from xinqiao.lake import delta, listings, vacuuming
from xinqiao.lake.delta import DataFile
from xinqiao.lake.vacuuming import Unneeded
from xinqiao.store import Transaction

# Large enough that a city's table is a few hundred files, small enough that a point read opens little.
COMPACTED_ROWS = 20_000_000
POINT_ROWS = 16_384
"""Rows of a group in tables of evaluations: reports look for one firm in them, with all its columns."""


class UnknownTable(NotFound):
    """No lake table of that name has been written."""

    code = "unknown_table"


@dataclass(frozen=True, slots=True)
class TableVersion:
    """One entry of a table's history.

    Attributes:
        version: Delta version number.
        made_at: When it was committed.
        operation: What Delta calls the commit.
        info: What the product noted with it, such as the delivery.
        current: Whether readers see it now.
        orphan: Whether it lies beyond that version: left by a crash, rolled back by the next writer.
    """

    version: int
    made_at: datetime
    operation: str
    info: Mapping[str, str]
    current: bool
    orphan: bool


@dataclass(frozen=True, slots=True)
class Lake:
    """All Delta tables under one folder; a table's name is its path below it, as `records/tax_payment`."""

    root: Path

    def versions(self, tx: Transaction) -> dict[str, int]:
        """The version of each table that readers see now."""
        return {
            row["table_name"]: row["version"]
            for row in tx.rows("SELECT table_name, version FROM lake_version ORDER BY table_name")
        }

    def seen(self, tx: Transaction, table: str) -> int | None:
        """The version of one table that readers see now; None when there is none."""
        row = tx.row("SELECT version FROM lake_version WHERE table_name = %s", (table,))
        return None if row is None else int(row["version"])

    def version(self, tx: Transaction, table: str) -> int:
        """The same; raises `UnknownTable` when there is none."""
        version = self.seen(tx, table)
        if version is None:
            raise UnknownTable(f"数据湖中没有表 {table}。", remedy="用 xinqiao lake versions 查看已有的表。")
        return version

    def files(self, table: str, version: int) -> tuple[DataFile, ...]:
        """The files of one committed version."""
        return listings.listing(listings.folder(self.root, table), version).files

    def least(self, table: str, version: int, column: str) -> Any:
        """The smallest value of a column in one committed version, from its files' statistics; None without any."""
        return listings.least(listings.folder(self.root, table), version, column)

    def columns(self, table: str, version: int) -> dict[str, str]:
        """Name and SQL type of each column of one committed version."""
        return dict(listings.listing(listings.folder(self.root, table), version).columns)

    def register(
        self,
        session: Session,
        *,
        table: str,
        version: int | None,
        name: str,
        columns: Mapping[str, str] | None = None,
        subjects: Collection[int] | None = None,
        within: Mapping[str, tuple[Any, Any]] | None = None,
    ) -> None:
        """Make a table version readable in `session` as the view `name`.

        Args:
            session: Where to register it.
            table: The table's name.
            version: The version, from `versions`; None when the table does not exist yet.
            name: The view's name.
            columns: Columns the view must have (name to SQL type); the table's own when None.
            subjects: When given, files that cannot hold any of these subjects are left out.
            within: Per column a least and a largest value; files that cannot hold one between are left out.

        Raises:
            UnknownTable: There is no such table and `columns` does not say how an empty one looks.
        """
        if version is None:
            if columns is None:
                raise UnknownTable(f"数据湖中没有表 {table}。", remedy="先完成一次数据归集。")
            session.register(name, (), columns)
            return
        chosen = self.files(table, version)
        if subjects is not None:
            low, high = (min(subjects), max(subjects)) if subjects else (0, -1)
            chosen = tuple(file for file in chosen if file.may_hold("subject", low, high))
        for column, (low, high) in (within or {}).items():
            chosen = tuple(file for file in chosen if file.may_hold(column, low, high))
        session.register(name, [file.path for file in chosen], columns or self.columns(table, version))

    @contextmanager
    def draft(self, table: str) -> Iterator[Path]:
        """A fresh path for a Parquet file inside the table's folder; removed again if the block fails."""
        folder = self.root / table
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"part-{uuid.uuid4()}.parquet"
        try:
            yield path
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def lock(self, tx: Transaction, table: str) -> None:
        """Keep other writers off a table until the transaction ends, as `append` and `replace` do."""
        tx.lock(f"lake:{table}")

    def append(
        self,
        tx: Transaction,
        *,
        table: str,
        files: Sequence[WrittenFile],
        columns: Mapping[str, str],
        info: Mapping[str, str],
    ) -> int:
        """Add files written at `draft` paths as a new version, seen once `tx` commits. Returns its number."""
        return self.replace(tx, table=table, added=files, removed=(), columns=columns, info=info)

    def replace(
        self,
        tx: Transaction,
        *,
        table: str,
        added: Sequence[WrittenFile],
        removed: Sequence[DataFile],
        columns: Mapping[str, str],
        info: Mapping[str, str],
    ) -> int:
        """Swap files for others in one new version, seen once `tx` commits. Returns its number."""
        self.lock(tx, table)
        folder = self.root / table
        base = self.seen(tx, table)
        if delta.exists(folder):
            newest = delta.latest_version(folder)
            if base is None:
                # The very first commit was lost: what it added is taken out again by this commit.
                removed = [*removed, *delta.files(folder, newest)]
            elif newest > base:
                delta.roll_back(folder, base)
        version = delta.commit(folder, added=added, removed=removed, columns=columns, info=info)
        delta.make_durable(folder, added=added, since=-1 if base is None else base, version=version)
        tx.run(
            "INSERT INTO lake_version (table_name, version, changed_at) VALUES (%s, %s, now())"
            " ON CONFLICT (table_name) DO UPDATE SET version = excluded.version, changed_at = now()",
            (table, version),
        )
        return version

    def compact(
        self, tx: Transaction, session: Session, *, table: str, largest: int = COMPACTED_ROWS
    ) -> tuple[int, int]:
        """Rewrite a version's files, sorted by subject, into few large files of disjoint subject ranges.

        Args:
            tx: The transaction.
            session: An engine session.
            table: The table.
            largest: About how many rows a file may hold.

        Returns:
            Number of files before and after. Nothing is written when there is one file or none.

        Raises:
            UnknownTable: No such table.
        """
        self.lock(tx, table)
        version = self.version(tx, table)
        before, columns = self.files(table, version), self.columns(table, version)
        if len(before) <= 1:
            return len(before), len(before)
        self.register(session, table=table, version=version, name="compacting")
        order = [
            name
            for name in ("subject", "occurred_on", "known_at", "evaluation", "delivery")
            if name in columns
        ]
        written = [
            part
            for low, high in _ranges(
                session, sum(file.rows for file in before), largest, keyed="subject" in columns
            )
            if (part := self._rewrite(session, table, low, high, order)) is not None
        ]
        self.replace(
            tx, table=table, added=written, removed=before, columns=columns, info={"reason": "compaction"}
        )
        return len(before), len(written)

    def _rewrite(
        self, session: Session, table: str, low: int | None, high: int | None, order: Sequence[str]
    ) -> WrittenFile | None:
        bounds = [f"subject >= {low:d}"] if low is not None else []
        bounds += [f"subject < {high:d}"] if high is not None else []
        where = " AND ".join(bounds) or "TRUE"
        with self.draft(table) as path:
            sql = f"SELECT * FROM compacting WHERE {where} ORDER BY {', '.join(order)}"
            group_rows = POINT_ROWS if "evaluation" in order else None
            return session.write(sql, path, small=True, group_rows=group_rows)

    def tables(self) -> list[str]:
        """Every table there is in the folder, seen by readers or not."""
        return vacuuming.tables(self.root)

    def unneeded(
        self, tx: Transaction, *, table: str, needed: Collection[int], unchanged_since: datetime
    ) -> Unneeded:
        """A table's files that neither the current version nor a needed one names; see `vacuuming.unneeded`."""
        self.lock(tx, table)
        return vacuuming.unneeded(
            self.root,
            table,
            current=self.seen(tx, table),
            needed=needed,
            unchanged_since=unchanged_since,
        )

    def missing(self, table: str, version: int) -> list[Path]:
        """Files that a version names and that are no longer there."""
        return [file.path for file in self.files(table, version) if not file.path.exists()]

    def history(self, tx: Transaction, table: str) -> list[TableVersion]:
        """A table's versions, newest first.

        Raises:
            UnknownTable: No such table.
        """
        current = self.version(tx, table)
        return [
            TableVersion(
                version=entry["version"],
                made_at=datetime.fromtimestamp(entry["timestamp"] / 1000, UTC),
                operation=entry.get("operation", ""),
                info={key: str(value) for key, value in entry.items() if key not in _DELTA_KEYS},
                current=entry["version"] == current,
                orphan=entry["version"] > current,
            )
            for entry in delta.history(self.root / table)
        ]


_DELTA_KEYS = {
    "version",
    "timestamp",
    "operation",
    "operationParameters",
    "operationMetrics",
    "engineInfo",
    "clientVersion",
    "readVersion",
    "isolationLevel",
    "isBlindAppend",
}


def _ranges(session: Session, rows: int, largest: int, *, keyed: bool) -> list[tuple[int | None, int | None]]:
    """Half-open subject ranges of about `largest` rows each."""
    parts = -(-rows // largest)
    if parts <= 1 or not keyed:
        return [(None, None)]
    shares = ", ".join(str(part / parts) for part in range(1, parts))
    cuts = session.scalar(f"SELECT approx_quantile(subject, [{shares}]::FLOAT[]) FROM compacting")
    edges: list[int | None] = [None, *sorted({int(cut) for cut in cuts}), None]
    return list(pairwise(edges))
