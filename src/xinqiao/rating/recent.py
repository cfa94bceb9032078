"""Grades of single evaluations: rows of PostgreSQL until they are folded into the lake.

A Delta commit costs the same for one row as for a million. So the grade of one firm is one row here, found by its
index, and every evaluation of the city folds what has gathered into the lake first. Readers see both as one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xinqiao.engine import Session
from xinqiao.engine.packing import keep
from xinqiao.rating.evaluation import RATING_COLUMNS
from xinqiao.store import Transaction

_RATING = tuple(name for name in RATING_COLUMNS if name != "evaluation")


@dataclass(frozen=True, slots=True)
class Row:
    """One subject's grade and indicators in one evaluation.

    Attributes:
        rating: The columns of the lake's table of ratings.
        indicators: Value by code; None is unknown.
    """

    rating: Mapping[str, Any]
    indicators: Mapping[str, float | None]


def insert(tx: Transaction, rows: Sequence[Row]) -> None:
    """Keep the rows of one evaluation."""
    columns = (
        "evaluation_id", "subject", "as_of", "score", "grade", "ungated", "coverage", "gates", "model",
        "regimes", "sector", "region_code", "size_class", "codes", "indicators",
    )  # fmt: skip
    tx.copy(
        "recent_rating",
        columns,
        [
            (
                row.rating["evaluation"],
                *(_plain(row.rating[name]) for name in _RATING),
                list(row.indicators),
                list(row.indicators.values()),
            )
            for row in rows
        ],
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def find(
    tx: Transaction,
    *,
    subjects: Collection[int] | None = None,
    evaluations: Collection[int] | None = None,
) -> list[Row]:
    """Rows of some subjects, or of all, in some evaluations, or in all, by evaluation and subject."""
    rows = tx.rows(
        "SELECT * FROM recent_rating WHERE (%(subjects)s::bigint[] IS NULL OR subject = ANY(%(subjects)s))"
        " AND (%(evaluations)s::bigint[] IS NULL OR evaluation_id = ANY(%(evaluations)s))"
        " ORDER BY evaluation_id, subject",
        {
            "subjects": None if subjects is None else list(subjects),
            "evaluations": None if evaluations is None else list(evaluations),
        },
    )
    return [_row(row) for row in rows]


def take(tx: Transaction) -> list[Row]:
    """All rows, taken out; they are the caller's to keep."""
    rows = tx.rows("DELETE FROM recent_rating RETURNING *")
    return sorted(map(_row, rows), key=lambda row: (row.rating["subject"], row.rating["evaluation"]))


def _row(row: Mapping[str, Any]) -> Row:
    return Row(
        rating={
            "evaluation": row["evaluation_id"],
            **{name: tuple(row[name]) if isinstance(row[name], list) else row[name] for name in _RATING},
        },
        indicators=dict(zip(row["codes"], row["indicators"], strict=True)),
    )


def keep_ratings(session: Session, name: str, rows: Sequence[Row]) -> None:
    """Make a table of the session of the ratings of rows, with the columns of the lake's table."""
    keep(session, name, [row.rating for row in rows], RATING_COLUMNS)


def keep_indicators(session: Session, name: str, rows: Sequence[Row]) -> Mapping[str, str]:
    """Make a table of the session of the indicators of rows; its columns: evaluation, subject and codes."""
    codes = sorted({code for row in rows for code in row.indicators})
    columns = {"evaluation": "BIGINT", "subject": "BIGINT", **dict.fromkeys(codes, "DOUBLE")}
    keep(session, name, [{**row.rating, **row.indicators} for row in rows], columns)
    return columns
