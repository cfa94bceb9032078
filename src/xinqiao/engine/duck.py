"""DuckDB behind the port: in-process, vectorised, spilling to disk when memory runs short."""

import errno
import re
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from xinqiao.engine.dialect import identifier, text
from xinqiao.engine.port import Parameters, Session, WrittenFile
from xinqiao.kernel.refusals import Fault, NoSpace, Transient


class EngineFault(Fault):
    """The engine could not run a statement that the product wrote."""

    code = "engine_fault"


class OutOfMemory(Transient):
    """The engine needs more memory than it is allowed."""

    code = "out_of_memory"


class Unreadable(Fault):
    """A file that should be read is damaged or not of its kind; callers turn it into a refusal."""

    code = "unreadable_file"


# Rows of a group for each value that its Parquet dictionary may hold. Numbers of documents never repeat: the sooner
# the writer gives up collecting them, the less it costs.
_ROWS_PER_VALUE = 8

# Rows of a group, half of the engine's own choice: finding one firm's rows costs a third less, a scan a tenth more.
_GROUP_ROWS = 61_440


# More memory than a machine has.
_NEVER = "1024TiB"


# Columns and their types of Parquet files that were read before, by sessions of any thread. The lake never writes a
# file's name twice.
_seen: dict[str, Mapping[str, str]] = {}
_seen_lock = threading.Lock()
_SEEN_AT_MOST = 100_000


