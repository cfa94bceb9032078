"""What can be done at intake: take a delivery, replay what was refused. Each is one transaction and one audit event."""

import hashlib
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from xinqiao import audit
from xinqiao.catalogue.model import Contract
from xinqiao.engine import Session, WrittenFile
from xinqiao.engine.dialect import identifier, literal, text
from xinqiao.intake import judging, merging, quarantine, records, subjects
from xinqiao.intake.events import DeliveryTaken, QuarantineReplayed
from xinqiao.intake.landing import LandedFile, UnreadableFile, land
from xinqiao.intake.mapping import Binding, bind, expected_headings
from xinqiao.intake.mapping import Mapping as FieldMapping
from xinqiao.intake.model import (
    QUARANTINE,
    QUARANTINE_COLUMNS,
    RECORDS,
    UNRESOLVED,
    Delivered,
    Delivery,
    Replay,
)
from xinqiao.intake.sources import Source, collect_malformed, open_source
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import naive_utc
from xinqiao.kernel.refusals import Refusal
from xinqiao.lake import Lake
from xinqiao.store import Transaction

Progress = Callable[[str], None]


class NotYetKnown(Refusal):
    """A delivery claims to have become known in the future."""

    code = "known_in_the_future"


@dataclass(frozen=True, slots=True)
class Intake:
    """Where intake reads and writes.

    Attributes:
        lake: The lake.
        contracts: All contracts; the registry and the crosswalk among them name subjects.
        raw: Folder of delivered bytes by hash.
        work: Folder for what a delivery needs while it is being taken.
    """

    lake: Lake
    contracts: Mapping[str, Contract]
    raw: Path
    work: Path


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
    if known_at > now:
        raise NotYetKnown(
            f"得知时间 {known_at:%Y-%m-%d %H:%M} 晚于现在。", where="--known-at", remedy="请给出不晚于现在的时间。"
        )
    if not files:
        raise UnreadableFile("没有给出文件。", remedy="在数据集名称之后写出至少一个文件。")
    started = time.monotonic()
    progress("留存原始文件")
    landed = [land(file, intake.raw) for file in files]
    fingerprint = _fingerprint(contract, mapping, landed)
    # A second delivery of this dataset waits here, so that each sees the other's rows.
    tx.lock(f"dataset:{contract.dataset}")
    same = records.find_same(tx, fingerprint)
    if same is not None:
        return records.to_delivery(same, repeated=True)
    delivery_id = records.next_delivery_id(tx)
    intake.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=intake.work, prefix="delivery-") as folder:
        bound = _open_all(session, contract, mapping, landed, Path(folder))
        _know_names(tx, intake, session, contract)
        progress("读取并校验")
        judging.judge(session, contract, bound, delivery=delivery_id, known_at=known_at)
        sources = [source for source, _ in bound]
        collect_malformed(session, sources)
        settled = _settle(tx, intake, session, contract, sources, delivery_id, known_at, progress)
        refused, versions = _set_aside(tx, intake, session, contract, sources, delivery_id, known_at)
        reasons, unresolved = _count_reasons(session, refused)
    delivery = Delivery(
        delivery_id=delivery_id,
        dataset=contract.dataset,
        files=tuple(
            Delivered(file.name, file.sha256, file.bytes, source.header_row)
            for file, source in zip(landed, sources, strict=True)
        ),
        known_at=known_at,
        received_at=now,
        accepted=settled.accepted,
        corrected=settled.corrected,
        duplicate=settled.duplicate,
        quarantined=refused.rows if refused else 0,
        unresolved=unresolved,
        reasons=reasons,
        versions={**settled.versions, **versions},
        seconds=round(time.monotonic() - started, 3),
    )
    records.insert(
        tx, delivery, contract=(contract.version, contract.fingerprint),
        mapping=mapping.content, fingerprint=fingerprint, actor=actor,
    )  # fmt: skip
    _audit(tx, delivery, mapping.source or contract.owner, landed, actor, now)
    return delivery


def _open_all(
    session: Session, contract: Contract, mapping: FieldMapping, landed: Sequence[LandedFile], work: Path
) -> list[tuple[Source, Binding]]:
    expected = expected_headings(contract, mapping)
    bound = []
    for number, file in enumerate(landed):
        source = open_source(session, file, number=number, options=mapping.read, expected=expected, work=work)
        bound.append((source, bind(contract, mapping, source.headings, where=file.name)))
    return bound


def _know_names(tx: Transaction, intake: Intake, session: Session, contract: Contract) -> None:
    versions = intake.lake.versions(tx)
    for dataset, name in (("business_registration", "known_registration"), ("code_crosswalk", "known_crosswalk")):
        table = f"{RECORDS}/{dataset}"
        columns = intake.contracts[dataset].record_columns()
        intake.lake.register(session, table=table, version=versions.get(table), name=name, columns=columns)
    subjects.gather_names(session, contract)


