"""Files that look like tables of another kind than they are: refused by name, or read as what they are."""

import gzip
from collections.abc import Callable

import pytest

from xinqiao.intake.landing import UnreadableFile
from xinqiao.intake.model import Delivery, RefusedRow
from xinqiao.kernel.unified_code import UnifiedCode

Deliver = Callable[..., Delivery]
Codes = Callable[[int], UnifiedCode]
HEADINGS = "纳税人识别号,税种,arrears_fen,announced_on\n"


def text(codes: Codes) -> str:
    """A list with one enterprise on it."""
    return f"{HEADINGS}{codes(1).text},增值税,100,2026-03-31\n"


@pytest.mark.parametrize(
    "start", ["<html>", "<!DOCTYPE html>\n", "\ufeff\n<!-- x --><table border=1>", "<META a>"]
)
@pytest.mark.parametrize("empty", [False, True])
def test_a_web_page_named_as_a_workbook_is_told_as_what_it_is(
    deliver: Deliver, start: str, empty: bool
) -> None:
    page = f"{start}<table><tr><td>纳税人识别号</td></tr></table>"

    with pytest.raises(UnreadableFile, match=r"网页（HTML 表格）.*另存为 xlsx"):
        deliver("tax_arrears", page, empty_list=empty)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (gzip.compress(b"a,b", mtime=0), "gzip"),
        (b"7z\xbc\xaf\x27\x1c\x00", "7z"),
        (b"Rar!\x1a\x07\x01\x00", "rar"),
    ],
)
def test_a_compressed_file_is_told_as_one(deliver: Deliver, content: bytes, name: str) -> None:
    with pytest.raises(UnreadableFile, match=f"压缩文件（{name}）.*解压"):
        deliver("tax_arrears", content)


def test_values_parted_by_full_width_commas_are_refused(deliver: Deliver, codes: Codes) -> None:
    with pytest.raises(UnreadableFile, match="全角逗号"):
        deliver("tax_arrears", text(codes).replace(",", "，"))


def test_a_full_width_comma_in_a_value_or_a_title_parts_nothing(deliver: Deliver, codes: Codes) -> None:
    content = "欠税公告，纳税人识别号，税种\n" + text(codes).replace("增值税", "增值税，企业所得税")

    assert deliver("tax_arrears", content).accepted == 1


def test_a_worksheet_named_for_a_file_without_any_is_refused(deliver: Deliver, codes: Codes) -> None:
    mapping = "dataset: tax_arrears\nread: {sheet: abc}\n"

    with pytest.raises(UnreadableFile, match="工作表“abc”，而这个文件不是工作簿"):
        deliver("tax_arrears", text(codes), mapping=mapping)
    with pytest.raises(UnreadableFile, match="工作表“abc”"):
        deliver("tax_arrears", HEADINGS, mapping=mapping, empty_list=True)


def test_big5_is_told_by_the_headings(deliver: Deliver, codes: Codes) -> None:
    mapping = "dataset: tax_arrears\ncolumns: {taxpayer_code: 納稅人識別號, tax_kind: 稅種}\n"
    content = text(codes).replace("纳税人识别号,税种", "納稅人識別號,稅種").replace("增值税", "增值稅")

    assert deliver("tax_arrears", content.encode("cp950"), mapping=mapping).accepted == 1
    assert deliver("tax_arrears", text(codes).encode("gb18030")).accepted == 1


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("公告\n{heading}{good}{bad}", 4),
        ("{heading}{good}\n\n{bad}", None),
        ('"公\n告"\n{heading}{good}{bad}', None),
        ('{heading}"{code}","增\n值税",100,2026-03-31\n{bad}', None),
        ('{heading}"{code}",增值税,100,2026-03-31\n{bad}', 3),
    ],
)
def test_the_physical_row_is_told_only_where_it_is_certain(
    deliver: Deliver, refused: Callable[[int], list[RefusedRow]], codes: Codes, content: str, line: int | None
) -> None:
    code = codes(1).text
    good, bad = f"{code},增值税,100,2026-03-31\n", f"{code},增值税,5oo,2026-03-31\n"

    delivery = deliver("tax_arrears", content.format(heading=HEADINGS, good=good, bad=bad, code=code))

    (row,) = refused(delivery.delivery_id)
    assert (row.row, row.line) == (2, line)
