"""Rows refused on a list: who stood in them is not taken for clear, and mending them brings no old list back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from xinqiao.intake import queries
from xinqiao.intake.model import Delivery
from xinqiao.kernel.clock import city_date
from xinqiao.kernel.unified_code import build
from xinqiao.products.model import Section
from xinqiao.rating import queries as ratings
from xinqiao.workspace import Workspace, commands, reports

HEADING = "taxpayer_code,tax_kind,arrears_fen,announced_on\n"
DAY = timedelta(days=1)
A, B, C = (build(region="449901", organisation8=f"MA5{number:05d}") for number in (1, 2, 3))


def row(code: Any, amount: str) -> str:
    """A line of the list."""
    return f"{code.text},增值税,{amount},2026-03-31\n"


@pytest.fixture
def listing(workspace: Workspace, now: datetime, tmp_path: Path) -> Callable[..., Delivery]:
    """Deliver a list that became known so many days ago, after the register of three enterprises."""

    def file(content: str) -> Path:
        path = tmp_path / "list.csv"
        path.write_text(content, encoding="utf-8")
        return path

    firms = "".join(f"{each.text},甲公司,2019-03-05,2019-03-05\n" for each in (A, B, C))
    register = file(f"unified_code,name,approved_on,established_on\n{firms}")
    commands.deliver(
        workspace, dataset="business_registration", files=[register], mapping=None, known_at=now - 90 * DAY
    )

    def delivering(*rows: str, days: int) -> Delivery:
        return commands.deliver(
            workspace,
            dataset="tax_arrears",
            files=[file(HEADING + "".join(rows))],
            mapping=None,
            known_at=now - days * DAY,
        )

    return delivering


@pytest.fixture
def replayed(workspace: Workspace, now: datetime, tmp_path: Path) -> Callable[..., int]:
    """Replay a delivery's refused rows with texts replaced, known so many days ago; how many became records."""

    def replaying(delivery: Delivery, changes: dict[str, str], *, days: int) -> int:
        path = tmp_path / "mend.csv"
        with workspace.begun() as (tx, session):
            queries.export_refused(
                tx,
                lake=workspace.lake,
                session=session,
                contract=workspace.contracts["tax_arrears"],
                delivery_id=delivery.delivery_id,
                path=path,
            )
        content = path.read_text(encoding="utf-8")
        for wrong, right in changes.items():
            content = content.replace(wrong, right)
        path.write_text(content, encoding="utf-8")
        return commands.replay(
            workspace,
            delivery_id=delivery.delivery_id,
            mapping=None,
            mended=path,
            known_at=now - days * DAY,
        ).accepted

    return replaying


@pytest.fixture
def owed(workspace: Workspace, now: datetime) -> Callable[..., list[float | None]]:
    """Yuan of arrears of the three by an evaluation as of so many days ago."""

    def asking(days: int) -> list[float | None]:
        evaluation = commands.evaluate(workspace, as_of=city_date(now - days * DAY))
        found = []
        for each in (A, B, C):
            with workspace.begun() as (tx, session):
                values = ratings.values(
                    tx, session=session, lake=workspace.lake, subject=each.subject,
                    evaluation_id=evaluation.evaluation_id,
                )  # fmt: skip
            found.append(values["V02"])
        return found

    return asking


Listing = Callable[..., Delivery]
Replayed = Callable[..., int]
Owed = Callable[..., list[float | None]]


def test_a_firm_whose_row_was_refused_is_not_taken_for_clear(
    listing: Listing, replayed: Replayed, owed: Owed
) -> None:
    listing(row(A, "1000"), row(B, "500"), days=40)
    newer = listing(row(A, "1000"), row(B, "5oo"), days=30)

    assert owed(31) == [10, 5, 0]
    assert owed(29) == [10, None, 0]
    assert replayed(newer, {"5oo": "600"}, days=20) == 1
    assert owed(19) == [10, 6, 0]
    assert owed(29) == [10, None, 0]


def test_a_newer_list_without_the_firm_clears_it(listing: Listing, owed: Owed) -> None:
    listing(row(A, "1000"), row(B, "5oo"), days=30)
    listing(row(A, "1000"), days=20)

    assert owed(19) == [10, 0, 0]


def test_who_stood_in_a_row_by_mistake_is_clear_once_it_is_mended(
    listing: Listing, replayed: Replayed, owed: Owed
) -> None:
    list_ = listing(row(A, "1000"), row(B, "5oo"), days=30)

    assert replayed(list_, {B.text: C.text}, days=25) == 0
    assert owed(24) == [10, 0, None]
    assert replayed(list_, {"5oo": "500"}, days=20) == 1
    assert owed(19) == [10, 0, 5]


def test_a_list_of_refused_rows_alone_leaves_the_one_before_in_force(listing: Listing, owed: Owed) -> None:
    listing(row(A, "1000"), days=40)
    listing(row(A, "一千"), row(B, "5oo"), days=30)

    assert owed(20) == [10, 0, 0]


def test_mending_an_old_list_of_refused_rows_alone_does_not_put_it_above_a_newer_one(
    listing: Listing, replayed: Replayed, owed: Owed
) -> None:
    old = listing(row(A, "一千"), row(B, "5oo"), days=60)
    listing(row(A, "1000"), days=30)

    assert replayed(old, {"一千": "2000", "5oo": "500"}, days=10) == 2

    assert owed(5) == [10, 0, 0]
    assert owed(45) == [None, None, None]


def test_a_replay_before_the_newer_list_came_holds_until_then(
    listing: Listing, replayed: Replayed, owed: Owed
) -> None:
    old = listing(row(A, "一千"), row(B, "5oo"), days=60)
    listing(row(A, "1000"), days=30)

    assert replayed(old, {"一千": "2000"}, days=50) == 1

    assert owed(55) == [None, None, None]
    assert owed(45) == [20, None, 0]
    assert owed(29) == [10, 0, 0]


def test_the_report_says_that_a_row_was_refused_and_counts_no_arrears(
    workspace: Workspace, listing: Listing, now: datetime
) -> None:
    def section(code: Any) -> Section:
        with workspace.begun() as (tx, session):
            report = reports.report(workspace, tx, session, unified_code=code.text)
        return next(each for each in report.sections if each.dataset == "tax_arrears")

    listing(row(A, "1000"), row(B, "5oo"), days=30)
    commands.evaluate(workspace, as_of=city_date(now - DAY))

    refused, clear = section(B), section(C)

    assert (refused.withheld, refused.summary["arrears_fen"], refused.total) == (True, None, 0)
    assert (clear.withheld, clear.summary["arrears_fen"], clear.total) == (False, 0, 0)
    assert not section(A).withheld


def test_marks_are_no_records(workspace: Workspace, listing: Listing) -> None:
    listing(row(A, "1000"), row(B, "5oo"), days=30)

    found = commands.collected(workspace)

    (arrears,) = (
        data for items in found.lists for item in items.items for data in item.datasets
        if data.contract.dataset == "tax_arrears"
    )  # fmt: skip
    assert (arrears.rows, arrears.quarantined, arrears.reach.enterprises) == (1, 1, 1)


def test_a_list_delivered_with_a_refused_row_changes_the_grades_of_the_same_day(
    workspace: Workspace, listing: Listing, owed: Owed, now: datetime
) -> None:
    listing(row(A, "1000"), row(B, "500"), days=30)
    assert owed(5) == [10, 5, 0]

    listing(row(A, "1000"), row(B, "5oo"), days=10)

    commands.evaluate(workspace, as_of=city_date(now - 5 * DAY), subjects=[B.subject])
    assert owed(5) == [10, None, 0]
