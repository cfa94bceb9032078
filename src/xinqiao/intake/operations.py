"""Taking a delivery: one transaction and one audit event."""

import hashlib
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from xinqiao import audit
from xinqiao.catalogue.model import Contract
from xinqiao.engine import Session
from xinqiao.intake import covering, empty_lists, judging, records, writing
from xinqiao.intake.events import DeliveryTaken
from xinqiao.intake.landing import LandedFile, UnreadableFile, flushing, land
from xinqiao.intake.mapping import Mapping as FieldMapping
from xinqiao.intake.model import Consignment, Delivered, Delivery
from xinqiao.intake.sources import collect_malformed, open_all
from xinqiao.intake.writing import Batch, Intake, Progress
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import city_date
from xinqiao.kernel.refusals import Refusal
from xinqiao.store import Transaction

__all__ = ["Intake", "NotYetKnown", "deliver", "refuse_the_future"]


class NotYetKnown(Refusal):
    """A delivery claims to have become known in the future."""

    code = "known_in_the_future"


def deliver(
    tx: Transaction,
    *,
    intake: Intake,
    session: Session,
    contract: Contract,
    given: Consignment,
    actor: Actor,
    now: datetime,
    progress: Progress,
) -> Delivery:
    """Take one delivery: keep its bytes, judge every row, commit good rows as records and the others to quarantine.

    The same files for the same regions under the same contract and mapping change nothing and give back the earlier
    delivery. A snapshot is the same only as the one in force, since an older list may come to hold again; other files
    may be sent again by accident, and state their content anew only when they are dated after a delivery that came
    between.

    Raises:
        UnreadableFile: A file is absent, empty, damaged or of an unknown encoding.
        UnmatchedColumns: Columns and fields do not fit; nothing was taken.
        NotYetKnown: It claims to have become known in the future.
        NotAList: It is declared to be an empty list and the dataset is no snapshot.
        NotEmpty: It is declared to be an empty list and holds rows.
        PartialSnapshot: It is a snapshot of fewer regions than are known.
        NoSpace: The disk is full; nothing was taken.
    """
    refuse_the_future(given.known_at, now)
    if not given.files:
        raise UnreadableFile("没有给出文件。", remedy="在数据集名称之后写出至少一个文件。")
    if given.empty_list:
        empty_lists.require_list(contract)
    started = time.monotonic()
    progress("留存原始文件")
    landed = [land(file, intake.raw) for file in given.files]
    fingerprint = _fingerprint(contract, given, landed)
    # A second delivery of this dataset waits here, so that each sees the other's rows.
    tx.lock(f"dataset:{contract.dataset}")
    if (repeated := _repeated(tx, contract, given, fingerprint)) is not None:
        return repeated
    if contract.mode == "snapshot":
        covering.require_whole(given.covers, given.known_at, records.regions(tx, contract.dataset))
    number = records.next_delivery_id(tx)
    batch = Batch(tx, intake, session, contract, number, given.known_at, given.known_at, progress)
    intake.work.mkdir(parents=True, exist_ok=True)
    with flushing(landed), tempfile.TemporaryDirectory(dir=intake.work, prefix="delivery-") as folder:
        take = _take_nobody if given.empty_list else _take_rows
        taken = take(batch, given.mapping, landed, Path(folder))
    delivery = Delivery(
        delivery_id=batch.delivery_id,
        dataset=contract.dataset,
        files=_delivered(landed, taken.places),
        known_at=given.known_at,
        received_at=now,
        accepted=taken.accepted,
        corrected=taken.corrected,
        duplicate=taken.duplicate,
        quarantined=taken.quarantined,
        unresolved=taken.unresolved,
        reasons=taken.reasons,
        versions=taken.versions,
        seconds=round(time.monotonic() - started, 3),
        covers=given.covers,
        withheld=taken.withheld,
        known_later=taken.known_later,
    )
    _record(tx, contract, given, delivery, fingerprint=fingerprint, actor=actor, now=now)
    return delivery


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a delivery's rows; see `Delivery`, of which these are parts.

    Attributes:
        places: Of each file the physical row of the headings, and whether each record has a row of its own below.
        withheld: See `Delivery`.
        known_later: See `Delivery`.
    """

    places: Sequence[tuple[int, bool]]
    accepted: int = 0
    corrected: int = 0
    duplicate: int = 0
    quarantined: int = 0
    unresolved: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    withheld: int | None = None
    known_later: int = 0


def _take_rows(batch: Batch, mapping: FieldMapping, landed: Sequence[LandedFile], work: Path) -> _Outcome:
    session, contract = batch.session, batch.contract
    bound = open_all(session, contract, mapping, landed, work)
    sources = [source for source, _ in bound]
    writing.know_names(batch)
    batch.progress("读取并校验")
    judging.judge(session, contract, bound, delivered_on=city_date(batch.known_at))
    collect_malformed(session, sources)
    settled = writing.write_records(batch, sources)
    refused, quarantined = writing.write_refused(batch)
    reasons, unresolved = writing.count_reasons(session, settled, refused)
    return _Outcome(
        places=[(source.header_row, source.plain is not None and source.plain.even) for source in sources],
        accepted=settled.accepted,
        corrected=settled.corrected,
        duplicate=settled.duplicate,
        quarantined=refused.rows if refused else 0,
        unresolved=unresolved,
        reasons=reasons,
        versions={**settled.versions, **quarantined},
        withheld=writing.count_withheld(batch),
        known_later=settled.known_later,
    )


def _take_nobody(batch: Batch, mapping: FieldMapping, landed: Sequence[LandedFile], _: Path) -> _Outcome:
    header_rows = empty_lists.check(batch.session, batch.contract, mapping, landed)
    batch.progress("写入数据湖")
    return _Outcome([(row, False) for row in header_rows], versions=empty_lists.write(batch))


def _repeated(tx: Transaction, contract: Contract, given: Consignment, fingerprint: str) -> Delivery | None:
    """The earlier delivery that this one repeats."""
    newest = records.newest_known(tx, contract.dataset, given.known_at)
    if contract.mode == "snapshot":
        same = newest if newest is not None and newest["fingerprint"] == fingerprint else None
        return None if same is None else records.to_delivery(same, repeated=True)
    same = records.find_same(tx, fingerprint, given.known_at)
    if same is None:
        return None
    overtaken = (
        newest is not None
        and newest["delivery_id"] != same["delivery_id"]
        and same["known_at"] < given.known_at
    )
    return (
        None if overtaken and given.dated else records.to_delivery(same, repeated=True, overtaken=overtaken)
    )


def _record(
    tx: Transaction,
    contract: Contract,
    given: Consignment,
    delivery: Delivery,
    *,
    fingerprint: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep the delivery, its audit event and its lineage."""
    named = (contract.version, contract.fingerprint)
    mapping = given.mapping
    records.insert(
        tx, delivery, contract=named, mapping=mapping.content, fingerprint=fingerprint, actor=actor
    )
    event = _taken(delivery, mapping.source or contract.owner, empty_list=given.empty_list)
    audit.append(tx, event, actor=actor, now=now)
    audit.lineage.trace(
        tx,
        job="intake.deliver",
        key=str(delivery.delivery_id),
        at=now,
        inputs=[audit.lineage.DeliveredFile(file.name, file.sha256) for file in delivery.files],
        outputs=delivery.versions,
    )


