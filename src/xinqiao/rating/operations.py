"""What can be done with ratings: evaluate everybody, or some, and publish. One step, one audit event."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from xinqiao import audit
from xinqiao.catalogue import Contract
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal
from xinqiao.indicators import Catalogue, Progress, sector_statistics
from xinqiao.indicators import evaluate as evaluate_indicators
from xinqiao.indicators.planning import VALUES
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import city_date, end_of_day
from xinqiao.kernel.refusals import NotFound, Refusal
from xinqiao.kernel.subject import organisation_code
from xinqiao.lake import Lake
from xinqiao.rating import compute, inputs, records
from xinqiao.rating.evaluation import (
    INDICATORS,
    RATING_COLUMNS,
    RATINGS,
    STATISTICS,
    STATISTICS_COLUMNS,
    Evaluation,
)
from xinqiao.rating.events import RatingsPublished
from xinqiao.rating.model import UNRATED, Scorecard
from xinqiao.store import Transaction

_NAMED_AT_MOST = 10


class NotYetOver(Refusal):
    """The day to evaluate as of has not come."""

    code = "as_of_in_the_future"


class NothingKnown(Refusal):
    """By the day looked at, the platform knew of no enterprise."""

    code = "nothing_known"


class UnknownSubjects(NotFound):
    """Enterprises that were not known on the day looked at."""

    code = "unknown_subjects"


@dataclass(frozen=True, slots=True)
class _Work:
    """What one evaluation works with and is made of."""

    session: Session
    lake: Lake
    contracts: Mapping[str, Contract]
    catalogue: Catalogue
    scorecard: Scorecard
    as_of: date
    versions: Mapping[str, int]
    subjects: Collection[int] | None
    tell: Progress


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
    with the same declarations and as of the same day, changes nothing and gives back the earlier evaluation.

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
    """
    if as_of > city_date(now):
        raise NotYetOver(f"评价日 {as_of} 晚于今天。", where="as_of", remedy="选择今天或更早的日期。")
    started = time.monotonic()
    tx.lock("rating:evaluate")
    versions = inputs.read_versions(catalogue, lake.versions(tx))
    tell = progress or _say_nothing
    work = _Work(session, lake, contracts, catalogue, scorecard, as_of, versions, subjects, tell)
    same = _same(tx, work)
    if same is not None:
        return replace(same, repeated=True)
    codes = _compute(work)
    tell("评分定级")
    compute.score_all(session, scorecard)
    tell("写入数据湖")
    evaluation_id = records.next_evaluation_id(tx)
    _write(tx, work, evaluation_id, codes)
    evaluation = _described(work, evaluation_id, started=started, now=now, actor=actor)
    _record(tx, work, evaluation, actor=actor, now=now)
    return evaluation


def _say_nothing(_: str) -> None:
    """Progress nobody listens to."""


def _same(tx: Transaction, work: _Work) -> Evaluation | None:
    """The city's evaluation already made of exactly this; parts of the city are always evaluated anew."""
    if work.subjects is not None:
        return None
    return records.find_same(
        tx,
        as_of=work.as_of,
        model_fingerprint=work.scorecard.fingerprint,
        catalogue_fingerprint=work.catalogue.fingerprint,
        versions=work.versions,
    )


def _compute(work: _Work) -> tuple[str, ...]:
    """Fill `indicator_values`; the codes in it."""
    session, catalogue, as_of, subjects = work.session, work.catalogue, work.as_of, work.subjects
    known = inputs.first_known(work.lake, catalogue=catalogue, versions=work.versions)
    collected = inputs.collected(known, as_of)
    if not collected & set(catalogue.population):
        raise _nothing_known(catalogue, known, as_of)
    inputs.register(
        session,
        work.lake,
        catalogue=catalogue,
        contracts=work.contracts,
        versions=work.versions,
        subjects=subjects,
    )
    evaluated = evaluate_indicators(
        session,
        catalogue=catalogue,
        contracts=work.contracts,
        as_of=as_of,
        subjects=subjects,
        collected=collected,
        progress=work.tell,
    )
    if subjects is not None:
        found = {subject for (subject,) in session.rows(f"SELECT subject FROM {VALUES}")}
        if missing := sorted(set(subjects) - found):
            raise _unknown(missing, as_of)
    if not evaluated.subjects:
        raise _nothing_known(catalogue, known, as_of)
    return evaluated.codes


