"""Judging a delivery's refused rows again, as they stand or as somebody corrected them."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from xinqiao import audit
from xinqiao.catalogue.model import Contract
from xinqiao.engine import Session
from xinqiao.intake import judging, quarantine, queries, records, writing
from xinqiao.intake.binding import bind
from xinqiao.intake.events import QuarantineReplayed
from xinqiao.intake.landing import LandedFile, flushing, land
from xinqiao.intake.mapping import Mapping as FieldMapping
from xinqiao.intake.model import Replay
from xinqiao.intake.operations import refuse_the_future
from xinqiao.intake.sources import collect_malformed
from xinqiao.intake.writing import Batch, Intake, Progress
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import city_date
from xinqiao.store import Transaction


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
    refuse_the_future(known_at, now)
    tx.lock(f"dataset:{contract.dataset}")
    listed_at = queries.delivery(tx, delivery_id).known_at
    batch = Batch(tx, intake, session, contract, delivery_id, known_at, listed_at, progress)
    quarantine.open_delivery(tx, intake.lake, session, contract.dataset, delivery_id)
    landed = None if mended is None else land(mended, intake.raw)
    intake.work.mkdir(parents=True, exist_ok=True)
    kept = () if landed is None else (landed,)
    with flushing(kept), tempfile.TemporaryDirectory(dir=intake.work, prefix="replay-") as folder:
        if landed is not None:
            quarantine.mend(session, landed, Path(folder))
        sources = quarantine.as_sources(session)
        writing.know_names(batch)
        progress("重新校验")
        bound = [
            (source, bind(contract, mapping, source.headings, where=source.file, spare=source.spare))
            for source in sources
        ]
        judging.judge(session, contract, bound, delivered_on=city_date(listed_at))
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
    return _record_replay(tx, replayed, quarantined, landed, known_at=known_at, actor=actor, now=now)


def _record_replay(
    tx: Transaction,
    replayed: Replay,
    quarantined: Mapping[str, int],
    mended: LandedFile | None,
    *,
    known_at: datetime,
    actor: Actor,
    now: datetime,
) -> Replay:
    """Keep the replay, its audit event and its lineage; the replay with the number it was given."""
    number = records.insert_replay(tx, replayed, known_at=known_at, now=now, actor=actor)
    replayed = replace(replayed, replay_id=number)
    audit.append(tx, _replayed(replayed, mended), actor=actor, now=now)
    before = [audit.lineage.TableVersion(table, version - 1) for table, version in quarantined.items()]
    files = [audit.lineage.DeliveredFile(mended.name, mended.sha256)] if mended else []
    audit.lineage.trace(
        tx,
        job="intake.replay",
        key=str(number),
        at=now,
        inputs=[*before, *files],
        outputs=replayed.versions,
    )
    return replayed


def _replayed(replayed: Replay, mended: LandedFile | None) -> QuarantineReplayed:
    return QuarantineReplayed(
        replay_id=replayed.replay_id,
        delivery_id=replayed.delivery_id,
        dataset=replayed.dataset,
        accepted=replayed.accepted,
        corrected=replayed.corrected,
        duplicate=replayed.duplicate,
        still_refused=replayed.still_refused,
        versions=replayed.versions,
        mended=mended.sha256 if mended else None,
    )
