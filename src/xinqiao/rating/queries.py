"""Questions about published grades; nothing here changes anything.

The current grade of a subject is that of the evaluation with the latest day that contains it, the later
evaluation where two share a day.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from xinqiao.engine import Session
from xinqiao.indicators.compute import EVERYBODY
from xinqiao.kernel.refusals import NotFound
from xinqiao.lake import Lake
from xinqiao.rating import records
from xinqiao.rating.evaluation import (
    INDICATORS,
    RATING_COLUMNS,
    RATINGS,
    STATISTICS,
    STATISTICS_COLUMNS,
    Evaluation,
    Rating,
    Scope,
    Standing,
)
from xinqiao.store import Transaction

_RATING = "evaluation, subject, as_of, score, grade, ungated, coverage, gates, model"


class UnknownEvaluation(NotFound):
    """No evaluation has this number."""

    code = "unknown_evaluation"


class Ungraded(NotFound):
    """The subject is in no evaluation."""

    code = "ungraded"


def current_evaluation(tx: Transaction) -> Evaluation | None:
    """The city's evaluation with the latest day, or None before the first."""
    return next(iter(records.newest(tx, limit=1, scope="city")), None)


def evaluations(tx: Transaction, *, limit: int = 50, scope: Scope | None = None) -> Sequence[Evaluation]:
    """Evaluations, latest day first."""
    return records.newest(tx, limit=limit, scope=scope)


def evaluation(tx: Transaction, evaluation_id: int) -> Evaluation:
    """One evaluation.

    Raises:
        UnknownEvaluation: There is none of that number.
    """
    found = records.find(tx, evaluation_id)
    if found is None:
        raise UnknownEvaluation(f"没有编号为 {evaluation_id} 的评价。", remedy="查看评价列表中的编号。")
    return found


def history(
    tx: Transaction, *, session: Session, lake: Lake, subjects: Collection[int]
) -> dict[int, tuple[Rating, ...]]:
    """Grades of each subject, latest day first, one per day; a subject without any is left out."""
    if not subjects or not register_ratings(tx, session=session, lake=lake, subjects=subjects):
        return {}
    within = ", ".join(f"{subject:d}" for subject in sorted(subjects))
    found: dict[int, list[Rating]] = {}
    for row in session.records(
        f"SELECT {_RATING} FROM published_ratings WHERE subject IN ({within})"
        " QUALIFY row_number() OVER (PARTITION BY subject, as_of ORDER BY evaluation DESC) = 1"
        " ORDER BY subject, as_of DESC"
    ):
        found.setdefault(row["subject"], []).append(_rating(row))
    return {subject: tuple(ratings) for subject, ratings in found.items()}


def current_rating(tx: Transaction, *, session: Session, lake: Lake, subject: int) -> Rating:
    """The subject's current grade.

    Raises:
        Ungraded: It is in no evaluation.
    """
    ratings = history(tx, session=session, lake=lake, subjects=[subject]).get(subject)
    if not ratings:
        raise Ungraded("该企业尚未参加过评价。", remedy="待下一次评价，或单独评价该企业。")
    return ratings[0]


def current_ratings(tx: Transaction, *, session: Session, lake: Lake) -> str:
    """Make the view `current_ratings` of every subject's current grade and return its name.

    For export and lists; columns as in the lake; sort by subject for a stable order. The view is empty
    before the first evaluation.
    """
    if not register_ratings(tx, session=session, lake=lake):
        session.register("published_ratings", (), RATING_COLUMNS)
    newest = "row_number() OVER (PARTITION BY subject ORDER BY as_of DESC, evaluation DESC) = 1"
    sql = f"SELECT {_RATING} FROM published_ratings QUALIFY {newest}"
    session.run(f"CREATE OR REPLACE TEMP VIEW current_ratings AS {sql}")
    return "current_ratings"


def rating_in(tx: Transaction, *, session: Session, lake: Lake, evaluation_id: int, subject: int) -> Rating:
    """The subject's grade in one evaluation.

    Raises:
        Ungraded: It is not in that evaluation.
    """
    rows = []
    if register_ratings(tx, session=session, lake=lake, subjects=[subject]):
        rows = session.records(
            f"SELECT {_RATING} FROM published_ratings WHERE subject = ? AND evaluation = ?",
            [subject, evaluation_id],
        )
    if not rows:
        raise Ungraded(f"第 {evaluation_id} 号评价中没有该企业。", remedy="核对评价编号与企业。")
    return _rating(rows[0])


def values(
    tx: Transaction, *, session: Session, lake: Lake, evaluation_id: int, subject: int
) -> dict[str, float | None]:
    """The subject's indicators in one evaluation by code; None is unknown.

    Raises:
        Ungraded: It is not in that evaluation.
    """
    version = lake.versions(tx).get(INDICATORS)
    rows: list[dict[str, Any]] = []
    if version is not None:
        lake.register(
            session, table=INDICATORS, version=version, name="published_indicators", subjects=[subject]
        )
        rows = session.records(
            "SELECT * FROM published_indicators WHERE subject = ? AND evaluation = ?",
            [subject, evaluation_id],
        )
    if not rows:
        raise Ungraded(f"第 {evaluation_id} 号评价中没有该企业。", remedy="核对评价编号与企业。")
    return {name: value for name, value in rows[0].items() if name not in ("evaluation", "subject")}


def standings(
    tx: Transaction, *, session: Session, lake: Lake, evaluation_id: int, sector: str | None
) -> Mapping[str, Standing]:
    """What is usual per indicator in a sector, among all firms where the sector is too small or unknown.

    An evaluation of some subjects has no statistics of its own; those of the city's latest evaluation not
    after its day are taken, then the earliest there is.

    Raises:
        UnknownEvaluation: There is none of that number.
    """
    asked = evaluation(tx, evaluation_id)
    version = lake.versions(tx).get(STATISTICS)
    city = [each for each in records.newest(tx, limit=10_000, scope="city") if version is not None]
    if asked.scope == "city":
        city = [asked]
    if not city:
        return {}
    chosen = next((each for each in city if each.as_of <= asked.as_of), city[-1])
    lake.register(
        session, table=STATISTICS, version=version, name="published_statistics", columns=STATISTICS_COLUMNS
    )
    rows = session.rows(
        "SELECT indicator, sector, firms, quantiles FROM published_statistics"
        " WHERE evaluation = ? AND sector IN (?, ?)"
        " QUALIFY row_number() OVER (PARTITION BY indicator ORDER BY sector DESC) = 1 ORDER BY indicator",
        [chosen.evaluation_id, sector or EVERYBODY, EVERYBODY],
    )
    return {code: Standing(name, firms, tuple(quantiles)) for code, name, firms, quantiles in rows}


def register_ratings(
    tx: Transaction, *, session: Session, lake: Lake, subjects: Collection[int] | None = None
) -> bool:
    """Make the view `published_ratings` of all evaluations' grades; False, and no view, before the first."""
    version = lake.versions(tx).get(RATINGS)
    if version is None:
        return False
    lake.register(
        session,
        table=RATINGS,
        version=version,
        name="published_ratings",
        columns=RATING_COLUMNS,
        subjects=subjects,
    )
    return True


def _rating(row: Mapping[str, Any]) -> Rating:
    return Rating(**{**row, "gates": tuple(row["gates"] or ())})
