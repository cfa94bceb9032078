"""The command line as a program of its own, and a delivery and an evaluation to ask it about."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xinqiao.kernel.unified_code import build

COMMAND = Path(sys.executable).with_name("xinqiao")


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
def delivered(xinqiao: Callable[..., Any], tmp_path: Path, firm: str) -> None:
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
        ("evaluate", "--as-of", "2026-06-30", "--model", "core"),
    ):
        assert xinqiao(*arguments).status == 0
