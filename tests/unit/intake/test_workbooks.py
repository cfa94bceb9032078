"""Which worksheet of a workbook is the delivery, and that nothing of it is lost on the way."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xinqiao.intake.binding import UnmatchedColumns
from xinqiao.intake.empty_lists import NotEmpty
from xinqiao.intake.landing import UnreadableFile
from xinqiao.intake.model import Delivery
from xinqiao.kernel.unified_code import UnifiedCode

Deliver = Callable[..., Delivery]
Records = Callable[..., list[dict[str, Any]]]
Codes = Callable[[int], UnifiedCode]

HEADINGS = ["纳税人识别号", "税种", "arrears_fen", "announced_on"]
NAMED = "dataset: tax_arrears\nread: {sheet: %s}\n"
CODE_LIST = [["税种", "说明"], ["增值税", "含预缴"], ["企业所得税", ""]]

Rows = Sequence[Sequence[Any]]


@pytest.fixture
def row(codes: Codes) -> Callable[[int], list[Any]]:
    """A firm's line on the list."""
    return lambda firm: [codes(firm).text, "增值税", 500_000, "2026-03-31"]


Row = Callable[[int], list[Any]]


Workbook = Callable[..., Path]


def stray(path: Path, place: str, value: Any) -> Path:
    """The workbook with one more cell, on its first sheet."""
    book = openpyxl.load_workbook(path)
    cell = book.worksheets[0][place]
    cell.value, cell.number_format = value, "0.00"
    book.save(path)
    return path


@pytest.mark.parametrize("empty_list", [False, True])
def test_a_stray_cell_in_the_far_corner_is_told_before_memory_is_set_aside_for_all_between(
    deliver: Deliver, workbook: Workbook, row: Row, empty_list: bool
) -> None:
    path = stray(workbook({"三月": [HEADINGS, row(1)]}), "XFD200000", "x")

    with pytest.raises(UnreadableFile, match="只有 9 个单元格有内容，却延伸到 XFD 列、第 200,000 行"):
        deliver("tax_arrears", path, empty_list=empty_list)


def test_an_empty_cell_in_the_far_corner_that_has_a_format_is_nothing(
    deliver: Deliver, workbook: Workbook, row: Row
) -> None:
    path = stray(workbook({"三月": [HEADINGS, row(1)]}), "XFD200000", None)

    assert deliver("tax_arrears", path).accepted == 1


def test_a_cell_a_little_apart_is_read_as_a_column_that_nobody_named(
    deliver: Deliver, workbook: Workbook, row: Row
) -> None:
    path = stray(workbook({"三月": [HEADINGS, row(1)]}), "AA3", "x")

    with pytest.raises(UnmatchedColumns, match="第27列"):
        deliver("tax_arrears", path)


