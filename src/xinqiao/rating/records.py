"""The only SQL on evaluations and definitions."""

import json
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, Literal

from xinqiao.rating.evaluation import Evaluation
from xinqiao.store import Transaction

Definition = Literal["catalogue", "model", "contract"]


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
        " actor)"
        " OVERRIDING SYSTEM VALUE"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s, %s, %s, %s)",
        (
            evaluation.evaluation_id, evaluation.as_of, evaluation.known_until, evaluation.scope,
            evaluation.subjects, evaluation.model, evaluation.model_fingerprint,
            evaluation.catalogue_fingerprint, json.dumps(evaluation.versions), json.dumps(evaluation.grades),
            evaluation.started_at, evaluation.started_at + timedelta(seconds=evaluation.seconds),
            evaluation.seconds, evaluation.actor,
        ),
    )  # fmt: skip


def find(tx: Transaction, evaluation_id: int) -> Evaluation | None:
    """One evaluation."""
    row = tx.row("SELECT * FROM evaluation WHERE evaluation_id = %s", (evaluation_id,))
    return _evaluation(row) if row else None


def find_same(
    tx: Transaction,
    *,
    as_of: Any,
    model_fingerprint: str,
    catalogue_fingerprint: str,
    versions: Mapping[str, int],
) -> Evaluation | None:
    """The city's evaluation made of exactly the same, if there is one."""
    row = tx.row(
        "SELECT * FROM evaluation WHERE scope = 'city' AND as_of = %s AND model_fingerprint = %s"
        " AND catalogue_fingerprint = %s AND versions = %s::jsonb ORDER BY evaluation_id DESC LIMIT 1",
        (as_of, model_fingerprint, catalogue_fingerprint, json.dumps(versions)),
    )
    return _evaluation(row) if row else None


def newest(tx: Transaction, *, limit: int, scope: str | None) -> list[Evaluation]:
    """Evaluations by day and number, newest first."""
    rows = tx.rows(
        "SELECT * FROM evaluation WHERE %(scope)s::text IS NULL OR scope = %(scope)s"
        " ORDER BY as_of DESC, evaluation_id DESC LIMIT %(limit)s",
        {"scope": scope, "limit": limit},
    )
    return [_evaluation(row) for row in rows]


def define(tx: Transaction, *, kind: Definition, fingerprint: str, content: Any, at: Any) -> None:
    """Keep a declaration under its fingerprint; a declaration already kept stays as it is."""
    tx.run(
        "INSERT INTO definition (fingerprint, kind, content, first_seen_at) VALUES (%s, %s, %s::jsonb, %s)"
        " ON CONFLICT (fingerprint) DO NOTHING",
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
    )
