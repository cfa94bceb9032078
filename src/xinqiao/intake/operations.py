"""What can be done at intake: take a delivery, replay what was refused. Each is one transaction and one audit event."""

import hashlib
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from xinqiao import audit
from xinqiao.catalogue.model import Contract
from xinqiao.engine import Session
from xinqiao.intake import judging, quarantine, queries, records, writing
from xinqiao.intake.binding import Binding, bind, expected_headings
from xinqiao.intake.events import DeliveryTaken, QuarantineReplayed
from xinqiao.intake.landing import LandedFile, UnreadableFile, flushing, land
from xinqiao.intake.mapping import Mapping as FieldMapping
from xinqiao.intake.model import Delivered, Delivery, Replay
from xinqiao.intake.sources import Source, collect_malformed, open_source
from xinqiao.intake.writing import Batch, Intake, Progress
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import city_date
from xinqiao.kernel.refusals import Refusal
from xinqiao.store import Transaction

__all__ = ["Intake", "NotYetKnown", "deliver", "replay"]


class NotYetKnown(Refusal):
    """A delivery claims to have become known in the future."""

    code = "known_in_the_future"


def deliver(
    tx: Transaction,
    *,
    intake: Intake,
    session: Session,
    contract: Contract,
    files: Sequence[Path],
    mapping: FieldMapping,
    known_at: datetime,
    actor: Actor,
    now: datetime,
    progress: Progress,
) -> Delivery:
    """Take one delivery: keep its bytes, judge every row, commit good rows as records and the others to quarantine.

    The same files under the same contract and mapping change nothing and give back the earlier delivery.

    Raises:
        UnreadableFile: A file is absent, empty, damaged or of an unknown encoding.
        UnmatchedColumns: Columns and fields do not fit; nothing was taken.
        NotYetKnown: `known_at` lies in the future.
        NoSpace: The disk is full; nothing was taken.
    """
    _refuse_the_future(known_at, now)
    if not files:
        raise UnreadableFile("没有给出文件。", remedy="在数据集名称之后写出至少一个文件。")
    started = time.monotonic()
    progress("留存原始文件")
    landed = [land(file, intake.raw) for file in files]
    fingerprint = _fingerprint(contract, mapping, landed)
    # A second delivery of this dataset waits here, so that each sees the other's rows.
    tx.lock(f"dataset:{contract.dataset}")
    if (same := records.find_same(tx, fingerprint)) is not None:
        return records.to_delivery(same, repeated=True)
    batch = Batch(tx, intake, session, contract, records.next_delivery_id(tx), known_at, progress)
    intake.work.mkdir(parents=True, exist_ok=True)
    with flushing(landed), tempfile.TemporaryDirectory(dir=intake.work, prefix="delivery-") as folder:
        bound = _open_all(session, contract, mapping, landed, Path(folder))
        sources = [source for source, _ in bound]
        writing.know_names(batch)
        progress("读取并校验")
        judging.judge(session, contract, bound, delivery=batch.delivery_id, known_at=known_at)
        collect_malformed(session, sources)
        settled = writing.write_records(batch, sources)
        refused, quarantined = writing.write_refused(batch)
        reasons, unresolved = writing.count_reasons(session, settled, refused)
    delivery = Delivery(
        delivery_id=batch.delivery_id,
        dataset=contract.dataset,
        files=_delivered(landed, sources),
        known_at=known_at,
        received_at=now,
        accepted=settled.accepted,
        corrected=settled.corrected,
        duplicate=settled.duplicate,
        quarantined=refused.rows if refused else 0,
        unresolved=unresolved,
        reasons=reasons,
        versions={**settled.versions, **quarantined},
        seconds=round(time.monotonic() - started, 3),
    )
    named = (contract.version, contract.fingerprint)
    records.insert(
        tx, delivery, contract=named, mapping=mapping.content, fingerprint=fingerprint, actor=actor
    )
    audit.append(tx, _taken(delivery, mapping.source or contract.owner), actor=actor, now=now)
    inputs = [audit.lineage.DeliveredFile(file.name, file.sha256) for file in landed]
    _trace(tx, "intake.deliver", str(delivery.delivery_id), now, inputs, delivery.versions)
    return delivery


