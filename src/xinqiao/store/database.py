"""Open the database, embedded or the city's own, and hand out transactions."""

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb, JsonbDumper, set_json_dumps
from psycopg_pool import ConnectionPool

from xinqiao.kernel.clock import CITY_TIME
from xinqiao.store.documents import canonical_json
from xinqiao.store.driver_errors import as_product_errors
from xinqiao.store.embedded import EmbeddedServer
from xinqiao.store.refusals import DatabaseUnreachable, UnusableDatabase, UnusableDatabaseAddress
from xinqiao.store.transaction import Transaction

Json = Jsonb
"""Wrap a value to store it as JSON: `Json([...])`; mappings need no wrapping."""

_Connection = psycopg.Connection[dict[str, Any]]
_CONNECT_SECONDS = 5
_WAIT_SECONDS = 15.0
_MOST_CONNECTIONS = 16
_OLDEST_VERSION = 150000


class Store:
    """The database of one city: made by `open_store`, safe to share between threads.

    Attributes:
        url: Address for other drivers in this process; it may hold a password, so it is never shown.
    """

    def __init__(
        self, url: str, *, address: Callable[[], str], leave: Callable[[], None], label: str
    ) -> None:
        self.url = url
        self._label = label
        self._pool = ConnectionPool[_Connection](
            address,
            kwargs={
                "row_factory": dict_row,
                "connect_timeout": _CONNECT_SECONDS,
                "application_name": "xinqiao",
            },
            configure=_configure,
            check=ConnectionPool.check_connection,
            min_size=1,
            max_size=_MOST_CONNECTIONS,
            timeout=_WAIT_SECONDS,
            name="xinqiao",
            open=True,
        )
        # Also at the end of a program that forgot to close, so that the last to go stops the embedded server.
        self._finish = weakref.finalize(self, _finish, self._pool, leave)

    def __repr__(self) -> str:
        return f"<Store {self._label}>"

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction for the length of a block: committed at its end, rolled back when the block raises.

        Raises:
            DatabaseUnreachable: No connection, or it broke.
            DatabaseBusy: No connection free, or another transaction was in the way.
            DatabaseFull: The database's disk is full.
            StoreFault: The database refused a statement.
        """
        with as_product_errors(), self._pool.connection() as connection:
            yield Transaction(connection)

    def close(self) -> None:
        """Close all connections and leave the embedded server; closing again does nothing."""
        self._finish()


def open_store(*, home: Path, database_url: str | None) -> Store:
    """Open the database at an address, or without one the embedded database under `home`/pg.

    Nothing is migrated.

    Raises:
        UnusableDatabaseAddress: The address cannot be read.
        UnusableDatabase: The database is too old, or does not keep text as UTF-8.
        DatabaseUnreachable: The database does not answer.
        UnusableHome: The home folder cannot hold a database.
        EmbeddedDatabaseFailed: The embedded database could not be set up or started.
    """
    if database_url is None:
        server = EmbeddedServer(home / "pg")
        return Store(
            server.url, address=server.ensure_running, leave=server.leave, label=f"embedded in {home}"
        )
    _examine(database_url)
    return Store(database_url, address=lambda: database_url, leave=_nothing, label="external")


def _configure(connection: _Connection) -> None:
    connection.adapters.register_dumper(dict, JsonbDumper)
    set_json_dumps(canonical_json, connection)
    connection.execute(f"SET TIME ZONE '{CITY_TIME.key}'".encode())
    connection.commit()


def _finish(pool: "ConnectionPool[_Connection]", leave: Callable[[], None]) -> None:
    try:
        pool.close()
    finally:
        leave()


def _nothing() -> None:
    """An external server is nobody's to stop."""


def _examine(url: str) -> None:
    """Refuse an address or a database that cannot work, at once and without repeating the address."""
    try:
        conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise UnusableDatabaseAddress(
            "数据库地址无法识别。",
            where="XINQIAO_DATABASE_URL",
            remedy="请写成 postgresql://用户:口令@主机:端口/库名，其中的特殊字符用 %XX 表示。",
        ) from None
    try:
        with psycopg.connect(url, connect_timeout=_CONNECT_SECONDS) as connection:
            version, encoding = (
                connection.info.server_version,
                connection.info.parameter_status("server_encoding"),
            )
    except psycopg.OperationalError:
        # The driver's text may repeat parts of the address; it is left out altogether.
        raise DatabaseUnreachable(
            "连接不上数据库。",
            where="XINQIAO_DATABASE_URL",
            remedy="请检查数据库是否运行、主机与端口能否访问、库名与口令是否正确，然后重试。",
        ) from None
    if version < _OLDEST_VERSION or encoding != "UTF8":
        raise UnusableDatabase(
            f"数据库不合要求：版本 {version // 10000}，编码 {encoding}。",
            where="XINQIAO_DATABASE_URL",
            remedy="请提供 PostgreSQL 15 或更新版本、编码为 UTF8 的数据库。",
        )