def test_a_workbook_that_unpacks_to_gigabytes_is_refused(
    deliver: Deliver, workbook: Workbook, row: Row
) -> None:
    path = workbook({"三月": [HEADINGS, row(1)]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image.bmp", bytes(64 * 1024 * 1024))
        # One picture under many names, as those make it who mean harm.
        archive.filelist.extend(archive.infolist()[-1:] * 32)

    with pytest.raises(UnreadableFile, match=r"解压后有 2\.1 GB，超过 2 GB"):
        deliver("tax_arrears", path)


def test_a_damaged_archive_is_told_as_such(deliver: Deliver, workbook: Workbook, row: Row) -> None:
    content = bytearray(workbook({"三月": [HEADINGS, row(1)]}).read_bytes())
    content[-300:] = bytes(300)

    with pytest.raises(UnreadableFile, match="工作簿无法打开"):
        deliver("tax_arrears", bytes(content))


@pytest.mark.parametrize("hidden", [(), ("二月",)], ids=["visible", "hidden"])
def test_a_list_is_not_empty_when_a_further_sheet_has_rows(
    deliver: Deliver, workbook: Workbook, row: Row, hidden: Sequence[str]
) -> None:
    path = workbook({"三月": [HEADINGS], "二月": [HEADINGS, row(1)]}, hidden=hidden)

    with pytest.raises(NotEmpty, match="“二月” 1 行"):
        deliver("tax_arrears", path, empty_list=True)


def test_a_code_list_beside_an_empty_list_leaves_it_empty(deliver: Deliver, workbook: Workbook) -> None:
    path = workbook({"税种代码": CODE_LIST, "名单": [["欠税公告"], HEADINGS, [None, " "]]})

    assert deliver("tax_arrears", path, empty_list=True).files[0].header_row == 2


def test_the_named_sheet_alone_says_whether_the_list_is_empty(
    deliver: Deliver, workbook: Workbook, row: Row
) -> None:
    path = workbook({"三月": [HEADINGS], "二月": [HEADINGS, row(1)]})

    assert deliver("tax_arrears", path, empty_list=True, mapping=NAMED % "三月").versions
    with pytest.raises(NotEmpty):
        deliver("tax_arrears", path, empty_list=True, mapping=NAMED % "二月")


def test_several_sheets_with_records_are_refused_until_one_is_named(
    deliver: Deliver, records: Records, workbook: Workbook, row: Row, codes: Codes
) -> None:
    path = workbook({month: [HEADINGS, row(n)] for n, month in enumerate(("一月", "二月", "三月"), 1)})

    with pytest.raises(UnreadableFile, match=r"3 张工作表.*一月、二月、三月") as caught:
        deliver("tax_arrears", path)
    assert "read: {sheet: 一月}" in str(caught.value.remedy)
    assert records("tax_arrears") == []

    deliver("tax_arrears", path, mapping=NAMED % "二月")
    assert records("tax_arrears", "subject") == [{"subject": codes(2).subject}]


def test_a_sheet_that_lacks_one_of_the_headings_is_noticed_too(
    deliver: Deliver, workbook: Workbook, row: Row
) -> None:
    path = workbook({"一月": [HEADINGS, row(1)], "二月": [HEADINGS[:3], row(2)[:3]]})

    with pytest.raises(UnreadableFile, match="一月、二月"):
        deliver("tax_arrears", path)


def test_notes_code_lists_and_empty_forms_are_left_out(
    deliver: Deliver, workbook: Workbook, row: Row
) -> None:
    path = workbook(
        {"说明": [["填表说明"]], "空表": [HEADINGS], "代码": CODE_LIST, "名单": [HEADINGS, row(1)]}
    )

    assert deliver("tax_arrears", path).accepted == 1


def test_the_visible_sheet_is_read_and_not_the_hidden_one(
    deliver: Deliver, records: Records, workbook: Workbook, row: Row, codes: Codes
) -> None:
    wider = [[*HEADINGS, "备注"], [*row(1), "作废"]]
    sheets: dict[str, Rows] = {"上月": wider, "本月": [HEADINGS, row(3)]}
    deliver(
        "tax_arrears",
        workbook(sheets, hidden=["上月"]),
        mapping="dataset: tax_arrears\nignore: [备注]\n",
    )

    assert records("tax_arrears", "subject") == [{"subject": codes(3).subject}]


@pytest.mark.parametrize("mapping", [None, NAMED % "数据"], ids=["found", "named"])
def test_a_hidden_sheet_is_read_when_named_or_when_no_visible_one_will_do(
    deliver: Deliver, workbook: Workbook, row: Row, mapping: str | None
) -> None:
    sheets: dict[str, Rows] = {"封面": [["欠税公告"]], "数据": [HEADINGS, row(1)]}

    assert deliver("tax_arrears", workbook(sheets, hidden=["数据"]), mapping=mapping).accepted == 1


INVOICES = ["taxpayer_code", "invoice_number", "issued_on", "amount_fen", "status"]


@pytest.fixture
def invoice(codes: Codes) -> Callable[..., list[Any]]:
    """A line of invoices with that number and amount."""
    return lambda number, amount=1000: [codes(1).text, number, "2026-03-01", amount, "有效"]


Invoice = Callable[..., list[Any]]


def test_a_number_longer_than_excel_keeps_is_refused_where_a_text_should_be(
    deliver: Deliver, records: Records, workbook: Workbook, invoice: Invoice
) -> None:
    rows = [invoice(number) for number in (12345678, 12345678901234567890, 12345678901234567891)]
    path = workbook({"销项": [["销项发票"], INVOICES, *rows]})

    with pytest.raises(UnreadableFile, match=r"工作表“销项”第 4 行的“invoice_number”.*文本格式"):
        deliver("sales_invoice", path)
    assert records("sales_invoice") == []


def test_such_a_number_as_text_or_as_an_amount_or_of_15_digits_is_taken(
    deliver: Deliver, records: Records, workbook: Workbook, invoice: Invoice
) -> None:
    rows = [invoice("12345678901234567890"), invoice(123456789012345), invoice("1", 10**15)]

    deliver("sales_invoice", workbook({"销项": [INVOICES, *rows]}))

    numbers = [row["invoice_number"] for row in records("sales_invoice", "invoice_number")]
    assert numbers == ["1", "123456789012345", "12345678901234567890"]


def test_such_numbers_in_an_ignored_column_trouble_nobody(
    deliver: Deliver, workbook: Workbook, row: Row
) -> None:
    path = workbook({"名单": [[*HEADINGS, "序列号"], [*row(1), 12345678901234567890]]})

    assert deliver("tax_arrears", path, mapping="dataset: tax_arrears\nignore: [序列号]\n").accepted == 1
