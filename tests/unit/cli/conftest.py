"""The command line as a program of its own, and a delivery and an evaluation to ask it about."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from xinqiao import cli, main
from xinqiao.kernel.unified_code import build

COMMAND = Path(sys.executable).with_name("xinqiao")
FIRM = build(region="449901", organisation8="MA5ABCDE").text


@pytest.fixture
def program(settings: None) -> Callable[..., "subprocess.Popen[str]"]:
    """Start a command as a program of its own."""

    def starting(*arguments: object) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [COMMAND, *map(str, arguments)],
            env=os.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return starting


@pytest.fixture
def firm() -> str:
    """The code of the one firm there is."""
    return FIRM


@dataclass(frozen=True)
class Installation:
    """What was delivered to an installation and evaluated there; nobody changes it, tests work on copies.

    Attributes:
        folder: Holds its home, and the files that were delivered.
        database: Name of its database, to which nobody is connected.
        out: What the last command wrote to standard output.
        err: What it wrote beside it.
    """

    folder: Path
    database: str
    out: str
    err: str


Installing = Callable[..., AbstractContextManager[Installation]]


@pytest.fixture(scope="session")
def _installed(
    copied_database: Callable[[str], AbstractContextManager[str]],
    install: Callable[[pytest.MonkeyPatch, Path, str], None],
) -> Installing:
    """Runs commands in the home of a folder, which stands for the length of a block."""

    @contextmanager
    def installing(folder: Path, *commands: Sequence[object]) -> Iterator[Installation]:
        said = StringIO(), StringIO()
        with copied_database("pattern") as address, pytest.MonkeyPatch.context() as patch:
            install(patch, folder / "home", address)
            for arguments in commands:
                said = StringIO(), StringIO()
                with redirect_stdout(said[0]), redirect_stderr(said[1]):
                    status = cli.run(main.surroundings(), list(map(str, arguments)))
                assert status == 0, said[1].getvalue()
            name = str(conninfo_to_dict(address)["dbname"])
            yield Installation(folder, name, *(each.getvalue() for each in said))

    return installing


@pytest.fixture(scope="session")
def _first(tmp_path_factory: pytest.TempPathFactory, _installed: Installing) -> Iterator[Installation]:
    """A registration, two invoices of which one is refused, and an evaluation."""
    folder = tmp_path_factory.mktemp("delivered")
    registry, invoices = folder / "登记.csv", folder / "销项.csv"
    registry.write_text(
        f"unified_code,name,approved_on,established_on\n{FIRM},甲公司,2019-03-05,2019-03-05\n", "utf-8"
    )
    invoices.write_text(
        "taxpayer_code,invoice_number,issued_on,amount_fen,status\n"
        f"{FIRM},1,2026-03-01,100000,valid\n{FIRM},2,2026-03-01,100000,红冲\n",
        "utf-8",
    )
    with _installed(
        folder,
        ("deliver", "business_registration", registry, "--known-at", "2026-01-15"),
        ("deliver", "sales_invoice", invoices, "--known-at", "2026-03-15T18:00"),
        ("evaluate", "--as-of", "2026-06-30", "--model", "core"),
    ) as first:
        yield first


@pytest.fixture
def beginning(request: pytest.FixtureRequest, beginning: str) -> str:
    """Who asks for what was delivered gets the database that tells of it."""
    for asked, kept in (("delivered", "_first"), ("demonstrated", "_seventh")):
        if asked in request.fixturenames:
            installation: Installation = request.getfixturevalue(kept)
            return installation.database
    return beginning


@pytest.fixture
def delivered(_first: Installation, settings: None, home: Path, tmp_path: Path) -> None:
    """A registration, two invoices of which one is refused, and an evaluation; the test's own."""
    shutil.copytree(_first.folder, tmp_path, dirs_exist_ok=True)


DEMONSTRATION = ("demo", "--no-serve", "--enterprises", 15, "--seed", 7, "--json")


@pytest.fixture(scope="session")
def _seventh(tmp_path_factory: pytest.TempPathFactory, _installed: Installing) -> Iterator[Installation]:
    """The demonstration city of seed 7."""
    with _installed(tmp_path_factory.mktemp("demonstrated"), DEMONSTRATION) as seventh:
        yield seventh


@pytest.fixture
def demonstrated(_seventh: Installation, settings: None, home: Path, tmp_path: Path) -> Installation:
    """The demonstration city of seed 7, and what was said on making it; the test's own."""
    shutil.copytree(_seventh.folder, tmp_path, dirs_exist_ok=True)
    return _seventh
