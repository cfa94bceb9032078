"""Questions about deliveries and the quarantine; nothing here changes anything."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from xinqiao.catalogue.masking import HIDDEN, mask, mask_identifier
from xinqiao.catalogue.model import Contract, Field
from xinqiao.engine import Session
from xinqiao.intake import quarantine, records
from xinqiao.intake.covering import Regions, union
from xinqiao.intake.landing import told_apart
from xinqiao.intake.mapping import Mapping as FieldMapping
from xinqiao.intake.mapping import plain_heading
from xinqiao.intake.mapping_files import mapping_from
from xinqiao.intake.model import QUARANTINE, QUARANTINE_COLUMNS, Delivery, RefusedRow, explain
from xinqiao.kernel.refusals import NotFound
from xinqiao.kernel.spelling import compact
from xinqiao.lake import Lake
from xinqiao.store import Transaction

_LINE_SHOWN = 12
# GB 11643-1999: six digits of region, the day of birth, three digits and a check character. Sole traders' old tax
# codes are made of it.
_IDENTITY = re.compile(r"\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]")


class UnknownDelivery(NotFound):
    """No delivery has this number."""

    code = "unknown_delivery"


@dataclass(frozen=True, slots=True)
class Held:
    """What one delivery still has in quarantine.

    Attributes:
        delivery_id: The delivery.
        dataset: Its dataset.
        known_at: When it became known.
        rows: Refused rows.
        reasons: Rows per reason code.
    """

    delivery_id: int
    dataset: str
    known_at: datetime
    rows: int
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Brought:
    """What has come of one dataset.

    Attributes:
        delivery_id: The newest delivery that brought records.
        known_at: When it became known.
        covers: For whom it is news not to stand in the dataset: the regions, as prefixes of GB/T 2260 codes, that all
            deliveries together speak for; None for everywhere, which holds as soon as one did not name regions.
    """

    delivery_id: int
    known_at: datetime
    covers: Regions


def delivery(tx: Transaction, delivery_id: int) -> Delivery:
    """One delivery.

    Raises:
        UnknownDelivery: There is none of that number.
    """
    return records.to_delivery(_row(tx, delivery_id))


def delivery_mapping(tx: Transaction, contract: Contract, delivery_id: int) -> FieldMapping:
    """The mapping a delivery was read by.

    Raises:
        UnknownDelivery: There is none of that number.
        InvalidMapping: It no longer fits the contract.
    """
    content = _row(tx, delivery_id)["mapping"]
    return mapping_from(content, contract, where=f"批次 {delivery_id} 的映射") if content else FieldMapping()


def deliveries(tx: Transaction, *, dataset: str | None = None, limit: int = 50) -> list[Delivery]:
    """The newest deliveries first."""
    return [records.to_delivery(row) for row in records.recent(tx, dataset=dataset, limit=limit)]


def brought(
    tx: Transaction, *, versions: Mapping[str, int], known_before: datetime, limited: bool = False
) -> dict[str, Brought]:
    """What of each dataset had come to whoever reads these versions; one of which nothing had is left out.

    A delivery counts, with the regions it speaks for, once records of its own or of a replay of it were written into
    the version read. One refused as a whole brought nothing. One whose rows were all known already changes no version,
    so that whoever reads could not say whether it had come, and the answer would change behind a published grade.

    Args:
        tx: The transaction.
        versions: Version of each record table, `records/<dataset>`.
        known_before: The first instant no longer known, usually `end_of_day`; aware.
        limited: Whether only datasets are asked about of which some delivery named regions; they are few.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for row in records.brought(tx, versions=versions, known_before=known_before, limited=limited):
        found.setdefault(row["dataset"], []).append(row)
    return {dataset: _brought(rows) for dataset, rows in found.items()}


def _brought(rows: Sequence[Mapping[str, Any]]) -> Brought:
    newest = max(rows, key=lambda row: (row["known_at"], row["delivery_id"]))
    covers = union(None if row["covers"] is None else tuple(row["covers"]) for row in rows)
    return Brought(newest["delivery_id"], newest["known_at"], covers)


