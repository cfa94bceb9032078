"""Published grades computed again, from what was recorded when they were made.

An evaluation's row names the record versions, the day, and the fingerprints of contracts, indicators, model and
regimes; these texts are kept by fingerprint, the versions by the lake, the sector measures beside the grades. The same
rows must come out to the last bit, or something is wrong with the platform.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from xinqiao import audit
from xinqiao.catalogue import Contract
from xinqiao.engine import Session
from xinqiao.indicators.planning import VALUES
from xinqiao.kernel.refusals import Fault, NotFound
from xinqiao.kernel.subject import organisation_code
from xinqiao.lake import Lake
from xinqiao.rating import calculation, declarations, inputs, preparing, publishing, queries, records
from xinqiao.rating.calculation import UnknownSubjects, Work
from xinqiao.rating.evaluation import MEASURES, RATING_COLUMNS, Evaluation, Rating
from xinqiao.rating.events import LakeVacuumed
from xinqiao.rating.model import Result, score_one
from xinqiao.store import Transaction

_NAMED_AT_MOST = 5


class NotReproduced(Fault):
    """A published grade could not be computed again to the same result."""

    code = "not_reproduced"


class LakeDamaged(Fault):
    """Files of records that a grade was made of are missing or cut short, although it is within its retention."""

    code = "lake_damaged"


class NoLongerKept(NotFound):
    """The records a grade was made of were deleted when its retention was over."""

    code = "no_longer_kept"


@dataclass(frozen=True, slots=True)
class Difference:
    """One stored value that did not come out again.

    Attributes:
        evaluation: Number of the evaluation.
        subject: Whose grade.
        name: Column of the rating, or code of the indicator.
        published: The value as published.
        again: The value computed again; None also when there is no row.
    """

    evaluation: int
    subject: int
    name: str
    published: Any
    again: Any

    @property
    def text(self) -> str:
        """The difference in a sentence for people."""
        return f"{_LABELS.get(self.name, f'指标 {self.name}')} 已发布 {self.published}，重算 {self.again}"


_LABELS: Mapping[str, str] = {
    "score": "得分",
    "grade": "等级",
    "ungated": "评分等级",
    "coverage": "覆盖率",
    "gates": "限级规则",
    "regimes": "权重调整方案",
    "sector": "行业",
    "region_code": "行政区划",
    "size_class": "企业规模",
    "model": "评分模型",
    "as_of": "评价日",
    "subject": "企业",
}


@dataclass(frozen=True, slots=True)
class Replayed:
    """A published grade and the same computed again.

    Attributes:
        evaluation: The evaluation it was published in.
        published: The grade as published.
        values: The indicators as published, equal to those computed again.
        again: Score, grade and contributions computed again.
    """

    evaluation: Evaluation
    published: Rating
    values: Mapping[str, float | None]
    again: Result


def replay(
    tx: Transaction,
    *,
    session: Session,
    lake: Lake,
    contracts: Mapping[str, Contract],
    subject: int,
    evaluation_id: int | None = None,
) -> Replayed:
    """Compute a published grade again and compare every stored value of it.

    Args:
        tx: The transaction.
        session: An engine session of its own.
        lake: The lake.
        contracts: Today's contracts, to spare reading those kept where they are the same.
        subject: Whose grade.
        evaluation_id: In which evaluation; the current one when None.

    Raises:
        UnknownEvaluation: There is no evaluation of that number.
        Ungraded: There is no such grade.
        NotReproduced: Something differs; the message names it.
        DeclarationLost: What the grade was made with was not kept.
        NoLongerKept: The records it was made of were deleted after their retention.
        LakeDamaged: Their files are missing or cut short within it.
    """
    if evaluation_id is None:
        published = queries.current_rating(tx, session=session, lake=lake, subject=subject)
    else:
        published = queries.rating_in(
            tx, session=session, lake=lake, evaluation_id=evaluation_id, subject=subject
        )
    evaluation = queries.evaluation(tx, published.evaluation)
    values = queries.values(
        tx, session=session, lake=lake, evaluation_id=evaluation.evaluation_id, subject=subject
    )
    stored = {subject: _stored(published, values)}
    differences = compare(
        tx, session=session, lake=lake, contracts=contracts, evaluation=evaluation, stored=stored
    )
    if differences:
        raise NotReproduced(
            f"重算结果与已发布的不一致：{'；'.join(each.text for each in differences[:_NAMED_AT_MOST])}。",
            where=_place(evaluation),
            remedy="请勿使用该等级，并通知平台运维核查。",
        )
    kept = declarations.everything(tx, evaluation, contracts=contracts)
    scorecard = declarations.applied(
        tx, evaluation, published, catalogue=kept.catalogue, scorecard=kept.scorecard
    )
    return Replayed(evaluation, published, values, score_one(scorecard, values))


def _stored(published: Rating, values: Mapping[str, float | None]) -> dict[str, Any]:
    rating = {name: getattr(published, name) for name in RATING_COLUMNS if name != "evaluation"}
    return {**rating, **values}


def compare(
    tx: Transaction,
    *,
    session: Session,
    lake: Lake,
    contracts: Mapping[str, Contract],
    evaluation: Evaluation,
    stored: Mapping[int, Mapping[str, Any]],
) -> list[Difference]:
    """Compute some subjects' rows of one evaluation again, in one pass, and compare them bit for bit.

    Args:
        tx: The transaction.
        session: An engine session.
        lake: The lake.
        contracts: Today's contracts.
        evaluation: The evaluation.
        stored: Per subject its published row: the columns of ratings and the value of each indicator.

    Returns:
        What differs, by subject and name; a row that does not come out at all differs in its subject.

    Raises:
        DeclarationLost: What the evaluation was made with was not kept.
        NoLongerKept: The records it was made of were deleted after their retention.
        LakeDamaged: Their files are missing or cut short within it.
    """
    work = _work(tx, session, lake, contracts, evaluation, sorted(stored))
    _require_kept(tx, work, evaluation)
    number = evaluation.evaluation_id
    try:
        codes = calculation.calculate(work)
    except UnknownSubjects as missing:
        return [Difference(number, each, "subject", organisation_code(each), str(missing)) for each in stored]
    again: dict[int, dict[str, Any]] = {}
    for row in session.records(publishing.ratings_sql(work, number)):
        lists = {name: tuple(row[name]) for name in ("gates", "regimes")}
        again[row["subject"]] = {**row, **lists}
    for row in session.records(f"SELECT * FROM {VALUES}"):
        again[row["subject"]].update(row)
    return [
        Difference(number, subject, name, stored[subject].get(name), again[subject].get(name))
        for subject in sorted(stored)
        for name in [*(each for each in RATING_COLUMNS if each != "evaluation"), *codes]
        if _bits(stored[subject].get(name)) != _bits(again[subject].get(name))
        # Grades were published without their sector at first; what was not stored cannot differ.
        and not (name == "sector" and stored[subject].get(name) is None)
    ]


def _bits(value: Any) -> str:
    """A value so spelt that two are the same only if all their bits are, the sign of zero among them."""
    return repr(value)


def _work(
    tx: Transaction,
    session: Session,
    lake: Lake,
    contracts: Mapping[str, Contract],
    evaluation: Evaluation,
    subjects: Collection[int],
) -> Work:
    kept = declarations.everything(tx, evaluation, contracts=contracts)
    own = evaluation.evaluation_id if evaluation.scope == "city" else None
    work = Work(
        session=session,
        lake=lake,
        contracts=kept.contracts,
        catalogue=kept.catalogue,
        scorecard=kept.scorecard,
        regimes=kept.regimes,
        scheme=kept.scheme,
        as_of=evaluation.as_of,
        versions=evaluation.versions,
        regions=inputs.regions(tx, versions=evaluation.versions, known_until=evaluation.known_until),
        subjects=subjects,
        measures=evaluation.measures if evaluation.measures is not None else own,
        published=lake.versions(tx).get(MEASURES),
        kept={},
        kept_of={},
        tell=lambda step: None,
    )
    return preparing.with_kept(tx, work)


def _require_kept(tx: Transaction, work: Work, evaluation: Evaluation) -> None:
    """The files of the records must be whole, unless a vacuum after the retention took them.

    Raises:
        NoLongerKept: A vacuum did.
        LakeDamaged: Files are missing or cut short that no vacuum may have touched.
    """
    read = work.versions.items()
    gone = [path for table, version in read for path in work.lake.missing(table, version)]
    if gone and _expired(tx, evaluation):
        tables = [table for table, version in read if work.lake.missing(table, version)]
        raise NoLongerKept(
            f"当时所用的记录版本已过保存期并清理：{'、'.join(tables)}。",
            where=_place(evaluation),
            remedy="保存期内的等级才能复算；如需保留更久，请在清理前延长保存期。",
        )
    short = [
        file.path
        for table, version in read
        for file in work.lake.files(table, version)
        if file.path.exists() and file.path.stat().st_size != file.bytes
    ]
    if gone or short:
        found = [
            f"{said}：{_named(work.lake, paths)}"
            for said, paths in (("缺失", gone), ("长度不符", short))
            if paths
        ]
        raise LakeDamaged(
            f"等级仍在保存期内，当时所用的数据湖文件却有损坏。{'；'.join(found)}。",
            where=_place(evaluation),
            remedy="请从备份恢复这些文件后重新复算；恢复之前无法核对等级。",
        )


def _expired(tx: Transaction, evaluation: Evaluation) -> bool:
    """Whether a vacuum has deleted what only evaluations of its time needed; the log of them knows, settings change."""
    return any(
        evaluation.started_at < datetime.fromisoformat(event.payload["kept_since"])
        for event in audit.queries.events(tx, name=LakeVacuumed.name)
    )


def _named(lake: Lake, paths: Sequence[Path]) -> str:
    shown = "、".join(str(path.relative_to(lake.root)) for path in paths[:_NAMED_AT_MOST])
    return f"{shown} 等 {len(paths)} 个" if len(paths) > _NAMED_AT_MOST else shown


def _place(evaluation: Evaluation) -> str:
    return f"第 {evaluation.evaluation_id} 号评价"


def evaluations(tx: Transaction, evaluation_id: int | None) -> dict[int, Evaluation]:
    """The evaluation of a number, or all of them, by number.

    Raises:
        UnknownEvaluation: There is none of that number.
    """
    if evaluation_id is not None:
        queries.evaluation(tx, evaluation_id)
        return {each: queries.evaluation(tx, each) for each in records.chain(tx, evaluation_id)}
    return {each.evaluation_id: each for each in records.all_evaluations(tx)}
