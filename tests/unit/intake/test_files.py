"""The same rows in every kind of file a department sends become the same records."""

import codecs
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xinqiao.intake.binding import UnmatchedColumns
from xinqiao.intake.landing import UnreadableFile
from xinqiao.intake.model import Delivery, RefusedRow
from xinqiao.kernel.unified_code import UnifiedCode
from xinqiao.workspace import Workspace

Deliver = Callable[..., Delivery]
Workbook = Callable[..., Path]
Records = Callable[..., list[dict[str, Any]]]
Refused = Callable[[int], list[RefusedRow]]
Codes = Callable[[int], UnifiedCode]

HEADINGS = ["统一社会信用代码", "发票号码", "开票日期", "购方识别号", "金额（元）", "税额（元）", "发票状态"]
MAPPING = """
dataset: sales_invoice
columns:
  taxpayer_code: 统一社会信用代码
  invoice_number: 发票号码
  issued_on: 开票日期
  counterparty_code: 购方识别号
  amount_fen: {from: 金额（元）, unit: 元}
  tax_fen: {from: 税额（元）, unit: 元}
  status: 发票状态
"""


@pytest.fixture
def rows(codes: Codes) -> list[list[str]]:
    return [
        [codes(1).text, "00000001", "2026-03-01", codes(2).text, "1000.50", "130.07", "有效"],
        [codes(2).text, "00000002", "2026-03-02", "", "2000.00", "0.00", "有效"],
        [codes(3).text, "00000003", "2026-03-03", "街边小店", "-300.00", "-39.00", "作废"],
    ]


@pytest.fixture
def expected(codes: Codes) -> list[tuple[Any, ...]]:
    return [
        (codes(1).subject, "00000001", codes(2).text, 100_050, 13_007, "valid"),
        (codes(2).subject, "00000002", None, 200_000, 0, "valid"),
        (codes(3).subject, "00000003", "街边小店", -30_000, -3_900, "void"),
    ]


@pytest.fixture
def taken(deliver: Deliver, records: Records) -> Callable[..., list[tuple[Any, ...]]]:
    """Deliver one file and say what its records are."""

    def told(content: Path | str | bytes, mapping: str = MAPPING) -> list[tuple[Any, ...]]:
        deliver("sales_invoice", content, mapping=mapping)
        columns = ("subject", "invoice_number", "counterparty_code", "amount_fen", "tax_fen", "status")
        return [tuple(row.values()) for row in records("sales_invoice", *columns)]

    return told


Taken = Callable[..., list[tuple[Any, ...]]]


@pytest.mark.parametrize("row", [30, 31, 32, 40, 200])
def test_headings_stand_where_the_mapping_says_however_far_down(
    taken: Taken, rows: list[list[str]], expected: list[tuple[Any, ...]], row: int
) -> None:
    above = "".join(f"说明,{line}\n" for line in range(1, row))

    content = csv_of(rows, above=above).encode()

    assert taken(content, f"{MAPPING}read: {{header_row: {row}}}\n") == expected


def test_a_row_of_headings_beyond_the_end_is_refused(taken: Taken, rows: list[list[str]]) -> None:
    with pytest.raises(UnreadableFile, match="第 400 行没有列名"):
        taken(csv_of(rows).encode(), MAPPING + "read: {header_row: 400}\n")


@pytest.mark.parametrize("name", ["名单[1].csv", "名单?.csv", "名*.csv"])
def test_a_file_whose_name_looks_like_a_pattern_is_read_alone(
    deliver: Deliver, codes: Codes, tmp_path: Path, name: str
) -> None:
    heading = "taxpayer_code,invoice_number,issued_on,amount_fen,status\n"
    path = tmp_path / name
    path.write_text(f"{heading}{codes(1)},1,2026-03-01,100,valid\n", encoding="utf-8")
    (tmp_path / "名单1.csv").write_text(f"{heading}{codes(1)},2,2026-03-01,100,valid\n", encoding="utf-8")

    taken = deliver("sales_invoice", path)

    assert (taken.accepted, [file.name for file in taken.files]) == (1, [name])


