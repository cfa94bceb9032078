"""Terminals that hold few characters, and readers that leave early."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from xinqiao.cli.app import PIPE_CLOSED

COMMAND = Path(sys.executable).with_name("xinqiao")


def run(encoding: str, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [COMMAND, *arguments],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )


@pytest.mark.usefixtures("delivered")
@pytest.mark.parametrize("encoding", ["gbk", "latin-1", "ascii", "utf-8"])
def test_a_report_is_the_same_document_on_any_terminal(encoding: str, firm: str) -> None:
    made = run(encoding, "report", firm)

    assert (made.returncode, made.stderr) == (0, b"")
    assert json.loads(made.stdout.decode(encoding))["identity"]["unified_code"] == firm


@pytest.mark.usefixtures("delivered")
def test_a_page_is_in_utf_8_wherever_it_is_written(firm: str) -> None:
    assert "信用报告" in run("gbk", "report", firm, "--format", "html").stdout.decode("utf-8")


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("encoding", ["gbk", "latin-1", "ascii"])
def test_what_a_terminal_cannot_show_ends_no_command(encoding: str) -> None:
    assert run(encoding, "--help").returncode == 0
    assert run(encoding, "catalogue", "list").returncode == 0


@pytest.mark.usefixtures("settings")
def test_a_reader_that_leaves_early_is_told_from_a_fault() -> None:
    assert PIPE_CLOSED == 128 + signal.SIGPIPE
    process = subprocess.Popen(
        [COMMAND, "catalogue", "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process:
        assert process.stderr.read() == b""
    assert process.returncode == PIPE_CLOSED
