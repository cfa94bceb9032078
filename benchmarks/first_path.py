"""Intake and evaluation of synthetic records, each against a floor measured in the same run.

Intake's floor is DuckDB's raw `COPY csv TO parquet` of the same files; evaluation's is one hand-written query of the
same aggregates on the same records. Intake and both floors are done twice, and the better time counts: the first use of
memory may cost a machine more than what is done in it. Run it alone: `make bench`, or with other numbers
`python benchmarks/first_path.py --rows 1000000 --firms 10000`.
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import duckdb
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parent))
import _synthetic as synthetic

from xinqiao.main import open_workspace
from xinqiao.products import enterprise_report, search
from xinqiao.workspace import Workspace, commands

AS_OF = date(2026, 6, 30)
KNOWN_AT = datetime(2026, 6, 30, 10, tzinfo=UTC)
REPORTS = 50
T = TypeVar("T")
Row = tuple[str, str, str, str]


def main() -> None:
    """Make the records, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--firms", type=int, default=100_000)
    parser.add_argument(
        "--folder", type=Path, default=None, help="where to work; a temporary folder when left out"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        files = synthetic.make(folder / "files", rows=given.rows, firms=given.firms)
        os.environ["XINQIAO_HOME"] = str(folder / "first")
        with open_workspace() as workspace:
            first = _intake(workspace, files)
        shutil.rmtree(folder / "first")
        os.environ["XINQIAO_HOME"] = str(folder / "home")
        with open_workspace() as workspace:
            best = {
                dataset: min(first[dataset], taken) for dataset, taken in _intake(workspace, files).items()
            }
            _print([*_against_raw_copies(best, files, folder), *_measure(workspace, files)])


def _intake(workspace: Workspace, files: dict[str, Path]) -> dict[str, tuple[float, int]]:
    """Deliver all files; seconds and rows of each dataset."""
    _deliver(workspace, "business_registration", files["business_registration"])
    return {each: _timed(partial(_deliver, workspace, each, files[each])) for each in synthetic.SHARES}


def _against_raw_copies(
    taken: dict[str, tuple[float, int]], files: dict[str, Path], folder: Path
) -> list[Row]:
    shown = []
    floor = 0.0
    for dataset, (seconds, rows) in taken.items():
        raw = min(_timed(partial(_copy, files[dataset], folder / "floor.parquet"))[0] for _ in range(2))
        shown.append(_intake_row(f"intake {dataset}", rows, seconds, raw))
        floor += raw
    seconds, rows = (sum(each) for each in zip(*taken.values(), strict=True))
    return [*shown, _intake_row("intake, all (goal ≥ 0.65 ×)", int(rows), seconds, floor)]


def _measure(workspace: Workspace, files: dict[str, Path]) -> list[Row]:
    shown: list[Row] = []
    by_hand = min(_timed(lambda: _by_hand(workspace))[0] for _ in range(2))
    evaluated_in, evaluation = _timed(lambda: commands.evaluate(workspace, as_of=AS_OF))
    what = f"evaluation of {evaluation.subjects:,} firms (goal ≤ 1.5 ×)"
    shown.append((what, f"{evaluated_in:.2f} s", f"{by_hand:.2f} s", f"{evaluated_in / by_hand:.2f} ×"))
    shown += _latencies(workspace, files["business_registration"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_048_576
    shown.append(("peak memory", f"{peak:.2f} GiB", "", ""))
    return shown


def _deliver(workspace: Workspace, dataset: str, file: Path) -> int:
    """Deliver a file; the number of its rows."""
    taken = commands.deliver(workspace, dataset=dataset, files=[file], mapping=None, known_at=KNOWN_AT)
    return taken.accepted + taken.corrected + taken.duplicate + taken.quarantined


def _intake_row(what: str, rows: int, seconds: float, floor: float) -> Row:
    return (
        what,
        f"{rows / seconds:,.0f} records/s",
        f"{rows / floor:,.0f} records/s",
        f"{floor / seconds:.2f} ×",
    )


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def _copy(file: Path, target: Path) -> None:
    duckdb.connect().execute(f"COPY (SELECT * FROM read_csv('{file}')) TO '{target}' (FORMAT parquet)")


# What an engineer would write by hand for the aggregates behind the indicators of invoices and payments.
_BY_HAND = """
WITH sales AS (
  SELECT subject, counterparty_code, status = 'valid' AS kept, amount_fen, issued_on,
    issued_on >= DATE '2025-07-01' AND issued_on < DATE '2026-07-01' AS recent,
    issued_on >= DATE '2026-01-01' AS late
  FROM read_parquet({sales_invoice}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30'
), buyers AS (
  SELECT subject, counterparty_code,
    sum(CASE WHEN kept AND recent AND amount_fen > 0 THEN amount_fen ELSE 0 END) AS blue,
    sum(CASE WHEN kept AND recent AND amount_fen < 0 THEN amount_fen ELSE 0 END) AS red,
    sum(CASE WHEN kept AND recent AND late THEN amount_fen ELSE 0 END) AS after,
    sum(CASE WHEN kept AND recent AND NOT late THEN amount_fen ELSE 0 END) AS before,
    sum(CASE WHEN NOT kept AND recent THEN abs(amount_fen) ELSE 0 END) AS void,
    bit_or(CASE WHEN kept AND recent AND amount_fen > 0 THEN 1 << month(issued_on)::INTEGER ELSE 0 END) AS months,
    min(CASE WHEN kept AND amount_fen > 0 THEN issued_on END) AS first_on
  FROM sales GROUP BY subject, counterparty_code
), firms AS (
  SELECT subject, sum(blue) AS blue, sum(red) AS red, sum(after) AS after, sum(before) AS before, sum(void) AS void,
    bit_count(bit_or(months)) AS months, min(first_on) AS first_on, sum(greatest(before + after, 0)) AS positive,
    list_sum(list_slice(list_reverse_sort(list(greatest(before + after, 0))), 1, 5)) AS top,
    sum(CASE WHEN before > 0 AND after > 0 THEN before ELSE 0 END) AS kept, sum(greatest(before, 0)) AS had
  FROM buyers GROUP BY subject
), sellers AS (
  SELECT subject, counterparty_code, sum(amount_fen) AS net FROM read_parquet({purchase_invoice})
  WHERE status = 'valid' AND issued_on >= DATE '2025-07-01' AND issued_on < DATE '2026-07-01' GROUP BY subject, counterparty_code
), suppliers AS (
  SELECT subject, sum(greatest(net, 0)) AS positive,
    list_sum(list_slice(list_reverse_sort(list(greatest(net, 0))), 1, 5)) AS top FROM sellers GROUP BY subject
), taxes AS (
  SELECT subject, sum(CASE WHEN payment_kind = 'payment' AND tax_kind <> 'withholding' THEN amount_fen ELSE 0 END) AS paid
  FROM read_parquet({tax_payment}) WHERE paid_on >= DATE '2025-07-01' AND paid_on < DATE '2026-07-01' GROUP BY subject
), registered AS (
  SELECT subject, min(established_on) AS established_on, any_value(industry_code) AS industry
  FROM read_parquet({business_registration}) GROUP BY subject
)
SELECT count(*), sum(ln(1 + greatest(blue + red, 0) / 100.0)), sum(after / nullif(before, 0)), sum(-red / nullif(blue, 0)),
  sum(void / nullif(void + blue - red, 0)), sum(12 - months), sum(f.top / nullif(f.positive, 0)),
  sum(s.top / nullif(s.positive, 0)), sum(kept / nullif(had, 0)), sum(ln(1 + paid / 100.0)), min(established_on)
FROM registered LEFT JOIN firms f USING (subject) LEFT JOIN suppliers s USING (subject) LEFT JOIN taxes USING (subject)
"""


def _by_hand(workspace: Workspace) -> None:
    with workspace.engine.session() as session, workspace.store.transaction() as tx:
        versions = workspace.lake.versions(tx)
        lists = {}
        for dataset in (*synthetic.SHARES, "business_registration"):
            files = workspace.lake.files(f"records/{dataset}", versions[f"records/{dataset}"])
            lists[dataset] = "[" + ", ".join(f"'{file.path}'" for file in files) + "]"
        session.rows(_BY_HAND.format(**lists))


def _latencies(workspace: Workspace, registrations: Path) -> list[Row]:
    """Reports and searches of enterprises all over the register."""
    codes = [line.split(",")[0] for line in registrations.read_text(encoding="utf-8").splitlines()[1:]]
    chosen = codes[:: max(1, len(codes) // REPORTS)][:REPORTS]
    reports = sorted(_timed(partial(_report, workspace, code))[0] for code in chosen)
    parts = [f"第{number}号" for number in range(7, len(codes), max(1, len(codes) // REPORTS))][:REPORTS]
    searches = sorted(_timed(partial(_search, workspace, part))[0] for part in parts)
    return [
        ("one report", _middle_and_tail(reports), "", ""),
        ("search by part of a name (goal p95 ≤ 100 ms)", _middle_and_tail(searches), "", ""),
    ]


def _middle_and_tail(ordered: list[float]) -> str:
    return f"p50 {_at(ordered, 0.5):.0f} ms, p95 {_at(ordered, 0.95):.0f} ms"


def _at(ordered: list[float], share: float) -> float:
    """A quantile of sorted seconds, in milliseconds."""
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _report(workspace: Workspace, code: str) -> None:
    with workspace.engine.session() as session, workspace.store.transaction() as tx:
        enterprise_report(
            tx, session=session, lake=workspace.lake, contracts=workspace.contracts, catalogue=workspace.catalogue,
            scorecards=workspace.scorecards, unified_code=code, now=workspace.clock(),
        )  # fmt: skip


def _search(workspace: Workspace, text: str) -> None:
    with workspace.engine.session() as session, workspace.store.transaction() as tx:
        search(tx, session=session, lake=workspace.lake, text=text, limit=20)


def _print(rows: list[Row]) -> None:
    table = Table("workload", "measured", "floor, same run", "ratio", box=None, header_style="bold")
    for row in rows:
        table.add_row(*row)
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
