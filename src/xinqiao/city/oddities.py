"""What befalls a department's rows on their way: faults, rows that stand twice, corrections, rows that come late.

Works on `staged` as `press.stage` leaves it and makes `printed(d, line, kind, outcome)`, the rows of each delivery in
the order of their file. Only the few rows that something befalls pass through Python.
"""

from collections.abc import Sequence
from datetime import date
from random import Random

from xinqiao.city.dirt import Spoiling
from xinqiao.city.faults import CORRECTED, DUPLICATE, Fault
from xinqiao.city.layout import Layout
from xinqiao.engine import Session

# Shares of rows, cumulative: a fault in the row, the row twice, the row corrected later, the row known late.
_FAULTY = 0.0165
_TWICE = 0.0195
_CORRECTED = 0.0225
_LATE = 0.027
_KEYS = 2**32

# Place of the row in the block, place beside it, delivery, line, kind and outcome of what was planted.
Placed = tuple[int, int, int, str, str | None, str | None]


def befall(session: Session, layout: Layout, spoiling: Spoiling, days: Sequence[date]) -> None:
    """Make `printed` from `staged`.

    Args:
        session: Holds `staged`.
        layout: The layout the rows are written in.
        spoiling: The faults its rows can have.
        days: Days of its deliveries.
    """
    odd = session.rows(
        "SELECT rowid, d, chance, tail, waits, line FROM staged"
        f" WHERE e IS NULL AND planted IS NULL AND (tail OR waits OR chance < {int(_LATE * _KEYS)})"
    )
    placed: list[Placed] = []
    gone: list[int] = []
    for place, delivery, chance, tail, waits, line in odd:
        found = _befallen(place, delivery, chance, tail, waits, line, layout, spoiling, days)
        if found is not None:
            gone.append(place)
            placed += found
    session.run("CREATE OR REPLACE TEMP TABLE gone AS SELECT unnest(CAST(? AS BIGINT[])) AS o", [gone])
    columns = list(zip(*placed, strict=True)) or [()] * 6
    session.run(
        "CREATE OR REPLACE TEMP TABLE placed AS SELECT unnest(CAST(? AS BIGINT[])) AS o,"
        " unnest(CAST(? AS BIGINT[])) AS beside, unnest(CAST(? AS INTEGER[])) AS d, unnest(CAST(? AS VARCHAR[])) AS line,"
        " unnest(CAST(? AS VARCHAR[])) AS kind, unnest(CAST(? AS VARCHAR[])) AS outcome",
        [list(column) for column in columns],
    )
    session.run(
        "CREATE OR REPLACE TEMP TABLE printed AS SELECT d, line, kind, outcome FROM ("
        " SELECT d, rowid AS o, 0 AS beside, line, split_part(planted, '|', 1) AS kind,"
        " split_part(planted, '|', 2) AS outcome FROM staged WHERE NOT EXISTS (SELECT 1 FROM gone WHERE o = staged.rowid)"
        f" UNION ALL SELECT e, rowid, 1, later, 'revised', '{CORRECTED}' FROM staged WHERE e > d"
        " UNION ALL SELECT d, o, beside, line, kind, outcome FROM placed) ORDER BY d, o, beside"
    )


def _befallen(
    place: int, delivery: int, chance: int, tail: bool, waits: bool, line: str,
    layout: Layout, spoiling: Spoiling, days: Sequence[date],
) -> list[Placed] | None:  # fmt: skip
    """What stands in place of one row; None when it stays as it is."""
    draw, last = chance / _KEYS, len(days) - 1
    plain: Placed = (place, 0, delivery, line, None, None)
    if waits:
        return [(place, 0, delivery, line, "account_not_yet_known", f"unresolved_subject:{layout.code}")]
    if draw < _FAULTY:
        cells = line.split(",")
        fault = spoiling.spoil(cells, Random(chance).random, days[delivery])  # noqa: S311  nothing secret
        return None if fault is None else [_marked(place, 0, delivery, ",".join(cells), fault)]
    if draw < _TWICE:
        return [plain, _marked(place, 1, delivery, line, Fault("twice_in_file", DUPLICATE))]
    if draw < _CORRECTED:
        later = layout.correct(line.split(",")) if layout.correct and delivery < last else None
        if later is None:
            return None
        return [plain, _marked(place, 1, delivery + 1, ",".join(later), Fault("corrected_later", CORRECTED))]
    if draw < _LATE:
        return (
            None if layout.is_snapshot or delivery == last else [(place, 0, delivery + 1, line, None, None)]
        )
    if tail:
        return [plain, _marked(place, 1, delivery + 1, line, Fault("delivered_again", DUPLICATE))]
    return None


def _marked(place: int, beside: int, delivery: int, line: str, fault: Fault) -> Placed:
    return place, beside, delivery, line, fault.kind, fault.outcome
