"""The worksheets of an Excel workbook, and which of them is the delivery."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from xinqiao.intake import extents
from xinqiao.intake.headers import HEADER_ROWS, header_score
from xinqiao.intake.landing import LandedFile, UnreadableFile
from xinqiao.intake.mapping import ReadOptions

# Excel keeps 15 digits of a number; those behind them are no longer what was typed.
_ROUNDED = 10**15


@dataclass(frozen=True, slots=True)
class Worksheet:
    """One worksheet with what it has of the expected headings.

    Attributes:
        name: As on its tab.
        visible: Whether people see the tab.
        cells: Its values as Excel keeps them, row by row.
        header: Row of the headings, from 1.
        found: How many expected headings stand in that row.
    """

    name: str
    visible: bool
    cells: Sequence[Sequence[Any]]
    header: int
    found: int

    def headings(self) -> list[str]:
        """Text of the row of the headings; empty when the sheet does not reach so far."""
        return [as_text(value).strip() for value in (self.cells[self.header - 1 : self.header] or [[]])[0]]

    def records(self) -> Iterator[Sequence[Any]]:
        """The rows below the headings in which anything is written."""
        return (row for row in self.cells[self.header :] if any(map(is_written, row)))


def open_sheets(file: LandedFile, options: ReadOptions, expected: set[str]) -> list[Worksheet]:
    """The named worksheet of a workbook, or all it has.

    Raises:
        UnreadableFile: Not a workbook, no such sheet, or too large to be read.
    """
    extents.require_bounded(file)
    try:
        book = CalamineWorkbook.from_path(str(file.path))
        sheets = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
        chosen = [each for each in sheets if options.sheet in (None, each.name)]
        if not chosen:
            raise UnreadableFile(
                f"工作簿没有名为“{options.sheet}”的工作表。" if options.sheet else "工作簿里没有工作表。",
                where=file.name,
                remedy=f"现有工作表：{'、'.join(book.sheet_names)}。请改正映射文件的 read.sheet 或重新导出。",
            )
        return [
            _worksheet(
                each.name,
                each.visible == SheetVisibleEnum.Visible,
                book.get_sheet_by_name(each.name).to_python(skip_empty_area=False),
                options,
                expected,
            )
            for each in chosen
        ]
    except CalamineError as error:
        raise UnreadableFile(
            f"工作簿无法打开：{error}。", where=file.name, remedy="另存为 xlsx 后重新交付。"
        ) from error


def alike(sheets: Sequence[Worksheet], best: Worksheet) -> list[Worksheet]:
    """The sheets that hold the same as the best one, itself included: those with most of its expected headings.

    A code list or a note may share a heading or two with the dataset; another month's sheet shares nearly all.
    """
    return [sheet for sheet in sheets if sheet is best or 2 * sheet.found > best.found > 0]


def likeliest(sheets: Sequence[Worksheet]) -> Worksheet:
    """The sheet with most of the expected headings; a hidden one only where no visible one has any.

    People mean what they see: a hidden sheet is often last month's.
    """
    return max(sheets, key=lambda sheet: (sheet.found > 0, sheet.visible, sheet.found))


def choose(file: LandedFile, sheets: Sequence[Worksheet]) -> Worksheet:
    """The one sheet to read.

    Raises:
        UnreadableFile: Several hold records of the dataset, and nobody said which is meant.
    """
    best = likeliest(sheets)
    likely = [sheet for sheet in alike(sheets, best) if sheet.visible == best.visible]
    full = [sheet for sheet in likely if any(sheet.records())]
    if len(full) > 1:
        raise UnreadableFile(
            f"有 {len(full)} 张工作表都有本数据集的列名和数据：{'、'.join(sheet.name for sheet in full)}；"
            "一次只能读取一张，整批未入库。",
            where=file.name,
            remedy=f"在映射文件中写明读取哪一张，例如 read: {{sheet: {full[0].name}}}，其余各表另行交付；"
            "或请来源合并为一张工作表。",
        )
    return full[0] if full else best


def is_written(value: Any) -> bool:
    """Whether a cell holds more than blanks."""
    return value is not None and bool(str(value).strip())


def width(row: Sequence[Any]) -> int:
    """How many cells of a row there are up to the last in which anything is written."""
    return next((place for place in range(len(row), 0, -1) if is_written(row[place - 1])), 0)


def rounded(sheet: Worksheet) -> dict[int, str]:
    """Columns with a number of which Excel does not keep every digit, by position, and where the first one stands."""
    found: dict[int, str] = {}
    for number, row in enumerate(sheet.cells[sheet.header :], start=sheet.header + 1):
        for position, value in enumerate(row):
            if isinstance(value, float | int) and abs(value) >= _ROUNDED:
                found.setdefault(position, f"工作表“{sheet.name}”第 {number} 行")
    return found


def as_text(value: Any) -> str:
    """A cell as a department would write it in a text file."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime.datetime() if value.time() == datetime.time():
            return value.date().isoformat()
        case datetime.datetime() | datetime.date():
            return value.isoformat(sep=" ") if isinstance(value, datetime.datetime) else value.isoformat()
        case _:
            return " ".join(str(value).splitlines())


def _worksheet(
    name: str, visible: bool, cells: list[list[Any]], options: ReadOptions, expected: set[str]
) -> Worksheet:
    # Where the row is given, titles above it that happen to have headings count for nothing.
    skipped = options.header_row - 1 if options.header_row else 0
    rows = cells[skipped : skipped + (1 if options.header_row else HEADER_ROWS)]
    found, header = header_score([[as_text(value) for value in row] for row in rows], expected)
    return Worksheet(name, visible, cells, options.header_row or header, found)
