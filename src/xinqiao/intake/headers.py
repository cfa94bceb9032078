"""Which row of a file holds its headings, past titles and blank lines above them."""

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence

from xinqiao.intake.mapping import plain_heading

SAMPLE_BYTES = 1024 * 1024
HEADER_ROWS = 30
DELIMITERS = (",", "\t", ";", "|")
# A scanned report pasted into a cell is long, but still a cell: what may be too long is for the engine to say.
csv.field_size_limit(sys.maxsize)


_PLACE_NAME = re.compile(r"第[1-9]\d*列")
# What amounts are in, as a title says it: 单位：万元, 金额单位:人民币/万元, （万元）, 以万元为单位, or alone at its end. 超过100万元
# and 五万元 are sums, 万元以上 a threshold.
_LARGER = "(?:百|千|万|百万|千万|亿)元"
_UNIT_IN_TITLE = re.compile(
    rf"(?:单位[:为]?|(?:金额|币种):|[(以为是])(?:人民币)?[/、,]?({_LARGER}|分(?=\)|$))(?!以)"
    rf"|(?<![\d一二两三四五六七八九十百千万亿数几近])({_LARGER})$"
)
# And as a heading says it: 罚款金额（万元）, 金额(单位:人民币万元), 应纳税额万元. 得分 ends in no unit.
_UNIT_IN_HEADING = re.compile(
    r"[(\[](?:单位[:为]?)?(?:人民币)?(分|(?:千|万|百万|亿)?元)(?:人民币)?[)\]]|(?<![十百千万亿美港日欧韩澳加])((?:千|万|百万|亿)?元)$"
)
# What looks like a unit or a foreign currency, wherever a heading has it: 万元/月, 【万元】, 十万元, （角）, 美元.
_LIKE_A_UNIT = re.compile(
    r"[百千万亿美港日欧韩澳加][元圆円]|[万亿]$"
    r"|[(\[【〔「][^)\]】〕」]*(?:[万亿元圆円角]|美金|[港日韩外]币|英镑|USD|HKD|EUR|JPY|GBP)"
)


def place_name(position: int) -> str:
    """What a column without a heading is called, by which a mapping can speak of it: `第3列` is the one at 2."""
    return f"第{position + 1}列"


def is_place_name(heading: str) -> bool:
    """Whether a heading is what a column without one is called."""
    return _PLACE_NAME.fullmatch(heading) is not None


def fitted(headings: Sequence[str], rows: Iterable[list[str]]) -> tuple[str, ...]:
    """Headings of as many columns as all sampled rows have, where only blanks are added or left out at the end.

    Some exports end every record with a separator but not the headings, others the headings alone.
    """
    filled = [row for row in rows if any(map(str.strip, row))]
    widths = {len(row) for row in filled}
    if len(widths) != 1 or any(cell.strip() for row in filled for cell in row[len(headings) :]):
        return tuple(headings)
    width = widths.pop()
    if any(headings[width:]):
        return tuple(headings)
    return (*headings[:width], *[""] * (width - len(headings)))


def unit_in_title(rows: Iterable[Iterable[str]]) -> str:
    """The unit other than yuan that the rows above the headings name for amounts; empty where they name none."""
    cells = (plain_heading(cell) for row in rows for cell in row)
    return next((found[1] or found[2] for cell in cells if (found := _UNIT_IN_TITLE.search(cell))), "")


def unit_in_heading(heading: str) -> str:
    """The unit that a heading names, in brackets or at its end; empty where it names none that amounts may have."""
    found = _UNIT_IN_HEADING.search(plain_heading(heading))
    return (found[1] or found[2]) if found else ""


def has_doubtful_unit(heading: str) -> bool:
    """Whether a heading speaks of a unit in a way that cannot be understood, or of several at once."""
    plain = plain_heading(heading)
    named = {found[1] or found[2] for found in _UNIT_IN_HEADING.finditer(plain)}
    return len(named) > 1 or (not named and _LIKE_A_UNIT.search(plain) is not None)


def first_rows(sample: str, delimiter: str, *, header: int = 0) -> Iterator[list[str]]:
    """The first rows of a text up to `HEADER_ROWS` below that of the headings, split; fewer where quotes do not close.

    Args:
        sample: The text's beginning.
        delimiter: What separates values.
        header: Row of the headings where it is known, from 1.
    """
    reader = csv.reader(io.StringIO(sample), delimiter=delimiter)
    try:
        for index, row in enumerate(reader):
            if index > header + HEADER_ROWS:
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
