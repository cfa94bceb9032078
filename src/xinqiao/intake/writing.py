"""From `judged` and `malformed` to new versions of a dataset's record and quarantine tables."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from xinqiao.catalogue.model import Contract
from xinqiao.catalogue.views import NOBODY
from xinqiao.engine import Session, WrittenFile
from xinqiao.engine.dialect import identifier, literal
from xinqiao.intake import merging, quarantine, records, subjects
from xinqiao.intake.model import QUARANTINE, QUARANTINE_COLUMNS, RECORDS, UNRESOLVED
from xinqiao.intake.sources import Source
from xinqiao.kernel.clock import naive_utc
from xinqiao.lake import Lake
from xinqiao.store import Transaction

Progress = Callable[[str], None]


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


@dataclass(frozen=True, slots=True)
class Batch:
    """One delivery's rows on their way into the lake.

    Attributes:
        tx: The transaction they take effect with.
        intake: Where to.
        session: The engine session that holds them.
        contract: Their contract.
        delivery_id: Number of the delivery.
        known_at: When they became known.
        listed_at: When the delivery became known: earlier than its rows, where a replay adds them.
        progress: Told of each step.
    """

    tx: Transaction
    intake: Intake
    session: Session
    contract: Contract
    delivery_id: int
    known_at: datetime
    listed_at: datetime
    progress: Progress

    @property
    def records(self) -> str:
        """Name of the record table."""
        return f"{RECORDS}/{self.contract.dataset}"

    @property
    def quarantine(self) -> str:
        """Name of the quarantine table."""
        return f"{QUARANTINE}/{self.contract.dataset}"

    @property
    def info(self) -> dict[str, str]:
        """What the lake notes with each version."""
        return {"delivery": str(self.delivery_id), "dataset": self.contract.dataset}


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the rows that were not refused.

    Attributes:
        accepted: New records.
        corrected: Rows that replaced an earlier version.
        duplicate: Rows already known.
        known_later: Of these, the ones first known later than the batch.
        warned: Accepted rows that a rule warns of.
        versions: The record table's new version, if it has one.
    """

    accepted: int
    corrected: int
    duplicate: int
    known_later: int
    warned: int
    versions: Mapping[str, int]


def know_names(batch: Batch) -> None:
    """Make the table `known_names` from all registrations and crosswalks known."""
    lake, versions = batch.intake.lake, batch.intake.lake.versions(batch.tx)
    for dataset, name in (
        ("business_registration", "known_registration"),
        ("code_crosswalk", "known_crosswalk"),
    ):
        table, columns = f"{RECORDS}/{dataset}", batch.intake.contracts[dataset].record_columns()
        lake.register(batch.session, table=table, version=versions.get(table), name=name, columns=columns)
    subjects.gather_names(batch.session, batch.contract)


def write_records(batch: Batch, sources: Sequence[Source]) -> Settled:
    """Compare `judged` with what is known and write its new and corrected rows as a version of the record table."""
    batch.progress("比对已有记录")
    touched = merging.reach(batch.session)
    outcomes = merging.settle(
        batch.session,
        batch.contract,
        existing=_existing(batch, touched),
        touched=touched,
        known_at=batch.known_at,
        said_at=_said_at(batch, sources),
    )
    batch.progress("写入数据湖")
    columns, corrected = batch.contract.record_columns(), outcomes.get("correction", 0)
    with batch.intake.lake.draft(batch.records) as path, batch.intake.lake.draft(batch.records) as beside:
        written = batch.session.write(_accepted_rows(batch, outcomes, touched), path)
        marked = _write_marks(batch, beside, touched, any_written=written is not None)
        versions = append(batch, batch.records, [written, marked], columns)
    quarantine.set_aside(batch.session, sources, any_refused=touched.refused > 0)
    return Settled(
        accepted=(written.rows if written else 0) - corrected,
        corrected=corrected,
        duplicate=outcomes.get("duplicate", 0) + outcomes.get("known_later", 0),
        known_later=outcomes.get("known_later", 0),
        warned=touched.warned,
        versions=versions,
    )


def _said_at(batch: Batch, sources: Sequence[Source]) -> str:
    """SQL for when somebody said what a row `j` of `judged` says, and the delivery's number.

    A row that waited in quarantine is as old as its delivery.
    """
    corrected = ", ".join(str(number) for number, source in enumerate(sources) if source.corrected)
    delivered, now = (literal(naive_utc(moment)) for moment in (batch.listed_at, batch.known_at))
    moment = f"CASE WHEN j.file IN ({corrected}) THEN {now} ELSE {delivered} END" if corrected else delivered
    return f"{moment}, {batch.delivery_id:d}"


def _accepted_rows(batch: Batch, outcomes: Mapping[str, int], touched: merging.Reach) -> str:
    """SELECT for the rows that become records, sorted as the lake keeps them.

    What every row says alike, or says twice, is added after sorting, which has less to carry then.
    """
    columns = batch.contract.record_columns()
    added = _said_by_all(batch)
    if not outcomes:
        added["supersedes"] = "FALSE"
    happened = next(
        (each for each in batch.contract.stored_fields if each.name == batch.contract.occurred_on), None
    )
    if happened is not None and happened.kind == "date" and happened.required:
        added["occurred_on"] = identifier(happened.name)
    sorted_columns = ", ".join(
        f"j.{identifier(name)}" for name in columns if name not in {*added, "supersedes"}
    )
    if outcomes:
        rows = (
            f"SELECT {sorted_columns}, coalesce(s.outcome = 'correction', FALSE) AS supersedes"
            " FROM judged j LEFT JOIN settled s ON s.file = j.file AND s.row = j.row"
            " WHERE NOT j.refused AND (s.outcome IS NULL OR s.outcome = 'correction') ORDER BY j.subject"
        )
    else:
        rows = f"SELECT {sorted_columns} FROM judged j{merging.kept_rows(touched)} ORDER BY j.subject"
    chosen = ", ".join(
        f"CAST({added[name]} AS {kind}) AS {identifier(name)}" if name in added else identifier(name)
        for name, kind in columns.items()
    )
    return f"SELECT {chosen} FROM ({rows})"


