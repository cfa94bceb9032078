"""What was made from what, as OpenLineage run events (spec 2), which Marquez, DataHub and OpenMetadata read.

The library that defines the format builds and checks the events; it is imported when the first one is made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from xinqiao.store import Transaction

if TYPE_CHECKING:
    from openlineage.client.event_v2 import RunEvent
    from openlineage.client.generated.base import DatasetFacet

JOBS = "xinqiao"
"""Namespace of our jobs and lake tables."""
FILES = "file"
"""Namespace of delivered files."""
_PRODUCER = "urn:xinqiao"

State = Literal["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """A file as a department delivered it.

    Attributes:
        name: Its name at the department.
        sha256: Hash of its bytes, hexadecimal: what it is known by.
    """

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class TableVersion:
    """One version of a lake table.

    Attributes:
        name: The table, such as `records/sales_invoice`.
        version: Its Delta version.
    """

    name: str
    version: int


def run_id(*, job: str, key: str, at: datetime) -> UUID:
    """The number of a run: the same for the same job, key (such as a delivery's number) and start, always."""
    from openlineage.client.uuid import generate_static_uuid

    return generate_static_uuid(at, f"{job}\n{key}".encode())


def run_event(
    *,
    job: str,
    run: UUID,
    at: datetime,
    inputs: Sequence[DeliveredFile | TableVersion] = (),
    outputs: Sequence[TableVersion] = (),
    state: State = "COMPLETE",
) -> "RunEvent":
    """One step of a job: what it read and what it wrote, by hash and version.

    Args:
        job: The operation, such as `intake.deliver`.
        run: Number of the run, the same for all its steps; see `run_id`.
        at: When the step happened, aware.
        inputs: What was read.
        outputs: What was written.
        state: How far the run is.

    Raises:
        ValueError: `at` has no time zone.
    """
    from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState

    if at.tzinfo is None:
        raise ValueError("an instant without a time zone is ambiguous")
    return RunEvent(
        eventTime=at.isoformat(),
        producer=_PRODUCER,
        run=Run(runId=str(run)),
        job=Job(namespace=JOBS, name=job),
        eventType=RunState(state),
        inputs=[InputDataset(*_names(source), facets=_facets(source)) for source in inputs],
        outputs=[OutputDataset(*_names(target), facets=_facets(target)) for target in outputs],
    )


def emit(tx: Transaction, event: "RunEvent", *, now: datetime) -> int:
    """Keep an event in the transaction of the step it tells about, and return its number."""
    from openlineage.client.serde import Serde

    row = tx.row(
        "INSERT INTO lineage_event (at, run_id, job, event_type, body)"
        " VALUES (%s, %s, %s, %s, %s::jsonb) RETURNING lineage_event_id",
        (
            now,
            UUID(event.run.runId),
            event.job.name,
            event.eventType.value if event.eventType is not None else "OTHER",
            Serde.to_json(event, ensure_ascii=False),
        ),
    )
    assert row is not None
    return int(row["lineage_event_id"])


def trace(
    tx: Transaction,
    *,
    job: str,
    key: str,
    at: datetime,
    inputs: Sequence[DeliveredFile | TableVersion],
    outputs: Mapping[str, int],
) -> int:
    """Keep one event of a step that is done in its own transaction, and return its number.

    Args:
        tx: The transaction of the step.
        job: The operation, such as `intake.deliver`.
        key: What tells this run of it from others, such as a delivery's number.
        at: When it happened, aware.
        inputs: What was read.
        outputs: Lake table to the version that was made of it.
    """
    made = [TableVersion(table, version) for table, version in outputs.items()]
    event = run_event(job=job, run=run_id(job=job, key=key, at=at), at=at, inputs=inputs, outputs=made)
    return emit(tx, event, now=at)


def delivered(tx: Transaction) -> set[str]:
    """Of every delivered file that something was made of, the hash of its bytes."""
    rows = tx.rows(
        "SELECT DISTINCT split_part(i->>'name', '/', 1) AS hash"
        " FROM lineage_event, jsonb_array_elements(body->'inputs') AS i WHERE i->>'namespace' = %s",
        (FILES,),
    )
    return {row["hash"] for row in rows}


def _names(dataset: DeliveredFile | TableVersion) -> tuple[str, str]:
    """Namespace and name; files of the same name differ by their hash."""
    if isinstance(dataset, DeliveredFile):
        return FILES, f"{dataset.sha256}/{dataset.name}"
    return JOBS, dataset.name


def _facets(dataset: DeliveredFile | TableVersion) -> "dict[str, DatasetFacet]":
    from openlineage.client.generated.dataset_version_dataset import DatasetVersionDatasetFacet

    version = dataset.sha256 if isinstance(dataset, DeliveredFile) else str(dataset.version)
    return {"version": DatasetVersionDatasetFacet(datasetVersion=version, producer=_PRODUCER)}
