"""Which row of a file holds its headings, past titles and blank lines above them."""

import csv
import io
import sys
from collections.abc import Iterable, Iterator

from xinqiao.intake.mapping import plain_heading

SAMPLE_BYTES = 1024 * 1024
HEADER_ROWS = 30
DELIMITERS = (",", "\t", ";", "|")
# A scanned report pasted into a cell is long, but still a cell: what may be too long is for the engine to say.
csv.field_size_limit(sys.maxsize)


def place_name(position: int) -> str:
    """What a column without a heading is called, by which a mapping can speak of it: `第3列` is the one at 2."""
    return f"第{position + 1}列"


def first_rows(sample: str, delimiter: str) -> Iterator[list[str]]:
    """The first rows of a text, split; fewer where its quotes do not close."""
    reader = csv.reader(io.StringIO(sample), delimiter=delimiter)
    try:
        for index, row in enumerate(reader):
            if index > HEADER_ROWS:
                return
            yield row
    except csv.Error:
        return


def likeliest_header(sample: str, delimiter: str, expected: set[str]) -> tuple[int, int]:
    """How many expected headings the likeliest header row of a text has, and which row it is, from 1."""
    return header_score(list(first_rows(sample, delimiter)), expected)


def header_score(rows: Iterable[list[str]], expected: set[str]) -> tuple[int, int]:
    """How many expected headings the likeliest header row has, and which row it is, from 1."""
    best, at, first = 0, 0, 0
    for number, row in enumerate(rows, start=1):
        first = first or (number if any(cell.strip() for cell in row) else 0)
        found = sum(plain_heading(cell) in expected for cell in row)
        if found > best:
            best, at = found, number
    return best, at or first or 1


def lines_taken(sample: str, delimiter: str, rows: int) -> int:
    """Physical lines taken by the first `rows` records, title rows and blank lines included."""
    reader = csv.reader(io.StringIO(sample), delimiter=delimiter)
    for _ in range(rows):
        next(reader)
    return reader.line_num
