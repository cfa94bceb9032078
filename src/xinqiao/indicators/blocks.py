"""Everybody evaluated in blocks of subjects, several at once.

A block's aggregates stay in the processor's cache, and memory grows with the block and not with the city. Only what
is usual in each sector needs everybody: before it, what every block has measured is gathered.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack

from xinqiao.engine import Session, together
from xinqiao.engine.dialect import identifier
from xinqiao.indicators.sectors import SECTORS
from xinqiao.indicators.steps import RECORDS, Plan, Step
from xinqiao.indicators.values import VALUES

# Fewer enterprises take longer to plan than a second core saves; more no longer fit the cache.
_LEAST = 5_000
_MOST = 250_000


def divide(session: Session, population: Collection[str]) -> list[range]:
    """Ranges of subject keys that hold everybody, about as many in each; none where few are known.

    Args:
        session: Where the records are registered.
        population: The data sets that say who there is.
    """
    everybody = " UNION ALL ".join(f"SELECT subject FROM {identifier(RECORDS + name)}" for name in population)
    count, first, last = session.rows(
        f"SELECT approx_count_distinct(subject), min(subject), max(subject) FROM ({everybody})"
    )[0]
    number = max(-(-count // _MOST), min(session.cores, count // _LEAST))
    if number < 2:
        return []
    shares = ", ".join(f"{place / number:.9f}" for place in range(1, number))
    inner = session.scalar(f"SELECT quantile_disc(subject, [{shares}]) FROM ({everybody})")
    starts = sorted({first, *inner})
    return [range(start, end) for start, end in zip(starts, [*starts[1:], last + 1], strict=True)]


def run(session: Session, plans: Sequence[Plan], tell: Callable[[str], None] | None) -> None:
    """Run a plan, or several beside each other, so that the session has the tables of a plan of everybody.

    Args:
        session: Where the records are registered.
        plans: One, or one for each block, alike but for their subjects.
        tell: Told of each step, in Chinese.
    """
    steps = len(plans) * len(plans[0].steps)
    done = 0

    def one_more() -> None:
        nonlocal done
        done += 1
        if tell:
            tell(f"计算指标（{done}/{steps}）")

    if len(plans) == 1:
        for _ in _run(session, plans[0].steps):
            one_more()
        return
    with ExitStack() as opened:
        forks = [opened.enter_context(session.fork()) for _ in plans]
        for start, end in _stages(plans[0]):
            tasks = [
                (fork, _run(fork, plan.steps[start:end])) for fork, plan in zip(forks, plans, strict=True)
            ]
            together(tasks, at_once=session.cores, tell=one_more)
            if end < len(plans[0].steps):
                of_everybody = plans[0].steps[end]
                session.gather(of_everybody.gathers, forks)
                session.run(of_everybody.statement)
                done += len(plans)
        for name in (SECTORS, VALUES):
            session.gather(name, forks)


def _stages(plan: Plan) -> Iterator[tuple[int, int]]:
    """Where each run of steps that a block does alone starts and ends."""
    start = 0
    for place, step in enumerate(plan.steps):
        if step.gathers:
            yield start, place
            start = place + 1
    yield start, len(plan.steps)


def _run(session: Session, steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        session.run(step.statement)
        yield step
