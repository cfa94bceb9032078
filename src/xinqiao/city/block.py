"""One block of enterprises, from chance to the parts of all files; blocks are made side by side and joined in order.

A block is a multiple of twelve enterprises, so that no group of companies is cut. What it writes depends on the city's
seed, its calendar and the enterprises' indices alone.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xinqiao.city.departments import LAYOUTS
from xinqiao.city.dirt import spoiling
from xinqiao.city.layout import Layout
from xinqiao.city.oddities import befall
from xinqiao.city.press import stage
from xinqiao.city.timeline import Timeline, timeline
from xinqiao.city.world import furnish, query, run_script
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.engine.dialect import text

GROUP = 12
BLOCK = 1_000 * GROUP
_MEMORY = "2GB"
_CHUNK = 1 << 22
# One column of text, written as it is: no delimiter, quote or escape can stand in it.
_AS_IT_IS = "(FORMAT csv, HEADER false, DELIMITER E'\\x01', QUOTE '', ESCAPE '')"


@dataclass(frozen=True, slots=True)
class Order:
    """What one process is to make.

    Attributes:
        folder: Where its parts go; its own.
        seed: The city's seed.
        until: The city's last day of records.
        first: Index of the first enterprise, a multiple of `GROUP`.
        below: Index after the last enterprise.
    """

    folder: Path
    seed: int
    until: date
    first: int
    below: int


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one block in one file.

    Attributes:
        layout: Place of the layout among `LAYOUTS`.
        delivery: Place of the day among the city's deliveries.
        path: The rows, as text in the layout's encoding with its line ends.
        rows: How many.
        planted: Number of each planted row among them, from 1, with its kind and outcome.
    """

    layout: int
    delivery: int
    path: Path
    rows: int
    planted: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True, slots=True)
class Made:
    """What a block has come to.

    Attributes:
        parts: Parts of the departments' files, by layout and delivery.
        enterprises: What is true of the enterprises, as lines of text.
        count: How many enterprises.
    """

    parts: tuple[Part, ...]
    enterprises: Path
    count: int


def make(order: Order) -> Made:
    """Make one block."""
    order.folder.mkdir(parents=True, exist_ok=True)
    calendar = timeline(order.until)
    with DuckDBEngine(order.folder / "spill", memory_limit=_MEMORY, threads=1).session() as session:
        furnish(session, calendar, order.seed)
        upper = -(-order.below // GROUP) * GROUP
        session.run(f"CREATE OR REPLACE MACRO first_index() AS {order.first:d}")
        session.run(f"CREATE OR REPLACE MACRO last_index() AS {upper:d}")
        for script in ("firms", "economy", "books"):
            run_script(session, script)
        enterprises = order.folder / "enterprises"
        _write(
            session,
            f"SELECT line FROM ({query('truth')}) WHERE idx < {order.below:d} ORDER BY idx",
            enterprises,
        )
        parts = tuple(
            part
            for number, layout in enumerate(LAYOUTS)
            for part in _parts(session, layout, number, calendar, order)
        )
    return Made(parts, enterprises, order.below - order.first)


def _parts(session: Session, layout: Layout, number: int, calendar: Timeline, order: Order) -> Iterator[Part]:
    stage(session, layout, calendar, number=number, below=order.below)
    days = [calendar.deliveries[place] for place in layout.deliveries]
    befall(session, layout, spoiling(layout), days)
    counts: dict[int, int] = dict(session.rows("SELECT d, count(*) FROM printed GROUP BY d"))
    planted: dict[int, list[tuple[int, str, str]]] = {}
    above = {place: sum(rows for d, rows in counts.items() if d < place) for place in counts}
    for place, row, kind, outcome in session.rows(
        "SELECT d, rowid + 1, kind, outcome FROM printed WHERE coalesce(kind, '') <> '' ORDER BY rowid"
    ):
        planted.setdefault(place, []).append((row - above[place], kind, outcome))
    for place, rows in sorted(counts.items()):
        path = order.folder / f"{number}-{place}"
        end = "" if layout.form == "xlsx" else " || chr(13)"
        _write(session, f"SELECT line{end} AS line FROM printed WHERE d = {place:d} ORDER BY rowid", path)
        if layout.encoding == "gb18030":
            _encode(path, layout.encoding)
        yield Part(number, layout.deliveries[place], path, rows, tuple(planted.get(place, ())))


def _write(session: Session, sql: str, path: Path) -> None:
    session.run(f"COPY ({sql}) TO {text(str(path))} {_AS_IT_IS}")


def _encode(path: Path, encoding: str) -> None:
    """Turn a UTF-8 file into another encoding, a piece at a time."""
    turned = path.with_suffix(".turned")
    with (
        path.open(encoding="utf-8", newline="") as reader,
        turned.open("w", encoding=encoding, newline="") as writer,
    ):
        shutil.copyfileobj(reader, writer, _CHUNK)
    turned.replace(path)