@dataclass(frozen=True, slots=True)
class _Settled:
    accepted: int
    corrected: int
    duplicate: int
    versions: Mapping[str, int]


def _settle(
    tx: Transaction,
    intake: Intake,
    session: Session,
    contract: Contract,
    sources: Sequence[Source],
    delivery_id: int,
    known_at: datetime,
    progress: Progress,
) -> _Settled:
    """Compare `judged` with what is known and write the new and corrected rows as a version of the record table."""
    progress("比对已有记录")
    touched = merging.reach(session)
    existing = _existing(tx, intake, session, contract, touched)
    outcomes = merging.settle(session, contract, existing=existing, touched=touched, known_at=known_at)
    progress("写入数据湖")
    written, version = _write_records(tx, intake, session, contract, outcomes, _info(contract, delivery_id))
    quarantine.set_aside(session, sources)
    corrected = outcomes.get("correction", 0)
    return _Settled(
        accepted=written - corrected,
        corrected=corrected,
        duplicate=outcomes.get("duplicate", 0),
        versions={} if version is None else {f"{RECORDS}/{contract.dataset}": version},
    )


def _set_aside(
    tx: Transaction, intake: Intake, session: Session, contract: Contract, sources: Sequence[Source],
    delivery_id: int, known_at: datetime,
) -> tuple[WrittenFile | None, Mapping[str, int]]:  # fmt: skip
    """Write refused rows as a version of the quarantine table."""
    table = f"{QUARANTINE}/{contract.dataset}"
    with intake.lake.draft(table) as path:
        written = session.write(_refused_rows(sources, delivery_id, known_at), path)
        if written is None:
            return None, {}
        version = intake.lake.append(
            tx, table=table, files=[written], columns=QUARANTINE_COLUMNS, info=_info(contract, delivery_id)
        )
        return written, {table: version}


def _info(contract: Contract, delivery_id: int) -> dict[str, str]:
    return {"delivery": str(delivery_id), "dataset": contract.dataset}


def _write_records(
    tx: Transaction, intake: Intake, session: Session, contract: Contract, outcomes: Mapping[str, int], info: Mapping[str, str]
) -> tuple[int, int | None]:
    table, columns = f"{RECORDS}/{contract.dataset}", contract.record_columns()
    with intake.lake.draft(table) as path:
        written = session.write(merging.accepted_rows(tuple(columns), outcomes), path)
        if written is None:
            return 0, None
        return written.rows, intake.lake.append(tx, table=table, files=[written], columns=columns, info=info)


def _existing(
    tx: Transaction, intake: Intake, session: Session, contract: Contract, touched: merging.Reach
) -> str | None:
    """Register the records that may share a key with the delivery, or return None when no file can hold any."""
    table = f"{RECORDS}/{contract.dataset}"
    version = intake.lake.versions(tx).get(table)
    if version is None or touched.subjects is None:
        return None
    days = merging.key_days(contract, touched)
    files = [
        file.path
        for file in intake.lake.files(table, version)
        if file.may_hold("subject", *touched.subjects) and (days is None or file.may_hold("occurred_on", *days))
    ]
    if not files:
        return None
    session.register("existing", files, contract.record_columns())
    return "existing"


def _refused_rows(sources: Sequence[Source], delivery_id: int, known_at: datetime) -> str:
    names = " ".join(f"WHEN {number:d} THEN {text(source.file)}" for number, source in enumerate(sources))
    file = f"CASE file {names} END" if names else "NULL::VARCHAR"
    # Good records behind a line that could not be split stand one further down in the file.
    row = "row + (SELECT count(*) FROM malformed m WHERE m.file = q.file AND m.good_before < q.row)"
    return (
        f"SELECT {delivery_id:d}::BIGINT AS delivery, file, row, reasons, raw,"  # noqa: S608  quoted above
        f" {literal(naive_utc(known_at))} AS known_at FROM ("
        f" SELECT {file} AS file, {row} AS row, reasons, raw FROM set_aside q"
        " UNION ALL SELECT file_name, row, [reason], json_object('', line)::VARCHAR FROM malformed) ORDER BY file, row"
    )


def _count_reasons(session: Session, written: WrittenFile | None) -> tuple[dict[str, int], int]:
    counts: Counter[str] = Counter()
    unresolved = 0
    if written is not None:
        session.register("refused_now", [written.path], QUARANTINE_COLUMNS)
        for reasons, rows in session.rows("SELECT reasons, count(*) FROM refused_now GROUP BY reasons"):
            counts.update({reason: rows for reason in reasons})
            unresolved += rows if any(reason.startswith(UNRESOLVED) for reason in reasons) else 0
    for code, rows in session.rows(
        "SELECT unnest(warnings) AS code, count(*) FROM judged WHERE warnings IS NOT NULL GROUP BY code"
    ):
        counts[f"warning:{code}"] = rows
    return dict(sorted(counts.items())), unresolved


