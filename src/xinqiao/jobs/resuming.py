"""What a worker that was killed, or did not run, left undone, taken up by the next one.

The queue forgets workers that have not been heard of for half a minute, and keeps their jobs as being done for ever;
and it does not start a nightly job that is more than ten minutes late.
"""

import asyncio
from datetime import UTC, date, datetime, time, timedelta

import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status

from xinqiao.kernel.clock import city_date
from xinqiao.kernel.refusals import Transient
from xinqiao.rating.queries import current_evaluation, evaluations
from xinqiao.workspace import Workspace

NIGHTLY = "evaluate_daily"
NIGHTLY_AT = time(18, 30, tzinfo=UTC)
"""Half past two in the city."""
MOST_ATTEMPTS = 6
"""So often a job is tried, whether it failed or its worker was killed."""
_BETWEEN_SECONDS = 60.0
_log = structlog.get_logger("xinqiao.jobs")


def day_of(night: datetime) -> date:
    """The day that a night's evaluation is as of: the one that is over; of the one that has begun, not all is known."""
    return city_date(night) - timedelta(days=1)


async def keep_resuming(app: App, workspace: Workspace) -> None:
    """Take up what was left undone, now and every minute, until cancelled."""
    while True:
        try:
            await resume(app, workspace)
        except (ConnectorException, Transient) as error:
            _log.warning("resuming_failed", reason=str(error))
        await asyncio.sleep(_BETWEEN_SECONDS)


async def resume(app: App, workspace: Workspace) -> None:
    """Put the jobs of dead workers back into the queue, and the evaluation of a night without one into it.

    A job whose worker died at every try is given up: it may be what kills them.

    Raises:
        ConnectorException: The database went away.
        Transient: The same, or it is busy.
    """
    for job in await app.job_manager.get_stalled_jobs():
        await _again(app, job)
    night = last_night(workspace.clock())
    if await asyncio.to_thread(_missed, workspace, night) and not await _waits(app, day_of(night)):
        stamp = int(night.timestamp())
        nightly = app.tasks[NIGHTLY].configure(task_kwargs={"timestamp": stamp}).job
        # The queue enters a night once, whoever asks.
        if await app.job_manager.defer_periodic_job(nightly, periodic_id="", defer_timestamp=stamp):
            _log.info("night_made_up", as_of=day_of(night).isoformat())


def last_night(now: datetime) -> datetime:
    """The moment of the newest nightly evaluation that was due."""
    due = datetime.combine(now.astimezone(UTC).date(), NIGHTLY_AT)
    return due if due <= now else due - timedelta(days=1)


async def _again(app: App, job: Job) -> None:
    try:
        if job.attempts + 1 < MOST_ATTEMPTS:
            await app.job_manager.retry_job(job)
            _log.warning("job_resumed", job=job.task_name, attempts=job.attempts + 1)
        else:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
            _log.error("job_given_up", job=job.task_name, attempts=job.attempts + 1)
    except UniqueViolation:
        # Another of its kind waits; its turn comes once that one has begun.
        _log.info("job_waits_for_another", job=job.task_name)


def _missed(workspace: Workspace, night: datetime) -> bool:
    """Whether the city has no evaluation of the night's day or a later one, and none made since the night."""
    with workspace.store.transaction() as tx:
        newest = current_evaluation(tx)
        if newest is None:
            return True
        made = max(each.started_at for each in evaluations(tx, scope="city", model=None))
    return newest.as_of < day_of(night) and made < night


async def _waits(app: App, day: date) -> bool:
    """Whether somebody has put an evaluation of that day into the queue."""
    wanted = {"as_of": day.isoformat(), "model": None}
    queued = await app.job_manager.list_jobs_async(task="evaluate")
    return any(each.status in ("todo", "doing") and each.task_kwargs == wanted for each in queued)
