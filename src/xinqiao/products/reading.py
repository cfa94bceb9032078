"""One firm's records as an evaluation knew them, each dataset read once and only where the firm may be found.

A session that is used again keeps its registered views, and which firms a small table holds at all is remembered
by version, so that most datasets of most firms cost nothing.
"""

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from weakref import WeakKeyDictionary

from xinqiao.catalogue import Contract
from xinqiao.catalogue.views import current
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier
from xinqiao.lake import Lake
from xinqiao.rating.evaluation import RECORDS, Evaluation

SMALL_ROWS = 100_000
"""Tables up to this size have the firms in them remembered: 0.8 MB at most for each version."""
_REMEMBERED = 256

_holders: OrderedDict[tuple[Path, str, int], "array[int]"] = OrderedDict()
_registered: "WeakKeyDictionary[Session, dict[str, tuple[Path, ...]]]" = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a firm's records are read.

    Attributes:
        session: The engine session; it may have been used for another firm before.
        lake: The lake.
        contracts: Contracts by dataset.
        evaluation: The evaluation of the report.
        subject: The firm.
        tables: Datasets whose rows stand in the session by now.
    """

    session: Session
    lake: Lake
    contracts: Mapping[str, Contract]
    evaluation: Evaluation
    subject: int
    tables: set[str] = field(default_factory=set)

    def holds(self, dataset: str) -> bool:
        """Whether the dataset may have rows of the firm; False is certain."""
        if dataset not in self.contracts or not self._files(dataset):
            return False
        table, version = RECORDS + dataset, self.evaluation.versions[RECORDS + dataset]
        if sum(file.rows for file in self.lake.files(table, version)) > SMALL_ROWS:
            return True
        known = self._holders(dataset, version)
        place = bisect_left(known, self.subject)
        return place < len(known) and known[place] == self.subject

    def table(self, dataset: str) -> str:
        """Quoted name of the relation of the firm's rows, read on first use; asked for only where it `holds`."""
        name = identifier(f"report_{dataset}")
        if dataset not in self.tables:
            self._read(dataset, name)
            self.tables.add(dataset)
        return name

    def history(self, dataset: str) -> str:
        """Name of the table of all versions of the firm's rows; not for snapshots."""
        self.table(dataset)
        return f"report_history_{dataset}"

    def newest_on(self, dataset: str) -> date | None:
        """Day of the firm's newest record; None when it has none."""
        if not self.holds(dataset):
            return None
        day: date | None = self.session.scalar(f"SELECT max(occurred_on) FROM {self.table(dataset)}")
        return day

    def _files(self, dataset: str) -> tuple[Path, ...]:
        """Files that may hold the firm; all of them of a snapshot, whose newest delivery shows only in the whole."""
        table = RECORDS + dataset
        version = self.evaluation.versions.get(table)
        if version is None:
            return ()
        files = self.lake.files(table, version)
        if self.contracts[dataset].mode != "snapshot":
            files = tuple(file for file in files if file.may_hold("subject", self.subject, self.subject))
        return tuple(file.path for file in files)

    def _source(self, dataset: str, *, whole: bool) -> str:
        """Name of the view of a dataset's files, registered unless it still stands in the session."""
        name = f"report_source_{dataset}{'_whole' if whole else ''}"
        table = RECORDS + dataset
        version = self.evaluation.versions[table]
        files = (
            tuple(file.path for file in self.lake.files(table, version)) if whole else self._files(dataset)
        )
        standing = _registered.setdefault(self.session, {})
        if standing.get(name) != files:
            snapshot = self.contracts[dataset].mode == "snapshot"
            self.lake.register(
                self.session,
                table=table,
                version=version,
                name=name,
                columns=self.contracts[dataset].record_columns(),
                subjects=None if whole or snapshot else [self.subject],
            )
            standing[name] = files
        return name

    def _holders(self, dataset: str, version: int) -> "array[int]":
        key = (self.lake.root, dataset, version)
        known = _holders.get(key)
        if known is None:
            source = identifier(self._source(dataset, whole=True))
            rows = self.session.rows(f"SELECT DISTINCT subject FROM {source} ORDER BY subject")
            known = _holders[key] = array("q", [subject for (subject,) in rows])
            while len(_holders) > _REMEMBERED:
                _holders.popitem(last=False)
        return known

    def _read(self, dataset: str, name: str) -> None:
        contract, session, evaluation = self.contracts[dataset], self.session, self.evaluation
        view = self._source(dataset, whole=False)
        history = f"report_history_{dataset}"
        source = identifier(view)
        if contract.mode == "snapshot":
            known = current(contract, view, as_of=evaluation.as_of, known_until=evaluation.known_until)
            source = f"({known})"
        session.run(
            f"CREATE OR REPLACE TEMP TABLE {identifier(history)} AS"
            f" SELECT * FROM {source} WHERE subject = {self.subject:d}"
        )
        rows = f"SELECT * FROM {identifier(history)}"
        if contract.mode != "snapshot":
            replaced = session.scalar(f"SELECT TRUE FROM {identifier(history)} WHERE supersedes LIMIT 1")
            rows = current(
                contract,
                history,
                as_of=evaluation.as_of,
                known_until=evaluation.known_until,
                replacements=bool(replaced),
            )
        session.run(f"CREATE OR REPLACE TEMP VIEW {name} AS {rows}")