def _audit(
    tx: Transaction, delivery: Delivery, source: str, landed: Sequence[LandedFile], actor: Actor, now: datetime
) -> None:
    event = DeliveryTaken(
        delivery_id=delivery.delivery_id, dataset=delivery.dataset, source=source,
        files=tuple(file.sha256 for file in landed), known_at=delivery.known_at.isoformat(),
        accepted=delivery.accepted, corrected=delivery.corrected, duplicate=delivery.duplicate,
        quarantined=delivery.quarantined, reasons=delivery.reasons, versions=delivery.versions,
    )  # fmt: skip
    audit.append(tx, event, actor=actor, now=now)
    _trace(
        tx, "intake.deliver", str(delivery.delivery_id), now,
        [audit.lineage.DeliveredFile(file.name, file.sha256) for file in landed], delivery.versions,
    )  # fmt: skip


def _trace(
    tx: Transaction, job: str, key: str, now: datetime,
    inputs: Sequence[audit.lineage.DeliveredFile | audit.lineage.TableVersion], made: Mapping[str, int],
) -> None:  # fmt: skip
    """One OpenLineage event: what was read and which table versions it became."""
    outputs = [audit.lineage.TableVersion(table, version) for table, version in made.items()]
    run = audit.lineage.run_id(job=job, key=key, at=now)
    audit.lineage.emit(
        tx, audit.lineage.run_event(job=job, run=run, at=now, inputs=inputs, outputs=outputs), now=now
    )


def _fingerprint(contract: Contract, mapping: FieldMapping, landed: Sequence[LandedFile]) -> str:
    said = [contract.dataset, contract.fingerprint, mapping.canonical, sorted(file.sha256 for file in landed)]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


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
    reasons as of now.

    Args:
        tx: The transaction.
        intake: Where to read and write.
        session: An engine session.
        contract: The dataset's contract.
        delivery_id: The delivery.
        mapping: The mapping to read the rows by, usually the delivery's own.
        mended: A CSV of corrected rows as `quarantine show --export` writes it; rows it lacks are judged as they are.
        known_at: When the rows count as known.
        actor: Who asks.
        now: The time.
        progress: Told of each step.

    Raises:
        UnreadableFile: The mended file cannot be read, or names rows that are not in quarantine.
        UnmatchedColumns: Columns and fields do not fit; nothing changed.
    """
    tx.lock(f"dataset:{contract.dataset}")
    quarantine.open_delivery(tx, intake.lake, session, contract.dataset, delivery_id)
    intake.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=intake.work, prefix="replay-") as folder:
        if mended is not None:
            quarantine.mend(session, land(mended, intake.raw), Path(folder))
        sources = quarantine.as_sources(session)
        _know_names(tx, intake, session, contract)
        progress("重新校验")
        bound = [(source, bind(contract, mapping, source.headings, where=source.file)) for source in sources]
        judging.judge(session, contract, bound, delivery=delivery_id, known_at=known_at)
        quarantine.carry_malformed(session, sources)
        settled = _settle(tx, intake, session, contract, sources, delivery_id, known_at, progress)
        refused, versions = quarantine.replace_delivery(
            tx, intake.lake, session, contract.dataset, delivery_id,
            _refused_rows(sources, delivery_id, known_at), _info(contract, delivery_id),
        )  # fmt: skip
        reasons, _ = _count_reasons(session, refused)
    versions = {**settled.versions, **versions}
    replayed = Replay(
        replay_id=0,
        delivery_id=delivery_id,
        dataset=contract.dataset,
        accepted=settled.accepted,
        corrected=settled.corrected,
        duplicate=settled.duplicate,
        still_refused=refused.rows if refused else 0,
        reasons=reasons,
        versions=versions,
    )
    replayed = replace(replayed, replay_id=records.insert_replay(tx, replayed, now=now, actor=actor))
    event = QuarantineReplayed(
        replay_id=replayed.replay_id, delivery_id=delivery_id, dataset=contract.dataset, accepted=replayed.accepted,
        corrected=replayed.corrected, duplicate=replayed.duplicate, still_refused=replayed.still_refused,
        versions=versions,
    )  # fmt: skip
    audit.append(tx, event, actor=actor, now=now)
    table = f"{QUARANTINE}/{contract.dataset}"
    before = [audit.lineage.TableVersion(table, versions[table] - 1)] if table in versions else []
    _trace(tx, "intake.replay", str(replayed.replay_id), now, before, versions)
    return replayed
