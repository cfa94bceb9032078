"""A list that nobody is on: a snapshot delivered with headings only, which takes the place of the one before.

The newest snapshot is the newest delivery with a row, so an empty one leaves a row that holds nobody and no day: no
view of any day shows it, and all see that a newer delivery came.
"""

import csv
import io
from collections.abc import Mapping, Sequence

from xinqiao.catalogue.model import Contract
from xinqiao.catalogue.views import NOBODY
from xinqiao.engine import Session
from xinqiao.engine.dialect import text
from xinqiao.engine.duck import EngineFault, Unreadable
from xinqiao.intake import text_files, worksheets
from xinqiao.intake.binding import bind, expected_headings
from xinqiao.intake.encodings import tell_encoding
from xinqiao.intake.headers import DELIMITERS, HEADER_ROWS, SAMPLE_BYTES, header_score, likeliest_header
from xinqiao.intake.landing import LandedFile, UnreadableFile
from xinqiao.intake.mapping import Mapping as FieldMapping
from xinqiao.intake.mapping import ReadOptions
from xinqiao.intake.writing import Batch, append, marks
from xinqiao.kernel.refusals import Refusal


class NotAList(Refusal):
    """An empty delivery of a dataset whose records stay until they are corrected, where it would say nothing."""

    code = "not_a_list"


class NotEmpty(Refusal):
    """A list declared to be empty holds rows."""

    code = "not_empty"


def require_list(contract: Contract) -> None:
    """Refuse an empty delivery of anything but a snapshot.

    Raises:
        NotAList: The dataset is none.
    """
    if contract.mode != "snapshot":
        raise NotAList(
            f"“{contract.label}”不是全量快照，空文件不表示任何事实。",
            where="--empty-list",
            remedy="没有新记录时不必交付；只有全量快照的数据集可以交付空名单。",
        )


def check(
    session: Session, contract: Contract, mapping: FieldMapping, landed: Sequence[LandedFile]
) -> list[int]:
    """Make sure that files have the dataset's headings and nothing below; the row of the headings of each.

    Raises:
        NotEmpty: A file has rows.
        UnreadableFile: A file cannot be read.
        UnmatchedColumns: Its columns are not those of the dataset.
    """
    expected = expected_headings(contract, mapping)
    return [_check(session, contract, mapping, file, expected) for file in landed]


def write(batch: Batch) -> Mapping[str, int]:
    """Leave the row by which readers see that the newest list is empty; the record table's new version."""
    with batch.intake.lake.draft(batch.records) as path:
        written = batch.session.write(marks(batch, f"SELECT {NOBODY:d} AS subject"), path)
        return append(batch, batch.records, [written], batch.contract.record_columns())


def _check(
    session: Session, contract: Contract, mapping: FieldMapping, file: LandedFile, expected: set[str]
) -> int:
    if not text_files.is_workbook(file):
        text_files.require_sheets(file, mapping.read)
    if text_files.is_parquet(file):
        headings, header, rows = _parquet(session, file)
    elif text_files.is_workbook(file):
        headings, header, rows = _workbook(file, mapping.read, expected)
    else:
        headings, header, rows = _text(file, mapping.read, expected)
    if rows:
        raise NotEmpty(
            f"声明为空名单，但文件中有 {rows:,} 行数据。",
            where=file.name,
            remedy="去掉 --empty-list 后交付。",
        )
    while headings and not headings[-1]:
        headings.pop()
    if not headings:
        raise UnreadableFile(
            f"第 {header} 行没有列名。", where=file.name, remedy="空名单也要保留列名；核对 header_row。"
        )
    bind(contract, mapping, headings, where=file.name)
    return header


def _parquet(session: Session, file: LandedFile) -> tuple[list[str], int, int]:
    scan = f"read_parquet({text(str(file.path))})"
    try:
        return (
            list(session.columns(f"(SELECT * FROM {scan})")),
            0,
            session.scalar(f"SELECT count(*) FROM {scan}"),
        )
    except (Unreadable, EngineFault) as error:
        raise UnreadableFile(
            "Parquet 文件不完整或已损坏。", where=file.name, remedy="请来源单位重新导出。"
        ) from error


def _text(file: LandedFile, options: ReadOptions, expected: set[str]) -> tuple[list[str], int, int]:
    if file.bytes > SAMPLE_BYTES:
        raise NotEmpty("声明为空名单，但文件中有数据。", where=file.name, remedy="去掉 --empty-list 后交付。")
    encoding = tell_encoding(file, options.encoding, expected)
    content = file.path.read_bytes().decode(encoding, "replace").removeprefix("\ufeff")
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    delimiter = options.delimiter or max(
        DELIMITERS, key=lambda each: likeliest_header(content, each, expected)[0]
    )
    table = list(csv.reader(io.StringIO(content), delimiter=delimiter))
    header = options.header_row or header_score(table[:HEADER_ROWS], expected)[1]
    headings = [cell.strip() for cell in table[header - 1]] if header <= len(table) else []
    return headings, header, sum(any(cell.strip() for cell in row) for row in table[header:])


def _workbook(file: LandedFile, options: ReadOptions, expected: set[str]) -> tuple[list[str], int, int]:
    """Records on any sheet count, seen or hidden: an empty list makes everybody on it disappear."""
    sheets = worksheets.open_sheets(file, options, expected)
    likeliest = worksheets.likeliest(sheets)
    full = [sheet for sheet in worksheets.alike(sheets, likeliest) if any(sheet.records())]
    if full:
        counted = "、".join(f"“{sheet.name}” {sum(1 for _ in sheet.records()):,} 行" for sheet in full)
        raise NotEmpty(
            f"声明为空名单，但工作表中有数据：{counted}。",
            where=file.name,
            remedy="名单不空时去掉 --empty-list 后交付；名单确实为空时，请来源删去这些数据后重新导出。",
        )
    return likeliest.headings(), likeliest.header, 0
