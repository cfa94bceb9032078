"""The desk of a department: takes rows as they happen and puts them, faults and all, into its deliveries."""

from collections.abc import Callable
from pathlib import Path

from xinqiao.city.dirt import spoiling
from xinqiao.city.faults import CORRECTED, DUPLICATE, Fault
from xinqiao.city.files import Sheet, open_sheet
from xinqiao.city.layout import Layout
from xinqiao.city.timeline import DELIVERIES, Timeline

# Shares of rows, cumulative: a fault in the row, the row twice, the row corrected later, the row known late.
_FAULTY = 0.0165
_TWICE = 0.0195
_CORRECTED = 0.0225
_LATE = 0.027

Correction = Callable[[list[str]], list[str] | None]


class DirtLog:
    """The list of everything planted, as a CSV file beside the deliveries."""

    def __init__(self, path: Path, root: Path) -> None:
        """Open the list; files are named relative to `root`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.rows = 0
        self._root = root
        self._stream = path.open("w", encoding="utf-8", newline="\n")
        self._stream.write("dataset,file,row,kind,outcome\n")

    def add(self, layout: Layout, sheet: Sheet, row: int, fault: Fault) -> None:
        """Note one planted row by its number in its file."""
        file = sheet.path.relative_to(self._root).as_posix()
        self._stream.write(f"{layout.dataset},{file},{row},{fault.kind},{fault.outcome}\n")
        self.rows += 1

    def close(self) -> None:
        """Finish the list."""
        self._stream.close()


class Desk:
    """One layout's files, one a delivery; call `begin` before the rows of each enterprise."""

    def __init__(self, layout: Layout, timeline: Timeline, root: Path, log: DirtLog) -> None:
        """Open a file for each delivery."""
        self.layout = layout
        self.sheets = tuple(
            open_sheet(root / "deliveries" / layout.slug / f"{day.isoformat()}.{layout.form}", layout)
            for day in timeline.deliveries
        )
        self._days = timeline.deliveries
        self._log = log
        self._spoiling = spoiling(layout)
        self._random: Callable[[], float] = lambda: 1.0
        self._correct: Correction | None = None
        self._unknown_before = 0

    def begin(
        self, random: Callable[[], float], *, unknown_before: int = 0, correct: Correction | None = None
    ) -> None:
        """Turn to the next enterprise.

        Args:
            random: Its own source of chance.
            unknown_before: Deliveries in which nobody can tell yet whose account number it is.
            correct: Makes a later version of a row, or None for a row that cannot have one.
        """
        self._random = random
        self._unknown_before = unknown_before
        self._correct = correct

    def put(self, row: list[str], delivery: int, *, repeated: bool = False) -> None:
        """Put a row into a delivery, perhaps with a fault; `repeated` rows come again in the next delivery.

        A row of a delivery after the last one has not happened yet and is dropped.
        """
        if delivery >= DELIVERIES:
            return
        draw = self._random()
        if draw < _LATE or repeated or delivery < self._unknown_before:
            self._put_oddly(row, delivery, draw, repeated)
        else:
            self.sheets[delivery].add(row)

    def put_plainly(self, row: list[str], delivery: int) -> None:
        """Put a row into a delivery without any fault."""
        if delivery < DELIVERIES:
            self.sheets[delivery].add(row)

    def put_spoilt(self, row: list[str], delivery: int, fault: Fault) -> None:
        """Put a row that is already wrong into a delivery and note it."""
        if delivery < DELIVERIES:
            sheet = self.sheets[delivery]
            self._log.add(self.layout, sheet, sheet.add(row), fault)

    def revise(self, first: list[str], delivery: int, later: list[str], later_delivery: int) -> None:
        """Put a row and a later version of it; only the later one when both fall into one delivery."""
        if later_delivery <= delivery:
            self.put_plainly(later, delivery)
            return
        self.put_plainly(first, delivery)
        self.put_spoilt(later, later_delivery, Fault("revised", CORRECTED))

    def close(self) -> None:
        """Finish all files."""
        for sheet in self.sheets:
            sheet.close()

    def _put_oddly(self, row: list[str], delivery: int, draw: float, repeated: bool) -> None:
        sheet = self.sheets[delivery]
        if delivery < self._unknown_before:
            reason = f"unresolved_subject:{self.layout.code}"
            self.put_spoilt(row, delivery, Fault("account_not_yet_known", reason))
        elif draw < _FAULTY:
            spoilt = list(row)
            fault = self._spoiling.spoil(spoilt, self._random, self._days[delivery])
            if fault is None:
                sheet.add(row)
            else:
                self.put_spoilt(spoilt, delivery, fault)
        elif draw < _TWICE:
            sheet.add(row)
            self.put_spoilt(row, delivery, Fault("twice_in_file", DUPLICATE))
        elif draw < _CORRECTED:
            later = self._correct(row) if self._correct else None
            sheet.add(row)
            if later is not None:
                self.put_spoilt(later, delivery + 1, Fault("corrected_later", CORRECTED))
        elif draw < _LATE and not self.layout.is_snapshot:
            self.sheets[min(delivery + 1, DELIVERIES - 1)].add(row)
        else:
            sheet.add(row)
            if repeated:
                self.put_spoilt(row, delivery + 1, Fault("delivered_again", DUPLICATE))
