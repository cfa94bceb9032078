"""Delta Lake by delta-rs: schemas, commits and listings of one table. Only this module knows the driver."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from deltalake import CommitProperties, DeltaTable, Field, Schema
from deltalake.exceptions import DeltaError
from deltalake.schema import ArrayType, PrimitiveType
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions

from xinqiao.engine import WrittenFile
from xinqiao.kernel.refusals import Fault, NoSpace

_DELTA_TYPES = {
    "BIGINT": "long",
    "INTEGER": "integer",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "VARCHAR": "string",
    "DATE": "date",
    "TIMESTAMP": "timestamp_ntz",
    "DECIMAL(18,6)": "decimal(18,6)",
}
_SQL_TYPES = {delta: sql for sql, delta in _DELTA_TYPES.items()}

# Old versions must stay readable for replay, so neither log entries nor replaced files ever expire.
_CONFIGURATION = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}


@dataclass(frozen=True, slots=True)
class DataFile:
    """One Parquet file of a table version.

    Attributes:
        path: Where it is.
        rows: Rows in it.
        bytes: Size on disk.
        minimum: Smallest value per column, where known.
        maximum: Largest value per column, where known.
    """

    path: Path
    rows: int
    bytes: int
    minimum: Mapping[str, Any]
    maximum: Mapping[str, Any]

    def may_hold(self, column: str, low: Any, high: Any) -> bool:
        """Whether the file can hold a value of `column` between `low` and `high`, both included."""
        least, most = self.minimum.get(column), self.maximum.get(column)
        return (least is None or least <= high) and (most is None or most >= low)


class DamagedTable(Fault):
    """A Delta table cannot be read or written."""

    code = "damaged_table"


def exists(folder: Path) -> bool:
    """Whether a Delta table is there."""
    return DeltaTable.is_deltatable(str(folder))


def latest_version(folder: Path) -> int:
    """The newest version in the Delta log, committed in PostgreSQL or not."""
    return _open(folder).version()


def files(folder: Path, version: int) -> tuple[DataFile, ...]:
    """The files of one version, with what is known of their contents, ordered by name."""
    listing = _open(folder, version).get_add_actions(flatten=True)
    rows: list[dict[str, Any]] = listing.to_struct_array().to_pylist()
    return tuple(
        DataFile(
            path=folder / row["path"],
            rows=row["num_records"],
            bytes=row["size_bytes"],
            minimum={
                key[4:]: value for key, value in row.items() if key.startswith("min.") and value is not None
            },
            maximum={
                key[4:]: value for key, value in row.items() if key.startswith("max.") and value is not None
            },
        )
        for row in sorted(rows, key=lambda row: str(row["path"]))
    )


def files_following(
    folder: Path, version: int, before: Sequence[DataFile], columns: Mapping[str, str]
) -> tuple[DataFile, ...] | None:
    """The files of one version from those of the version before and the log entry between, as `files` gives them.

    Opening a table reads all of its log; this reads one entry. None when the entry does more than add and remove.
    """
    entry = folder / "_delta_log" / f"{version:020d}.json"
    held = {file.path: file for file in before}
    try:
        lines = entry.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        action = json.loads(line)
        if "add" in action:
            file = _added(folder, action["add"], columns)
            held[file.path] = file
        elif "remove" in action:
            held.pop(folder / action["remove"]["path"], None)
        elif "commitInfo" not in action:
            return None
    return tuple(held[path] for path in sorted(held))


def _added(folder: Path, action: Mapping[str, Any], columns: Mapping[str, str]) -> DataFile:
    statistics = json.loads(action["stats"])
    bounds = {
        part: {name: _parsed(value, columns.get(name, "")) for name, value in statistics[part].items()}
        for part in ("minValues", "maxValues")
    }
    return DataFile(
        path=folder / action["path"],
        rows=statistics["numRecords"],
        bytes=action["size"],
        minimum=bounds["minValues"],
        maximum=bounds["maxValues"],
    )


def _parsed(value: Any, kind: str) -> Any:
    match kind:
        case "DATE":
            return date.fromisoformat(value)
        case "TIMESTAMP":
            return datetime.fromisoformat(value).replace(tzinfo=None)
        case _:
            return value


def columns(folder: Path, version: int) -> dict[str, str]:
    """Name and SQL type of each column in one version."""
    return {field.name: _sql_type(field.type) for field in _open(folder, version).schema().fields}


def history(folder: Path) -> list[dict[str, Any]]:
    """Every version's commit record, newest first, as Delta keeps it."""
    return _open(folder).history()


