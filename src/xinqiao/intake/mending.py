"""One record a line: values over several lines joined, lines with broken quotes set aside, blank lines left out."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from xinqiao.intake.landing import raise_if_full

# A value may run over so many lines; an opening quote that is not closed by then is taken as broken.
_LINES_PER_RECORD = 50
_PRIVATE = "\x02"
# What tells of Excel's formulas ="X001", by which portals keep the zeros of their codes.
FORMULA = '="'


def mend(
    path: Path, skip: int, delimiter: str, width: int, target: Path, *, rewrite: bool, formulas: bool
) -> tuple[Path | None, tuple[str, ...]]:
    """Put each record on one line, without blank lines, and set lines with broken quotes aside.

    Returns None instead of a path when every line already closes its quotes and `rewrite` does not say that
    something else is amiss. With `formulas`, ="X001" becomes "X001". A broken line is replaced by one that no table
    accepts, so that the engine reports it in its place among the others.
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
            lines = iter(reader_text.readline, "")
            if formulas:
                lines = _without_formulas(lines, delimiter)
            for line, whole in _records(lines, delimiter, width):
                if whole:
                    writer.write(line if line.endswith("\n") else f"{line}\n")
                else:
                    writer.write(f"{_PRIVATE}{len(broken)}\n")
                    broken.append(
                        line.rstrip("\n").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
                    )
    except OSError as error:
        raise_if_full(error)
        raise
    return target, tuple(broken)


def _without_formulas(lines: Iterator[str], delimiter: str) -> Iterator[str]:
    """Lines in which a value that is a text formula, exported once or twice over, is the text within."""
    mark = re.escape(delimiter)
    formula = re.compile(rf'(^|{mark})(?:="([^"]*)"|"=""([^"]*)"{{3}}) *(?={mark}|\r?\n?$)')
    return (formula.sub(lambda found: f'{found[1]}"{found[2] or found[3] or ""}"', line) for line in lines)


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