def write_refused(batch: Batch) -> tuple[WrittenFile | None, Mapping[str, int]]:
    """Write the rows set aside as a version of the quarantine table; the file, and the version if there is one."""
    with batch.intake.lake.draft(batch.quarantine) as path:
        written = batch.session.write(refused_rows(batch), path)
        return written, append(batch, batch.quarantine, [written], QUARANTINE_COLUMNS)


def append(
    batch: Batch, table: str, written: Sequence[WrittenFile | None], columns: Mapping[str, str]
) -> Mapping[str, int]:
    """Add files written as a version of a table; that version, if there is one."""
    files = [file for file in written if file is not None]
    if not files:
        return {}
    lake = batch.intake.lake
    return {table: lake.append(batch.tx, table=table, files=files, columns=columns, info=batch.info)}


def _write_marks(
    batch: Batch, path: Path, touched: merging.Reach, *, any_written: bool
) -> WrittenFile | None:
    """Mark whom a list may hold though it has no record of them; a list of refused rows alone holds nothing yet."""
    if batch.contract.mode != "snapshot" or not touched.rows + touched.refused:
        return None
    again = records.brought_records(batch.tx, batch.delivery_id)
    if not any_written and not again:
        return None
    # Also when none is left: the marks made last hold.
    subjects = f"{_WITHHELD} UNION SELECT {NOBODY:d}" if again else _WITHHELD
    return batch.session.write(marks(batch, f"{subjects} ORDER BY subject"), path)


# Whose rows were refused, as far as their codes lead to anybody.
_WITHHELD = "SELECT DISTINCT subject FROM fate WHERE refused AND subject IS NOT NULL"


def count_withheld(batch: Batch) -> int | None:
    """How many enterprises stand in refused rows of a list; None for any other dataset."""
    if batch.contract.mode != "snapshot":
        return None
    return int(batch.session.scalar(f"SELECT count(*) FROM ({_WITHHELD})"))


def marks(batch: Batch, subjects: str) -> str:
    """SELECT for the marks of a list (`catalogue.views`), of the subjects that a query gives."""
    held = {"subject": "subject", **_said_by_all(batch), "supersedes": "FALSE"}
    values = ", ".join(
        f"{held.get(name, 'NULL')}::{kind} AS {identifier(name)}"
        for name, kind in batch.contract.record_columns().items()
    )
    return f"SELECT {values} FROM ({subjects})"


def _said_by_all(batch: Batch) -> dict[str, str]:
    """SQL for what every row of a batch says alike."""
    return {
        "known_at": literal(naive_utc(batch.known_at)),
        "delivery": f"{batch.delivery_id:d}",
        "listed_at": literal(naive_utc(batch.listed_at)),
    }


def _existing(batch: Batch, touched: merging.Reach) -> str | None:
    """Register the records that may share a key with the delivery, or return None when no file can hold any."""
    version = batch.intake.lake.versions(batch.tx).get(batch.records)
    if version is None or touched.subjects is None:
        return None
    days = merging.key_days(batch.contract, touched)
    files = [
        file.path
        for file in batch.intake.lake.files(batch.records, version)
        if file.may_hold("subject", *touched.subjects)
        and (days is None or file.may_hold("occurred_on", *days))
    ]
    if not files:
        return None
    batch.session.register("existing", files, batch.contract.record_columns())
    return "existing"


def refused_rows(batch: Batch) -> str:
    """SELECT for the rows that belong in quarantine, as its table keeps them."""
    # Good records behind a line that could not be split stand one further down in the file.
    row = "row + (SELECT count(*) FROM malformed m WHERE m.file = q.file AND m.good_before < q.row)"
    return (
        f"SELECT {batch.delivery_id:d}::BIGINT AS delivery, file, row, reasons, raw,"
        f" {literal(naive_utc(batch.known_at))} AS known_at FROM ("
        f" SELECT name AS file, {row} AS row, reasons, raw FROM set_aside q"
        " UNION ALL SELECT file_name, row, [reason], json_object('', line)::VARCHAR FROM malformed) ORDER BY file, row"
    )


def count_reasons(
    session: Session, settled: Settled, refused: WrittenFile | None
) -> tuple[dict[str, int], int]:
    """Rows per reason and per warning, and how many refused rows lead to no enterprise yet."""
    counts: Counter[str] = Counter()
    unresolved = 0
    if refused is not None:
        session.register("refused_now", [refused.path], QUARANTINE_COLUMNS)
        for reasons, rows in session.rows("SELECT reasons, count(*) FROM refused_now GROUP BY reasons"):
            counts.update(dict.fromkeys(reasons, rows))
            unresolved += rows if any(reason.startswith(UNRESOLVED) for reason in reasons) else 0
    if settled.warned:
        warnings = "SELECT unnest(warnings) AS code, count(*) FROM judged WHERE warned GROUP BY code"
        counts.update({f"warning:{code}": rows for code, rows in session.rows(warnings)})
    return dict(sorted(counts.items())), unresolved
