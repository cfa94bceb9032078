"""One firm's grade right after a new record: only what stands on that record is computed again.

A desk keeps an engine session warm: the record tables stay registered while their versions stay the same. Where the
firm has a grade as of the same day, made with the same declarations and measures, an indicator whose data sets have
no newer record of the firm keeps its value to the last digit; the others are computed, the whole is scored again.
Otherwise everything is computed, as for any evaluation of some subjects.
"""

import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from xinqiao.catalogue import Contract
from xinqiao.engine import Engine, Session
from xinqiao.engine.dialect import identifier, text
from xinqiao.indicators import KNOWN_MEASURES, Catalogue, plan
from xinqiao.indicators.planning import RECORDS as VIEWS
from xinqiao.indicators.planning import VALUES
from xinqiao.indicators.windows import substitute
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import city_date, end_of_day
from xinqiao.lake import Lake
from xinqiao.rating import calculation, facts, inputs, operations, preparing, queries, recent, records
from xinqiao.rating.calculation import Work
from xinqiao.rating.evaluation import RATING_COLUMNS, RECORDS, Evaluation
from xinqiao.rating.model import UNRATED, Scorecard, score_one
from xinqiao.rating.preparing import Declared
from xinqiao.rating.recent import Row
from xinqiao.rating.regimes import effective
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
        self._session: Session | None = None
        self._registered: dict[str, tuple[object, ...]] = {}
        self._replaced: set[str] = set()
        self._read: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._busy = threading.Lock()

    def close(self) -> None:
        """Close the session; the next evaluation opens another."""
        with self._busy:
            self._open.close()
            self._session = None
            self._registered.clear()

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

        Raises:
            NotYetOver: `as_of` lies in the future.
            NothingKnown: No enterprise was known by then.
            UnknownSubjects: This one was not.
        """
        started = time.monotonic()
        with self._busy:
            session = self._warm()
            work, declared = preparing.prepare(
                tx, session, self._lake, contracts, catalogue, scorecard, as_of, [subject], _say_nothing
            )
            base = _base(tx, work, declared, subject) if as_of <= city_date(now) else None
            if base is None:
                with self._engine.session() as fresh:
                    return operations.evaluate(
                        tx, session=fresh, lake=self._lake, contracts=contracts, catalogue=catalogue,
                        scorecard=scorecard, as_of=as_of, subjects=[subject], actor=actor, now=now,
                    )  # fmt: skip
            row, changed = base
            values = self._renewed(work, row, changed, subject)
        evaluation_id = records.next_evaluation_id(tx)
        again = _scored(work, row, values, evaluation_id)
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
        )
        operations.record(tx, work, declared, evaluation, actor=actor, now=now)
        return evaluation

    def _warm(self) -> Session:
        if self._session is None:
            self._session = self._open.enter_context(self._engine.session())
        return self._session

    def _renewed(self, work: Work, row: Row, changed: set[str], subject: int) -> dict[str, float | None]:
        """All indicators: those that stand on changed data sets computed, the others as they were."""
        catalogue = work.catalogue
        # What stands on computed tables alone hangs on the evaluation that kept them, and is as it was.
        affected = [code for code in catalogue.indicators if changed & set(catalogue.own_datasets_of(code))]
        # What is made of other indicators alone needs no record again, only their values.
        made = {code for code in affected if _made_of_indicators(catalogue, code)}
        read = [code for code in affected if code not in made]
        values = {**row.indicators, **(self._computed(work, read, subject) if read else {})}
        return {**values, **_derived(work, values, made)} if made else values

    def _computed(self, work: Work, codes: list[str], subject: int) -> dict[str, float | None]:
        """Some indicators, from the records."""
        catalogue, session = work.catalogue, work.session
        known = inputs.first_known(work.lake, catalogue=catalogue, versions=work.versions)
        collected = inputs.collected(known, work.as_of)
        given: Mapping[str, Any] = {
            "as_of": work.as_of,
            "collected": {each: work.regions.get(each) for each in sorted(collected)},
            "subjects": [subject],
            "codes": codes,
            "measures": KNOWN_MEASURES,
        }
        read = (catalogue.fingerprint, *codes)
        if read not in self._read:
            self._read[read] = plan(catalogue, work.contracts, **given).datasets
        for dataset in self._read[read]:
            self._register(work, dataset)
        planned = plan(catalogue, work.contracts, corrected=self._replaced, **given)
        key = (work.published, work.measures)
        if self._registered.get(KNOWN_MEASURES) != key:
            calculation.register_measures(
                session, work.lake, version=work.published, evaluation_id=work.measures or 0
            )
            self._registered[KNOWN_MEASURES] = key
        for step in planned.steps:
            session.run(step.statement)
        names = ", ".join(identifier(code) for code in codes)
        found: list[dict[str, float | None]] = session.records(
            f"SELECT {names} FROM {VALUES} WHERE subject = ?", [subject]
        )
        return found[0]

    def _register(self, work: Work, dataset: str) -> None:
        """Register a record table, unless it is registered at this version and contract already."""
        contract = work.contracts[dataset]
        key = (work.versions.get(RECORDS + dataset), contract.fingerprint)
        if self._registered.get(dataset) == key:
            return
        inputs.register(
            work.session,
            work.lake,
            datasets=[dataset],
            contracts=work.contracts,
            versions=work.versions,
            subjects=None,
        )
        self._registered[dataset] = key
        # Where no row replaces another, and most tables are so, nothing need be looked up.
        view = identifier(VIEWS + dataset)
        self._replaced.discard(dataset)
        if work.session.scalar(f"SELECT TRUE FROM {view} WHERE supersedes LIMIT 1"):
            self._replaced.add(dataset)


def _made_of_indicators(catalogue: Catalogue, code: str) -> bool:
    return catalogue.indicators[code].derived and catalogue.reads[code] <= catalogue.indicators.keys()


def _derived(work: Work, values: Mapping[str, float | None], codes: set[str]) -> dict[str, float | None]:
    """Indicators that are made of other indicators alone, from the values of those."""
    catalogue = work.catalogue
    read = sorted({each for code in codes for each in catalogue.reads[code]} - codes)
    # As text, because the engine takes a bare number for a decimal and rounds once more on its way to a double.
    given = [
        f"CAST({'NULL' if (value := values.get(code)) is None else text(repr(value))} AS DOUBLE)"
        f" AS {identifier(code)}"
        for code in read
    ]
    sql = f"SELECT {', '.join(given) or 'NULL AS nothing'}"
    ordered = [code for code in catalogue.derived_order if code in codes]
    for code in ordered:
        formula = catalogue.indicators[code].expression
        expression = substitute(formula, as_of=work.as_of, new_year=catalogue.new_year).strip()
        sql = f"SELECT *, CAST({expression} AS DOUBLE) AS {identifier(code)} FROM ({sql})"
    names = ", ".join(identifier(code) for code in ordered)
    found: list[dict[str, float | None]] = work.session.records(f"SELECT {names} FROM ({sql})")
    return found[0]


def _say_nothing(_: str) -> None:
    """Progress nobody listens to."""


def _base(tx: Transaction, work: Work, declared: Declared, subject: int) -> tuple[Row, set[str]] | None:
    """The firm's newest row that can be built on, and the data sets with newer records; None when there is none."""
    found = _newest(tx, work, declared, subject)
    if found is None:
        return None
    row, evaluation = found
    changed = _changed(work, evaluation, subject)
    scoped = set(facts.datasets(work.regimes)) | {work.catalogue.dataset_of(work.catalogue.sector_relation)}
    whole = scoped | set(work.catalogue.population)
    if changed is None or changed & whole or any(work.contracts[each].mode == "snapshot" for each in changed):
        return None
    if _mixed(work.catalogue, changed):
        return None
    before = inputs.first_known(work.lake, catalogue=work.catalogue, versions=evaluation.versions)
    after = inputs.first_known(work.lake, catalogue=work.catalogue, versions=work.versions)
    if inputs.collected(before, work.as_of) != inputs.collected(after, work.as_of):
        return None
    covered = inputs.regions(tx, versions=evaluation.versions, known_until=evaluation.known_until)
    return (row, changed) if covered == dict(work.regions) else None


