"""Workbooks that would take more memory than there is: refused before the reader sets aside a place for every cell.

The reader keeps a sheet as a full rectangle up to its last row and column, so that one stray cell in the far corner of
a sheet of a few rows asks for a hundred gigabytes and ends the process.
"""

import re
import zlib
from collections.abc import Collection, Iterator
from pathlib import PurePath
from zipfile import BadZipFile, ZipFile

from xinqiao.intake.landing import LandedFile, UnreadableFile

# A sheet of all the rows that Excel has, thirty columns wide, is 1.4 GB of XML.
_LARGEST_UNPACKED = 2 * 1024**3
# 32 bytes each. More are allowed where they are written.
_LARGEST_RECTANGLE = 50_000_000
_WRITTEN_SHARE = 4

_CHUNK = 1024 * 1024
_LONGEST_TAG = 64 * 1024
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
# Quick to find, in cells that hold nothing too; `_CELL` has a value.
_COLUMN = re.compile(rb' r="([A-Z]+)\d')
_ROW = re.compile(rb' r="(\d+)"')
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*? r="([A-Z]+)(\d+)"[^>]*(?<!/)>(?!</)')


def require_bounded(file: LandedFile) -> None:
    """Refuse a workbook that unpacks to gigabytes, or has a sheet whose few cells stand far apart.

    Raises:
        UnreadableFile: It is one of these, or a damaged archive.
    """
    with file.path.open("rb") as reader:
        if reader.read(4) != b"PK\x03\x04":
            # The older format ends at row 65,536 and column 256.
            return
    try:
        with ZipFile(file.path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            if unpacked > _LARGEST_UNPACKED:
                raise UnreadableFile(
                    f"工作簿解压后有 {unpacked / 1024**3:,.1f} GB，超过 {_LARGEST_UNPACKED // 1024**3} GB，无法读取。",
                    where=file.name,
                    remedy="请来源拆成几个文件，或导出为 CSV 后重新交付。",
                )
            for part in filter(_SHEET.fullmatch, archive.namelist()):
                _require_dense(file, archive, part)
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise UnreadableFile(
            "工作簿无法打开：压缩包已损坏或已加密。", where=file.name, remedy="另存为 xlsx 后重新交付。"
        ) from error


def _require_dense(file: LandedFile, archive: ZipFile, part: str) -> None:
    columns: set[bytes] = set()
    rows = 0
    for piece, end in _pieces(archive, part):
        columns.update(_COLUMN.findall(piece, 0, end))
        rows = max(rows, max(map(int, _ROW.findall(piece, 0, end)), default=0))
    if rows * _width(columns) <= _LARGEST_RECTANGLE:
        return
    # Formats alone may reach to the last row of a sheet, and take no place.
    columns.clear()
    rows = written = 0
    for piece, end in _pieces(archive, part):
        cells = _CELL.findall(piece, 0, end)
        written += len(cells)
        columns.update(column for column, _ in cells)
        rows = max(rows, max((int(row) for _, row in cells), default=0))
    taken = rows * _width(columns)
    if taken > max(_LARGEST_RECTANGLE, _WRITTEN_SHARE * written):
        raise UnreadableFile(
            f"有一张工作表（{PurePath(part).stem}）只有 {written:,} 个单元格有内容，却延伸到 {_last(columns).decode()} 列、"
            f"第 {rows:,} 行，整张表共 {taken:,} 个单元格，内存放不下；整批未入库。",
            where=file.name,
            remedy="请来源删去表格之外的零散单元格后另存，或导出为 CSV 后重新交付。",
        )


def _pieces(archive: ZipFile, part: str) -> Iterator[tuple[bytes, int]]:
    """A part in pieces, each up to where its last tag begins; what is behind that comes with the next."""
    with archive.open(part) as reader:
        rest = b""
        while chunk := reader.read(_CHUNK):
            piece = rest + chunk
            end = max(piece.rfind(b"<"), len(piece) - _LONGEST_TAG)
            rest = piece[end:]
            yield piece, end


def _last(columns: Collection[bytes]) -> bytes:
    return max(columns, key=lambda name: (len(name), name), default=b"")


def _width(columns: Collection[bytes]) -> int:
    """How many columns there are up to the last of these names: A is 1, Z 26, AA 27."""
    number = 0
    for letter in _last(columns):
        number = number * 26 + letter - 64
    return number
