"""All indicators and grades of a whole city, against one hand-written query of the same aggregates in the same run.

Three cities are evaluated, a hundredth, a tenth and the whole, each step in a process of its own, so that every peak
of memory is that step's. The records are put straight into the lake (`_bulk`), about 181 a firm. Evaluation is the
product's own command, timed as a whole and without the steps that make neither an indicator of the floor's nor a grade
(`BESIDE`); contracts and declarations are loaded before, as in the worker that evaluates every night. The floor is
`whole_catalogue.sql`, which reads the same files and ends in sums; what it finds is compared with what was published.

Run it alone: `python benchmarks/whole_catalogue.py --firms 100000`.
"""

import argparse
import itertools
import json
import math
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parent))
import _bulk as bulk

from xinqiao.main import open_workspace
from xinqiao.workspace import Workspace, commands

AS_OF = date(2026, 6, 30)
FLOOR = Path(__file__).with_suffix(".sql")
PARTS = (100, 10, 1)
FEWEST_FIRMS = 100
"""In a smaller city some data set has no record at all, and the query reads all of them."""
RUNS = 2
TOLERANCE = 1e-6
"""Relative; the floor adds floating-point numbers in any order, evaluation adds whole ones."""

BESIDE = {
    "识别持股关系", "推算控制关系", "识别担保关系", "识别关联企业", "识别任职关系", "写入关联关系", "写入行业水平", "写入行业景气",
}  # fmt: skip
"""Steps of an evaluation that make no indicator the floor computes, and no grade: who is related to whom, and what
reports show of industries."""

