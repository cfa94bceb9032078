"""Lineage says by hash and version what was made from what, in the words of OpenLineage."""

from datetime import datetime, timedelta

import pytest

from xinqiao.audit import lineage, queries
from xinqiao.audit.lineage import DeliveredFile, TableVersion
from xinqiao.store import Store

_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def test_a_run_names_the_files_it_read_and_the_tables_it_wrote(store: Store, now: datetime) -> None:
    run = lineage.run_id(job="intake.deliver", key="7", at=now)
    event = lineage.run_event(
        job="intake.deliver",
        run=run,
        at=now,
        inputs=[DeliveredFile("六月发票.csv", _SHA256), TableVersion("records/code_crosswalk", 4)],
        outputs=[TableVersion("records/sales_invoice", 12)],
    )
    with store.transaction() as tx:
        lineage.emit(tx, event, now=now)
    with store.transaction() as tx:
        (body,) = queries.lineage_events(tx, job="intake.deliver")
        row = tx.row("SELECT at, run_id, job, event_type FROM lineage_event")

    assert row == {"at": now, "run_id": run, "job": "intake.deliver", "event_type": "COMPLETE"}
    assert body["eventType"] == "COMPLETE"
    assert body["eventTime"] == "2026-07-01T09:00:00+08:00"
    assert body["run"] == {"runId": str(run), "facets": {}}
    assert body["job"] == {"namespace": "xinqiao", "name": "intake.deliver", "facets": {}}
    assert body["schemaURL"].startswith("https://openlineage.io/spec/2-")
    named = [
        (dataset["namespace"], dataset["name"], dataset["facets"]["version"]["datasetVersion"])
        for dataset in (*body["inputs"], *body["outputs"])
    ]
    assert named == [
        ("file", f"{_SHA256}/六月发票.csv", _SHA256),
        ("xinqiao", "records/code_crosswalk", "4"),
        ("xinqiao", "records/sales_invoice", "12"),
    ]
    facet = body["outputs"][0]["facets"]["version"]
    assert facet["_schemaURL"].endswith("DatasetVersionDatasetFacet")
    assert facet["_producer"] == body["producer"] == "urn:xinqiao"


def test_the_steps_of_a_run_share_its_number(store: Store, now: datetime) -> None:
    run = lineage.run_id(job="rating.evaluate", key="3", at=now)
    with store.transaction() as tx:
        for step in (
            lineage.run_event(job="rating.evaluate", run=run, at=now, state="START"),
            lineage.run_event(job="rating.evaluate", run=run, at=now + timedelta(minutes=5), state="FAIL"),
        ):
            lineage.emit(tx, step, now=now)
        bodies = queries.lineage_events(tx, limit=10)
        assert queries.lineage_events(tx, job="intake.deliver") == []
    assert [body["eventType"] for body in bodies] == ["FAIL", "START"]
    assert {body["run"]["runId"] for body in bodies} == {str(run)}


def test_the_number_of_a_run_is_the_same_whenever_it_is_asked_for(now: datetime) -> None:
    number = lineage.run_id(job="intake.deliver", key="7", at=now)
    assert lineage.run_id(job="intake.deliver", key="7", at=now) == number
    assert lineage.run_id(job="intake.deliver", key="8", at=now) != number


def test_a_step_that_is_done_is_traced_at_once(store: Store, now: datetime) -> None:
    with store.transaction() as tx:
        lineage.trace(
            tx,
            job="intake.replay",
            key="7",
            at=now,
            inputs=[TableVersion("quarantine/sales_invoice", 3)],
            outputs={"records/sales_invoice": 12, "quarantine/sales_invoice": 4},
        )
        (body,) = queries.lineage_events(tx, job="intake.replay")

    assert (body["eventType"], body["eventTime"]) == ("COMPLETE", "2026-07-01T09:00:00+08:00")
    assert body["run"]["runId"] == str(lineage.run_id(job="intake.replay", key="7", at=now))
    assert [each["name"] for each in body["inputs"]] == ["quarantine/sales_invoice"]
    assert [each["name"] for each in body["outputs"]] == ["records/sales_invoice", "quarantine/sales_invoice"]


def test_a_moment_without_a_time_zone_is_refused(now: datetime) -> None:
    run = lineage.run_id(job="intake.deliver", key="7", at=now)
    with pytest.raises(ValueError, match="time zone"):
        lineage.run_event(job="intake.deliver", run=run, at=now.replace(tzinfo=None))