def csv_of(rows: list[list[str]], *, delimiter: str = ",", line_end: str = "\n", above: str = "") -> str:
    return above + "".join(delimiter.join(row) + line_end for row in [HEADINGS, *rows])


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("gb18030"),
        lambda text: text.encode("utf-16"),
        lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 with mark", "gb18030", "utf-16 little", "utf-16 big"],
)
def test_the_encoding_is_found_out(
    taken: Taken, rows: list[list[str]], expected: list[tuple[Any, ...]], encode: Callable[[str], bytes]
) -> None:
    assert taken(encode(csv_of(rows))) == expected


@pytest.mark.parametrize("declared", ["gbk", "GB2312", "gb18030"])
def test_a_declared_narrower_encoding_reads_what_the_wider_one_holds(
    taken: Taken, rows: list[list[str]], declared: str
) -> None:
    rows[2][3] = "㙍店"  # Only GB 18030 has it.

    content = csv_of(rows).encode("gb18030")

    assert taken(content, MAPPING + f"read: {{encoding: {declared}}}\n")[2][2] == "㙍店"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
def test_delimiter_and_line_ends_are_found_out(
    taken: Taken, rows: list[list[str]], expected: list[tuple[Any, ...]], delimiter: str, line_end: str
) -> None:
    assert taken(csv_of(rows, delimiter=delimiter, line_end=line_end)) == expected


def test_lines_that_end_differently_are_all_lines(
    taken: Taken, rows: list[list[str]], expected: list[tuple[Any, ...]]
) -> None:
    lines = csv_of(rows).splitlines()

    assert taken(f"{lines[0]}\n{lines[1]}\r\n{lines[2]}\n{lines[3]}") == expected


