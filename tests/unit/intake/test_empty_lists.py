"""A list that nobody is on any more: said on purpose, and what it changes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from xinqiao.audit.queries import events
from xinqiao.catalogue.views import current
from xinqiao.intake import queries
from xinqiao.intake.binding import UnmatchedColumns
from xinqiao.intake.empty_lists import NotAList, NotEmpty
from xinqiao.intake.landing import UnreadableFile
from xinqiao.intake.model import Delivery
from xinqiao.kernel.clock import end_of_day
from xinqiao.kernel.unified_code import UnifiedCode
from xinqiao.workspace import Workspace, commands

Deliver = Callable[..., Delivery]
Codes = Callable[[int], UnifiedCode]

HEADING = "taxpayer_code,tax_kind,arrears_fen,announced_on\n"
DAY = timedelta(days=1)


@pytest.fixture
def listed(workspace: Workspace) -> Callable[[date], list[int]]:
    """Subjects on the list as a day's evaluation sees it."""

    def reading(day: date) -> list[int]:
        contract = workspace.contracts["tax_arrears"]
        with workspace.engine.session() as session, workspace.store.transaction() as tx:
            version = workspace.lake.versions(tx).get("records/tax_arrears")
            workspace.lake.register(session, table="records/tax_arrears", version=version, name="every")
            view = current(contract, "every", as_of=day, known_until=end_of_day(day))
            return [subject for (subject,) in session.rows(f"SELECT subject FROM ({view}) ORDER BY subject")]

    return reading


Listed = Callable[[date], list[int]]


@pytest.fixture
def line(codes: Codes) -> Callable[[int], str]:
    return lambda firm: f"{codes(firm).text},增值税,500000,2026-03-31\n"


Line = Callable[[int], str]


def test_headings_alone_are_refused_unless_the_list_is_said_to_be_empty(deliver: Deliver) -> None:
    with pytest.raises(UnreadableFile, match="只有列名"):
        deliver("tax_arrears", HEADING)

    assert deliver("tax_arrears", HEADING, empty_list=True).versions == {"records/tax_arrears": 0}


def test_an_empty_list_takes_the_place_of_the_one_before_from_when_it_is_known(
    deliver: Deliver, listed: Listed, line: Line, codes: Codes, now: datetime
) -> None:
    deliver("tax_arrears", HEADING + line(1) + line(2), known_at=now - 30 * DAY)

    empty = deliver("tax_arrears", HEADING, empty_list=True, known_at=now - 10 * DAY)
    deliver("tax_arrears", HEADING + line(2), known_at=now - 5 * DAY)

    assert (empty.accepted, empty.quarantined, empty.files[0].header_row) == (0, 0, 1)
    assert listed((now - 11 * DAY).date()) == sorted(codes(firm).subject for firm in (1, 2))
    assert listed((now - 10 * DAY).date()) == []
    assert listed((now - 5 * DAY).date()) == [codes(2).subject]


def test_a_list_that_says_again_what_it_said_before_holds_again(
    deliver: Deliver, listed: Listed, line: Line, codes: Codes, now: datetime
) -> None:
    contents = [HEADING, HEADING + line(1), HEADING, HEADING + line(1)]
    for days, content in zip((40, 30, 20, 10), contents, strict=True):
        known_at = now - days * DAY
        first = deliver("tax_arrears", content, empty_list=content == HEADING, known_at=known_at)
        again = deliver("tax_arrears", content, empty_list=content == HEADING, known_at=known_at)
        assert (first.repeated, again.repeated) == (False, True)
        assert again.delivery_id == first.delivery_id

    assert [len(listed((now - days * DAY).date())) for days in (40, 30, 20, 10)] == [0, 1, 0, 1]
    assert deliver("tax_arrears", contents[-1]).repeated


def test_nobody_on_the_list_is_known_and_not_unknown(
    deliver: Deliver, workspace: Workspace, codes: Codes, now: datetime
) -> None:
    registration = f"unified_code,name,approved_on,established_on\n{codes(1).text},甲,2019-03-05,2019-03-05\n"
    deliver("business_registration", registration, known_at=now - 60 * DAY)
    deliver("tax_arrears", HEADING, empty_list=True, known_at=now - 10 * DAY, covers=["4499"])

    with workspace.store.transaction() as tx:
        found = queries.brought(tx, versions=workspace.lake.versions(tx), known_before=now)
        assert {dataset: each.covers for dataset, each in found.items()} == {
            "business_registration": None, "tax_arrears": ("4499",),
        }  # fmt: skip
        (event,) = [each for each in events(tx, name="delivery.taken") if each.payload["empty_list"]]
    assert event.payload["dataset"] == "tax_arrears"


def test_compaction_keeps_the_list_empty(
    deliver: Deliver, workspace: Workspace, listed: Listed, line: Line, now: datetime
) -> None:
    deliver("tax_arrears", HEADING + line(1), known_at=now - 30 * DAY)
    deliver("tax_arrears", HEADING, empty_list=True, known_at=now - 10 * DAY)

    commands.compact(workspace, table="records/tax_arrears")

    assert listed(now.date()) == []


def test_a_list_with_rows_is_not_empty(deliver: Deliver, line: Line) -> None:
    with pytest.raises(NotEmpty, match="1 行"):
        deliver("tax_arrears", HEADING + line(1), empty_list=True)
    with pytest.raises(NotEmpty):
        deliver("tax_arrears", HEADING + line(1) * 30_000, empty_list=True)


def test_headings_of_something_else_say_nothing_about_the_list(deliver: Deliver) -> None:
    for heading in ("invoice_number,issued_on\n", "\n\n"):
        with pytest.raises((UnmatchedColumns, UnreadableFile)):
            deliver("tax_arrears", heading, empty_list=True)


def test_what_is_no_list_cannot_be_empty(deliver: Deliver) -> None:
    with pytest.raises(NotAList, match="不是全量快照"):
        deliver("sales_invoice", "taxpayer_code,invoice_number\n", empty_list=True)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_the_headings_may_be_in_any_encoding_below_a_title(deliver: Deliver, encoding: str) -> None:
    text = "欠税公告\r\n\r\n纳税人识别号,税种,arrears_fen,announced_on\r\n,,,\r\n"

    delivery = deliver("tax_arrears", text.encode(encoding), empty_list=True)

    assert delivery.files[0].header_row == 3


def test_a_workbook_or_parquet_file_may_be_empty_too(deliver: Deliver, tmp_path: Path, now: datetime) -> None:
    names = HEADING.strip().split(",")
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(names)
    book.save(tmp_path / "空.xlsx")
    with duckdb.connect() as connection:
        columns = ", ".join(f"NULL::VARCHAR AS {name}" for name in names)
        connection.execute(f"COPY (SELECT {columns} WHERE FALSE) TO '{tmp_path / '空.parquet'}'")

    for days, name in ((2, "空.xlsx"), (1, "空.parquet")):
        taken = deliver("tax_arrears", tmp_path / name, empty_list=True, known_at=now - days * DAY)
        assert taken.versions
    (tmp_path / "坏.parquet").write_bytes(b"PAR1garbage")
    with pytest.raises(UnreadableFile, match="损坏"):
        deliver("tax_arrears", tmp_path / "坏.parquet", empty_list=True)
