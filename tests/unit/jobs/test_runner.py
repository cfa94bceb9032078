"""Jobs wait in PostgreSQL's queue until a worker does each of them once."""

import asyncio
import dataclasses
import subprocess
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from procrastinate import App

from xinqiao.jobs import queue_evaluation, run_worker, run_worker_beside
from xinqiao.jobs import resuming as taking_up
from xinqiao.jobs import runner as jobs
from xinqiao.kernel.clock import CITY_TIME, city_date
from xinqiao.kernel.unified_code import build
from xinqiao.rating.catalogue.loader import UnknownModel
from xinqiao.rating.operations import NotYetOver
from xinqiao.rating.queries import current_evaluation, evaluations
from xinqiao.workspace import Workspace, commands

FIRM = build(region="449901", organisation8="MA500001")
AS_OF = date(2026, 6, 30)
NOON = datetime(2026, 7, 1, 12, tzinfo=CITY_TIME)


@pytest.fixture
def deliver(workspace: Workspace, tmp_path: Path) -> Callable[[int], None]:
    def delivering(number: int) -> None:
        code = build(region="449901", organisation8=f"MA5{number:05d}").text
        path = tmp_path / "r.csv"
        path.write_text(
            f"unified_code,name,approved_on,established_on\n{code},甲,2019-03-05,2019-03-05\n", "utf-8"
        )
        known_at = datetime(2026, 1, 15, tzinfo=workspace.clock().tzinfo)
        commands.deliver(
            workspace, dataset="business_registration", files=[path], mapping=None, known_at=known_at
        )

    return delivering


def jobs_waiting(workspace: Workspace) -> list[str]:
    with workspace.store.transaction() as tx:
        return [
            f"{row['task_name']} {row['status']}"
            for row in tx.rows("SELECT task_name, status FROM procrastinate_jobs ORDER BY id")
        ]


