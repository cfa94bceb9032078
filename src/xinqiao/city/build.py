"""Building a city folder: block by block, straight to the departments' files."""

import multiprocessing
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, closing
from datetime import date, timedelta
from pathlib import Path
from typing import IO

from xinqiao.city.block import BLOCK, Made, Order, Part, make
from xinqiao.city.departments import LAYOUTS
from xinqiao.city.files import Sheet, open_sheet
from xinqiao.city.layout import Layout
from xinqiao.city.manifest import FILE, Delivery, Manifest, NoCity, Parameters, load_manifest
from xinqiao.city.timeline import Timeline, timeline
from xinqiao.city.truth import COLUMNS
from xinqiao.kernel.clock import start_of_day

Progress = Callable[[int, int], None]

_ENTERPRISES = "truth/enterprises.csv"
_DIRT = "truth/dirt.csv"
_WORK = ".work"
_EVENING = timedelta(hours=18)
# A block takes most of a gigabyte while it is made.
_MOST_PROCESSES = 4


def build(
    folder: Path,
    *,
    enterprises: int,
    seed: int = 20260630,
    until: date = date(2026, 6, 30),
    progress: Progress | None = None,
    block: int = BLOCK,
) -> Manifest:
    """Write a city into a folder, or find it there already.

    Args:
        folder: Where to; made if it does not exist. Files of an earlier city in it are replaced.
        enterprises: How many, at least 1.
        seed: What all chance comes from.
        until: Last day of records, and day of the last delivery.
        progress: Called now and then with enterprises done and enterprises in all.
        block: How many enterprises are made at once, a multiple of `GROUP`. Nothing but the order of the faults'
            list depends on it.

    Raises:
        ValueError: There are no enterprises to make.
    """
    if enterprises < 1:
        raise ValueError("a city has at least one enterprise")
    parameters = Parameters(enterprises=enterprises, seed=seed, until=until)
    try:
        found = load_manifest(folder)
    except NoCity:
        pass
    else:
        if found.parameters == parameters:
            return found
        _clear(found)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).unlink(missing_ok=True)
    calendar = timeline(until)
    joined = _joined(folder, parameters, calendar, block, progress)
    _write_mappings(folder)
    deliveries = _deliveries(folder, calendar, joined.sheets)
    manifest = Manifest(
        folder=folder,
        parameters=parameters,
        deliveries=deliveries,
        as_of=calendar.as_of,
        enterprises_file=_ENTERPRISES,
        dirt_file=_DIRT,
        rows=sum(each.rows for each in deliveries),
        dirty_rows=joined.planted,
    )
    manifest.save()
    return manifest


def _joined(
    folder: Path, parameters: Parameters, calendar: Timeline, block: int, progress: Progress | None
) -> "_Joining":
    """Make all blocks and write their records to the files of the city."""
    enterprises, work = parameters.enterprises, folder / _WORK
    shutil.rmtree(work, ignore_errors=True)
    orders = [
        Order(work / str(first), parameters.seed, parameters.until, first, min(first + block, enterprises))
        for first in range(0, enterprises, block)
    ]
    try:
        with _Joining(folder, calendar) as joining:
            done = 0
            for order, made in _made(orders):
                joining.add(made)
                shutil.rmtree(order.folder)
                done += made.count
                if progress:
                    progress(done, enterprises)
            return joining
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _made(orders: list[Order]) -> Iterator[tuple[Order, Made]]:
    """All blocks in order, made on all processors when there are several."""
    processes = min(len(orders), len(os.sched_getaffinity(0)), _MOST_PROCESSES)
    if processes == 1:
        yield from ((order, make(order)) for order in orders)
        return
    # A fresh interpreter for each process: the engine's threads do not live through a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        waiting: deque[tuple[Order, Future[Made]]] = deque()
        for order in orders:
            waiting.append((order, pool.submit(make, order)))
            # No more parts may lie about than the processes need to stay busy.
            if len(waiting) > processes:
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()


class _Joining:
    """The files of a city while blocks are added to them."""

    def __init__(self, folder: Path, calendar: Timeline) -> None:
        self.sheets: dict[tuple[int, int], Sheet] = {}
        self.planted = 0
        self._folder = folder
        self._calendar = calendar
        self._open = ExitStack()
        self._truth: IO[bytes] = self._new(_ENTERPRISES)
        self._truth.write((",".join(COLUMNS) + "\n").encode())
        self._dirt: IO[bytes] = self._new(_DIRT)
        self._dirt.write(b"dataset,file,row,kind,outcome\n")

    def __enter__(self) -> "_Joining":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, made: Made) -> None:
        """Append a block to all files."""
        with made.enterprises.open("rb") as reader:
            shutil.copyfileobj(reader, self._truth)
        for part in made.parts:
            self._append(part)

    def _append(self, part: Part) -> None:
        layout, place = LAYOUTS[part.layout], (part.layout, part.delivery)
        if place not in self.sheets:
            path = self._folder / _file(layout, self._calendar.deliveries[part.delivery])
            self.sheets[place] = self._open.enter_context(closing(open_sheet(path, layout)))
        sheet = self.sheets[place]
        file = sheet.path.relative_to(self._folder).as_posix()
        noted = "".join(
            f"{layout.dataset},{file},{sheet.rows + row},{kind},{outcome}\n"
            for row, kind, outcome in part.planted
        )
        self._dirt.write(noted.encode())
        self.planted += len(part.planted)
        sheet.append(part.path, part.rows)

    def _new(self, file: str) -> IO[bytes]:
        path = self._folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        return self._open.enter_context(path.open("wb"))


def _file(layout: Layout, day: date) -> str:
    return f"deliveries/{layout.slug}/{day.isoformat()}.{layout.form}"


def _write_mappings(folder: Path) -> None:
    for layout in LAYOUTS:
        if layout.mapped:
            path = folder / _mapping(layout)
            path.parent.mkdir(exist_ok=True)
            path.write_text(layout.mapping, encoding="utf-8")


def _mapping(layout: Layout) -> str:
    return f"mappings/{layout.slug}.yaml"


def _deliveries(
    folder: Path, calendar: Timeline, sheets: dict[tuple[int, int], Sheet]
) -> tuple[Delivery, ...]:
    """All deliveries in order; a department without data sends none."""
    return tuple(
        Delivery(
            dataset=layout.dataset,
            files=(sheets[number, place].path.relative_to(folder).as_posix(),),
            mapping=_mapping(layout) if layout.mapped else None,
            known_at=start_of_day(day) + _EVENING + timedelta(minutes=layout.minute),
            source=layout.source,
            rows=sheets[number, place].rows,
        )
        for place, day in enumerate(calendar.deliveries)
        for number, layout in enumerate(LAYOUTS)
        if (number, place) in sheets
    )


def _clear(old: Manifest) -> None:
    """Remove the files of an earlier city, and nothing else that may lie in the folder."""
    (old.folder / FILE).unlink()
    for delivery in old.deliveries:
        for file in delivery.files:
            (old.folder / file).unlink(missing_ok=True)
