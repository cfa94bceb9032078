"""The only SQL on evaluations and definitions."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, Literal

from xinqiao.rating.evaluation import Evaluation, Overdue
from xinqiao.store import Transaction

Definition = Literal["catalogue", "model", "contract", "regime"]


def next_evaluation_id(tx: Transaction) -> int:
    """Reserve the number that the evaluation's rows in the lake will carry."""
    row = tx.row("SELECT nextval(pg_get_serial_sequence('evaluation', 'evaluation_id')) AS number")
    assert row is not None
    return int(row["number"])


def insert(tx: Transaction, evaluation: Evaluation) -> None:
    """Record an evaluation under its reserved number."""
    tx.run(
        "INSERT INTO evaluation (evaluation_id, as_of, known_until, scope, subjects, model,"
        " model_fingerprint, catalogue_fingerprint, versions, grades, started_at, finished_at, seconds,"
        " actor, contracts, regimes, measures, based_on, overdue)"
        " OVERRIDING SYSTEM VALUE"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s, %s, %s, %s, %s::jsonb, %s::jsonb,"
        " %s, %s, %s::jsonb)",
        (
            evaluation.evaluation_id, evaluation.as_of, evaluation.known_until, evaluation.scope,
            evaluation.subjects, evaluation.model, evaluation.model_fingerprint,
            evaluation.catalogue_fingerprint, json.dumps(evaluation.versions), json.dumps(evaluation.grades),
            evaluation.started_at, evaluation.started_at + timedelta(seconds=evaluation.seconds),
            evaluation.seconds, evaluation.actor, json.dumps(evaluation.contracts),
            json.dumps(evaluation.regimes), evaluation.measures, evaluation.based_on,
            json.dumps([{**asdict(each), "known_at": each.known_at.isoformat()} for each in evaluation.overdue]),
        ),
    )  # fmt: skip


def find(tx: Transaction, evaluation_id: int) -> Evaluation | None:
    """One evaluation."""
    row = tx.row("SELECT * FROM evaluation WHERE evaluation_id = %s", (evaluation_id,))
    return _evaluation(row) if row else None


def find_same(
    tx: Transaction,
    *,
    as_of: date,
    model_fingerprint: str,
    catalogue_fingerprint: str,
    contracts: Mapping[str, str],
    regimes: Mapping[str, str],
    versions: Mapping[str, int] | None,
) -> Evaluation | None:
    """The city's newest evaluation as of the day made with the same declarations, if there is one.

    Of the same versions too, unless those are None.
    """
    row = tx.row(
        "SELECT * FROM evaluation WHERE scope = 'city' AND as_of = %s AND model_fingerprint = %s"
        " AND catalogue_fingerprint = %s AND contracts = %s::jsonb AND regimes = %s::jsonb"
        " AND (%s::jsonb IS NULL OR versions = %s::jsonb) ORDER BY evaluation_id DESC LIMIT 1",
        (
            as_of, model_fingerprint, catalogue_fingerprint, json.dumps(contracts), json.dumps(regimes),
            *[None if versions is None else json.dumps(versions)] * 2,
        ),
    )  # fmt: skip
    return _evaluation(row) if row else None


def superseded(tx: Transaction, evaluation: Evaluation) -> bool:
    """Whether the city was evaluated again since as of the same day with a scorecard of the same name."""
    found = tx.row(
        "SELECT 1 FROM evaluation WHERE scope = 'city' AND as_of = %s AND evaluation_id > %s"
        " AND split_part(model, '@', 1) = split_part(%s, '@', 1) LIMIT 1",
        (evaluation.as_of, evaluation.evaluation_id, evaluation.model),
    )
    return found is not None


def last_versions(tx: Transaction, *, as_of: date, model: str) -> Mapping[str, int] | None:
    """The record versions of the last evaluation of a day with a model, of whomever; None when there is none."""
    row = tx.row(
        "SELECT versions FROM evaluation WHERE as_of = %s AND split_part(model, '@', 1) = %s"
        " ORDER BY evaluation_id DESC LIMIT 1",
        (as_of, model),
    )
    return row["versions"] if row else None


def has_graded(tx: Transaction, model: str) -> bool:
    """Whether there is an evaluation with a model."""
    row = tx.row(
        "SELECT EXISTS (SELECT FROM evaluation WHERE split_part(model, '@', 1) = %s) AS graded", (model,)
    )
    return bool(row and row["graded"])


def last_model(tx: Transaction) -> str | None:
    """The model of the last evaluation; None before the first."""
    row = tx.row(
        "SELECT split_part(model, '@', 1) AS model FROM evaluation ORDER BY evaluation_id DESC LIMIT 1"
    )
    return row["model"] if row else None