@pytest.mark.parametrize(
    "above",
    [
        "某市销项发票明细\n",
        "某市销项发票明细,,,,,,\n单位：元,,,,,,\n",
        "明细\n\n制表：张三,日期：2026年4月1日\n",
        '"跨两\n行的标题"\n',
    ],
    ids=["one title", "two titles", "a blank line between", "a title of two lines"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_titles_above_the_headings_are_passed_over(
    taken: Taken, rows: list[list[str]], expected: list[tuple[Any, ...]], above: str, encoding: str
) -> None:
    assert taken(csv_of(rows, above=above).encode(encoding)) == expected


def test_headings_are_compared_without_blanks_and_in_half_width(
    taken: Taken, rows: list[list[str]], expected: list[tuple[Any, ...]]
) -> None:
    content = csv_of(rows).replace("金额（元）", " 金额(元) ").replace("发票号码", "发票　号码")

    assert taken(content) == expected


def test_values_in_quotes_keep_commas_quotes_and_line_ends(
    taken: Taken, deliver: Deliver, rows: list[list[str]]
) -> None:
    rows[0][3], rows[1][3], rows[2][3] = '"甲,乙""丙"""', '"第一行\r\n第二行"', '"a\nb\nc"'

    found = taken(csv_of(rows, line_end="\r\n"))

    assert [row[2] for row in found] == ['甲,乙"丙"', "第一行 第二行", "a b c"]


def test_a_line_whose_quote_does_not_close_is_set_aside_alone(
    deliver: Deliver, refused: Refused, rows: list[list[str]], codes: Codes
) -> None:
    many = [[codes(n).text, f"{n:08d}", "2026-03-01", "客户", "10.00", "1.30", "有效"] for n in range(1, 401)]
    many[199][3] = '"客户'
    many[299][3] = '"两\n行"'

    delivery = deliver("sales_invoice", csv_of(many), mapping=MAPPING)

    assert (delivery.accepted, delivery.quarantined) == (399, 1)
    (row,) = refused(delivery.delivery_id)
    assert (row.row, row.reasons) == (200, ("malformed_row",))
    assert (row.raw[""] or "").endswith(f"（共 {len(','.join(many[199]))} 字）")


@pytest.mark.parametrize("line", ["多,一,个,值,在,这,里,了", "少几个,值", '1,2,3,4,5,6,"7"8'])
def test_a_line_with_too_many_or_too_few_values_is_set_aside_with_its_number(
    deliver: Deliver, refused: Refused, rows: list[list[str]], line: str
) -> None:
    lines = csv_of(rows).splitlines()

    content = "\n".join([*lines[:2], line, lines[2], "", lines[3], "2026,1", ""])
    content = content.replace("街边小店", '"街边小店"')
    delivery = deliver("sales_invoice", content, mapping=MAPPING)

    assert delivery.accepted == 3
    assert delivery.reasons == {"malformed_row": 2}
    assert [row.row for row in refused(delivery.delivery_id)] == [2, 5]


def test_rows_behind_a_malformed_line_or_a_blank_one_keep_their_numbers(
    deliver: Deliver, refused: Refused, rows: list[list[str]]
) -> None:
    rows[2][6] = "红冲"
    lines = csv_of(rows).splitlines()

    content = "\n".join([lines[0], lines[1], "", "", "太短", "", lines[2], lines[3], "", ""])
    delivery = deliver("sales_invoice", content, mapping=MAPPING)

    found = [(row.row, row.reasons) for row in refused(delivery.delivery_id)]
    assert found == [(2, ("malformed_row",)), (4, ("unknown_value:status",))]


def test_bytes_that_are_no_character_refuse_their_line_only(
    deliver: Deliver, refused: Refused, rows: list[list[str]], codes: Codes
) -> None:
    many = [[codes(n).text, f"{n:08d}", "2026-03-01", "客户", "10.00", "1.30", "有效"] for n in range(1, 41)]
    content = csv_of(many).encode().replace("客户".encode(), b"\xff\xfe", 1)

    delivery = deliver("sales_invoice", content, mapping=MAPPING)

    assert (delivery.accepted, delivery.reasons) == (39, {"bad_encoding": 1})
    assert [row.row for row in refused(delivery.delivery_id)] == [1]


def test_such_bytes_are_found_in_a_file_with_broken_quotes_too(
    deliver: Deliver, rows: list[list[str]], codes: Codes
) -> None:
    many = [[codes(n).text, f"{n:08d}", "2026-03-01", "客户", "10.00", "1.30", "有效"] for n in range(1, 41)]
    many[9][3] = '"客户'
    content = csv_of(many).encode().replace("客户".encode(), b"\xff\xfe", 1)

    delivery = deliver("sales_invoice", content, mapping=MAPPING)

    assert (delivery.accepted, delivery.reasons) == (38, {"bad_encoding": 1, "malformed_row": 1})


def test_a_workbook_with_merged_titles_is_read_past_them(
    taken: Taken, workbook: Workbook, rows: list[list[str]], expected: list[tuple[Any, ...]]
) -> None:
    cells: list[list[Any]] = [["某市税务局 2026 年 3 月销项发票"], [None], ["单位：元"], HEADINGS, *rows]

    assert taken(workbook({"明细": cells}, merged="A1:G2")) == expected


def test_numbers_and_dates_of_a_workbook_are_read_as_they_stand_there(
    taken: Taken, workbook: Workbook, rows: list[list[str]], expected: list[tuple[Any, ...]]
) -> None:
    from datetime import date, datetime

    typed: list[list[Any]] = [list(row) for row in rows]
    for number, row in enumerate(typed):
        row[2] = datetime(2026, 3, number + 1) if number else date(2026, 3, 1)
        row[4], row[5] = float(row[4]), float(row[5])

    data: list[list[Any]] = [HEADINGS, *typed]
    assert taken(workbook({"封面": [["说明"]], "数据": data})) == expected


def test_the_sheet_may_be_named(
    taken: Taken, workbook: Workbook, rows: list[list[str]], expected: list[tuple[Any, ...]]
) -> None:
    older = [[*row[:1], f"9{row[1]}", *row[2:]] for row in rows]
    path = workbook({"二月": [HEADINGS, *older], "三月": [HEADINGS, *rows]})

    assert taken(path, MAPPING + "read: {sheet: 三月}\n") == expected


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(
    deliver: Deliver, workbook: Workbook, rows: list[list[str]]
) -> None:
    path = workbook({"二月": [HEADINGS, *rows]})

    with pytest.raises(UnreadableFile, match="二月"):
        deliver("sales_invoice", path, mapping=MAPPING + "read: {sheet: 三月}\n")


def test_parquet_is_read_by_its_own_types(
    workspace: Workspace, taken: Taken, tmp_path: Path, rows: list[list[str]], expected: list[tuple[Any, ...]]
) -> None:
    path = tmp_path / "销项.parquet"
    columns = ", ".join(
        f'{kind} AS "{name}"'
        for name, kind in zip(
            HEADINGS,
            [
                "a::VARCHAR",
                "b::VARCHAR",
                "c::DATE",
                "d::VARCHAR",
                "e::DECIMAL(18,2)",
                "f::DOUBLE",
                "g::VARCHAR",
            ],
            strict=True,
        )
    )
    values = ", ".join("(" + ", ".join(f"'{cell}'" for cell in row) + ")" for row in rows)
    with workspace.engine.session() as session:
        session.write(f"SELECT {columns} FROM (VALUES {values}) t(a, b, c, d, e, f, g)", path)

    assert taken(path) == expected


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "0 字节"),
        (b"\n\n\n", "列名"),
        (",".join(HEADINGS).encode(), "只有列名"),
        (",".join(HEADINGS).encode() + b"\r\n\r\n", "只有列名"),
        (bytes(range(256)) * 40, "不是"),
        (b"PAR1" + b"\x00" * 100, "Parquet"),
        (b"PK\x03\x04" + b"\x00" * 100, "工作簿"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, "文本"),
    ],
    ids=[
        "empty",
        "blank lines",
        "headings only",
        "headings and blank lines",
        "garbage",
        "Parquet",
        "archive",
        "picture",
    ],
)
def test_a_file_without_readable_rows_is_refused_as_a_whole(
    deliver: Deliver, records: Records, content: bytes, said: str
) -> None:
    with pytest.raises(UnreadableFile, match=said):
        deliver("sales_invoice", content, mapping=MAPPING)

    assert records("sales_invoice") == []


