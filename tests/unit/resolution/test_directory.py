"""The directory of enterprises: who a firm is now, and every name it had."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from xinqiao.audit.queries import events
from xinqiao.intake.model import Delivery
from xinqiao.kernel.unified_code import build
from xinqiao.resolution.queries import register_codes
from xinqiao.workspace import Workspace, commands

Deliver = Callable[..., Delivery]
Directory = Callable[[], list[dict[str, Any]]]

FIRST, SECOND = (build(region="449901", organisation8=body) for body in ("MA500001", "MA500002"))


def registered(
    name: str,
    day: str,
    *,
    code: str = FIRST.text,
    kind: str = "change",
    rest: str = "F5191,449901,active,张三",
) -> str:
    return f"{code},{name},{kind},{day},2019-03-05,{rest}"


def test_a_registration_enters_its_enterprise(deliver: Deliver, directory: Directory) -> None:
    delivery = deliver("business_registration", registered("甲公司", "2019-03-05", kind="establishment"))

    (entry,) = directory()
    assert entry["subject"] == FIRST.subject
    assert (entry["unified_code"], entry["name"], entry["former_names"]) == (FIRST.text, "甲公司", [])
    assert (entry["industry_code"], entry["region_code"], entry["operating_status"]) == (
        "F5191",
        "449901",
        "active",
    )
    assert (str(entry["established_on"]), entry["legal_representative"]) == ("2019-03-05", "张三")
    assert entry["updated_by_delivery"] == delivery.delivery_id


def test_the_newest_registration_holds_and_former_names_are_kept(
    deliver: Deliver, directory: Directory
) -> None:
    deliver("business_registration", registered("乙公司", "2021-01-01"), registered("甲公司", "2019-03-05"))
    deliver("business_registration", registered("丙公司", "2023-01-01", rest="F5192,449902,cancelled,李四"))

    (entry,) = directory()
    assert (entry["name"], sorted(entry["former_names"])) == ("丙公司", ["乙公司", "甲公司"])
    assert (entry["operating_status"], entry["legal_representative"]) == ("cancelled", "李四")


def test_history_that_comes_late_renames_nobody(deliver: Deliver, directory: Directory) -> None:
    deliver("business_registration", registered("丙公司", "2023-01-01"))
    deliver("business_registration", registered("甲公司", "2019-03-05"))

    (entry,) = directory()
    assert (entry["name"], entry["former_names"]) == ("丙公司", ["甲公司"])


def test_a_name_that_was_corrected_was_never_its_name(
    deliver: Deliver, directory: Directory, now: datetime
) -> None:
    wrong = registered("甲公同", "2019-03-05")
    deliver("business_registration", wrong, known_at=now - timedelta(days=9))
    deliver("business_registration", wrong.replace("甲公同", "甲公司"))

    (entry,) = directory()
    assert (entry["name"], entry["former_names"]) == ("甲公司", [])


def test_a_blank_in_a_newer_row_does_not_erase_what_is_known(deliver: Deliver, directory: Directory) -> None:
    deliver("business_registration", registered("甲公司", "2019-03-05"))
    deliver("business_registration", registered("甲公司", "2024-06-30", kind="annual_report", rest=",,,"))

    (entry,) = directory()
    assert (entry["industry_code"], entry["legal_representative"]) == ("F5191", "张三")


def test_a_crosswalk_enters_whom_no_registration_names(deliver: Deliver, directory: Directory) -> None:
    deliver("code_crosswalk", f"电力,E1,{FIRST.text},甲", f"电力,E2,{SECOND.text},")
    assert [(entry["name"], entry["region_code"]) for entry in directory()] == [
        ("甲", "449901"),
        (SECOND.text, "449901"),
    ]

    deliver("business_registration", registered("甲公司", "2019-03-05"))
    deliver("code_crosswalk", f"燃气,R1,{FIRST.text},甲厂")
    assert [entry["name"] for entry in directory()] == ["甲公司", SECOND.text]


def test_other_datasets_and_refused_rows_enter_nobody(
    deliver: Deliver, directory: Directory, workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "i.csv"
    path.write_text(
        f"taxpayer_code,invoice_number,issued_on,amount_fen,status\n{FIRST.text},1,2026-01-01,1,valid\n"
    )
    commands.deliver(workspace, dataset="sales_invoice", files=[path], mapping=None, known_at=None)
    deliver("business_registration", registered("甲公司", "2019-03-05", code="X"))

    assert directory() == []


def test_the_audit_log_says_how_many_were_renewed(deliver: Deliver, workspace: Workspace) -> None:
    deliver(
        "business_registration",
        registered("甲公司", "2019-03-05"),
        registered("乙公司", "2019-03-05", code=SECOND.text),
    )
    deliver("business_registration", registered("甲公司", "2019-03-05"))

    with workspace.store.transaction() as tx:
        (event,) = events(tx, name="directory.refreshed")
    assert (event.payload["enterprises"], event.payload["dataset"]) == (2, "business_registration")


def test_every_subject_has_the_code_that_its_registration_gives(
    deliver: Deliver, workspace: Workspace
) -> None:
    # One organisation under two codes: the crosswalk's is older than the registry's.
    older = build(region="449902", organisation8="MA500001")
    deliver("code_crosswalk", f"电力,E1,{older.text},甲", f"电力,E2,{SECOND.text},乙")
    deliver("business_registration", registered("甲公司", "2019-03-05"))

    with workspace.engine.session() as session, workspace.store.transaction() as tx:
        view = register_codes(
            session, workspace.lake, versions=workspace.lake.versions(tx), contracts=workspace.contracts
        )
        assert session.rows(f"SELECT * FROM {view} ORDER BY subject") == [
            (FIRST.subject, FIRST.text),
            (SECOND.subject, SECOND.text),
        ]


@pytest.mark.parametrize("turn", range(3))
def test_a_registration_and_a_crosswalk_at_once_lose_nothing(
    workspace: Workspace, directory: Directory, tmp_path: Path, turn: int
) -> None:
    files = {}
    for dataset, heading, line in (
        (
            "business_registration",
            "unified_code,name,approved_on,established_on",
            "{code},第{number}公司,2019-03-05,2019-03-05",
        ),
        (
            "code_crosswalk",
            "source_system,source_code,unified_code,name",
            "电力,E{number},{code},简称{number}",
        ),
    ):
        files[dataset] = tmp_path / f"{dataset}.csv"
        lines = [
            line.format(code=build(region="449901", organisation8=f"MA{number:06d}").text, number=number)
            for number in range(300)
        ]
        files[dataset].write_text("\n".join([heading, *lines, ""]), encoding="utf-8")

    def delivering(dataset: str) -> None:
        commands.deliver(workspace, dataset=dataset, files=[files[dataset]], mapping=None, known_at=None)

    threads = [threading.Thread(target=delivering, args=(dataset,)) for dataset in files]
    for thread in threads[:: -1 if turn else 1]:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(directory()) == 300
    assert [entry["name"] for entry in directory() if not entry["name"].startswith("第")] == []
