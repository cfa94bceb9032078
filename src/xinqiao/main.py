"""The composition root: reads the settings, builds everything, and hands it to the edges."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from xinqiao.engine import DuckDBEngine
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.refusals import Refusal
from xinqiao.lake import Lake
from xinqiao.settings import Settings, load_settings
from xinqiao.store import Store, current, migrate, open_store, require_current
from xinqiao.workspace import Workspace


class NotOnlyHere(Refusal):
    """The page is asked to listen beyond this machine."""

    code = "not_loopback"


def run() -> None:
    """The `xinqiao` command."""
    from xinqiao import cli

    surroundings = cli.Surroundings(
        open=open_workspace, migrate=migrate_database, serve=serve, work=work, render=_render
    )
    sys.exit(cli.run(surroundings))


@contextmanager
def open_workspace() -> Iterator[Workspace]:
    """The workspace that the environment describes, for the length of a block.

    A brand-new embedded database is set up on the way; any other must have been migrated.

    Raises:
        UnusableSetting: The environment holds an unusable value.
        NotMigrated: The database's tables are not those of this version.
    """
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
    store = _open_store(load_settings())
    try:
        return migrate(store)
    finally:
        store.close()


def serve(port: int | None, with_worker: bool) -> None:
    """Serve pages on this machine until stopped.

    Raises:
        NotOnlyHere: `XINQIAO_HOST` is not a loopback address.
    """
    from granian.constants import Interfaces
    from granian.server.embed import Server

    import asyncio

    from xinqiao.jobs import run_worker
    from xinqiao.portal import START_NOTICE, create_app

    settings = load_settings()
    if settings.host not in ("127.0.0.1", "::1", "localhost"):
        raise NotOnlyHere(
            f"页面只能在本机提供，不能监听 {settings.host}。", where="XINQIAO_HOST",
            remedy="登录功能启用之前请保持 127.0.0.1。",
        )  # fmt: skip
    with open_workspace() as workspace:
        if with_worker:
            threading.Thread(
                target=run_worker, kwargs={"workspace": workspace, "own_signals": False}, daemon=True, name="worker"
            ).start()
        server = Server(
            create_app(workspace), address=settings.host, port=port or settings.port, interface=Interfaces.ASGI
        )
        sys.stderr.write(f"{START_NOTICE}\nhttp://{settings.host}:{port or settings.port}\n")
        asyncio.run(server.serve())


def work() -> None:
    """Run background jobs until stopped."""
    from xinqiao.jobs import run_worker

    with open_workspace() as workspace:
        run_worker(workspace)


def _open_store(settings: Settings) -> Store:
    settings.home.mkdir(parents=True, exist_ok=True)
    address = settings.database_url.get_secret_value() if settings.database_url else None
    return open_store(home=settings.home, database_url=address)


def _workspace(settings: Settings, store: Store) -> Workspace:
    return Workspace(
        home=settings.home,
        store=store,
        engine=DuckDBEngine(settings.home / "tmp", settings.memory_limit, settings.threads),
        lake=Lake(settings.home / "lake"),
        clock=lambda: datetime.now(UTC),
        actor=Actor("system", "xinqiao"),
    )


def _render(report: object, language: str) -> str:
    raise NotImplementedError