def refuse_the_future(known_at: datetime, now: datetime) -> None:
    """Let only moments pass that have come.

    Raises:
        NotYetKnown: It lies in the future.
    """
    if known_at > now:
        raise NotYetKnown(
            f"得知时间 {known_at:%Y-%m-%d %H:%M} 晚于现在。",
            where="--known-at",
            remedy="请给出不晚于现在的时间。",
        )


def _delivered(landed: Sequence[LandedFile], places: Sequence[tuple[int, bool]]) -> tuple[Delivered, ...]:
    return tuple(
        Delivered(file.name, file.sha256, file.bytes, row, even)
        for file, (row, even) in zip(landed, places, strict=True)
    )


def _taken(delivery: Delivery, source: str, *, empty_list: bool) -> DeliveryTaken:
    return DeliveryTaken(
        delivery_id=delivery.delivery_id,
        dataset=delivery.dataset,
        source=source,
        files=tuple(file.sha256 for file in delivery.files),
        known_at=delivery.known_at.isoformat(),
        accepted=delivery.accepted,
        corrected=delivery.corrected,
        duplicate=delivery.duplicate,
        quarantined=delivery.quarantined,
        reasons=delivery.reasons,
        versions=delivery.versions,
        covers=delivery.covers,
        empty_list=empty_list,
    )


def _fingerprint(contract: Contract, given: Consignment, landed: Sequence[LandedFile]) -> str:
    hashes = sorted(file.sha256 for file in landed)
    said: list[object] = [contract.dataset, contract.fingerprint, given.mapping.canonical, hashes]
    if given.covers is not None:
        said.append(given.covers)
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
