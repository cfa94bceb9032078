"""Questions about published grades; nothing here changes anything.

The current grade of a subject is that of the evaluation with the latest day that contains it, the later
evaluation where two share a day. Where no model is named, grades are those of `own_model`. An evaluation that carries grades
forward is read as one with all its rows. Grades of single evaluations that still wait in PostgreSQL are seen as if
they were in the lake.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal, within
from xinqiao.indicators.compute import EVERYBODY
from xinqiao.kernel.refusals import NotFound
from xinqiao.lake import Lake
from xinqiao.rating import recent, records
from xinqiao.rating.evaluation import (
    INDICATORS,
    MODEL,
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

_RATING = ", ".join(RATING_COLUMNS)
_REMEMBERED = 256
_standings: dict[tuple[Path, int, int, str], Mapping[str, Standing]] = {}


class UnknownEvaluation(NotFound):
    """No evaluation has this number."""

    code = "unknown_evaluation"


class Ungraded(NotFound):
    """The subject is in no evaluation."""

    code = "ungraded"


def own_model(tx: Transaction) -> str:
    """The model whose grades are shown when none is named: the platform's own once it has graded, else the last used."""
    return MODEL if records.has_graded(tx, MODEL) else records.last_model(tx) or MODEL


def current_evaluation(tx: Transaction, *, model: str | None = None) -> Evaluation | None:
    """The city's evaluation with the latest day, or None before the first."""
    return next(iter(records.newest(tx, limit=1, scope="city", model=model or own_model(tx))), None)


def evaluations(
    tx: Transaction, *, limit: int = 50, scope: Scope | None = None, model: str | None = MODEL
) -> Sequence[Evaluation]:
    """Evaluations, latest day first; of every model when None."""
    return records.newest(tx, limit=limit, scope=scope, model=model)


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
    tx: Transaction,
    *,
    session: Session,
    lake: Lake,
    subjects: Collection[int],
    model: str | None = None,
    until: int | None = None,
) -> dict[int, tuple[Rating, ...]]:
    """Grades of each subject, latest day first, the last given for each day; a subject without any is left out.

    With `until` no evaluation after the one of that number is looked at.
    """
    if not subjects or not register_ratings(tx, session=session, lake=lake, subjects=subjects):
        return {}
    rows = session.records(
        f"SELECT {_RATING} FROM published_ratings WHERE {within(subjects)} AND {_of(model or own_model(tx))}"
        + ("" if until is None else f" AND evaluation <= {until:d}")
    )
    # Here and not in the engine, which would plan the ranking for longer than it reads the few rows.
    rows.sort(key=lambda row: (row["as_of"], row["evaluation"]), reverse=True)
    found: dict[int, dict[date, Rating]] = {
        subject: {} for subject in sorted({row["subject"] for row in rows})
    }
    for row in rows:
        if row["as_of"] not in found[row["subject"]]:
            found[row["subject"]][row["as_of"]] = _rating(row)
    return {subject: tuple(ratings.values()) for subject, ratings in found.items()}


def current_rating(
    tx: Transaction, *, session: Session, lake: Lake, subject: int, model: str | None = None
) -> Rating:
    """The subject's current grade.

    Raises:
        Ungraded: It is in no evaluation.
    """
    ratings = history(tx, session=session, lake=lake, subjects=[subject], model=model).get(subject)
    if not ratings:
        raise Ungraded("该企业尚未参加过评价。", remedy="待下一次评价，或单独评价该企业。")
    return ratings[0]


def current_ratings(tx: Transaction, *, session: Session, lake: Lake, model: str | None = None) -> str:
    """Make the view `current_ratings` of every subject's current grade and return its name.

    For export and lists; columns as in the lake; sort by subject for a stable order. The view is empty
    before the first evaluation.
    """
    if not register_ratings(tx, session=session, lake=lake):
        session.register("published_ratings", (), RATING_COLUMNS)
    newest = "row_number() OVER (PARTITION BY subject ORDER BY as_of DESC, evaluation DESC) = 1"
    sql = f"SELECT {_RATING} FROM published_ratings WHERE {_of(model or own_model(tx))} QUALIFY {newest}"
    session.define("current_ratings", sql)
    return "current_ratings"


def _not_in(tx: Transaction, evaluation_id: int) -> Ungraded:
    """That an evaluation holds no grade of the firm, unless there is no such evaluation, which is said first."""
    evaluation(tx, evaluation_id)
    return Ungraded(
        f"第 {evaluation_id} 号评价中没有该企业。", remedy="请核对评价编号；该企业可能未参加这次评价。"
    )


def _of(model: str) -> str:
    return f"split_part(model, '@', 1) = {literal(model)}"


def rating_in(tx: Transaction, *, session: Session, lake: Lake, evaluation_id: int, subject: int) -> Rating:
    """The subject's grade in one evaluation, carried forward from an earlier one where it says so.

    Raises:
        UnknownEvaluation: There is none of that number.
        Ungraded: It is not in that evaluation.
    """
    rows = []
    carried = records.chain(tx, evaluation_id)
    if register_ratings(tx, session=session, lake=lake, subjects=[subject], evaluations=carried):
        rows = session.records(
            f"SELECT {_RATING} FROM published_ratings WHERE subject = ? AND {within(carried, 'evaluation')}"
            " ORDER BY evaluation DESC LIMIT 1",
            [subject],
        )
    if not rows:
        raise _not_in(tx, evaluation_id)
    return _rating(rows[0])


