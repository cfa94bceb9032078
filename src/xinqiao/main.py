"""The composition root: reads the settings, builds everything, and hands it to the edges.

What is slow to import is imported by what needs it, so that `--help` and the catalogue answer at once.
"""

import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from xinqiao import cli
from xinqiao.kernel.refusals import Refusal

if TYPE_CHECKING:
    from xinqiao.products import Report
    from xinqiao.settings import Settings
    from xinqiao.store import Store
    from xinqiao.workspace import Workspace


class NotOnlyHere(Refusal):
    """The page is asked to listen beyond this machine."""

    code = "not_loopback"


class PortTaken(Refusal):
    """The page cannot be served on the port that was asked for."""

    code = "port_taken"


def run() -> None:
    """The `xinqiao` command."""
    # Stopped by the system it ends as when a person stops it, and takes the embedded database with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(cli.run(surroundings()))


def surroundings() -> cli.Surroundings:
    """What the command line is handed."""
    return cli.Surroundings(
        open=open_workspace,
        migrate=migrate_database,
        serve=serve,
        work=work,
        queue=queue,
        render=_render,
    )


@contextmanager
def open_workspace() -> "Iterator[Workspace]":
    """The workspace that the environment describes, for the length of a block.

    A brand-new embedded database is set up on the way; any other must have been migrated.

    Raises:
        UnusableSetting: The environment holds an unusable value.
        NotMigrated: The database's tables are not those of this version.
    """
    from xinqiao.settings import load_settings
    from xinqiao.store import current, migrate, require_current

    settings = load_settings()
    store = _open_store(settings)
    try:
        if settings.database_url is None and current(store) is None:
            migrate(store)
        require_current(store)
        yield _workspace(settings, store)
    finally:
        store.close()


def migrate_database() -> list[str]:
    """Bring the database up to date; the steps taken."""
    from xinqiao.settings import load_settings
    from xinqiao.store import migrate

    store = _open_store(load_settings())
    try:
        return migrate(store)
    finally:
        store.close()


def serve(port: int | None, with_worker: bool, started: Callable[[str], None]) -> None:
    """Serve pages on this machine until stopped.

    Args:
        port: The port; that of the settings when None.
        with_worker: Whether to run background jobs too.
        started: Told the address once pages are served there.

    Raises:
        NotOnlyHere: `XINQIAO_HOST` is not a loopback address.
        PortTaken: Somebody else listens on the port.
    """
    import asyncio

    from xinqiao.portal import START_NOTICE
    from xinqiao.settings import load_settings

    settings = load_settings()
    if settings.host not in ("127.0.0.1", "::1", "localhost"):
        raise NotOnlyHere(
            f"页面只能在本机提供，不能监听 {settings.host}。",
            where="XINQIAO_HOST",
            remedy="登录功能启用之前请保持 127.0.0.1。",
        )
    host, chosen = settings.host, port or settings.port
    _require_free(host, chosen)

    def tell() -> None:
        sys.stderr.write(f"{START_NOTICE}\n")
        started(f"http://{f'[{host}]' if ':' in host else host}:{chosen}")

    _log_to_standard_error()
    with open_workspace() as workspace, workspace.settled():
        asyncio.run(_serve(workspace, host, chosen, with_worker=with_worker, started=tell))


def _log_to_standard_error() -> None:
    """Keep standard output for what commands answer."""
    import structlog

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


async def _serve(
    workspace: "Workspace", host: str, port: int, *, with_worker: bool, started: Callable[[], None]
) -> None:
    import asyncio

    from granian.constants import Interfaces
    from granian.server.embed import Server

    from xinqiao.jobs import run_worker_beside
    from xinqiao.portal import create_app

    server = Server(
        create_app(workspace), address=host, port=port, interface=Interfaces.ASGI, log_enabled=False
    )
    server.on_startup(started)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    jobs = asyncio.create_task(run_worker_beside(workspace)) if with_worker else None
    try:
        await server.serve()
    finally:
        if jobs is not None:
            jobs.cancel()
            with suppress(asyncio.CancelledError):
                await jobs


def _require_free(host: str, port: int) -> None:
    """Refuse a port on which somebody listens; the server itself would share it in silence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # So that connections of an earlier server which are still being closed do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"端口 {port} 无法使用：{error.strerror}。",
                where=f"{host}:{port}",
                remedy="停止占用该端口的程序，或用 --port 换一个端口。",
            ) from error


def work() -> None:
    """Run background jobs until stopped."""
    import asyncio

    from xinqiao.jobs import run_worker

    _log_to_standard_error()
    with open_workspace() as workspace, workspace.settled():
        asyncio.run(run_worker(workspace))


def queue(workspace: "Workspace", as_of: date, model: str | None) -> bool:
    """Leave an evaluation of the city to the worker; False when one waits already."""
    from xinqiao.jobs import queue_evaluation

    return queue_evaluation(workspace, as_of=as_of, model=model)


def _open_store(settings: "Settings") -> "Store":
    from xinqiao.store import open_store

    # Delivered files, the lake and the quarantine hold personal data.
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    address = settings.database_url.get_secret_value() if settings.database_url else None
    return open_store(home=settings.home, database_url=address)


def _workspace(settings: "Settings", store: "Store") -> "Workspace":
    from xinqiao.engine import DuckDBEngine
    from xinqiao.kernel.actor import Actor
    from xinqiao.lake import Lake
    from xinqiao.workspace import Workspace

    return Workspace(
        home=settings.home,
        store=store,
        engine=DuckDBEngine(settings.home / "tmp", settings.memory_limit, settings.threads),
        lake=Lake(settings.home / "lake"),
        clock=lambda: datetime.now(UTC),
        actor=Actor("system", "xinqiao"),
    )


def _render(report: "Report", language: cli.Language) -> str:
    from xinqiao.portal import render_report

    return render_report(report, language.value)
