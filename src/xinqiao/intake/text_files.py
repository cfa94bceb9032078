"""Text and workbooks made into plain CSV for the engine to read: encoding, headings, broken quotes.

Everything the engine is given is UTF-8 with one record a line, so that a line number is a record number.
"""

import codecs
import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xinqiao.intake import worksheets
from xinqiao.intake.encodings import tell_encoding, transcode
from xinqiao.intake.headers import (
    DELIMITERS,
    SAMPLE_BYTES,
    first_rows,
    fitted,
    likeliest_header,
    lines_taken,
    unit_in_title,
)
from xinqiao.intake.landing import LandedFile, UnreadableFile, raise_if_full
from xinqiao.intake.mapping import ReadOptions
from xinqiao.intake.mending import FORMULA, mend

_WIDE_COMMA = "，"


@dataclass(frozen=True, slots=True)
class PlainText:
    """A CSV file ready for the engine.

    Attributes:
        path: UTF-8, one record a line.
        headings: Column headings as written.
        delimiter: What separates values.
        quoted: Whether values may stand in double quotes.
        header_row: Physical row of the headings in the delivered file, from 1.
        lines_before: Lines of `path` before the first record.
        broken: Original text of each line set aside because its quotes do not close, in order.
        rounded: Position of each column that has a number of more digits than Excel keeps, to the first such place.
        unit_above: Unit of amounts, other than yuan, that a row above the headings names; empty where none does.
        even: Whether the n-th record stands n rows below the headings of the delivered file.
        odd: Whether any text may hold a null character or a plus sign.
    """

    path: Path
    headings: tuple[str, ...]
    delimiter: str
    quoted: bool
    header_row: int
    lines_before: int
    broken: tuple[str, ...] = ()
    rounded: Mapping[int, str] = field(default_factory=dict)
    unit_above: str = ""
    even: bool = False
    odd: bool = True


def open_text(file: LandedFile, options: ReadOptions, expected: set[str], work: Path) -> PlainText:
    """Prepare a delimited text file.

    Raises:
        UnreadableFile: Unknown encoding, no rows, or only headings.
    """
    encoding = tell_encoding(file, options.encoding, expected)
    path = file.path if encoding == "utf-8" else transcode(file, encoding, work)
    with path.open("rb") as reader:
        sample = codecs.getincrementaldecoder("utf-8")("replace").decode(reader.read(SAMPLE_BYTES))
    # As the rest of the file is read when it is mended: however a line ends, it ends.
    sample = sample.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    delimiter = options.delimiter or max(
        DELIMITERS, key=lambda each: likeliest_header(sample, each, expected)[0]
    )
    if not options.delimiter:
        _refuse_wide_commas(file, sample, delimiter, expected)
    row = options.header_row or likeliest_header(sample, delimiter, expected)[1]
    rows = list(first_rows(sample, delimiter, header=row))
    if row > len(rows) or not any(rows[row - 1]):
        raise UnreadableFile(
            f"第 {row} 行没有列名。", where=file.name, remedy="核对 header_row，或请来源重新导出。"
        )
    headings = fitted([cell.strip() for cell in rows[row - 1]], rows[row:])
    unit = unit_in_title(rows[: row - 1])
    before = lines_taken(sample, delimiter, row)
    if not any(any(cells) for cells in rows[row:]) and not _has_more(path, sample):
        raise UnreadableFile(
            "文件只有列名，没有数据。", where=file.name, remedy="请来源单位核对导出条件后重新交付。"
        )
    # Bytes of UTF-16 say nothing of its quotes and lines.
    wide = encoding.startswith(("utf-16", "utf-32"))
    quoted = file.quotes or wide
    if file.even and not quoted:
        even = before == row
        return PlainText(
            path, headings, delimiter, False, row, before, unit_above=unit, even=even, odd=file.odd
        )
    target = work / f"{file.sha256}.mended.csv"
    # A title over several lines is one line to the engine and several to us.
    formulas = FORMULA in sample
    rewrite = wide or not file.even or before != row or formulas
    mended, broken = mend(path, before, delimiter, len(headings), target, rewrite=rewrite, formulas=formulas)
    even = mended is None and before == row
    before = 0 if mended else before
    return PlainText(
        mended or path, headings, delimiter, quoted, row, before,
        broken=broken, unit_above=unit, even=even, odd=file.odd,
    )  # fmt: skip


def _refuse_wide_commas(file: LandedFile, sample: str, delimiter: str, expected: set[str]) -> None:
    """Refuse values parted by the comma of Chinese texts, which stands within values everywhere else."""
    found, _ = likeliest_header(sample, delimiter, expected)
    if _WIDE_COMMA in sample and likeliest_header(sample, _WIDE_COMMA, expected)[0] > max(found, 1):
        raise UnreadableFile(
            "各列之间是全角逗号“，”，无法与内容中的逗号区分；整批未入库。",
            where=file.name,
            remedy="请来源改用半角逗号“,”分隔，或导出为 xlsx 后重新交付。",
        )


def require_sheets(file: LandedFile, options: ReadOptions) -> None:
    """Refuse a worksheet named for a file that has none.

    Raises:
        UnreadableFile: The file is no workbook, and the mapping names a worksheet.
    """
    if options.sheet is not None:
        raise UnreadableFile(
            f"映射文件要读取工作表“{options.sheet}”，而这个文件不是工作簿，没有工作表。",
            where=file.name,
            remedy="从映射文件的 read 中删去 sheet，或交付含该工作表的 xlsx。",
        )


def open_workbook(file: LandedFile, options: ReadOptions, expected: set[str], work: Path) -> PlainText:
    """Prepare a worksheet of an Excel workbook, past merged titles above its headings.

    Raises:
        UnreadableFile: Not a workbook, no such sheet or several that may be meant, no rows, or only headings.
    """
    sheet = worksheets.choose(file, worksheets.open_sheets(file, options, expected))
    headings = sheet.headings()
    if not any(headings):
        raise UnreadableFile("工作表里没有列名。", where=file.name, remedy="核对工作表与 header_row。")
    # As far as anything is written, so that a column without a heading is noticed.
    width = max(worksheets.width(row) for row in sheet.cells[sheet.header - 1 :])
    records = [[worksheets.as_text(value) for value in row[:width]] for row in sheet.cells[sheet.header :]]
    while records and not any(map(str.strip, records[-1])):
        records.pop()
    if not records:
        raise UnreadableFile(
            "工作表只有列名，没有数据。", where=file.name, remedy="请来源单位核对后重新交付。"
        )
    path = work / f"{file.sha256}.csv"
    _write_csv(path, records)
    titles = [map(worksheets.as_text, titles) for titles in sheet.cells[: sheet.header - 1]]
    return PlainText(
        path,
        tuple(headings[:width]),
        ",",
        True,
        sheet.header,
        0,
        rounded=worksheets.rounded(sheet),
        unit_above=unit_in_title(titles),
        even=True,
    )


def is_workbook(file: LandedFile) -> bool:
    """Whether the bytes begin like an Excel workbook, old or new."""
    with file.path.open("rb") as reader:
        return reader.read(8).startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def is_parquet(file: LandedFile) -> bool:
    """Whether the bytes begin like Parquet."""
    with file.path.open("rb") as reader:
        return reader.read(4) == b"PAR1"


def _has_more(path: Path, sample: str) -> bool:
    return path.stat().st_size > SAMPLE_BYTES and bool(sample)


def _write_csv(path: Path, rows: Iterable[list[str]]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as writer:
            csv.writer(writer, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    except OSError as error:
        raise_if_full(error)
        raise