def values(
    tx: Transaction, *, session: Session, lake: Lake, evaluation_id: int, subject: int
) -> dict[str, float | None]:
    """The subject's indicators in one evaluation by code; None is unknown.

    Raises:
        UnknownEvaluation: There is none of that number.
        Ungraded: It is not in that evaluation.
    """
    carried = records.chain(tx, evaluation_id)
    kept = recent.find(tx, subjects=[subject], evaluations=carried)
    if kept:
        return dict(kept[-1].indicators)
    version = lake.seen(tx, INDICATORS)
    rows: list[dict[str, Any]] = []
    if version is not None and carried:
        lake.register(
            session,
            table=INDICATORS,
            version=version,
            name="published_indicators",
            subjects=[subject],
            within={"evaluation": (min(carried), max(carried))},
        )
        rows = session.records(
            f"SELECT * FROM published_indicators WHERE subject = {subject:d} AND {within(carried, 'evaluation')}"
        )
    if not rows:
        raise _not_in(tx, evaluation_id)
    newest = max(rows, key=lambda row: row["evaluation"])
    return {name: value for name, value in newest.items() if name not in ("evaluation", "subject")}


def standings(
    tx: Transaction, *, session: Session, lake: Lake, asked: Evaluation, sector: str | None
) -> Mapping[str, Standing]:
    """What is usual per indicator in a sector, among all firms where the sector is too small or unknown.

    An evaluation of some subjects has no statistics of its own; those of the city's latest evaluation not
    after its day are taken, then the earliest there is.
    """
    version = lake.seen(tx, STATISTICS)
    if version is None:
        return {}
    chosen = asked.evaluation_id if asked.scope == "city" else records.city_nearest(tx, asked)
    if chosen is None:
        return {}
    # A committed version never changes, and firms of one sector are asked about again and again.
    key = (lake.root, version, chosen, sector or EVERYBODY)
    if key not in _standings:
        if len(_standings) >= _REMEMBERED:
            _standings.pop(next(iter(_standings)), None)
        _standings[key] = _read_standings(session, lake, version=version, evaluation=chosen, sector=key[-1])
    return _standings[key]


def _read_standings(
    session: Session, lake: Lake, *, version: int, evaluation: int, sector: str
) -> Mapping[str, Standing]:
    lake.register(
        session,
        table=STATISTICS,
        version=version,
        name="published_statistics",
        columns=STATISTICS_COLUMNS,
        within={"evaluation": (evaluation, evaluation)},
    )
    rows = session.rows(
        "SELECT indicator, sector, firms, quantiles FROM published_statistics"
        " WHERE evaluation = ? AND sector IN (?, ?)"
        " QUALIFY row_number() OVER (PARTITION BY indicator ORDER BY sector DESC) = 1 ORDER BY indicator",
        [evaluation, sector, EVERYBODY],
    )
    return {code: Standing(name, firms, tuple(quantiles)) for code, name, firms, quantiles in rows}


def register_ratings(
    tx: Transaction,
    *,
    session: Session,
    lake: Lake,
    subjects: Collection[int] | None = None,
    evaluations: Collection[int] | None = None,
) -> bool:
    """Make the view `published_ratings` of all evaluations' grades; False, and no view, before the first.

    Args:
        tx: The transaction.
        session: Where to make it.
        lake: The lake.
        subjects: Whose rows are wanted; others may be in the view too.
        evaluations: Whose rows are wanted; likewise.
    """
    version = lake.seen(tx, RATINGS)
    kept = recent.find(tx, subjects=subjects, evaluations=evaluations)
    if version is None and not kept:
        return False
    lake.register(
        session,
        table=RATINGS,
        version=version,
        name="lake_ratings" if kept else "published_ratings",
        columns=RATING_COLUMNS,
        subjects=subjects,
        within={"evaluation": (min(evaluations), max(evaluations))} if evaluations else None,
    )
    if kept:
        recent.keep_ratings(session, "recent_ratings", kept)
        names = ", ".join(map(identifier, RATING_COLUMNS))
        session.define(
            "published_ratings",
            f"SELECT {names} FROM lake_ratings UNION ALL SELECT {names} FROM recent_ratings",
        )
    return True


def every_row(
    tx: Transaction,
    session: Session,
    lake: Lake,
    *,
    table: str,
    evaluation_id: int,
    columns: Mapping[str, str] | None = None,
) -> str:
    """A query in brackets for the rows of a published table in an evaluation, one per subject, the carried ones too.

    It reads the view `all_` with the table's name, which is made on the way.
    """
    chain = records.chain(tx, evaluation_id)
    view = f"all_{table}"
    lake.register(
        session,
        table=table,
        version=lake.version(tx, table),
        name=view,
        columns=columns,
        within={"evaluation": (min(chain), max(chain))},
    )
    newest = "row_number() OVER (PARTITION BY subject ORDER BY evaluation DESC) = 1"
    return f"(SELECT * FROM {view} WHERE {within(chain, 'evaluation')} QUALIFY {newest})"


def _rating(row: Mapping[str, Any]) -> Rating:
    lists = {name: tuple(row[name] or ()) for name in ("gates", "regimes")}
    return Rating(**{**row, **lists})