def replay(
    tx: Transaction,
    *,
    intake: Intake,
    session: Session,
    contract: Contract,
    delivery_id: int,
    mapping: FieldMapping,
    mended: Path | None,
    known_at: datetime,
    actor: Actor,
    now: datetime,
    progress: Progress,
) -> Replay:
    """Judge a delivery's refused rows again, under the contract, the mapping and the names known today.

    Rows that are good now become records of the same delivery, known from `known_at`; the others stay with their
    reasons as of now. `mended` is a CSV of corrected rows as `quarantine show --export` writes it.

    Raises:
        UnknownDelivery: There is no such delivery.
        NotYetKnown: `known_at` lies in the future.
        UnreadableFile: The mended file cannot be read, or names rows that are not in quarantine.
        UnmatchedColumns: Columns and fields do not fit; nothing changed.
    """
    _refuse_the_future(known_at, now)
    tx.lock(f"dataset:{contract.dataset}")
    batch = Batch(tx, intake, session, contract, delivery_id, known_at, progress)
    quarantine.open_delivery(tx, intake.lake, session, contract.dataset, delivery_id)
    intake.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=intake.work, prefix="replay-") as folder:
        if mended is not None:
            quarantine.mend(session, land(mended, intake.raw), Path(folder))
        sources = quarantine.as_sources(session)
        writing.know_names(batch)
        progress("重新校验")
        bound = [(source, bind(contract, mapping, source.headings, where=source.file)) for source in sources]
        first_known = city_date(queries.delivery(tx, delivery_id).known_at)
        judging.judge(
            session, contract, bound, delivery=delivery_id, known_at=known_at, delivered_on=first_known
        )
        collect_malformed(session, ())
        settled = writing.write_records(batch, sources)
        quarantine.carry(session)
        refused, quarantined = quarantine.replace_delivery(
            tx,
            intake.lake,
            session,
            contract.dataset,
            delivery_id,
            writing.refused_rows(batch),
            batch.info,
        )
        reasons, _ = writing.count_reasons(session, settled, refused)
    replayed = Replay(
        replay_id=0,
        delivery_id=delivery_id,
        dataset=contract.dataset,
        accepted=settled.accepted,
        corrected=settled.corrected,
        duplicate=settled.duplicate,
        still_refused=refused.rows if refused else 0,
        reasons=reasons,
        versions={**settled.versions, **quarantined},
    )
    replayed = replace(replayed, replay_id=records.insert_replay(tx, replayed, now=now, actor=actor))
    audit.append(tx, _replayed(replayed), actor=actor, now=now)
    inputs = [audit.lineage.TableVersion(table, version - 1) for table, version in quarantined.items()]
    _trace(tx, "intake.replay", str(replayed.replay_id), now, inputs, replayed.versions)
    return replayed


def _refuse_the_future(known_at: datetime, now: datetime) -> None:
    if known_at > now:
        raise NotYetKnown(
            f"得知时间 {known_at:%Y-%m-%d %H:%M} 晚于现在。",
            where="--known-at",
            remedy="请给出不晚于现在的时间。",
        )


def _open_all(
    session: Session, contract: Contract, mapping: FieldMapping, landed: Sequence[LandedFile], work: Path
) -> list[tuple[Source, Binding]]:
    expected = expected_headings(contract, mapping)
    bound = []
    for number, file in enumerate(landed):
        source = open_source(session, file, number=number, options=mapping.read, expected=expected, work=work)
        bound.append((source, bind(contract, mapping, source.headings, where=file.name)))
    return bound


def _delivered(landed: Sequence[LandedFile], sources: Sequence[Source]) -> tuple[Delivered, ...]:
    return tuple(
        Delivered(file.name, file.sha256, file.bytes, source.header_row)
        for file, source in zip(landed, sources, strict=True)
    )


def _taken(delivery: Delivery, source: str) -> DeliveryTaken:
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
    )


def _replayed(replayed: Replay) -> QuarantineReplayed:
    return QuarantineReplayed(
        replay_id=replayed.replay_id,
        delivery_id=replayed.delivery_id,
        dataset=replayed.dataset,
        accepted=replayed.accepted,
        corrected=replayed.corrected,
        duplicate=replayed.duplicate,
        still_refused=replayed.still_refused,
        versions=replayed.versions,
    )


def _trace(
    tx: Transaction,
    job: str,
    key: str,
    now: datetime,
    inputs: Sequence[audit.lineage.DeliveredFile | audit.lineage.TableVersion],
    made: Mapping[str, int],
) -> None:
    """One OpenLineage event: what was read and which table versions it became."""
    outputs = [audit.lineage.TableVersion(table, version) for table, version in made.items()]
    run = audit.lineage.run_id(job=job, key=key, at=now)
    event = audit.lineage.run_event(job=job, run=run, at=now, inputs=inputs, outputs=outputs)
    audit.lineage.emit(tx, event, now=now)


def _fingerprint(contract: Contract, mapping: FieldMapping, landed: Sequence[LandedFile]) -> str:
    said = [contract.dataset, contract.fingerprint, mapping.canonical, sorted(file.sha256 for file in landed)]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
