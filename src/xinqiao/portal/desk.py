"""What the portal asks, as one small port, and the workspace behind it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from queue import Empty, Full, LifoQueue
from typing import Protocol

from xinqiao.engine import Session
from xinqiao.products import HitPage, Order, Report, search
from xinqiao.rating.queries import current_evaluation
from xinqiao.workspace import Workspace, reports

_KEPT_SESSIONS = 4


@dataclass(frozen=True, slots=True)
class CityLine:
    """The city's newest evaluation in a line.

    Attributes:
        as_of: The day it holds for.
        subjects: Enterprises evaluated.
        grades: Enterprises per grade, best first, `NR` last.
    """

    as_of: date
    subjects: int
    grades: tuple[tuple[str, int], ...]


class Desk(Protocol):
    """The questions that pages ask."""

    def city(self) -> CityLine | None:
        """The newest evaluation of the city; None before the first."""
        ...

    def search(self, *, text: str, limit: int, after: int | None, order: Order) -> HitPage:
        """See `xinqiao.products.search`."""
        ...

    def report(self, *, unified_code: str, evaluation_id: int | None) -> Report:
        """See `xinqiao.products.enterprise_report`; made now."""
        ...


class WorkspaceDesk:
    """Answers from a workspace, each question in a transaction and an engine session that no other uses meanwhile."""

    def __init__(self, workspace: Workspace) -> None:
        """Ask this workspace."""
        self._workspace = workspace
        self._idle: LifoQueue[tuple[ExitStack, Session]] = LifoQueue(_KEPT_SESSIONS)

    def city(self) -> CityLine | None:
        """See `Desk.city`."""
        with self._workspace.store.transaction() as tx:
            evaluation = current_evaluation(tx)
        if evaluation is None:
            return None
        order = sorted(evaluation.grades, key=lambda grade: (grade == "NR", grade))
        return CityLine(
            as_of=evaluation.as_of,
            subjects=evaluation.subjects,
            grades=tuple((grade, evaluation.grades[grade]) for grade in order),
        )

    def search(self, *, text: str, limit: int, after: int | None, order: Order) -> HitPage:
        """See `Desk.search`."""
        with self._workspace.begun() as (tx, session):
            return search(
                tx,
                session=session,
                lake=self._workspace.lake,
                text=text,
                limit=limit,
                after=after,
                order=order,
            )

    def report(self, *, unified_code: str, evaluation_id: int | None) -> Report:
        """See `Desk.report`."""
        with self._workspace.store.transaction() as tx, self._session() as session:
            return reports.report(
                self._workspace, tx, session, unified_code=unified_code, evaluation_id=evaluation_id
            )

    @contextmanager
    def _session(self) -> Iterator[Session]:
        """A session used before, which still has its views, or a new one; kept for the next unless something failed."""
        try:
            opened, session = self._idle.get_nowait()
        except Empty:
            opened = ExitStack()
            session = opened.enter_context(self._workspace.engine.session())
            session.be_brief()
        try:
            yield session
        except BaseException:
            opened.close()
            raise
        try:
            self._idle.put_nowait((opened, session))
        except Full:
            opened.close()
