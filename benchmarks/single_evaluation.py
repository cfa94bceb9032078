"""One new record of one firm → its new grade, in cities of different sizes: the time must not grow with the city.

Each city's records of every data set are put straight into the lake (`_bulk`) and evaluated once. Then firms spread
over the city each get one new invoice, and are graded: in a warm process, the record's own commit timed apart, and once
by the command in a process of its own. Beside the clock stands the process's own processor time, which does not wait
for the disk, the database or others' work. Run it alone: `python benchmarks/single_evaluation.py`, or with other sizes
`python benchmarks/single_evaluation.py --firms 10000`.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parent))
import _bulk

from xinqiao.engine.dialect import Literal, literal
from xinqiao.kernel import unified_code
from xinqiao.kernel.subject import organisation_code
from xinqiao.main import open_workspace
from xinqiao.workspace import Workspace, commands

AS_OF = date(2026, 6, 30)
FIRMS = (10_000, 100_000, 1_000_000)
SINGLES = 50
DATASET = "sales_invoice"
T = TypeVar("T")
Row = tuple[str, ...]


def main() -> None:
    """Make each city, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, nargs="*", default=list(FIRMS))
    parser.add_argument("--singles", type=int, default=SINGLES)
    given = parser.parse_args()
    heads = ("grade, warm", "processor time", "next, same firm", "processor time")
    table = Table("firms", "records", "city", "record written", *heads, box=None)
    for firms in given.firms:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["XINQIAO_HOME"] = folder
            with open_workspace() as workspace, workspace.settled():
                table.add_row(*_measure(workspace, firms, given.singles))
            print(f"{firms:,} firms, a process of its own: {_cold(firms):.0f} ms", file=sys.stderr)
    Console(width=180).print(table)


def _measure(workspace: Workspace, firms: int, singles: int) -> Row:
    records = _bulk.fill(workspace, firms=firms, tell=lambda step: None)
    city, _ = _timed(lambda: commands.evaluate(workspace, as_of=AS_OF))
    chosen = [_bulk.subject_of(number) for number in range(1, firms, max(1, firms // singles))][:singles]
    # The first one opens the session; what it costs is the cold process's. Without news it would not be computed.
    _invoice(workspace, chosen[0], 2 * singles)
    _grade(workspace, chosen.pop(0))
    written: list[float] = []
    first: list[tuple[float, float]] = []
    second: list[tuple[float, float]] = []
    for number, subject in enumerate(chosen):
        written.append(_timed(lambda: _invoice(workspace, subject, number))[0])  # noqa: B023
        first.append(_grade(workspace, subject))
        _invoice(workspace, subject, number + singles)
        second.append(_grade(workspace, subject))
    shown = [_middle_and_tail(written)]
    for graded in (first, second):
        shown += [_middle_and_tail([each[place] for each in graded]) for place in (0, 1)]
    return (f"{firms:,}", f"{records:,}", f"{city:.1f} s", *shown)


def _invoice(workspace: Workspace, subject: int, number: int) -> None:
    """Append one invoice of one firm as a delivery would leave it."""
    table, columns = f"records/{DATASET}", workspace.contracts[DATASET].record_columns()
    given: dict[str, Literal] = {
        "subject": subject, "invoice_code": "", "invoice_number": f"N{number}", "issued_on": date(2026, 5, 8),
        "counterparty_code": "B1", "amount_fen": 9_000_000, "tax_fen": 0, "status": "valid",
        "occurred_on": date(2026, 5, 8), "delivery": 1, "supersedes": False,
    }  # fmt: skip
    known_at = "TIMESTAMP '2026-06-30 12:00:00'"
    chosen = ", ".join(
        f"CAST({known_at if name == 'known_at' else literal(given.get(name))} AS {kind}) AS {name}"
        for name, kind in columns.items()
    )
    lake = workspace.lake
    with (
        workspace.engine.session() as session,
        workspace.store.transaction() as tx,
        lake.draft(table) as path,
    ):
        file = session.write(f"SELECT {chosen}", path)
        assert file is not None
        lake.append(tx, table=table, files=[file], columns=columns, info={"reason": "benchmark"})


def _grade(workspace: Workspace, subject: int) -> tuple[float, float]:
    """Grade a firm; seconds by the clock and of the processor."""
    busy = time.process_time()
    seconds, _ = _timed(lambda: commands.evaluate(workspace, as_of=AS_OF, subjects=[subject]))
    return seconds, time.process_time() - busy


def _cold(firms: int) -> float:
    """Milliseconds of the command in a process of its own."""
    command: list[str | Path] = [
        Path(sys.executable).with_name("xinqiao"),
        "evaluate",
        "--as-of",
        AS_OF.isoformat(),
        "--subject",
        _some_code(firms // 2),
    ]
    return 1000 * _timed(lambda: subprocess.run(command, check=True, capture_output=True))[0]


def _some_code(number: int) -> str:
    """The code of the first firm from this number on; not every subject key has one, which lacks some letters."""
    while True:
        body = organisation_code(_bulk.subject_of(number))[:8]
        if not set(body) & set("IOSVZ"):
            return unified_code.build(region="449901", organisation8=body).text
        number += 1


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def _middle_and_tail(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    middle, tail = (ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95))
    return f"p50 {1000 * middle:.0f} ms, p95 {1000 * tail:.0f} ms"


if __name__ == "__main__":
    main()