def chain(tx: Transaction, evaluation_id: int) -> list[int]:
    """An evaluation and those whose rows it carries forward, newest first."""
    rows = tx.rows(
        "WITH RECURSIVE carried AS (SELECT evaluation_id, based_on FROM evaluation WHERE evaluation_id = %s"
        " UNION ALL SELECT e.evaluation_id, e.based_on FROM evaluation e JOIN carried c"
        " ON e.evaluation_id = c.based_on) SELECT evaluation_id FROM carried ORDER BY evaluation_id DESC",
        (evaluation_id,),
    )
    return [row["evaluation_id"] for row in rows]


def city_nearest(tx: Transaction, asked: Evaluation) -> int | None:
    """The city's evaluation of the same model nearest to another: the latest not after its day, else the earliest."""
    row = tx.row(
        "SELECT evaluation_id FROM evaluation WHERE scope = 'city' AND split_part(model, '@', 1) = %(model)s"
        " ORDER BY as_of > %(as_of)s, CASE WHEN as_of <= %(as_of)s THEN as_of END DESC NULLS LAST,"
        " as_of, evaluation_id DESC LIMIT 1",
        {"model": asked.model.split("@")[0], "as_of": asked.as_of},
    )
    return row["evaluation_id"] if row else None


def measures_for(tx: Transaction, *, as_of: date, catalogue_fingerprint: str) -> int | None:
    """The evaluation whose sector measures hold on a day: the city's latest of these indicators not after it."""
    row = tx.row(
        "SELECT coalesce(measures, evaluation_id) AS number FROM evaluation WHERE scope = 'city'"
        " AND as_of <= %s AND catalogue_fingerprint = %s ORDER BY as_of DESC, evaluation_id DESC LIMIT 1",
        (as_of, catalogue_fingerprint),
    )
    return row["number"] if row else None


def all_evaluations(tx: Transaction) -> list[Evaluation]:
    """Every evaluation in order of number."""
    return [_evaluation(row) for row in tx.rows("SELECT * FROM evaluation ORDER BY evaluation_id")]


def newest(
    tx: Transaction, *, limit: int, scope: str | None, model: str | None = None, as_of: date | None = None
) -> list[Evaluation]:
    """Evaluations by day and number, newest first; of one model, or not after a day, when these are given."""
    rows = tx.rows(
        "SELECT * FROM evaluation WHERE (%(scope)s::text IS NULL OR scope = %(scope)s)"
        " AND (%(model)s::text IS NULL OR split_part(model, '@', 1) = %(model)s)"
        " AND (%(as_of)s::date IS NULL OR as_of <= %(as_of)s)"
        " ORDER BY as_of DESC, evaluation_id DESC LIMIT %(limit)s",
        {"scope": scope, "limit": limit, "model": model, "as_of": as_of},
    )
    return [_evaluation(row) for row in rows]


def define(tx: Transaction, *, kind: Definition, contents: Mapping[str, Any], at: datetime) -> None:
    """Keep declarations under their fingerprints; one already kept stays as it is."""
    rows = tx.rows("SELECT fingerprint FROM definition WHERE fingerprint = ANY(%s)", (list(contents),))
    for fingerprint in sorted(set(contents) - {row["fingerprint"] for row in rows}):
        content = contents[fingerprint]
        tx.run(
            "INSERT INTO definition (fingerprint, kind, content, first_seen_at)"
            " VALUES (%s, %s, %s::jsonb, %s) ON CONFLICT (fingerprint) DO NOTHING",
            (
                fingerprint,
                kind,
                content if isinstance(content, str) else json.dumps(content, ensure_ascii=False),
                at,
            ),
        )


def definitions(tx: Transaction, fingerprints: Collection[str]) -> dict[str, Any]:
    """Kept declarations by fingerprint."""
    rows = tx.rows(
        "SELECT fingerprint, content FROM definition WHERE fingerprint = ANY(%s)", (list(fingerprints),)
    )
    return {row["fingerprint"]: row["content"] for row in rows}


def contents_of(tx: Transaction, *, model: str, but: str) -> list[Any]:
    """The other scorecards that evaluations were made with under a model's name and version."""
    rows = tx.rows(
        "SELECT content FROM definition WHERE fingerprint IN (SELECT model_fingerprint FROM evaluation"
        " WHERE model = %s AND model_fingerprint <> %s) ORDER BY fingerprint",
        (model, but),
    )
    return [row["content"] for row in rows]


def _evaluation(row: Mapping[str, Any]) -> Evaluation:
    return Evaluation(
        evaluation_id=row["evaluation_id"],
        as_of=row["as_of"],
        known_until=row["known_until"],
        scope=row["scope"],
        subjects=row["subjects"],
        model=row["model"],
        model_fingerprint=row["model_fingerprint"],
        catalogue_fingerprint=row["catalogue_fingerprint"],
        versions=row["versions"],
        grades=row["grades"],
        started_at=row["started_at"],
        seconds=row["seconds"],
        actor=row["actor"],
        contracts=row["contracts"],
        regimes=row["regimes"],
        measures=row["measures"],
        based_on=row["based_on"],
        overdue=tuple(
            Overdue(**{**each, "known_at": datetime.fromisoformat(each["known_at"])})
            for each in row["overdue"]
        ),
    )