def _mixed(catalogue: Catalogue, changed: set[str]) -> bool:
    """Whether an indicator stands on computed tables, which are not at the desk, and on these data sets too."""
    computed = (
        (code for code in catalogue.indicators if catalogue.computed_of(code)) if catalogue.computed else ()
    )
    return any(
        changed & set(catalogue.own_datasets_of(code)) and not _made_of_indicators(catalogue, code)
        for code in computed
    )


def _newest(tx: Transaction, work: Work, declared: Declared, subject: int) -> tuple[Row, Evaluation] | None:
    """The firm's newest row made as of the day with these declarations and measures, and its evaluation."""
    kept = [each for each in recent.find(tx, subjects=[subject]) if each.rating["as_of"] == work.as_of]
    for row in reversed(kept):
        evaluation = records.find(tx, row.rating["evaluation"])
        if evaluation is not None and _alike(work, declared, evaluation):
            return row, evaluation
    city = preparing.same(tx, work, declared, versions=None)
    if city is None or (city.measures or city.evaluation_id) != work.measures:
        return None
    session, lake, number = work.session, work.lake, city.evaluation_id
    try:
        rating = queries.rating_in(tx, session=session, lake=lake, evaluation_id=number, subject=subject)
        values = queries.values(tx, session=session, lake=lake, evaluation_id=number, subject=subject)
    except queries.Ungraded:
        return None
    if values.keys() != work.catalogue.indicators.keys():
        values = {code: values.get(code) for code in work.catalogue.indicators}
    return Row({name: getattr(rating, name) for name in RATING_COLUMNS}, values), city


def _alike(work: Work, declared: Declared, evaluation: Evaluation) -> bool:
    return (
        evaluation.model_fingerprint,
        evaluation.catalogue_fingerprint,
        evaluation.contracts,
        evaluation.regimes,
        evaluation.measures,
    ) == (
        work.scorecard.fingerprint,
        work.catalogue.fingerprint,
        preparing.contracts_of(work),
        preparing.fingerprints(declared),
        work.measures,
    )


def _changed(work: Work, evaluation: Evaluation, subject: int) -> set[str] | None:
    """Data sets with files since that may hold the subject; None when files were rewritten."""
    changed = set()
    for table, version in work.versions.items():
        before = evaluation.versions.get(table)
        if version == before:
            continue
        held = set() if before is None else {file.path for file in work.lake.files(table, before)}
        now = work.lake.files(table, version)
        if held - {file.path for file in now}:
            return None
        if any(file.path not in held and file.may_hold("subject", subject, subject) for file in now):
            changed.add(table.removeprefix(RECORDS))
    return changed


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