def commit(
    folder: Path,
    *,
    added: Sequence[WrittenFile],
    removed: Sequence[DataFile],
    columns: Mapping[str, str],
    info: Mapping[str, str],
) -> int:
    """Commit files already written inside `folder` as one new version and return its number.

    Removed files stay on disk for the versions that name them.

    Raises:
        DamagedTable: The log cannot be read or written.
        NoSpace: The disk is full.
    """
    with _as_product_errors(folder):
        return _commit(folder, [_addition(file, columns) for file in added], removed, columns, info)


def _commit(
    folder: Path,
    additions: Sequence[AddAction],
    removed: Sequence[DataFile],
    columns: Mapping[str, str],
    info: Mapping[str, str],
) -> int:
    schema = Schema([Field(name, _delta_type(kind)) for name, kind in columns.items()])
    properties = CommitProperties(custom_metadata=dict(info))
    if not exists(folder):
        create_table_with_add_actions(
            str(folder),
            schema,
            list(additions),
            mode="error",
            configuration=_CONFIGURATION,
            commit_properties=properties,
        )
        return 0
    table = DeltaTable(str(folder))
    held = {field.name for field in table.schema().fields}
    fresh = [field for field in schema.fields if field.name not in held]
    if fresh:
        table.alter.add_columns(fresh)
        table = DeltaTable(str(folder))
    moment = int(datetime.now(UTC).timestamp() * 1000)
    removals = [
        RemoveAction(str(file.path.relative_to(folder)), True, moment, size=file.bytes) for file in removed
    ]
    # Delta wants the whole schema even when this commit's files hold only a part of it.
    table.create_write_transaction(
        [*additions, *removals], "append", table.schema(), commit_properties=properties
    )
    return latest_version(folder)


def roll_back(folder: Path, version: int) -> int:
    """Make a new version that holds exactly what `version` held, and return its number.

    Raises:
        DamagedTable: The log cannot be read or written.
    """
    table = _open(folder)
    with _as_product_errors(folder):
        table.restore(version)
        return latest_version(folder)


@contextmanager
def _as_product_errors(folder: Path) -> Iterator[None]:
    """Turn the driver's exceptions into ours, keeping the original as the cause."""
    try:
        yield
    except (DeltaError, OSError) as error:
        if "No space left" in str(error):
            raise NoSpace("磁盘空间不足，本次操作未生效。", remedy="清理磁盘后重试。") from error
        said = " ".join(str(error).split())
        raise DamagedTable(f"数据湖表写入失败：{said}", where=str(folder)) from error


def make_durable(folder: Path, *, added: Sequence[WrittenFile], since: int, version: int) -> None:
    """Wait until files and the log entries after version `since` are on the disk itself.

    PostgreSQL, which is about to name the version, survives a power cut; what it names must too.
    """
    log = folder / "_delta_log"
    entries = [log / f"{number:020d}.json" for number in range(since + 1, version + 1)]
    for path in [*(file.path for file in added), *entries, log, folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _open(folder: Path, version: int | None = None) -> DeltaTable:
    try:
        return DeltaTable(str(folder), version=version)
    except DeltaError as error:
        raise DamagedTable(
            f"数据湖表无法打开：{error}", where=str(folder), remedy="从备份恢复该目录，或核对 XINQIAO_HOME。"
        ) from error


def _delta_type(kind: str) -> PrimitiveType | ArrayType:
    if kind.endswith("[]"):
        return ArrayType(_delta_type(kind[:-2]), contains_null=True)
    return PrimitiveType(_DELTA_TYPES[kind])


def _sql_type(kind: Any) -> str:
    if isinstance(kind, ArrayType):
        return _sql_type(kind.element_type) + "[]"
    return _SQL_TYPES[str(kind.type)]


def _addition(file: WrittenFile, columns: Mapping[str, str]) -> AddAction:
    """Statistics travel only for kinds whose order every reader agrees on."""
    comparable = {
        name: kind for name, kind in columns.items() if kind in ("BIGINT", "INTEGER", "DATE", "TIMESTAMP")
    }
    statistics = {
        "numRecords": file.rows,
        "minValues": {n: _statistic(file.minimum[n], k) for n, k in comparable.items() if n in file.minimum},
        "maxValues": {n: _statistic(file.maximum[n], k) for n, k in comparable.items() if n in file.maximum},
        "nullCount": {name: file.nulls[name] for name in columns if name in file.nulls},
    }
    moment = int(file.path.stat().st_mtime * 1000)
    return AddAction(file.path.name, file.bytes, {}, moment, True, json.dumps(statistics))


def _statistic(printed: str, kind: str) -> int | str:
    match kind:
        case "BIGINT" | "INTEGER":
            return int(printed)
        case "TIMESTAMP":
            return datetime.fromisoformat(printed).isoformat(timespec="microseconds") + "Z"
        case _:
            return printed