def _nothing_known(catalogue: Catalogue, known: Mapping[str, datetime], as_of: date) -> NothingKnown:
    moments = [moment for dataset, moment in known.items() if dataset in catalogue.population]
    if not moments:
        return NothingKnown("还没有任何企业的登记数据，无法评价。", remedy="先归集市场主体登记注册数据。")
    first = city_date(min(moments).replace(tzinfo=UTC))
    return NothingKnown(
        f"截至 {as_of}，平台还不掌握任何企业，无法评价。",
        where="as_of",
        remedy=f"平台最早于 {first} 获知企业数据，请选择该日或之后的评价日。",
    )


def _unknown(missing: Collection[int], as_of: date) -> UnknownSubjects:
    named = "、".join(organisation_code(subject) for subject in list(missing)[:_NAMED_AT_MOST])
    more = f"等 {len(missing)} 户" if len(missing) > _NAMED_AT_MOST else ""
    return UnknownSubjects(
        f"截至 {as_of}，平台没有组织机构代码为 {named}{more} 的企业。",
        where="subjects",
        remedy="核对代码，或改晚评价日。",
    )


def _write(tx: Transaction, work: _Work, evaluation_id: int, codes: Collection[str]) -> None:
    """Append the evaluation's rows to the lake, sorted by subject."""
    number = f"{evaluation_id:d}::BIGINT AS evaluation"
    names = ", ".join(identifier(code) for code in codes)
    columns = {"evaluation": "BIGINT", "subject": "BIGINT", **dict.fromkeys(codes, "DOUBLE")}
    values = f"SELECT {number}, subject, {names} FROM {VALUES} ORDER BY subject"
    _append(tx, work, INDICATORS, values, columns)
    ratings = (
        f"SELECT {number}, subject, {literal(work.as_of)} AS as_of, score, grade, ungated, coverage, gates,"
        f" {literal(work.scorecard.name)} AS model FROM {compute.RATINGS} ORDER BY subject"
    )
    _append(tx, work, RATINGS, ratings, RATING_COLUMNS)
    if work.subjects is None:
        compared = {each.code for each in work.scorecard.indicators} & set(codes)
        sector_statistics(work.session, codes=compared)
        usual = f"SELECT {number}, * FROM sector_statistics ORDER BY sector, indicator"
        _append(tx, work, STATISTICS, usual, STATISTICS_COLUMNS)


def _append(tx: Transaction, work: _Work, table: str, sql: str, columns: Mapping[str, str]) -> None:
    with work.lake.draft(table) as path:
        written = work.session.write(sql, path)
        if written is not None:
            info = {"reason": "evaluation", "as_of": work.as_of.isoformat()}
            work.lake.append(tx, table=table, files=[written], columns=columns, info=info)


def _described(work: _Work, evaluation_id: int, *, started: float, now: datetime, actor: Actor) -> Evaluation:
    counts = f"SELECT grade, count(*) FROM {compute.RATINGS} GROUP BY grade"
    counted = dict(work.session.rows(counts))
    grades = {grade: counted.get(grade, 0) for grade in [*work.scorecard.grades, UNRATED]}
    return Evaluation(
        evaluation_id=evaluation_id,
        as_of=work.as_of,
        known_until=end_of_day(work.as_of),
        scope="city" if work.subjects is None else "subjects",
        subjects=sum(grades.values()),
        model=work.scorecard.name,
        model_fingerprint=work.scorecard.fingerprint,
        catalogue_fingerprint=work.catalogue.fingerprint,
        versions=work.versions,
        grades=grades,
        started_at=now,
        seconds=round(time.monotonic() - started, 3),
        actor=actor.name,
    )


def _record(tx: Transaction, work: _Work, evaluation: Evaluation, *, actor: Actor, now: datetime) -> None:
    """Keep the evaluation, the declarations it was made of, and the audit event."""
    catalogue, scorecard = work.catalogue, work.scorecard
    read = {dataset: work.contracts[dataset] for dataset in catalogue.datasets}
    records.define(tx, kind="catalogue", fingerprint=catalogue.fingerprint, content=catalogue.content, at=now)
    records.define(tx, kind="model", fingerprint=scorecard.fingerprint, content=scorecard.content, at=now)
    for contract in read.values():
        records.define(
            tx, kind="contract", fingerprint=contract.fingerprint, content=contract.content, at=now
        )
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
        contracts={dataset: contract.fingerprint for dataset, contract in read.items()},
        versions=evaluation.versions,
    )
    audit.append(tx, event, actor=actor, now=now)
