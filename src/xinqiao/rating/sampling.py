"""Replaying many grades at once: a sample drawn the same way every time, each evaluation computed in one pass."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xinqiao.catalogue import Contract
from xinqiao.engine import Session
from xinqiao.engine.dialect import literal, within
from xinqiao.indicators import Progress
from xinqiao.lake import Lake
from xinqiao.rating import queries, recent
from xinqiao.rating.evaluation import INDICATORS, RATING_COLUMNS, Evaluation
from xinqiao.rating.replay import Difference, NoLongerKept, compare, evaluations
from xinqiao.store import Transaction


@dataclass(frozen=True, slots=True)
class Sample:
    """What became of a sample of grades.

    Attributes:
        grades: How many were replayed.
        values: How many stored values were compared.
        evaluations: Of how many evaluations.
        passes: How many computations that took.
        differences: What differs.
        expired: Grades whose records were deleted after their retention, not replayed.
    """

    grades: int
    values: int
    evaluations: int
    passes: int
    differences: tuple[Difference, ...]
    expired: int

    @property
    def differing(self) -> int:
        """How many grades differ."""
        return len({(each.evaluation, each.subject) for each in self.differences})


def replay_sample(
    tx: Transaction,
    *,
    session: Session,
    lake: Lake,
    contracts: Mapping[str, Contract],
    size: int,
    evaluation_id: int | None = None,
    seed: str = "",
    progress: Progress = lambda step: None,
) -> Sample:
    """Replay grades drawn by a hash of their number and subject, so that the same seed draws the same ones.

    Args:
        tx: The transaction.
        session: An engine session of its own.
        lake: The lake.
        contracts: Today's contracts.
        size: How many grades; all there are when fewer.
        evaluation_id: Only those of this evaluation, with those it carries forward; of all when None.
        seed: Another text draws other grades.
        progress: Told of each step, in Chinese.

    Raises:
        UnknownEvaluation: There is none of that number.
        Ungraded: There are no grades to draw from.
        DeclarationLost: What an evaluation was made with was not kept.
        LakeDamaged: Files of records are missing or cut short within their retention.
    """
    known = evaluations(tx, evaluation_id)
    drawn = _drawn(tx, session, lake, known, size=size, seed=seed)
    if not drawn:
        raise queries.Ungraded("还没有任何等级，无从复算。", remedy="先完成一次评价，再抽样复算。")
    alike: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for number in sorted(drawn):
        alike[_made_of(known[number])].append(number)
    differences: list[Difference] = []
    values = passes = expired = 0
    for group, numbers in enumerate(alike.values()):
        progress(f"重算（{group + 1}/{len(alike)}）")
        for batch in _batches([(number, subject) for number in numbers for subject in drawn[number]]):
            stored = {subject: drawn[number][subject] for subject, number in batch.items()}
            evaluation = known[numbers[0]]
            try:
                found = compare(
                    tx, session=session, lake=lake, contracts=contracts, evaluation=evaluation, stored=stored
                )
            except NoLongerKept:
                expired += len(stored)
                continue
            passes += 1
            values += sum(len(row) for row in stored.values())
            differences += [
                Difference(batch[each.subject], each.subject, each.name, each.published, each.again)
                for each in found
            ]
    return Sample(
        grades=sum(map(len, drawn.values())) - expired,
        values=values,
        evaluations=len(drawn),
        passes=passes,
        differences=tuple(differences),
        expired=expired,
    )


def _made_of(evaluation: Evaluation) -> tuple[Any, ...]:
    """What tells whether two evaluations give a subject the same row, so that one pass serves both."""
    own = evaluation.evaluation_id if evaluation.scope == "city" else None
    return (
        evaluation.as_of,
        evaluation.model_fingerprint,
        evaluation.catalogue_fingerprint,
        tuple(sorted(evaluation.versions.items())),
        tuple(sorted(evaluation.contracts.items())),
        tuple(sorted(evaluation.regimes.items())),
        evaluation.measures if evaluation.measures is not None else own,
    )


def _batches(rows: list[tuple[int, int]]) -> list[dict[int, int]]:
    """Evaluation by subject, so often split that no subject stands twice in one."""
    batches: list[dict[int, int]] = []
    for number, subject in rows:
        place = next((each for each in batches if subject not in each), None)
        if place is None:
            batches.append(place := {})
        place[subject] = number
    return batches


def _drawn(
    tx: Transaction,
    session: Session,
    lake: Lake,
    known: Mapping[int, Evaluation],
    *,
    size: int,
    seed: str,
) -> dict[int, dict[int, dict[str, Any]]]:
    """Published rows by evaluation and subject: ratings and indicators."""
    if not queries.register_ratings(tx, session=session, lake=lake, evaluations=list(known) or None):
        return {}
    # MD5 is the same on every engine and in every version; nothing secret hangs on it.
    order = f"md5(concat_ws(':', {literal(seed)}, CAST(evaluation AS VARCHAR), CAST(subject AS VARCHAR)))"
    session.run(
        f"CREATE OR REPLACE TABLE drawn AS SELECT * FROM published_ratings WHERE {within(known, 'evaluation')}"
        f" ORDER BY {order}, evaluation, subject LIMIT {size:d}"
    )
    drawn: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
    for row in session.records("SELECT * FROM drawn"):
        lists = {name: tuple(row[name] or ()) for name in ("gates", "regimes")}
        kept = {name: row[name] for name in RATING_COLUMNS if name != "evaluation"}
        drawn[row["evaluation"]][row["subject"]] = {**kept, **lists}
    for number, subject, values in _indicators(tx, session, lake, drawn):
        drawn[number][subject].update(values)
    return drawn


def _indicators(
    tx: Transaction, session: Session, lake: Lake, drawn: Mapping[int, Mapping[int, Any]]
) -> list[tuple[int, int, dict[str, Any]]]:
    found: list[tuple[int, int, dict[str, Any]]] = []
    version = lake.versions(tx).get(INDICATORS)
    if version is not None and drawn:
        within = {"evaluation": (min(drawn), max(drawn))}
        lake.register(session, table=INDICATORS, version=version, name="drawn_values", within=within)
        for row in session.records(
            "SELECT v.* FROM drawn_values AS v SEMI JOIN drawn USING (evaluation, subject)"
        ):
            found.append((row.pop("evaluation"), row.pop("subject"), row))
    for each in recent.find(tx, evaluations=list(drawn)):
        number, subject = each.rating["evaluation"], each.rating["subject"]
        if subject in drawn[number]:
            found.append((number, subject, dict(each.indicators)))
    return found