def test_gb18030_declared_as_utf_8_is_refused_with_the_place(deliver: Deliver, rows: list[list[str]]) -> None:
    with pytest.raises(UnreadableFile, match="UTF-8（第 1 行，第 5 字节起）"):
        deliver(
            "sales_invoice", csv_of(rows).encode("gb18030"), mapping=MAPPING + "read: {encoding: utf-8}\n"
        )


def test_shift_jis_shows_as_headings_that_nobody_knows(deliver: Deliver, rows: list[list[str]]) -> None:
    with pytest.raises((UnmatchedColumns, UnreadableFile)):
        deliver("sales_invoice", "納税者番号,請求書番号,発行日\nA,B,C\n".encode("shift-jis"))


def test_an_unknown_encoding_is_refused(deliver: Deliver, rows: list[list[str]]) -> None:
    for name in ("klingon", "base64"):
        with pytest.raises(UnreadableFile, match="不认识的编码"):
            deliver("sales_invoice", csv_of(rows), mapping=MAPPING + f"read: {{encoding: {name}}}\n")


def test_a_workbook_of_headings_only_is_refused(deliver: Deliver, workbook: Workbook) -> None:
    with pytest.raises(UnreadableFile, match="只有列名"):
        deliver("sales_invoice", workbook({"明细": [HEADINGS]}), mapping=MAPPING)


def test_a_truncated_parquet_file_is_refused(deliver: Deliver, workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "销项.parquet"
    with workspace.engine.session() as session:
        session.write('SELECT range AS "统一社会信用代码" FROM range(10000)', path)
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(UnreadableFile, match="不完整或已损坏"):
        deliver("sales_invoice", path, mapping=MAPPING)


def test_a_file_that_is_absent_or_a_folder_is_refused(deliver: Deliver, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="不存在"):
        deliver("sales_invoice", tmp_path / "没有.csv")
    with pytest.raises(UnreadableFile, match="文件夹"):
        deliver("sales_invoice", tmp_path)


def test_the_bytes_are_kept_by_their_hash(
    deliver: Deliver, workspace: Workspace, rows: list[list[str]]
) -> None:
    content = csv_of(rows).encode("gb18030")

    (file,) = deliver("sales_invoice", content, mapping=MAPPING).files

    kept = workspace.intake.raw / file.sha256[:2] / file.sha256
    assert kept.read_bytes() == content
    assert (file.bytes, file.header_row) == (len(content), 1)


def test_work_files_are_gone_afterwards(
    deliver: Deliver, workspace: Workspace, rows: list[list[str]]
) -> None:
    deliver("sales_invoice", csv_of(rows).encode("gb18030"), mapping=MAPPING)
    with pytest.raises(UnreadableFile):
        deliver("sales_invoice", io.BytesIO(b"").getvalue(), mapping=MAPPING)

    assert list(workspace.intake.work.iterdir()) == []
