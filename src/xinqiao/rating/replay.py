"""A published grade computed again, from what was recorded when it was made.

The evaluation's row names the record versions, the day and the fingerprints of the declarations; the
declarations are kept by fingerprint, the versions by the lake. The same grade must come out, or something is
wrong with the platform.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from xinqiao.catalogue import Contract
from xinqiao.engine import Session
from xinqiao.indicators import evaluate
from xinqiao.indicators.planning import VALUES
from xinqiao.kernel.refusals import Fault
from xinqiao.lake import Lake
from xinqiao.rating import declarations, inputs, queries
from xinqiao.rating.evaluation import Evaluation, Rating
from xinqiao.rating.model import Result, score_one
from xinqiao.store import Transaction


class NotReproduced(Fault):
    """A published grade could not be computed again to the same result."""

    code = "not_reproduced"


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
    """Compute a published grade again and compare score, grade, coverage, gates and every indicator.

    Args:
        tx: The transaction.
        session: An engine session of its own.
        lake: The lake.
        contracts: Contracts by data set.
        subject: Whose grade.
        evaluation_id: In which evaluation; the current one when None.

    Raises:
        Ungraded: There is no such grade.
        NotReproduced: Something differs; the message names it.
        DeclarationLost: What the grade was made with was not kept.
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
    catalogue, scorecard = declarations.kept(tx, evaluation, contracts=contracts)
    known = inputs.first_known(lake, catalogue=catalogue, versions=evaluation.versions)
    inputs.register(
        session,
        lake,
        catalogue=catalogue,
        contracts=contracts,
        versions=evaluation.versions,
        subjects=[subject],
    )
    evaluate(
        session,
        catalogue=catalogue,
        contracts=contracts,
        as_of=evaluation.as_of,
        subjects=[subject],
        collected=inputs.collected(known, evaluation.as_of),
    )
    rows = session.records(f"SELECT * FROM {VALUES}")
    if not rows:
        raise NotReproduced("重算时当时的记录中没有该企业。", where=_place(evaluation))
    recomputed: dict[str, float | None] = {code: rows[0][code] for code in catalogue.indicators}
    again = score_one(scorecard, recomputed)
    if differences := _differences(
        published, again, {code: values.get(code) for code in recomputed}, recomputed
    ):
        raise NotReproduced(
            f"重算结果与已发布的不一致：{'；'.join(differences)}。",
            where=_place(evaluation),
            remedy="请勿使用该等级，并通知平台运维核查。",
        )
    return Replayed(evaluation, published, values, again)


def _place(evaluation: Evaluation) -> str:
    return f"第 {evaluation.evaluation_id} 号评价"


def _differences(
    published: Rating,
    again: Result,
    values: Mapping[str, float | None],
    recomputed: Mapping[str, float | None],
) -> list[str]:
    pairs: list[tuple[str, object, object]] = [
        ("得分", published.score, again.score),
        ("等级", published.grade, again.grade),
        ("评分等级", published.ungated, again.ungated),
        ("覆盖率", published.coverage, again.coverage),
        ("限级规则", published.gates, again.gates),
        *((f"指标 {code}", values[code], recomputed[code]) for code in recomputed),
    ]
    return [f"{name} 已发布 {held}，重算 {found}" for name, held, found in pairs if held != found]
