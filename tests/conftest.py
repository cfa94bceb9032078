"""What every test may ask for: a database of its own, a folder, a moment, somebody who acts, the command line."""

import gc
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
import pytest
from hypothesis import settings as laws
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from xinqiao import cli, main
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import CITY_TIME
from xinqiao.store import Store, migrate, open_store

# A law holds however long a busy machine takes over an example.
laws.register_profile("xinqiao", deadline=None)
laws.load_profile("xinqiao")


def pytest_collection_finish() -> None:
    """Leave what was imported and declared by now out of garbage collections: they take a tenth of the time."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """What stays frozen to the end is not freed in order."""
    gc.unfreeze()


_SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def _databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[psycopg.Connection]:
    """A real server for this process of pytest, holding one migrated database to copy."""
    server = open_store(home=tmp_path_factory.mktemp("server"), database_url=None)
    with psycopg.connect(server.url, autocommit=True) as connection:
        # A test's database need not survive a power cut, nor does it live long enough to want tidying.
        for setting in ("fsync = off", "full_page_writes = off", "autovacuum = off"):
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        # The system copies a file quicker than PostgreSQL does, and through its log a copy is written twice.
        connection.execute("ALTER SYSTEM SET file_copy_method = clone")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE pattern")
        pattern = open_store(home=Path(), database_url=make_conninfo(server.url, dbname="pattern"))
        migrate(pattern)
        pattern.close()
        connection.execute("ALTER DATABASE pattern ALLOW_CONNECTIONS false")
        yield connection
    server.close()


@pytest.fixture(scope="session")
def _numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture(scope="session")
def copied_database(
    _databases: psycopg.Connection, _numbers: Iterator[int]
) -> Callable[[str], AbstractContextManager[str]]:
    """Copies a database that nobody is connected to, for the length of a block; the copy's address."""

    @contextmanager
    def copying(template: str) -> Iterator[str]:
        name = f"test_{next(_numbers)}"
        _databases.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy".encode())
        try:
            yield make_conninfo(_databases.info.dsn, dbname=name)
        finally:
            _databases.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    return copying


@pytest.fixture
def beginning() -> str:
    """The database that a test's own begins as a copy of."""
    return "pattern"


@pytest.fixture
def database_url(
    copied_database: Callable[[str], AbstractContextManager[str]], beginning: str
) -> Iterator[str]:
    """Address of a fresh migrated database that is this test's alone."""
    with copied_database(beginning) as address:
        yield address


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A fresh migrated database that is this test's alone."""
    opened = open_store(home=Path(), database_url=database_url)
    yield opened
    opened.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 7, 1, 9, 0, tzinfo=CITY_TIME)


@pytest.fixture
def actor() -> Actor:
    return Actor("person", "li.na")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real public data; tests that need it are skipped where it is absent."""
    if not _SHARED_DATA.is_dir():
        pytest.skip(f"no real data at {_SHARED_DATA}")
    return _SHARED_DATA


@dataclass(frozen=True)
class Answer:
    """What a command said.

    Attributes:
        status: Its exit status.
        out: Its standard output.
        err: Its standard error.
    """

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its standard output as the one JSON document it must be."""
        assert self.status == 0, self.err
        return json.loads(self.out)


@pytest.fixture(scope="session")
def install() -> Callable[[pytest.MonkeyPatch, Path, str], None]:
    """Sets the environment of an installation: its home and its database's address as operators write it."""

    def setting(patch: pytest.MonkeyPatch, home: Path, database_url: str) -> None:
        parts = conninfo_to_dict(database_url)
        name = parts.pop("dbname")
        patch.setenv("XINQIAO_HOME", str(home))
        patch.setenv("XINQIAO_DATABASE_URL", f"postgresql:///{name}?{urlencode(parts, quote_via=quote)}")
        patch.delenv("XINQIAO_HOST", raising=False)

    return setting


@pytest.fixture
def settings(
    install: Callable[[pytest.MonkeyPatch, Path, str], None],
    home: Path,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The environment of an installation of the test's own."""
    install(monkeypatch, home, database_url)


@pytest.fixture
def xinqiao(settings: None, capfd: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Run a command in this process."""

    def running(*arguments: object) -> Answer:
        capfd.readouterr()
        status = cli.run(main.surroundings(), [str(each) for each in arguments])
        sys.stdout.flush()
        said = capfd.readouterr()
        return Answer(status, said.out, said.err)

    return running
