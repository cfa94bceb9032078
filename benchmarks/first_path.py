"""Intake and evaluation of synthetic records, each against a floor measured in the same run.

Intake's floor is DuckDB's raw `COPY csv TO parquet` of the same files; evaluation's is one hand-written query of the
same aggregates on the same records. Run it alone: `make bench`, or with other numbers
`python benchmarks/first_path.py --rows 1000000 --firms 10000`.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parent))
import synthetic

from xinqiao.products import enterprise_report, search
from xinqiao.main import open_workspace
from xinqiao.workspace import Workspace, commands

AS_OF = date(2026, 6, 30)
KNOWN_AT = datetime(2026, 6, 30, 10, tzinfo=UTC)
REPORTS = 50


def main() -> None:
    """Make the records, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--firms", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=None, help="where to work; a temporary folder when left out")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        os.environ["XINQIAO_HOME"] = str(folder / "home")
        files = synthetic.make(folder / "files", rows=given.rows, firms=given.firms)
        with open_workspace() as workspace:
            _print(_measure(workspace, files, folder))


def _measure(workspace: Workspace, files: dict[str, Path], folder: Path) -> list[tuple[str, str, str, str]]:
    commands.deliver(workspace, dataset="business_registration", files=[files["business_registration"]], mapping=None, known_at=KNOWN_AT)  # fmt: skip
    bulk = {dataset: file for dataset, file in files.items() if dataset != "business_registration"}
    floor = intake = 0.0
    rows = 0
    shown = []
    for dataset, file in bulk.items():
        floor_here = min(_timed(lambda file=file: _copy(file, folder / "floor.parquet"))[0] for _ in range(2))
        taken_in, taken = _timed(
            lambda dataset=dataset, file=file: commands.deliver(workspace, dataset=dataset, files=[file], mapping=None, known_at=KNOWN_AT)
        )  # fmt: skip
        count = taken.accepted + taken.corrected + taken.duplicate + taken.quarantined
        shown.append((f"intake {dataset}", f"{count / taken_in:,.0f} records/s", f"{count / floor_here:,.0f} records/s", f"{floor_here / taken_in:.2f} ×"))
        floor, intake, rows = floor + floor_here, intake + taken_in, rows + count
    shown.append(("intake, all (goal ≥ 0.65 ×)", f"{rows / intake:,.0f} records/s", f"{rows / floor:,.0f} records/s", f"{floor / intake:.2f} ×"))
    by_hand = min(_timed(lambda: _by_hand(workspace))[0] for _ in range(2))
    evaluated_in, evaluation = _timed(lambda: commands.evaluate(workspace, as_of=AS_OF))
    shown.append((f"evaluation of {evaluation.subjects:,} firms (goal ≤ 1.5 ×)", f"{evaluated_in:.2f} s", f"{by_hand:.2f} s", f"{evaluated_in / by_hand:.2f} ×"))
    shown += _latencies(workspace, files["business_registration"])
    shown.append(("peak memory", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_048_576:.2f} GiB", "", ""))
    return shown


def _timed[T](work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result
