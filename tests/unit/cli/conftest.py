"""The command line as the program runs it, over a database and a home of the test's own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from psycopg.conninfo import conninfo_to_dict

from xinqiao import cli, main
from xinqiao.kernel.unified_code import build

COMMAND = Path(sys.executable).with_name("xinqiao")


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


@pytest.fixture
def settings(home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of an installation of the test's own."""
    parts = conninfo_to_dict(database_url)
    name = parts.pop("dbname")
    monkeypatch.setenv("XINQIAO_HOME", str(home))
    monkeypatch.setenv("XINQIAO_DATABASE_URL", f"postgresql:///{name}?{urlencode(parts, quote_via=quote)}")
    monkeypatch.delenv("XINQIAO_HOST", raising=False)


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
    return build(region="449901", organisation8="MA5ABCDE").text


@pytest.fixture
def delivered(xinqiao: Callable[..., Answer], tmp_path: Path, firm: str) -> None:
    """A registration, two invoices of which one is refused, and an evaluation."""
    registry = tmp_path / "登记.csv"
    registry.write_text(
        f"unified_code,name,approved_on,established_on\n{firm},甲公司,2019-03-05,2019-03-05\n", "utf-8"
    )
    invoices = tmp_path / "销项.csv"
    invoices.write_text(
        "taxpayer_code,invoice_number,issued_on,amount_fen,status\n"
        f"{firm},1,2026-03-01,100000,valid\n{firm},2,2026-03-01,100000,红冲\n",
        "utf-8",
    )
    for arguments in (
        ("deliver", "business_registration", registry, "--known-at", "2026-01-15"),
        ("deliver", "sales_invoice", invoices, "--known-at", "2026-03-15T18:00"),
        ("evaluate", "--as-of", "2026-06-30"),
    ):
        assert xinqiao(*arguments).status == 0
