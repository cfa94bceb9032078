"""Several things computed at once, each in a session of its own."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from threading import Event

from xinqiao.engine.port import Session

Steps = Iterable[object]
"""Work that is done by going through it, a step at a time."""


def together(
    tasks: Sequence[tuple[Session, Steps]], *, at_once: int, tell: Callable[[], object] = lambda: None
) -> None:
    """Go through all the tasks, some at the same time; returns when all are done.

    The first error, or a person's interruption, breaks the others off and is raised when they have ended.

    Args:
        tasks: Each with the session that it uses, which no other task may use.
        at_once: How many at the same time.
        tell: Called, in this thread, whenever a step of any task is done.
    """
    news: SimpleQueue[Future[None] | None] = SimpleQueue()
    stopped = Event()

    def go_through(steps: Steps) -> None:
        for _ in steps:
            if stopped.is_set():
                break
            news.put(None)

    with ThreadPoolExecutor(max(1, at_once)) as pool:
        pending = {pool.submit(go_through, steps) for _, steps in tasks}
        try:
            for each in pending:
                each.add_done_callback(news.put)
            while pending:
                ended = news.get()
                if ended is None:
                    tell()
                else:
                    pending.discard(ended)
                    ended.result()
        except BaseException:
            stopped.set()
            for each in pending:
                each.cancel()
            for session, _ in tasks:
                session.interrupt()
            raise
