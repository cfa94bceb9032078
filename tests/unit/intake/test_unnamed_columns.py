"""A column without a heading is not lost when something is written in it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from xinqiao.intake.binding import UnmatchedColumns
from xinqiao.intake.model import Delivery, RefusedRow
from xinqiao.kernel.unified_code import UnifiedCode
from xinqiao.workspace import Workspace, commands

Deliver = Callable[..., Delivery]
Refused = Callable[[int], list[RefusedRow]]
Codes = Callable[[int], UnifiedCode]

HEADINGS = "taxpayer_code,tax_kind,arrears_fen,announced_on"
IGNORING = "dataset: tax_arrears\nignore: [第5列]\n"


@pytest.fixture
def line(codes: Codes) -> Callable[[int], str]:
    return lambda firm: f"{codes(firm).text},增值税,500000,2026-03-31"


Line = Callable[[int], str]


@pytest.mark.parametrize("blank", ["", " ", "　"], ids=["nothing", "a blank", "an ideographic blank"])
def test_an_unnamed_column_of_blanks_is_left_out(deliver: Deliver, line: Line, blank: str) -> None:
    content = f"{HEADINGS},{blank}\n{line(1)},{blank}\n{line(2)},\n"

    assert deliver("tax_arrears", content).accepted == 2


def test_an_unnamed_column_with_content_refuses_the_delivery(deliver: Deliver, line: Line) -> None:
    with pytest.raises(UnmatchedColumns, match="第5列（无列名，但有内容）"):
        deliver("tax_arrears", f"{HEADINGS},\n{line(1)},\n{line(2)},已缴清\n")


def test_one_between_named_columns_does_so_for_a_single_row(deliver: Deliver, codes: Codes) -> None:
    rows = "".join(
        f"{codes(firm).text},{'x' * (firm == 1)},增值税,500000,2026-03-31\n" for firm in range(1, 8)
    )

    with pytest.raises(UnmatchedColumns, match="第2列（无列名，但有内容）"):
        deliver("tax_arrears", f"taxpayer_code,,tax_kind,arrears_fen,announced_on\n{rows}")


def test_a_single_row_that_has_run_over_is_refused_alone(
    deliver: Deliver, refused: Refused, line: Line
) -> None:
    rows = "".join(f"{line(firm)},,\n" for firm in range(2, 8))

    delivery = deliver("tax_arrears", f"{HEADINGS},,\n{line(1)},已缴清,2026\n{rows}")

    assert (delivery.accepted, dict(delivery.reasons)) == (6, {"malformed_row": 1})
    (row,) = refused(delivery.delivery_id)
    assert (row.row, list(row.raw)[-2:]) == (1, ["第5列", "第6列"])


def test_such_a_row_is_taken_once_it_is_corrected_or_the_mapping_ignores_the_place(
    deliver: Deliver, workspace: Workspace, line: Line, tmp_path: Path
) -> None:
    replay = partial(commands.replay, workspace, known_at=None)
    rows = "".join(f"{line(firm)},\n" for firm in range(3, 9))
    number = deliver("tax_arrears", f"{HEADINGS},\n{line(1)},x\n{line(2)},y\n{rows}").delivery_id
    corrected, ignoring = tmp_path / "修正.csv", tmp_path / "mapping.yaml"
    corrected.write_text(f"_文件,_行,{HEADINGS},第5列\ndelivered-1.csv,1,{line(1)},\n", encoding="utf-8")
    ignoring.write_text(IGNORING, encoding="utf-8")

    assert replay(delivery_id=number, mapping=None, mended=None).still_refused == 2
    assert replay(delivery_id=number, mapping=None, mended=corrected).accepted == 1
    assert replay(delivery_id=number, mapping=ignoring, mended=None).accepted == 1


@pytest.mark.parametrize(
    ("headings", "ends"),
    [(HEADINGS, ","), (HEADINGS, ",,　"), (f"{HEADINGS},", ""), (f"{HEADINGS},,", ",")],
    ids=["records alone", "records with a blank", "headings alone", "headings more"],
)
def test_separators_at_the_end_of_lines_are_no_columns(
    deliver: Deliver, line: Line, headings: str, ends: str
) -> None:
    rows = "".join(f"{line(firm)}{ends}\n" for firm in range(1, 40))

    assert deliver("tax_arrears", f"{headings}\n{rows}").accepted == 39


def test_a_row_longer_than_all_sampled_ones_is_refused_alone(deliver: Deliver, line: Line) -> None:
    rows = "".join(f"{line(firm)},\n" for firm in range(1, 40))

    delivery = deliver("tax_arrears", f"{HEADINGS}\n{rows}{line(41)},x\n{line(42)}\n")

    assert (delivery.accepted, dict(delivery.reasons)) == (39, {"malformed_row": 2})


def test_it_is_ignored_or_mapped_by_its_place(
    deliver: Deliver, records: Callable[..., list[dict[str, Any]]], line: Line
) -> None:
    content = f"{HEADINGS},\n{line(1)},某公司\n"
    blank = f"{HEADINGS},\n{line(2)},\n"
    taking = "dataset: tax_arrears\ncolumns: {taxpayer_name: 第5列}\n"

    assert deliver("tax_arrears", content, mapping=IGNORING).accepted == 1
    assert deliver("tax_arrears", content, mapping=taking).accepted == 1
    assert deliver("tax_arrears", blank, mapping=taking).accepted == 1
    assert {"taxpayer_name": "某公司"} in records("tax_arrears", "taxpayer_name")


def test_a_worksheet_or_parquet_file_has_no_unnamed_column_either(
    deliver: Deliver, tmp_path: Path, line: Line
) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for text in (HEADINGS, f"{line(1)},", f"{line(2)},已缴清"):
        sheet.append(text.split(","))
    book.save(tmp_path / "名单.xlsx")
    with duckdb.connect() as connection:
        values = ", ".join(f"'{cell}'" for cell in line(1).split(","))
        named = ", ".join(f'{name} AS "{name}"' for name in HEADINGS.split(","))
        connection.execute(
            f"""COPY (SELECT {named}, '已缴清' AS " " FROM (VALUES ({values})) t({HEADINGS}))"""
            f" TO '{tmp_path / '名单.parquet'}' (FORMAT parquet)"
        )

    for name in ("名单.xlsx", "名单.parquet"):
        with pytest.raises(UnmatchedColumns, match="第5列"):
            deliver("tax_arrears", tmp_path / name)
        assert deliver("tax_arrears", tmp_path / name, mapping=IGNORING).quarantined == 0


def test_refused_rows_of_a_file_with_such_columns_can_be_judged_again(
    deliver: Deliver, workspace: Workspace, refused: Refused, line: Line
) -> None:
    wrong = line(1).replace("增值税", "")
    left_out = deliver("tax_arrears", f"{HEADINGS},\n{wrong},\n{line(2)},\n")
    ignored = deliver("tax_arrears", f"{HEADINGS},\n{wrong},已缴清\n", mapping=IGNORING)

    assert list(refused(left_out.delivery_id)[0].raw) == HEADINGS.split(",")
    assert "第5列" in refused(ignored.delivery_id)[0].raw
    for delivery in (left_out, ignored):
        again = commands.replay(
            workspace, delivery_id=delivery.delivery_id, mapping=None, mended=None, known_at=None
        )
        assert again.still_refused == 1
