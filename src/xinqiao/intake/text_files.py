"""Text and workbooks made into plain CSV for the engine to read: encoding, headings, broken quotes.

Everything the engine is given is UTF-8 with one record a line, so that a line number is a record number.
"""

import codecs
import csv
import datetime
import errno
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from xinqiao.engine.duck import NoSpace
from xinqiao.intake.landing import LandedFile, UnreadableFile
from xinqiao.intake.mapping import ReadOptions, plain_heading

_SAMPLE_BYTES = 1024 * 1024
_HEADER_ROWS = 30
_DELIMITERS = (",", "\t", ";", "|")
# A value may run over so many lines; an opening quote that is not closed by then is taken as broken.
_LINES_PER_RECORD = 50
_CHUNK = 4 * 1024 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f]")
_PRIVATE = "\x02"
# A file of whose first lines a larger share is unreadable is in another encoding.
_SPOILT = 0.1
# What is declared as the narrower is often the wider, which reads both alike.
_WIDER = {"utf-8-sig": "utf-8", "ascii": "utf-8", "gb2312": "gb18030", "gbk": "gb18030"}


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
    """

    path: Path
    headings: tuple[str, ...]
    delimiter: str
    quoted: bool
    header_row: int
    lines_before: int
    broken: tuple[str, ...] = ()


def open_text(file: LandedFile, options: ReadOptions, expected: set[str], work: Path) -> PlainText:
    """Prepare a delimited text file.

    Raises:
        UnreadableFile: Unknown encoding, no rows, or only headings.
    """
    encoding = _encoding(file, options.encoding, expected)
    path = file.path if encoding == "utf-8" else _transcode(file, encoding, work)
    with path.open("rb") as reader:
        sample = codecs.getincrementaldecoder("utf-8")("replace").decode(reader.read(_SAMPLE_BYTES))
    # As the rest of the file is read when it is mended: however a line ends, it ends.
    sample = sample.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    delimiter = options.delimiter or max(_DELIMITERS, key=lambda each: _best(sample, each, expected)[0])
    row = options.header_row or _best(sample, delimiter, expected)[1]
    rows = list(_head(sample, delimiter))
    if row > len(rows) or not any(rows[row - 1]):
        raise UnreadableFile(
            f"第 {row} 行没有列名。", where=file.name, remedy="核对 header_row，或请来源重新导出。"
        )
    headings = tuple(cell.strip() for cell in rows[row - 1])
    before = _lines_of(sample, delimiter, row)
    if not any(any(cells) for cells in rows[row:]) and not _has_more(path, sample):
        raise UnreadableFile(
            "文件只有列名，没有数据。", where=file.name, remedy="请来源单位核对导出条件后重新交付。"
        )
    # Bytes of UTF-16 say nothing of its quotes and lines.
    wide = encoding.startswith(("utf-16", "utf-32"))
    quoted = file.quotes or wide
    if file.even and not quoted:
        return PlainText(path, headings, delimiter, False, row, before)
    target = work / f"{file.sha256}.mended.csv"
    # A title over several lines is one line to the engine and several to us.
    rewrite = wide or not file.even or before != row
    mended, broken = _mend(path, before, delimiter, len(headings), target, rewrite=rewrite)
    return PlainText(mended or path, headings, delimiter, quoted, row, 0 if mended else before, broken)


def open_workbook(file: LandedFile, options: ReadOptions, expected: set[str], work: Path) -> PlainText:
    """Prepare a worksheet of an Excel workbook, past merged titles above its headings.

    Raises:
        UnreadableFile: Not a workbook, no such sheet, no rows, or only headings.
    """
    try:
        book = CalamineWorkbook.from_path(str(file.path))
        names = [options.sheet] if options.sheet else book.sheet_names
        if options.sheet and options.sheet not in book.sheet_names:
            raise UnreadableFile(
                f"工作簿没有名为“{options.sheet}”的工作表。",
                where=file.name,
                remedy=f"现有工作表：{'、'.join(book.sheet_names)}。",
            )
        sheets = [(book.get_sheet_by_name(name).to_python(skip_empty_area=False), name) for name in names]
    except CalamineError as error:
        raise UnreadableFile(
            f"工作簿无法打开：{error}。", where=file.name, remedy="另存为 xlsx 后重新交付。"
        ) from error
    best: tuple[int, int, list[list[str]]] = (-1, 1, [])
    for cells, _name in sheets:
        table = [[_cell(value) for value in row] for row in cells]
        score, header = _score(table[:_HEADER_ROWS], expected)
        if score > best[0]:
            best = (score, header, table)
    _, header, table = best
    header = options.header_row or header
    if header > len(table) or not any(table[header - 1]):
        raise UnreadableFile("工作表里没有列名。", where=file.name, remedy="核对工作表与 header_row。")
    width = max(index for index, cell in enumerate(table[header - 1]) if cell) + 1
    records = [row[:width] for row in table[header:]]
    while records and not any(records[-1]):
        records.pop()
    if not any(any(row) for row in records):
        raise UnreadableFile(
            "工作表只有列名，没有数据。", where=file.name, remedy="请来源单位核对后重新交付。"
        )
    path = work / f"{file.sha256}.csv"
    _write_csv(path, records)
    return PlainText(path, tuple(cell.strip() for cell in table[header - 1][:width]), ",", True, header, 0)


def is_workbook(file: LandedFile) -> bool:
    """Whether the bytes begin like an Excel workbook, old or new."""
    with file.path.open("rb") as reader:
        return reader.read(8).startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def is_parquet(file: LandedFile) -> bool:
    """Whether the bytes begin like Parquet."""
    with file.path.open("rb") as reader:
        return reader.read(4) == b"PAR1"


def _encoding(file: LandedFile, declared: str | None, expected: set[str]) -> str:
    """The encoding that the beginning of a file is written in.

    A file whose headings can only be read as UTF-8 is that even where a few of its lines are not; the engine
    reports those.
    """
    with file.path.open("rb") as reader:
        sample = reader.read(_SAMPLE_BYTES)
    candidates = _candidates(file, sample, declared)
    whole = file.bytes <= _SAMPLE_BYTES
    texts = {each: text for each in candidates if (text := _decoded(sample, each, whole=whole)) is not None}
    if "utf-8" in candidates and "utf-8" not in texts:
        patched = sample.decode("utf-8", "replace")
        lines = patched.splitlines()
        spoilt = sum("\ufffd" in line for line in lines) / len(lines)
        found = _headings_in(patched, expected)
        if spoilt <= _SPOILT and found > max(
            (_headings_in(t, expected) for t in texts.values()), default=0
        ):
            texts = {"utf-8": patched}
    for encoding, text in texts.items():
        control = _CONTROL.search(text)
        if control is None:
            return encoding
        # Control characters never stand in a department's text; a picture or an archive is full of them.
        raise UnreadableFile(
            f"这不是文本文件：第 {text.count(chr(10), 0, control.start()) + 1} 行有控制字符 0x{ord(control[0]):02X}。",
            where=file.name,
            remedy="请另存为 CSV、xlsx 或 Parquet 后重新交付。",
        )
    position, line = _first_bad_byte(sample, candidates[0])
    raise UnreadableFile(
        f"文件编码无法识别：不是{'、'.join(each.upper() for each in candidates)}"
        f"（第 {line} 行，第 {position} 字节起）。",
        where=file.name,
        remedy="请另存为 UTF-8 或 GB18030 编码的 CSV；若是其他编码，在映射文件 read.encoding 中写明。",
    )


def _candidates(file: LandedFile, sample: bytes, declared: str | None) -> list[str]:
    if declared:
        try:
            "".encode(declared)
            name = codecs.lookup(declared).name
        except LookupError as error:
            raise UnreadableFile(
                f"不认识的编码 {declared}。", where=file.name, remedy="常用：utf-8、gb18030。"
            ) from error
        return [_WIDER.get(name, name)]
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    return ["utf-8", "gb18030"]


def _headings_in(text: str, expected: set[str]) -> int:
    return max(_best(text, delimiter, expected)[0] for delimiter in _DELIMITERS)


def _decoded(sample: bytes, encoding: str, *, whole: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(sample, whole)
    except (UnicodeDecodeError, LookupError):
        return None


def _first_bad_byte(sample: bytes, encoding: str) -> tuple[int, int]:
    try:
        sample.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start + 1, sample.count(b"\n", 0, error.start) + 1
    return 1, 1


def _transcode(file: LandedFile, encoding: str, work: Path) -> Path:
    path = work / f"{file.sha256}.utf8.csv"
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    done = 0
    try:
        with file.path.open("rb") as reader, path.open("w", encoding="utf-8", newline="") as writer:
            while chunk := reader.read(_CHUNK):
                writer.write(decoder.decode(chunk))
                done += chunk.count(b"\n")
            writer.write(decoder.decode(b"", final=True))
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"文件不全是 {encoding} 编码：约第 {done + 1} 行之后有无法识别的字节。",
            where=file.name,
            remedy="请来源单位统一编码后重新导出。",
        ) from error
    except OSError as error:
        _raise_if_full(error)
        raise
    return path


def _head(sample: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(sample), delimiter=delimiter)
    try:
        for index, row in enumerate(reader):
            if index > _HEADER_ROWS:
                return
            yield row
    except csv.Error:
        return


def _best(sample: str, delimiter: str, expected: set[str]) -> tuple[int, int]:
    return _score(list(_head(sample, delimiter)), expected)


def _score(rows: Iterable[list[str]], expected: set[str]) -> tuple[int, int]:
    """How many expected headings the likeliest header row has, and which row it is, from 1."""
    best, at, first = 0, 0, 0
    for number, row in enumerate(rows, start=1):
        first = first or (number if any(cell.strip() for cell in row) else 0)
        found = sum(plain_heading(cell) in expected for cell in row)
        if found > best:
            best, at = found, number
    return best, at or first or 1


def _lines_of(sample: str, delimiter: str, rows: int) -> int:
    """Physical lines taken by the first `rows` records, title rows and blank lines included."""
    reader = csv.reader(io.StringIO(sample), delimiter=delimiter)
    for _ in range(rows):
        next(reader)
    return reader.line_num


def _has_more(path: Path, sample: str) -> bool:
    return path.stat().st_size > _SAMPLE_BYTES and bool(sample)


def _mend(
    path: Path, skip: int, delimiter: str, width: int, target: Path, *, rewrite: bool
) -> tuple[Path | None, tuple[str, ...]]:
    """Put each record on one line, without blank lines, and set lines with broken quotes aside.

    Returns None instead of a path when every line already closes its quotes and `rewrite` does not say that
    something else is amiss. A broken line is replaced by one that no table accepts, so that the engine reports
    it in its place among the others.
    """
    if not rewrite:
        with path.open("rb") as reader:
            for _ in range(skip):
                reader.readline()
            if not any(line.count(b'"') % 2 for line in reader):
                return None, ()
    broken: list[str] = []
    try:
        # Bytes that are no UTF-8 pass as they are, for the engine to report.
        with (
            path.open(encoding="utf-8", errors="surrogateescape") as reader_text,
            target.open("w", encoding="utf-8", errors="surrogateescape", newline="") as writer,
        ):
            for _ in range(skip):
                reader_text.readline()
            for line, whole in _records(iter(reader_text.readline, ""), delimiter, width):
                if whole:
                    writer.write(line if line.endswith("\n") else f"{line}\n")
                else:
                    writer.write(f"{_PRIVATE}{len(broken)}\n")
                    broken.append(
                        line.rstrip("\n").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
                    )
    except OSError as error:
        _raise_if_full(error)
        raise
    return target, tuple(broken)


def _records(lines: Iterator[str], delimiter: str, width: int) -> Iterator[tuple[str, bool]]:
    """Each record as one line, with whether its quotes close."""
    waiting: list[str] = []
    while True:
        line = waiting.pop(0) if waiting else next(lines, "")
        if not line:
            return
        if line.count('"') % 2 == 0:
            if line != "\n":
                yield line, True
            continue
        gathered = [line]
        while len(gathered) < _LINES_PER_RECORD and "".join(gathered).count('"') % 2:
            following = waiting.pop(0) if waiting else next(lines, "")
            if not following:
                break
            gathered.append(following)
        joined = "".join(gathered)
        if joined.count('"') % 2 == 0 and _fields(joined, delimiter) == width:
            yield " ".join(joined.splitlines()) + "\n", True
        else:
            yield line, False
            waiting = gathered[1:] + waiting


def _fields(record: str, delimiter: str) -> int:
    """Values of a record, or -1 when it is not exactly one with every quote where a quote may stand."""
    try:
        rows = list(csv.reader(io.StringIO(record), delimiter=delimiter, strict=True))
    except csv.Error:
        return -1
    return len(rows[0]) if len(rows) == 1 else -1


def _cell(value: Any) -> str:
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


def _write_csv(path: Path, rows: Iterable[list[str]]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as writer:
            csv.writer(writer, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    except OSError as error:
        _raise_if_full(error)
        raise


def _raise_if_full(error: OSError) -> None:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        raise NoSpace("临时目录空间不足，本次操作未生效。", remedy="清理磁盘后重试。") from error
