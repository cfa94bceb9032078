"""What can be done with ratings: evaluate everybody, or some, and publish. One step, one audit event."""

import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime

from xinqiao import audit
from xinqiao.catalogue import Contract
from xinqiao.engine import Session
from xinqiao.indicators import Catalogue, Progress
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import city_date, end_of_day
from xinqiao.kernel.refusals import Refusal
from xinqiao.lake import Lake
from xinqiao.rating import calculation, incremental, lateness, preparing, publishing, records
from xinqiao.rating.calculation import NothingKnown, UnknownSubjects, Work
from xinqiao.rating.evaluation import Evaluation
from xinqiao.rating.events import GradesFolded, RatingsPublished
from xinqiao.rating.incremental import Carried
from xinqiao.rating.model import Scorecard
from xinqiao.rating.preparing import Declared
from xinqiao.store import Transaction

__all__ = [
    "NotYetOver",
    "NothingKnown",
    "UnknownSubjects",
    "enter",
    "evaluate",
    "fold",
    "record",
    "require_reached",
]

# Rows of so many subjects are cheaper in PostgreSQL than as a file and a version of the lake.
_SINGLES = 1000


class NotYetOver(Refusal):
    """The day to evaluate as of has not come."""

    code = "as_of_in_the_future"


def evaluate(
    tx: Transaction,
    *,
    session: Session,
    lake: Lake,
    contracts: Mapping[str, Contract],
    catalogue: Catalogue,
    scorecard: Scorecard,
    as_of: date,
    subjects: Collection[int] | None = None,
    actor: Actor,
    now: datetime,
    progress: Progress | None = None,
) -> Evaluation:
    """Compute indicators and grades as of a day from what was known by its end, and publish them.

    Everybody is evaluated unless subjects are named. Evaluating the city again from the same record versions,
    with the same declarations and as of the same day, changes nothing and gives back the earlier evaluation; where
    few enterprises have new records since, only those are computed and the others' grades are carried forward.

    Args:
        tx: The transaction; readers see the evaluation once it commits.
        session: An engine session of its own.
        lake: The lake.
        contracts: Contracts by data set.
        catalogue: Indicator declarations.
        scorecard: The scorecard.
        as_of: The day looked at.
        subjects: Whom to evaluate; everybody when None.
        actor: Who asks.
        now: The time.
        progress: Told of each step, in Chinese.

    Raises:
        NotYetOver: `as_of` lies in the future.
        NothingKnown: No enterprise was known by then.
        UnknownSubjects: Some of the subjects were not.
        VersionPublished: Grades were published under the scorecard's version with other content.
    """
    require_reached(as_of, now)
    started = time.monotonic()
    if subjects is None:
        # Before the versions are read, so that they are no older than those of an evaluation waited for.
        tx.lock("rating:evaluate")
    work, declared = preparing.prepare(
        tx, session, lake, contracts, catalogue, scorecard, as_of, subjects, progress or _say_nothing
    )
    carried: Carried | None = None
    if subjects is None:
        same = preparing.same(tx, work, declared, versions=work.versions)
        if same is not None and not records.superseded(tx, same):
            return replace(same, repeated=True)
        # What another evaluation took the place of, as under a regime since withdrawn, has to be published anew.
        carried = _carried(tx, work, declared) if same is None else None
        if carried is not None:
            base = carried.base
            work = replace(work, subjects=carried.subjects, measures=base.measures or base.evaluation_id)
    return _published(
        tx, work, declared, carried, city=subjects is None, started=started, actor=actor, now=now
    )


def require_reached(as_of: date, now: datetime) -> None:
    """Let only days pass that have come.

    Raises:
        NotYetOver: It lies in the future.
    """
    if as_of > city_date(now):
        raise NotYetOver(f"评价日 {as_of} 晚于今天。", where="as_of", remedy="选择今天或更早的日期。")