def held(tx: Transaction, *, lake: Lake, session: Session, dataset: str | None = None) -> list[Held]:
    """Every delivery with rows in quarantine, newest first."""
    found = []
    for table, version in lake.versions(tx).items():
        kind, _, name = table.partition("/")
        if kind != QUARANTINE or dataset not in (None, name):
            continue
        lake.register(session, table=table, version=version, name="quarantined", columns=QUARANTINE_COLUMNS)
        # The combinations of reasons are few where rows are many.
        rows = session.rows(
            "SELECT delivery, reasons, min(known_at), count(*) FROM quarantined"
            " GROUP BY delivery, reasons ORDER BY delivery"
        )
        for delivery_id, alike in groupby(rows, key=itemgetter(0)):
            found.append(_held(delivery_id, name, list(alike)))
    return sorted(found, key=lambda each: -each.delivery_id)


def _held(delivery_id: int, dataset: str, alike: Sequence[tuple[Any, ...]]) -> Held:
    """What a delivery holds, from its rows counted by their reasons."""
    counts: Counter[str] = Counter()
    for _, reasons, _, rows in alike:
        counts.update(dict.fromkeys(reasons, rows))
    known_at = min(known_at for _, _, known_at, _ in alike).replace(tzinfo=UTC)
    return Held(delivery_id, dataset, known_at, sum(row[3] for row in alike), dict(counts.most_common()))


def refused_rows(
    tx: Transaction,
    *,
    lake: Lake,
    session: Session,
    contract: Contract,
    delivery_id: int,
    limit: int,
    offset: int = 0,
) -> list[RefusedRow]:
    """Rows of a delivery in quarantine, in file order, personal data masked.

    Raises:
        UnknownDelivery: There is none of that number.
    """
    mapping = delivery_mapping(tx, contract, delivery_id)
    files = delivery(tx, delivery_id).files
    below = dict(zip(told_apart([each.name for each in files]), files, strict=True))
    quarantine.open_delivery(tx, lake, session, contract.dataset, delivery_id)
    named = {
        plain_heading(heading): contract.field(each.field)
        for each in mapping.columns
        for heading in each.headings
    }
    fields = {plain_heading(heading): each for heading, each in contract.headings.items()} | named
    rows = session.rows(
        "SELECT file, row, reasons, raw FROM refused_before ORDER BY file, row LIMIT ? OFFSET ?",
        [limit, offset],
    )
    result = []
    for file, row, reasons, raw_text in rows:
        raw: dict[str, str | None] = json.loads(raw_text)
        shown, by_name = {}, {}
        for heading, value in raw.items():
            field = fields.get(plain_heading(heading))
            shown[heading] = _shown(field, heading, value)
            if field is not None:
                by_name[field.name] = value, shown[heading]
        explained = tuple(explain(contract, reason, by_name) for reason in reasons)
        stood = below.get(file)
        line = stood.header_row + row if stood and stood.even else None
        result.append(RefusedRow(delivery_id, file, row, tuple(reasons), explained, shown, line))
    return result


def _shown(field: Field | None, heading: str, value: str | None) -> str | None:
    """A value as a preview shows it: what no field answers for is hidden, and so is an identity number anywhere."""
    if not value:
        return value
    if not heading:
        # A line that could not be split may hold anything; its beginning is enough to find it by.
        return f"{value[:_LINE_SHOWN]}…（共 {len(value)} 字）"
    if field is None:
        return HIDDEN
    shown = mask(field, value)
    if not isinstance(shown, str):
        return HIDDEN
    # Full-width digits and blanks between them make it no less an identity number.
    plain = next((spelt for spelt in (shown, compact(shown)) if _IDENTITY.search(spelt)), None)
    return _IDENTITY.sub(lambda found: mask_identifier(found[0]), plain) if plain else shown


def export_refused(
    tx: Transaction, *, lake: Lake, session: Session, contract: Contract, delivery_id: int, path: Path
) -> int:
    """Write a delivery's refused rows, whole and unmasked, as a CSV to mend and replay; returns their number.

    Raises:
        UnknownDelivery: There is none of that number.
    """
    _row(tx, delivery_id)
    rows = quarantine.open_delivery(tx, lake, session, contract.dataset, delivery_id)
    quarantine.write_csv(session, path)
    return rows


def _row(tx: Transaction, delivery_id: int) -> dict[str, Any]:
    row = records.find(tx, delivery_id)
    if row is None:
        raise UnknownDelivery(
            f"没有编号为 {delivery_id} 的批次。", remedy="用 xinqiao quarantine list 查看批次编号。"
        )
    return row