class DuckDBSession:
    """A DuckDB connection of its own, in memory."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take over an open connection."""
        self._connection = connection
        self._registered: dict[str, str] = {}

    def register(self, name: str, files: Sequence[Path], columns: Mapping[str, str]) -> None:
        """See `Session.register`.

        A view that stands with the same body is left alone: to make it again takes as long as to read a small table.
        """
        body = self.source(files, columns)[1:-1]
        if self._registered.get(name.lower()) != body:
            self.define(name, body)
            self._registered[name.lower()] = body

    def define(self, name: str, sql: str) -> None:
        """See `Session.define`."""
        self._registered.pop(name.lower(), None)
        self.run(f"CREATE OR REPLACE VIEW {identifier(name)} AS {sql}")

    def source(self, files: Sequence[Path], columns: Mapping[str, str]) -> str:
        """See `Session.source`."""
        if not files:
            empty = ", ".join(f"NULL::{kind} AS {identifier(column)}" for column, kind in columns.items())
            return f"(SELECT {empty} WHERE FALSE)"
        listed = ", ".join(text(str(file)) for file in files)
        known = self._look_into(files, columns)
        if all(columns[name] == held.get(name) for held in known for name in columns):
            return f"(SELECT {', '.join(map(identifier, columns))} FROM read_parquet([{listed}]))"
        held_anywhere = {name for held in known for name in held}
        chosen = ", ".join(
            f"{identifier(column) if column in held_anywhere else 'NULL'}::{kind} AS {identifier(column)}"
            for column, kind in columns.items()
        )
        return f"(SELECT {chosen} FROM read_parquet([{listed}], union_by_name = true))"

    def _look_into(self, files: Sequence[Path], wanted: Collection[str]) -> list[Mapping[str, str]]:
        """Columns and types of each file; empty for one that need not be opened, as others hold all that is wanted."""
        names = [str(file) for file in files]
        with _seen_lock:
            known = {name: _seen[name] for name in names if name in _seen}
        unseen = [name for name in names if name not in known]
        if unseen and not {column for held in known.values() for column in held}.issuperset(wanted):
            held: dict[str, dict[str, str]] = {file: {} for file in unseen}
            for file, name, kind in self.rows(
                "SELECT file_name, name, duckdb_type FROM parquet_schema(?) ORDER BY file_name, column_id",
                [unseen],
            ):
                # What lists are made of comes after the columns themselves.
                held[file].setdefault(name, kind)
            known |= held
            with _seen_lock:
                _seen.update(held)
                while len(_seen) > _SEEN_AT_MOST:
                    del _seen[next(iter(_seen))]
        return [known.get(name, {}) for name in names]

    def rows(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """See `Session.rows`."""
        with _as_product_errors():
            return self._connection.execute(sql, parameters or None).fetchall()

    def records(self, sql: str, parameters: Parameters = ()) -> list[dict[str, Any]]:
        """See `Session.records`."""
        with _as_product_errors():
            cursor = self._connection.execute(sql, parameters or None)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def scalar(self, sql: str, parameters: Parameters = ()) -> Any:
        """See `Session.scalar`."""
        rows = self.rows(sql, parameters)
        return rows[0][0] if rows else None

    def run(self, sql: str, parameters: Parameters = ()) -> None:
        """See `Session.run`."""
        self.rows(sql, parameters)

    def prepare(self, name: str, sql: str) -> None:
        """See `Session.prepare`."""
        self.run(f"PREPARE {identifier(name)} AS {sql}")

    def answer(self, name: str, texts: Sequence[str]) -> list[dict[str, Any]]:
        """See `Session.answer`.

        Written out, because a parameter of the driver's would be prepared anew with the statement around it.
        """
        return self.records(f"EXECUTE {identifier(name)}({', '.join(map(text, texts))})")

    def forget(self, name: str) -> None:
        """See `Session.forget`."""
        self.run(f"DEALLOCATE {identifier(name)}")

    def be_brief(self) -> None:
        """See `Session.be_brief`.

        Sharing a few thousand rows out among threads costs more processor time than it saves by the clock.
        """
        self.run("SET parquet_metadata_cache = true")
        self.run("SET threads = 1")

    def be_lazy(self) -> None:
        """See `Session.be_lazy`.

        DuckDB's optimiser lifts expressions that occur twice out of CASE branches and then computes them for every
        row; a pass whose slow branches are meant for the odd row becomes twenty times slower by it.
        """
        self.run("SET disabled_optimizers = 'common_subexpressions'")

    def columns(self, relation: str) -> dict[str, str]:
        """See `Session.columns`."""
        source = relation if relation.startswith("(") else identifier(relation)
        return {row[0]: row[1] for row in self.rows(f"DESCRIBE SELECT * FROM {source}")}

    def write(
        self, sql: str, path: Path, *, small: bool = False, group_rows: int | None = None
    ) -> WrittenFile | None:
        """See `Session.write`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        target = text(str(path))
        try:
            packed = "zstd" if small else "snappy"
            group = group_rows or _GROUP_ROWS
            rows = self.rows(
                f"COPY ({sql}) TO {target}"
                f" (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION {packed},"
                f" DICTIONARY_SIZE_LIMIT {group // _ROWS_PER_VALUE:d}, ROW_GROUP_SIZE {group:d}, RETURN_STATS)"
            )
        except (Fault, Transient):
            path.unlink(missing_ok=True)
            raise
        if not rows or not rows[0][1]:
            path.unlink(missing_ok=True)
            return None
        _, count, size, _, statistics, *_ = rows[0]
        plain = {name[1:-1]: kept for name, kept in statistics.items() if '"."' not in name}
        return WrittenFile(
            path=path,
            rows=count,
            bytes=size,
            minimum={name: kept["min"] for name, kept in plain.items() if kept.get("min_is_exact") == "true"},
            maximum={name: kept["max"] for name, kept in plain.items() if kept.get("max_is_exact") == "true"},
            nulls={name: int(kept["null_count"]) for name, kept in plain.items() if "null_count" in kept},
        )


class DuckDBEngine:
    """Opens DuckDB sessions that share one set of limits.

    Args:
        temporary: Folder for what does not fit in memory.
        memory_limit: Such as "12GB"; DuckDB's own default (80 % of the machine) when None.
        threads: All cores when None.
    """

    def __init__(self, temporary: Path, memory_limit: str | None = None, threads: int | None = None) -> None:
        """Remember the limits; nothing is opened yet."""
        self._temporary = temporary
        self._memory_limit = memory_limit
        self._threads = threads

    @contextmanager
    def session(self) -> Iterator[Session]:
        """See `Engine.session`."""
        self._temporary.mkdir(parents=True, exist_ok=True)
        settings: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": str(self._temporary),
            # No statement of ours needs the network or an extension that is not built in.
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            # Memory that one statement is done with is the next one's: to fetch it from the system anew takes a fifth
            # of a delivery's time.
            "allocator_flush_threshold": _NEVER,
            "allocator_bulk_deallocation_flush_threshold": _NEVER,
        }
        if self._memory_limit:
            settings["memory_limit"] = self._memory_limit
        if self._threads:
            settings["threads"] = self._threads
        with _as_product_errors():
            connection = duckdb.connect(config=settings)
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET enable_progress_bar = false")
        try:
            yield DuckDBSession(connection)
        finally:
            connection.close()


@contextmanager
def _as_product_errors() -> Iterator[None]:
    """Turn DuckDB's exceptions into ours, keeping the original as the cause."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        message = str(error)
        if "temp" in message.lower() and "space" in message.lower():
            raise NoSpace("临时目录空间不足，本次操作未生效。", remedy="清理磁盘后重试。") from error
        raise OutOfMemory(
            "计算所需内存超过上限，本次操作未生效。",
            remedy="调高 XINQIAO_MEMORY_LIMIT，或减少同时进行的任务。",
        ) from error
    except duckdb.IOException as error:
        if "No space left" in str(error) or _out_of_space(error):
            raise NoSpace(
                "磁盘空间不足，本次操作未生效。", where=_file_in(error), remedy="清理磁盘后重试。"
            ) from error
        raise Unreadable(f"文件无法读取：{_first_line(error)}") from error
    except RuntimeError as error:
        # A person's Ctrl+C reaches the engine first, which then speaks of a query.
        if str(error) == "Query interrupted":
            raise KeyboardInterrupt from error
        raise
    except duckdb.InvalidInputException as error:
        if "magic bytes" not in str(error):
            raise EngineFault(f"计算引擎执行失败：{_first_line(error)}") from error
        raise Unreadable(
            "文件已损坏，不是完整的 Parquet 文件。", where=_file_in(error), remedy="从备份恢复该文件后重试。"
        ) from error
    except duckdb.Error as error:
        raise EngineFault(f"计算引擎执行失败：{_first_line(error)}") from error


def _out_of_space(error: BaseException) -> bool:
    return isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.ENOSPC


def _file_in(error: Exception) -> str:
    """The file that the engine's message names, if it names one."""
    # A message of the engine's that is told within another has its quotes escaped.
    named = re.search(r'\\?"(/[^"]+?)\\?"', str(error))
    return named[1] if named else ""


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