def _published(
    tx: Transaction,
    work: Work,
    declared: Declared,
    carried: Carried | None,
    *,
    city: bool,
    started: float,
    actor: Actor,
    now: datetime,
) -> Evaluation:
    """Calculate and write what is to be calculated, and enter it."""
    work = preparing.with_kept(tx, work)
    codes = calculation.calculate(work)
    evaluation_id = records.next_evaluation_id(tx)
    if not city and len(work.subjects or ()) <= _SINGLES:
        work.tell("写入等级")
        grades = publishing.write_recent(tx, work, evaluation_id, codes)
    else:
        _fold(tx, session=work.session, lake=work.lake, actor=actor, now=now)
        grades = publishing.write(tx, work, evaluation_id, codes, carried=carried, city=city)
    work.tell("登记评价")
    evaluation = Evaluation(
        evaluation_id=evaluation_id,
        as_of=work.as_of,
        known_until=end_of_day(work.as_of),
        scope="city" if city else "subjects",
        subjects=sum(grades.values()),
        model=work.scorecard.name,
        model_fingerprint=work.scorecard.fingerprint,
        catalogue_fingerprint=work.catalogue.fingerprint,
        versions=work.versions,
        grades=grades,
        started_at=now,
        seconds=round(time.monotonic() - started, 3),
        actor=actor.name,
        contracts=preparing.contracts_of(work),
        regimes=preparing.fingerprints(declared),
        measures=work.measures,
        based_on=carried.base.evaluation_id if carried else None,
        overdue=lateness.overdue_of(tx, work),
    )
    record(tx, work, declared, evaluation, actor=actor, now=now)
    return evaluation


def fold(tx: Transaction, *, session: Session, lake: Lake, actor: Actor, now: datetime) -> int:
    """Move the grades of single evaluations from PostgreSQL into the lake; how many."""
    return _fold(tx, session=session, lake=lake, actor=actor, now=now)


def _fold(tx: Transaction, *, session: Session, lake: Lake, actor: Actor, now: datetime) -> int:
    rows, versions = publishing.fold(tx, session, lake)
    if rows:
        audit.append(tx, GradesFolded(rows=rows, versions=versions), actor=actor, now=now)
    return rows


def _say_nothing(_: str) -> None:
    """Progress nobody listens to."""


def _carried(tx: Transaction, work: Work, declared: Declared) -> Carried | None:
    base = preparing.same(tx, work, declared, versions=None)
    if base is None:
        return None
    work.tell("查找有新记录的企业")
    return incremental.carried(
        tx,
        work.session,
        work.lake,
        base=base,
        catalogue=work.catalogue,
        contracts=work.contracts,
        versions=work.versions,
    )


def record(
    tx: Transaction,
    work: Work,
    declared: Declared,
    evaluation: Evaluation,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Enter an evaluation whose rows have been written: itself, the declarations it was made of, its audit event."""
    _define(tx, work, declared, evaluation, now)
    enter(tx, evaluation, actor=actor, now=now)


def _define(tx: Transaction, work: Work, declared: Declared, evaluation: Evaluation, now: datetime) -> None:
    """Keep the declarations that an evaluation was made of."""
    catalogue, scorecard = work.catalogue, work.scorecard
    records.define(tx, kind="catalogue", contents={catalogue.fingerprint: catalogue.content}, at=now)
    records.define(tx, kind="model", contents={scorecard.fingerprint: scorecard.content}, at=now)
    contracts = [work.contracts[dataset] for dataset in evaluation.contracts]
    records.define(
        tx, kind="contract", contents={each.fingerprint: each.content for each in contracts}, at=now
    )
    records.define(tx, kind="regime", contents=dict(declared.values()), at=now)


def enter(tx: Transaction, evaluation: Evaluation, *, actor: Actor, now: datetime) -> None:
    """Enter an evaluation made of declarations that are kept already, and its audit event."""
    records.insert(tx, evaluation)
    event = RatingsPublished(
        evaluation_id=evaluation.evaluation_id,
        as_of=evaluation.as_of.isoformat(),
        scope=evaluation.scope,
        subjects=evaluation.subjects,
        grades=evaluation.grades,
        model=evaluation.model,
        model_fingerprint=evaluation.model_fingerprint,
        catalogue_fingerprint=evaluation.catalogue_fingerprint,
        contracts=evaluation.contracts,
        versions=evaluation.versions,
        regimes=evaluation.regimes,
        based_on=evaluation.based_on,
    )
    audit.append(tx, event, actor=actor, now=now)
