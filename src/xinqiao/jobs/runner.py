"""The jobs and the worker that runs them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime

import structlog
from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from xinqiao.jobs.resuming import MOST_ATTEMPTS, NIGHTLY, NIGHTLY_AT, day_of, keep_resuming
from xinqiao.kernel.refusals import Fault, NotFound, Refusal, Transient
from xinqiao.rating.operations import require_reached
from xinqiao.workspace import Workspace, commands

# A table is worth rewriting once a point read would open this many files.
MANY_FILES = 32
# After a full disk or a busy database a job is tried again, later each time.
_AGAIN = RetryStrategy(max_attempts=MOST_ATTEMPTS, linear_wait=300, retry_exceptions={Transient})
# Between two tries to reach a database that went away.
_PATIENCE_SECONDS = 5.0
_log = structlog.get_logger("xinqiao.jobs")


def application(workspace: Workspace) -> App:
    """The queue's application: its jobs act on this workspace."""
    app = App(connector=PsycopgConnector(conninfo=workspace.store.url))

    @app.task(name="evaluate", queueing_lock="evaluate", retry=_AGAIN)
    def evaluate(as_of: str, model: str | None = None) -> None:
        day = date.fromisoformat(as_of)
        _told("evaluate", lambda: commands.evaluate(workspace, as_of=day, model=model).evaluation_id)

    # In UTC: ten past two and half past two in the city.
    @app.periodic(cron="10 18 * * *")
    @app.task(name="compact", retry=_AGAIN)
    def compact(timestamp: int) -> None:
        _told("compact", lambda: compact_crowded(workspace))

    @app.periodic(cron=f"{NIGHTLY_AT.minute} {NIGHTLY_AT.hour} * * *")
    @app.task(name=NIGHTLY, retry=_AGAIN)
    def evaluate_daily(timestamp: int) -> None:
        day = day_of(datetime.fromtimestamp(timestamp, tz=UTC))
        _told(NIGHTLY, lambda: commands.evaluate(workspace, as_of=day).evaluation_id)

    return app


def _told(job: str, work: Callable[[], object]) -> None:
    """Run a job; a refusal is logged and ends it, as another try would be refused again.

    Raises:
        Transient: Something passing was in the way; the queue tries again.
        Fault: The job failed and stays in the queue as failed.
    """
    try:
        result = work()
    except (Refusal, NotFound) as error:
        _log.warning("job_refused", job=job, code=error.code, reason=str(error))
    else:
        _log.info("job_done", job=job, result=result)


def compact_crowded(workspace: Workspace, *, files: int = MANY_FILES) -> list[str]:
    """Compact the tables that have come to consist of so many files; returns their names."""
    with workspace.store.transaction() as tx:
        versions = workspace.lake.versions(tx)
    crowded = [
        table for table, version in versions.items() if len(workspace.lake.files(table, version)) >= files
    ]
    for table in crowded:
        commands.compact(workspace, table=table)
    return crowded


def queue_evaluation(workspace: Workspace, *, as_of: date, model: str | None = None) -> bool:
    """Put an evaluation of the whole city into the queue; False when one waits there already, whatever it is of.

    Raises:
        NotYetOver: `as_of` lies in the future.
        UnknownModel: There is no such model.
    """
    require_reached(as_of, workspace.clock())
    if model is not None:
        workspace.scorecards.chosen(as_of, model)
    app = application(workspace)

    async def defer() -> bool:
        async with app.open_async():
            try:
                await app.tasks["evaluate"].defer_async(as_of=as_of.isoformat(), model=model)
            except AlreadyEnqueued:
                return False
            return True

    # A thread of its own, because the caller may be inside a loop already.
    with ThreadPoolExecutor(max_workers=1) as aside:
        return aside.submit(asyncio.run, defer()).result()


async def run_worker(workspace: Workspace, *, own_signals: bool = True) -> None:
    """Run jobs until the process is told to stop, or the task that awaits this is cancelled.

    A job that runs at that moment is finished first. What killed workers left, and a night that was missed, is taken
    up.

    Args:
        workspace: What jobs act on.
        own_signals: Whether to stop on the process's signals; not beside a server that has them.

    Raises:
        ConnectorException: The database went away.
    """
    app = application(workspace)
    async with app.open_async():
        resuming = asyncio.create_task(keep_resuming(app, workspace))
        try:
            await app.run_worker_async(install_signal_handlers=own_signals, delete_jobs="successful")
        finally:
            resuming.cancel()


async def run_worker_beside(workspace: Workspace) -> None:
    """Run jobs beside a server until cancelled; a database that went away is waited for."""
    while True:
        try:
            await run_worker(workspace, own_signals=False)
        except ConnectorException as error:
            _log.warning("worker_lost_database", reason=str(error))
            await asyncio.sleep(_PATIENCE_SECONDS)
            await asyncio.to_thread(_wake, workspace)


def _wake(workspace: Workspace) -> None:
    """Start the embedded database again if it died; another one is left to its keepers."""
    with suppress(Transient, Fault), workspace.store.transaction() as tx:
        tx.row("SELECT 1")
