"""What a single evaluation builds on: the firm's newest grade as of the day, and what became known of it since."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinqiao.engine.dialect import within
from xinqiao.lake import Lake
from xinqiao.rating import facts, inputs, preparing, recent, records
from xinqiao.rating.calculation import Work
from xinqiao.rating.evaluation import INDICATORS, RATING_COLUMNS, RATINGS, RECORDS, Evaluation
from xinqiao.rating.preparing import Declared
from xinqiao.rating.recent import Row
from xinqiao.store import Transaction


@dataclass(frozen=True, slots=True)
class Base:
    """A firm's grade, and where the firm may have records that it did not see.

    Attributes:
        row: The grade and the indicators.
        changed: The data sets.
        collected: All data sets of which something was known by the end of the day, then as now.
    """

    row: Row
    changed: frozenset[str]
    collected: frozenset[str]


def find(tx: Transaction, work: Work, declared: Declared, subject: int) -> Base | None:
    """The firm's newest row, if the indicators that its newer records do not touch hold as they are in it.

    None when there is no row made with the same declarations and measures, and when a snapshot, what a regime's scope
    asks for, what says who is graded, or what has been collected is not as it was.
    """
    found = _newest(tx, work, declared, subject)
    if found is None:
        return None
    row, evaluation = found
    changed = _changed(work, evaluation, subject)
    scoped = set(facts.datasets(work.regimes)) | {work.catalogue.dataset_of(work.catalogue.sector_relation)}
    whole = scoped | set(work.catalogue.population)
    if changed is None or changed & whole or any(work.contracts[each].mode == "snapshot" for each in changed):
        return None
    then, now = _collected(work, evaluation)
    covered = inputs.regions(tx, versions=evaluation.versions, known_until=evaluation.known_until)
    if then != now or covered != dict(work.regions):
        return None
    return Base(row, frozenset(changed), now)


def _collected(work: Work, evaluation: Evaluation) -> tuple[frozenset[str], frozenset[str]]:
    """The data sets of which something was known by the end of the day, to the earlier evaluation and now."""
    now = inputs.first_known(work.lake, catalogue=work.catalogue, versions=work.versions)
    others = {
        table: version
        for table, version in evaluation.versions.items()
        if version != work.versions.get(table)
    }
    then = inputs.first_known(work.lake, catalogue=work.catalogue, versions=others)
    for dataset, moment in now.items():
        table = RECORDS + dataset
        if table in evaluation.versions and table not in others:
            then[dataset] = moment
    return inputs.collected(then, work.as_of), inputs.collected(now, work.as_of)


def _newest(tx: Transaction, work: Work, declared: Declared, subject: int) -> tuple[Row, Evaluation] | None:
    """The firm's newest row made as of the day with these declarations and measures, and its evaluation."""
    kept = [each for each in recent.find(tx, subjects=[subject]) if each.rating["as_of"] == work.as_of]
    for row in reversed(kept):
        evaluation = records.find(tx, row.rating["evaluation"])
        if evaluation is not None and preparing.alike(work, declared, evaluation):
            return row, evaluation
    city = preparing.same(tx, work, declared, versions=None)
    if city is None or not preparing.alike(work, declared, city):
        return None
    published = _published(tx, work, city, subject)
    return (published, city) if published else None


def _published(tx: Transaction, work: Work, city: Evaluation, subject: int) -> Row | None:
    """The firm's row in an evaluation of the city, or in the one it was carried forward from."""
    chain, held = records.chain(tx, city.evaluation_id), work.lake.versions(tx)
    if RATINGS not in held or INDICATORS not in held:
        return None
    named = {"evaluation": "BIGINT", "subject": "BIGINT"}
    indicators = {**named, **dict.fromkeys(work.catalogue.indicators, "DOUBLE")}

    def newest(table: str, columns: Mapping[str, str]) -> dict[str, Any] | None:
        files = _holding(work.lake, table, held[table], chain=chain, subject=subject)
        rows = work.session.records(
            f"SELECT * FROM {work.session.source(files, columns)}"
            f" WHERE subject = {subject:d} AND {within(chain, 'evaluation')}"
        )
        # Sorting is left to us: of one row of many columns the engine makes two passes.
        return max(rows, key=lambda row: int(row["evaluation"]), default=None)

    rating, values = newest(RATINGS, RATING_COLUMNS), newest(INDICATORS, indicators)
    if rating is None or values is None:
        return None
    lists = {name: tuple(rating[name] or ()) for name in ("gates", "regimes")}
    return Row({**rating, **lists}, {code: values[code] for code in work.catalogue.indicators})


def _holding(lake: Lake, table: str, version: int, *, chain: Collection[int], subject: int) -> list[Path]:
    """The files of a published table that may hold the subject in some evaluations."""
    return [
        file.path
        for file in lake.files(table, version)
        if file.may_hold("subject", subject, subject) and file.may_hold("evaluation", min(chain), max(chain))
    ]


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