Totals = dict[str, tuple[int, float | None]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured on one city.

    Attributes:
        records: Records in the lake.
        firms: Enterprises graded.
        seconds: Evaluation, with everything it publishes.
        busy: Processor seconds of evaluation, all threads together.
        graded: Seconds of it for indicators and grades, computed and published.
        graded_busy: Processor seconds of these.
        floor: Hand-written query, the better of two runs.
        floor_busy: Processor seconds of that run.
        peak: GiB of memory the evaluating process held at most.
        indicators: How many were compared.
        different: Those in which the query found something else than was published.
    """

    records: int
    firms: int
    seconds: float
    busy: float
    graded: float
    graded_busy: float
    floor: float
    floor_busy: float
    peak: float
    indicators: int
    different: tuple[str, ...]


def main() -> None:
    """Measure the cities, print; ends with an error if the query and the evaluation disagree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=1_000_000, help="enterprises of the largest city")
    parser.add_argument("--folder", type=Path, default=None, help="where to work; temporary when left out")
    parser.add_argument("--step", choices=sorted(STEPS), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        os.environ["XINQIAO_HOME"] = str(given.folder)
        with open_workspace() as workspace, workspace.settled():
            print(json.dumps(STEPS[given.step](workspace, given.firms)))
        return
    if given.firms < FEWEST_FIRMS * max(PARTS):
        parser.error(f"--firms: at least {FEWEST_FIRMS * max(PARTS):,}, as the smallest city has a hundredth")
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given.folder or Path(temporary)).absolute()
        cities = []
        for part in PARTS:
            home = folder / f"home-{part}"
            cities.append(_measure(home, max(1, given.firms // part)))
            shutil.rmtree(home, ignore_errors=True)
    _print(cities)
    if any(city.different for city in cities):
        sys.exit(1)


def _measure(home: Path, firms: int) -> Measured:
    found = {}
    for step in STEPS:
        found.update(_step(step, home, firms))
    return Measured(**found)


def _step(name: str, home: Path, firms: int) -> dict[str, Any]:
    """What a step found, done in a process of its own."""
    command = [sys.executable, __file__, "--step", name, "--firms", str(firms), "--folder", str(home)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, Any] = json.loads(answer.splitlines()[-1])
    return found


def _fill(workspace: Workspace, firms: int) -> dict[str, Any]:
    return {"records": bulk.fill(workspace, firms=firms, tell=lambda step: None)}


def _evaluate(workspace: Workspace, _: int) -> dict[str, Any]:
    steps = [("", time.perf_counter(), time.process_time())]
    evaluation = commands.evaluate(
        workspace,
        as_of=AS_OF,
        progress=lambda step: steps.append((step, time.perf_counter(), time.process_time())),
    )
    steps.append(("", time.perf_counter(), time.process_time()))
    seconds: defaultdict[str, float] = defaultdict(float)
    busy: defaultdict[str, float] = defaultdict(float)
    for (step, since, busy_since), (_next, until, busy_until) in itertools.pairwise(steps):
        seconds[step] += until - since
        busy[step] += busy_until - busy_since
    if missing := BESIDE - seconds.keys():
        raise ValueError(f"no such steps: {missing}")
    return {
        "seconds": sum(seconds.values()),
        "busy": sum(busy.values()),
        "graded": sum(each for step, each in seconds.items() if step not in BESIDE),
        "graded_busy": sum(each for step, each in busy.items() if step not in BESIDE),
        "firms": evaluation.subjects,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_048_576,
    }


def _floor(workspace: Workspace, _: int) -> dict[str, Any]:
    sql = FLOOR.read_text(encoding="utf-8")
    codes = re.findall(r"count\((\w+)\)", sql[sql.rindex("SELECT") :])
    files = {dataset: _files(workspace, f"records/{dataset}") for dataset in re.findall(r"\{(\w+)\}", sql)}
    runs: list[tuple[float, float]] = []
    with workspace.engine.session() as session:
        found: tuple[Any, ...] = ()
        for _again in range(RUNS):
            started, busy = time.perf_counter(), time.process_time()
            found = session.rows(sql.format(**files))[0]
            runs.append((time.perf_counter() - started, time.process_time() - busy))
        sums = ", ".join([f"count({code})" for code in codes] + [f"sum({code})" for code in codes])
        published = session.rows(f"SELECT {sums} FROM read_parquet({_files(workspace, 'indicators')})")[0]
    by_hand, by_plan = _totals(codes, found), _totals(codes, published)
    # What stands on tables made of everybody's relations is not an aggregate of records; nobody would write it so.
    catalogue = workspace.catalogue
    aggregates = {code for code in catalogue.indicators if not catalogue.computed_of(code)}
    different = sorted(aggregates ^ set(codes))
    different += [code for code in codes if not _same(by_hand[code], by_plan[code])]
    floor, floor_busy = min(runs)
    return {
        "floor": floor,
        "floor_busy": floor_busy,
        "indicators": len(codes),
        "different": different,
    }


STEPS = {"fill": _fill, "evaluate": _evaluate, "floor": _floor}


def _files(workspace: Workspace, table: str) -> str:
    """The files of a table's newest version as an SQL list."""
    with workspace.store.transaction() as tx:
        files = workspace.lake.files(table, workspace.lake.versions(tx)[table])
    return "[" + ", ".join(f"'{file.path}'" for file in files) + "]"


def _totals(codes: list[str], row: tuple[float | None, ...]) -> Totals:
    """Of each indicator how many firms have it, and the sum."""
    return {
        code: (int(count or 0), None if total is None else float(total))
        for code, count, total in zip(codes, row[: len(codes)], row[len(codes) :], strict=True)
    }


def _same(one: tuple[int, float | None], other: tuple[int, float | None]) -> bool:
    if one[0] != other[0] or one[1] is None or other[1] is None:
        return one == other
    return math.isclose(one[1], other[1], rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def _print(cities: list[Measured]) -> None:
    shown: dict[str, list[str]] = {"records": [], "firms": []}
    first = cities[0]
    for city in cities:
        growth = (city.seconds / city.records) / (first.seconds / first.records)
        column = {
            "records": f"{city.records:,}",
            "firms": f"{city.firms:,}",
            "indicators and grades, computed and published": f"{city.graded:.2f} s",
            "all that an evaluation publishes": f"{city.seconds:.2f} s",
            "records a second": f"{city.records / city.seconds:,.0f}",
            "firms a second": f"{city.firms / city.seconds:,.0f}",
            "floor: one query by hand": f"{city.floor:.2f} s",
            "indicators and grades against the floor (goal ≤ 1.5 ×)": f"{city.graded / city.floor:.2f} ×",
            "all against the floor": f"{city.seconds / city.floor:.2f} ×",
            "processor time: these, all, floor": (
                f"{city.graded_busy:.2f} s, {city.busy:.2f} s, {city.floor_busy:.2f} s"
            ),
            "peak memory (goal < 12 GiB)": f"{city.peak:.2f} GiB",
            "time a record against the smallest (goal ≤ 1.3 ×)": f"{growth:.2f} ×",
        }
        for name, value in column.items():
            shown.setdefault(name, []).append(value)
    table = Table("", *("" for _ in cities), box=None, show_header=False)
    for column_number in range(1, len(cities) + 1):
        table.columns[column_number].justify = "right"
    for name, values in shown.items():
        table.add_row(name, *values)
    console = Console(width=140)
    console.print(table)
    for city in cities:
        if city.different:
            console.print(f"{city.firms:,} firms: query and evaluation differ in {', '.join(city.different)}")
        else:
            console.print(
                f"{city.firms:,} firms: the query finds what was published: number of values and sum of each of"
                f" {city.indicators} indicators are the same, to {TOLERANCE:g}"
            )


if __name__ == "__main__":
    main()