def apart(doing: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do it in a loop of its own in a thread of its own: tests in a browser leave one running in this thread."""
    with ThreadPoolExecutor(max_workers=1) as aside:
        aside.submit(lambda: asyncio.run(doing())).result()


def resume(workspace: Workspace) -> None:
    """Take up what was left undone, as a worker does when it starts."""

    async def resuming() -> None:
        app = jobs.application(workspace)
        async with app.open_async():
            await taking_up.resume(app, workspace)

    apart(resuming)


def work_off(workspace: Workspace) -> None:
    """Do what waits, as the worker does, and return."""

    async def working() -> None:
        app: App = jobs.application(workspace)
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False, delete_jobs="successful")

    apart(working)


def test_a_queued_evaluation_is_done_by_the_worker(
    workspace: Workspace, deliver: Callable[[int], None]
) -> None:
    deliver(1)
    queue_evaluation(workspace, as_of=AS_OF)
    assert jobs_waiting(workspace) == ["evaluate todo"]

    work_off(workspace)

    assert jobs_waiting(workspace) == []
    with workspace.store.transaction() as tx:
        evaluation = current_evaluation(tx)
    assert evaluation is not None
    assert (evaluation.as_of, evaluation.subjects) == (AS_OF, 1)


def test_an_evaluation_that_is_refused_ends_and_the_worker_goes_on(
    workspace: Workspace, deliver: Callable[[int], None]
) -> None:
    queue_evaluation(workspace, as_of=AS_OF)
    work_off(workspace)
    assert jobs_waiting(workspace) == []

    deliver(1)
    queue_evaluation(workspace, as_of=AS_OF)
    work_off(workspace)
    with workspace.store.transaction() as tx:
        assert current_evaluation(tx) is not None


def test_an_evaluation_that_waits_is_not_queued_twice(workspace: Workspace) -> None:
    queued = [queue_evaluation(workspace, as_of=AS_OF) for _ in range(2)]

    assert queued == [True, False]
    assert jobs_waiting(workspace) == ["evaluate todo"]


def test_what_no_worker_could_do_is_not_queued(workspace: Workspace) -> None:
    with pytest.raises(UnknownModel):
        queue_evaluation(workspace, as_of=AS_OF, model="none")
    with pytest.raises(NotYetOver):
        queue_evaluation(workspace, as_of=city_date(workspace.clock()) + timedelta(days=1))

    assert jobs_waiting(workspace) == []


def test_nightly_jobs_are_set_for_the_small_hours_of_the_city(workspace: Workspace) -> None:
    app = jobs.application(workspace)

    crons = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}

    assert crons == {"compact": "10 18 * * *", "evaluate_daily": "30 18 * * *"}


def test_compaction_takes_crowded_tables_only(workspace: Workspace, deliver: Callable[[int], None]) -> None:
    for number in range(3):
        deliver(number)

    assert jobs.compact_crowded(workspace) == []
    assert jobs.compact_crowded(workspace, files=3) == ["records/business_registration"]
    assert jobs.compact_crowded(workspace, files=3) == []


def test_a_worker_stops_when_it_is_told(workspace: Workspace) -> None:
    async def working() -> None:
        for run in (run_worker(workspace, own_signals=False), run_worker_beside(workspace)):
            task = asyncio.create_task(run)
            while not jobs_waiting_for_work(workspace):
                await asyncio.to_thread(jobs_waiting, workspace)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    apart(lambda: asyncio.wait_for(working(), timeout=60))


def jobs_waiting_for_work(workspace: Workspace) -> bool:
    """Whether a worker has announced itself."""
    with workspace.store.transaction() as tx:
        return bool(tx.rows("SELECT 1 FROM procrastinate_workers"))


@pytest.fixture
def killed(workspace: Workspace, settings: None) -> None:
    """A worker was killed in the middle of an evaluation, an hour ago."""
    command = [str(Path(sys.executable).with_name("xinqiao")), "worker"]
    with workspace.store.transaction() as tx, subprocess.Popen(command, stderr=subprocess.DEVNULL) as worker:
        tx.lock("rating:evaluate")
        while "evaluate doing" not in jobs_waiting(workspace):
            assert worker.poll() is None
        worker.kill()
    with workspace.store.transaction() as tx:
        tx.run("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 hour'")
        # By the machine's own clock it may have made up a night.
        tx.run("DELETE FROM procrastinate_jobs WHERE task_name <> 'evaluate'")


@pytest.fixture
def graded(workspace: Workspace, deliver: Callable[[int], None]) -> None:
    """Last night's evaluation was made."""
    deliver(1)
    commands.evaluate(workspace, as_of=AS_OF)


@pytest.fixture
def queued(workspace: Workspace, graded: None) -> None:
    assert queue_evaluation(workspace, as_of=AS_OF - timedelta(days=1))


def test_the_job_of_a_killed_worker_is_done_by_the_next(
    workspace: Workspace, queued: None, killed: None
) -> None:
    work_off(workspace)
    assert jobs_waiting(workspace) == ["evaluate doing"]

    resume(workspace)
    work_off(workspace)

    assert jobs_waiting(workspace) == []
    with workspace.store.transaction() as tx:
        assert {each.as_of for each in evaluations(tx)} == {AS_OF, AS_OF - timedelta(days=1)}


def test_the_job_of_a_killed_worker_waits_for_another_of_its_kind(
    workspace: Workspace, queued: None, killed: None
) -> None:
    queue_evaluation(workspace, as_of=AS_OF - timedelta(days=2))

    resume(workspace)
    assert jobs_waiting(workspace) == ["evaluate doing", "evaluate todo"]
    work_off(workspace)
    resume(workspace)
    work_off(workspace)

    assert jobs_waiting(workspace) == []


def test_a_job_that_killed_every_worker_is_given_up(workspace: Workspace, queued: None, killed: None) -> None:
    with workspace.store.transaction() as tx:
        tx.run("UPDATE procrastinate_jobs SET attempts = %s", (taking_up.MOST_ATTEMPTS - 1,))

    resume(workspace)

    assert jobs_waiting(workspace) == ["evaluate failed"]


def test_a_job_of_a_living_worker_is_left_alone(workspace: Workspace, queued: None, killed: None) -> None:
    with workspace.store.transaction() as tx:
        tx.run("UPDATE procrastinate_workers SET last_heartbeat = now()")

    resume(workspace)

    assert jobs_waiting(workspace) == ["evaluate doing"]


def test_a_night_that_was_missed_is_made_up_once(
    workspace: Workspace, deliver: Callable[[int], None]
) -> None:
    deliver(1)

    resume(workspace)
    resume(workspace)

    assert jobs_waiting(workspace) == ["evaluate_daily todo"]
    work_off(workspace)
    resume(workspace)
    assert jobs_waiting(workspace) == []
    with workspace.store.transaction() as tx:
        assert [each.as_of for each in evaluations(tx)] == [AS_OF]


def test_a_night_is_not_made_up_that_has_its_evaluation_or_for_which_one_waits(
    workspace: Workspace, graded: None
) -> None:
    resume(workspace)
    assert jobs_waiting(workspace) == []

    tomorrow = dataclasses.replace(workspace, clock=lambda: NOON + timedelta(days=1))
    queue_evaluation(tomorrow, as_of=AS_OF + timedelta(days=1))
    resume(tomorrow)
    assert jobs_waiting(workspace) == ["evaluate todo"]


def test_the_night_of_a_moment_is_the_last_that_was_due() -> None:
    half_past_two = datetime(2026, 7, 1, 2, 30, tzinfo=CITY_TIME)

    assert taking_up.last_night(half_past_two) == half_past_two
    assert taking_up.last_night(half_past_two - timedelta(seconds=1)) == half_past_two - timedelta(days=1)
    assert taking_up.day_of(half_past_two) == AS_OF
