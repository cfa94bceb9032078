"""The full credit report as the portal serves it, in cities of different sizes: the time must not grow with the city.

Each city's records of every data set are put straight into the lake (`_bulk`) and evaluated once. Then reports of firms
spread over the city are asked for one after another, as the page asks for them: all sections, indicators, related
parties. The first one opens the session and remembers which firms small tables hold; it is timed apart. The
processor's time stands beside. Run it alone: `python benchmarks/report.py`, or with other sizes
`python benchmarks/report.py --firms 10000 --reports 100`.
"""

import argparse
import os
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parent))
import _bulk

from xinqiao.kernel import unified_code
from xinqiao.kernel.subject import organisation_code
from xinqiao.main import open_workspace
from xinqiao.portal.desk import Desk, WorkspaceDesk
from xinqiao.products import Report
from xinqiao.workspace import Workspace, commands

AS_OF = date(2026, 6, 30)
FIRMS = (10_000, 100_000)
REPORTS = 300
REGION = "449901"
FORBIDDEN = frozenset("IOSVZ")
SHARES = (0.5, 0.95, 0.99)


def main() -> None:
    """Make each city, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, nargs="*", default=list(FIRMS))
    parser.add_argument("--reports", type=int, default=REPORTS)
    given = parser.parse_args()
    table = Table(
        "firms", "records", "sections filled", "first", "then (goal p99 ≤ 150 ms)", "processor", box=None
    )
    for firms in given.firms:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["XINQIAO_HOME"] = folder
            with open_workspace() as workspace, workspace.settled():
                table.add_row(*_measure(workspace, firms, given.reports))
    Console(width=140).print(table)


def _measure(workspace: Workspace, firms: int, reports: int) -> tuple[str, ...]:
    records = _bulk.fill(workspace, firms=firms, tell=lambda step: None)
    commands.evaluate(workspace, as_of=AS_OF)
    codes = [_register(workspace, subject) for subject in _chosen(firms, reports)]
    desk = WorkspaceDesk(workspace)
    first, _, _ = _timed(desk, codes.pop(0))
    taken = [_timed(desk, code) for code in codes]
    ordered = sorted(seconds for seconds, _, _ in taken)
    busy = sum(each for _, each, _ in taken) / len(taken)
    filled = sum(_filled(report) for _, _, report in taken) / len(taken)
    then = ", ".join(
        f"p{round(100 * share)} {1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]:.0f} ms"
        for share in SHARES
    )
    return (
        f"{firms:,}",
        f"{records:,}",
        f"{filled:.0f} of {len(taken[0][2].sections)}",
        f"{1000 * first:.0f} ms",
        then,
        f"{1000 * busy:.0f} ms",
    )


def _chosen(firms: int, reports: int) -> list[int]:
    """Firms all over the city whose organisation code a unified code can hold."""
    able = [
        subject
        for number in range(1, firms, max(1, firms // (4 * reports)))
        if not FORBIDDEN & set(organisation_code(subject := _bulk.subject_of(number))[:8])
    ]
    return able[:: max(1, len(able) // reports)][:reports]


def _register(workspace: Workspace, subject: int) -> str:
    """Enter a firm into the directory, which records put straight into the lake do not fill; its code."""
    code = unified_code.build(region=REGION, organisation8=organisation_code(subject)[:8]).text
    with workspace.store.transaction() as tx:
        tx.run(
            "INSERT INTO enterprise (subject, unified_code, name, region_code, industry_code)"
            " VALUES (%s, %s, %s, %s, 'F5110')",
            (subject, code, f"第{subject}号公司", REGION),
        )
    return code


def _timed(desk: Desk, code: str) -> tuple[float, float, Report]:
    """Seconds by the clock and of the processor, and the report."""
    started, busy = time.perf_counter(), time.process_time()
    report = desk.report(unified_code=code, evaluation_id=None)
    return time.perf_counter() - started, time.process_time() - busy, report


def _filled(report: Report) -> int:
    return sum(section.total > 0 for section in report.sections)


if __name__ == "__main__":
    main()
