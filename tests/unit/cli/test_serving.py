"""Commands that run until they are stopped: they say where they are, and stop cleanly."""

import json
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import httpx
import pytest

from xinqiao import main
from xinqiao.jobs import queue_evaluation

Xinqiao = Callable[..., Any]
Program = Callable[..., "subprocess.Popen[str]"]
PATIENCE_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def first_line(process: "subprocess.Popen[str]", stream: str) -> str:
    reader = getattr(process, stream)
    assert reader is not None
    line = reader.readline()
    assert line, process.communicate()
    return str(line)


def answer_of(process: "subprocess.Popen[str]") -> Any:
    """The JSON document it says first."""
    told = ""
    while not told.rstrip().endswith("}"):
        told += first_line(process, "stdout")
    return json.loads(told)


def fetched(process: "subprocess.Popen[str]", address: str) -> httpx.Response:
    """The page, as soon as it is served."""
    while process.poll() is None:
        try:
            return httpx.get(address, timeout=PATIENCE_SECONDS)
        except httpx.ConnectError:
            continue
    raise AssertionError(process.communicate())


@contextmanager
def stopped_by(process: "subprocess.Popen[str]", number: signal.Signals) -> Iterator[None]:
    """Stop a program at the end of the block, and require that it does so cleanly and without another word."""
    try:
        yield
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
        assert "Traceback" not in err, err
        assert out == ""
        assert process.returncode == 0, err
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("worker", ["--worker", "--no-worker"])
def test_pages_are_served_until_it_is_told_to_stop(
    program: Program, number: signal.Signals, worker: str
) -> None:
    port = free_port()
    process = program("serve", "--port", port, worker, "--json")

    with stopped_by(process, number):
        assert answer_of(process) == {"address": f"http://127.0.0.1:{port}", "worker": worker == "--worker"}
        page = fetched(process, f"http://127.0.0.1:{port}/")
        assert page.status_code == 200
        assert "text/html" in page.headers["content-type"]


def test_for_people_it_says_what_to_open(program: Program) -> None:
    port = free_port()
    process = program("serve", "--port", port, "--no-worker")

    with stopped_by(process, signal.SIGTERM):
        assert "127.0.0.1" in first_line(process, "stderr")
        assert f"请打开 http://127.0.0.1:{port}" in first_line(process, "stderr")


def test_a_taken_port_is_refused(xinqiao: Xinqiao) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = xinqiao("serve", "--port", taken.getsockname()[1])

    assert answer.status == 2
    assert "端口" in answer.err
    assert "--port" in answer.err
    assert "Traceback" not in answer.err


def test_it_listens_on_this_machine_only(xinqiao: Xinqiao, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINQIAO_HOST", "0.0.0.0")  # noqa: S104  It must be refused.

    answer = xinqiao("serve", "--port", free_port())

    assert answer.status == 2
    assert "XINQIAO_HOST" in answer.err


def test_a_host_that_cannot_be_used_is_not_answered_with_one_that_is_refused(
    xinqiao: Xinqiao, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINQIAO_HOST", "not a host")

    answer = xinqiao("serve", "--port", free_port())

    assert (answer.status, "127.0.0.1" in answer.err, "0.0.0.0" in answer.err) == (2, True, False)  # noqa: S104


@pytest.mark.usefixtures("delivered")
def test_the_worker_does_what_is_queued(program: Program) -> None:
    with main.open_workspace() as workspace:
        queue_evaluation(workspace, as_of=date(2026, 5, 31))
        process = program("worker", "--json")
        with stopped_by(process, signal.SIGTERM):
            assert answer_of(process) == {"worker": True}
            waiting = True
            while waiting and process.poll() is None:
                with workspace.store.transaction() as tx:
                    waiting = bool(tx.rows("SELECT 1 FROM procrastinate_jobs"))
        with workspace.store.transaction() as tx:
            days = [
                str(row["as_of"]) for row in tx.rows("SELECT as_of FROM evaluation ORDER BY evaluation_id")
            ]
    # The nightly evaluation may have fallen due meanwhile.
    assert {"2026-06-30", "2026-05-31"} <= set(days)
