"""The only SQL on deliveries and replays."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from xinqiao.intake.model import Delivered, Delivery, Replay
from xinqiao.kernel.actor import Actor
from xinqiao.store import Transaction


def find_same(tx: Transaction, fingerprint: str, until: datetime) -> dict[str, Any] | None:
    """The newest delivery with this fingerprint known until a moment, else the first one known after it."""
    return tx.row(
        "SELECT * FROM delivery WHERE fingerprint = %(fingerprint)s"
        " ORDER BY known_at <= %(until)s DESC, greatest(known_at - %(until)s, %(until)s - known_at), delivery_id DESC"
        " LIMIT 1",
        {"fingerprint": fingerprint, "until": until},
    )


def newest_known(tx: Transaction, dataset: str, until: datetime) -> dict[str, Any] | None:
    """The newest delivery of a dataset known until a moment, the moment included."""
    return tx.row(
        "SELECT * FROM delivery WHERE dataset = %s AND known_at <= %s"
        " ORDER BY known_at DESC, delivery_id DESC LIMIT 1",
        (dataset, until),
    )


def regions(tx: Transaction, dataset: str) -> list[dict[str, Any]]:
    """When each delivery of a dataset that brought records became known (`known_at`), and for where (`covers`)."""
    return tx.rows(
        "SELECT known_at, covers FROM delivery"
        " WHERE dataset = %s AND jsonb_exists(versions, 'records/' || dataset) ORDER BY delivery_id",
        (dataset,),
    )


def brought_records(tx: Transaction, delivery_id: int) -> bool:
    """Whether a delivery or one of its replays wrote records."""
    row = tx.row(
        "SELECT FROM delivery d LEFT JOIN replay r USING (delivery_id) WHERE delivery_id = %s"
        " AND (jsonb_exists(d.versions, 'records/' || d.dataset) OR jsonb_exists(r.versions, 'records/' || d.dataset))"
        " LIMIT 1",
        (delivery_id,),
    )
    return row is not None


def brought(
    tx: Transaction, *, versions: Mapping[str, int], known_before: datetime, limited: bool
) -> list[dict[str, Any]]:
    """The newest delivery that brought records, for each dataset and set of regions.

    `dataset`, `covers`, `delivery_id` and `known_at` of those whose records, or those of a replay of them, were known
    before a moment and stand in a record table at the version given; if `limited`, only for datasets of which some
    delivery named regions.
    """
    return tx.rows(
        "SELECT DISTINCT ON (dataset, covers) dataset, covers, delivery_id, known_at FROM"
        " (SELECT dataset, covers, delivery_id, known_at, known_at AS brought_at, versions FROM delivery"
        " UNION ALL SELECT d.dataset, d.covers, d.delivery_id, d.known_at, coalesce(r.known_at, r.at), r.versions"
        " FROM replay AS r JOIN delivery AS d USING (delivery_id)) AS wrote"
        " WHERE (NOT %(limited)s OR dataset IN (SELECT dataset FROM delivery WHERE covers IS NOT NULL))"
        " AND brought_at < %(before)s AND (versions ->> ('records/' || dataset))::bigint"
        " <= (%(versions)s::jsonb ->> ('records/' || dataset))::bigint"
        " ORDER BY dataset, covers, known_at DESC, delivery_id DESC",
        {"limited": limited, "before": known_before, "versions": json.dumps(dict(versions))},
    )


def find(tx: Transaction, delivery_id: int) -> dict[str, Any] | None:
    """One delivery's row."""
    return tx.row("SELECT * FROM delivery WHERE delivery_id = %s", (delivery_id,))


def recent(tx: Transaction, *, dataset: str | None, limit: int) -> list[dict[str, Any]]:
    """The newest deliveries first, of one dataset or of all."""
    return tx.rows(
        "SELECT * FROM delivery WHERE %(dataset)s::text IS NULL OR dataset = %(dataset)s"
        " ORDER BY delivery_id DESC LIMIT %(limit)s",
        {"dataset": dataset, "limit": limit},
    )


def next_delivery_id(tx: Transaction) -> int:
    """Reserve the number that the delivery's records will carry."""
    row = tx.row("SELECT nextval(pg_get_serial_sequence('delivery', 'delivery_id')) AS number")
    assert row is not None
    return int(row["number"])


def insert(
    tx: Transaction,
    delivery: Delivery,
    *,
    contract: tuple[str, str],
    mapping: Mapping[str, Any],
    fingerprint: str,
    actor: Actor,
) -> None:
    """Record a delivery; `contract` is the contract's version and fingerprint."""
    tx.run(
        "INSERT INTO delivery (delivery_id, dataset, contract_version, contract_fingerprint, mapping, known_at,"
        " received_at, files, fingerprint, accepted, corrected, duplicate, quarantined, unresolved, reasons, versions,"
        " seconds, actor, covers) OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, %s, %s::jsonb, %s, %s, %s::jsonb, %s, %s,"
        " %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s, %s, %s)",
        (
            delivery.delivery_id, delivery.dataset, *contract,
            json.dumps(mapping, ensure_ascii=False, default=str) if mapping else None,
            delivery.known_at, delivery.received_at, _files_json(delivery.files), fingerprint,
            delivery.accepted, delivery.corrected, delivery.duplicate, delivery.quarantined, delivery.unresolved,
            json.dumps(delivery.reasons), json.dumps(delivery.versions), delivery.seconds, actor.name,
            None if delivery.covers is None else list(delivery.covers),
        ),
    )  # fmt: skip


def insert_replay(tx: Transaction, replay: Replay, *, known_at: datetime, now: datetime, actor: Actor) -> int:
    """Record a replay, whatever number it carries, and return the one it is given."""
    row = tx.row(
        "INSERT INTO replay (delivery_id, at, known_at, accepted, corrected, duplicate, still_refused, versions, actor)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s) RETURNING replay_id",
        (
            replay.delivery_id, now, known_at, replay.accepted, replay.corrected, replay.duplicate, replay.still_refused,
            json.dumps(replay.versions), actor.name,
        ),
    )  # fmt: skip
    assert row is not None
    return int(row["replay_id"])


def to_delivery(row: Mapping[str, Any], *, repeated: bool = False, overtaken: bool = False) -> Delivery:
    """A delivery from its row."""
    return Delivery(
        delivery_id=row["delivery_id"],
        dataset=row["dataset"],
        files=tuple(Delivered(**file) for file in row["files"]),
        known_at=row["known_at"],
        received_at=row["received_at"],
        accepted=row["accepted"],
        corrected=row["corrected"],
        duplicate=row["duplicate"],
        quarantined=row["quarantined"],
        unresolved=row["unresolved"],
        reasons=row["reasons"],
        versions=row["versions"],
        seconds=row["seconds"],
        covers=None if row["covers"] is None else tuple(row["covers"]),
        repeated=repeated,
        overtaken=overtaken,
    )


def _files_json(files: Sequence[Delivered]) -> str:
    return json.dumps(
        [
            {
                "name": file.name,
                "sha256": file.sha256,
                "bytes": file.bytes,
                "header_row": file.header_row,
                "even": file.even,
            }
            for file in files
        ],
        ensure_ascii=False,
    )
