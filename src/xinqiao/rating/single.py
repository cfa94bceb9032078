"""One firm's grade right after a new record: only what stands on that record is computed again.

A desk keeps an engine session warm: its queries stay planned, and what files say of themselves is remembered. Where
the firm has a grade as of the same day, made with the same declarations and measures, an indicator whose data sets
have no newer record of the firm keeps its value to the last digit; the others are computed, the whole is scored again.
Otherwise everything is computed, as for any evaluation of some subjects. Without any news nothing is.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date, datetime

from xinqiao.catalogue import Contract
from xinqiao.engine import Engine
from xinqiao.indicators import Catalogue
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import city_date, end_of_day
from xinqiao.lake import Lake
from xinqiao.rating import building_on, lateness, operations, preparing, recent, records, repeating
from xinqiao.rating.calculation import Work
from xinqiao.rating.evaluation import Evaluation
from xinqiao.rating.model import UNRATED, Scorecard, score_one
from xinqiao.rating.recent import Row
from xinqiao.rating.regimes import effective
from xinqiao.rating.renewing import Warm, hanging, renewed
from xinqiao.store import Transaction


class Desk:
    """Evaluates one firm at a time over a session of its own; safe to share between threads.

    Args:
        engine: Opens the session, on first use.
        lake: The lake.
    """

    def __init__(self, engine: Engine, lake: Lake) -> None:
        """Remember where to work; nothing is opened yet."""
        self._engine = engine
        self._lake = lake
        self._open = ExitStack()
        self._kept: Warm | None = None
        self._busy = threading.Lock()

    def close(self) -> None:
        """Close the session; the next evaluation opens another."""
        with self._busy:
            self._drop()

    def evaluate(
        self,
        tx: Transaction,
        *,
        contracts: Mapping[str, Contract],
        catalogue: Catalogue,
        scorecard: Scorecard,
        as_of: date,
        subject: int,
        actor: Actor,
        now: datetime,
    ) -> Evaluation:
        """Compute one firm's indicators and grade as of a day and publish them.

        From the same record versions, with the same declarations and as of the same day, nothing changes and the
        earlier evaluation is given back.

        Raises:
            NotYetOver: `as_of` lies in the future.
            NothingKnown: No enterprise was known by then.
            UnknownSubjects: This one was not.
        """
        started = time.monotonic()
        # Before the versions are read: who evaluates the firm at this moment may be publishing this very grade.
        tx.lock(f"rating:evaluate:{subject}")
        with self._warm() as warm:
            work, declared = preparing.prepare(
                tx, warm.session, self._lake, contracts, catalogue, scorecard, as_of, [subject], _say_nothing
            )
            if (before := repeating.already(tx, work, declared, subject)) is not None:
                return before
            base = building_on.find(tx, work, declared, subject) if as_of <= city_date(now) else None
            hangs = hanging(warm, work, base.changed) if base else None
            if base is None or hangs is None:
                with self._engine.session() as fresh:
                    return operations.evaluate(
                        tx, session=fresh, lake=self._lake, contracts=contracts, catalogue=catalogue,
                        scorecard=scorecard, as_of=as_of, subjects=[subject], actor=actor, now=now,
                    )  # fmt: skip
            values = renewed(warm, work, base, hangs, subject)
        evaluation_id = records.next_evaluation_id(tx)
        again = _scored(work, base.row, values, evaluation_id)
        recent.insert(tx, [again])
        grades = dict.fromkeys([*scorecard.grades, UNRATED], 0) | {again.rating["grade"]: 1}
        evaluation = Evaluation(
            evaluation_id=evaluation_id,
            as_of=as_of,
            known_until=end_of_day(as_of),
            scope="subjects",
            subjects=1,
            model=scorecard.name,
            model_fingerprint=scorecard.fingerprint,
            catalogue_fingerprint=catalogue.fingerprint,
            versions=work.versions,
            grades=grades,
            started_at=now,
            seconds=round(time.monotonic() - started, 3),
            actor=actor.name,
            contracts=preparing.contracts_of(work),
            regimes=preparing.fingerprints(declared),
            measures=work.measures,
            overdue=lateness.overdue_of(tx, work),
        )
        # The row built on was made of the same declarations, and its evaluation kept them.
        operations.enter(tx, evaluation, actor=actor, now=now)
        return evaluation

    @contextmanager
    def _warm(self) -> Iterator[Warm]:
        """The session, for one evaluation at a time; after a failure the next gets another, as it may be broken."""
        with self._busy:
            try:
                if self._kept is None:
                    self._kept = Warm(self._open.enter_context(self._engine.session()))
                    self._kept.session.be_brief()
                yield self._kept
            except BaseException:
                self._drop()
                raise

    def _drop(self) -> None:
        self._kept = None
        self._open.close()


def _say_nothing(_: str) -> None:
    """Progress nobody listens to."""


def _scored(work: Work, row: Row, values: dict[str, float | None], evaluation_id: int) -> Row:
    """The row with its new values and the grade they give; what scopes ask for has not changed."""
    place = [row.rating[name] for name in ("sector", "region_code", "size_class")]
    applying = [each for each in work.regimes if each.scope.holds(*place)]
    groups = {code: each.group for code, each in work.catalogue.indicators.items()}
    result = score_one(effective(work.scorecard, applying, groups), values)
    rating = {
        **row.rating,
        "evaluation": evaluation_id,
        "score": result.score,
        "grade": result.grade,
        "ungated": result.ungated,
        "coverage": result.coverage,
        "gates": result.gates,
        "model": work.scorecard.name,
        "regimes": tuple(each.id for each in applying),
    }
    return replace(row, rating=rating, indicators=values)
