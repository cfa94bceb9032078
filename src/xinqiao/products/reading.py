"""One firm's records as an evaluation knew them, each dataset read once and only where the firm may be found.

A session that is used again keeps its registered views, and which firms a small table holds at all is remembered
by version, so that most datasets of most firms cost nothing.
"""

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from xinqiao.catalogue import Contract
from xinqiao.catalogue.views import current
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal
from xinqiao.kernel.clock import naive_utc
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
        tables: Quoted names of the relations of the datasets whose rows stand in the session by now.
        listed: Datasets whose rows have been listed by now.
    """

    session: Session
    lake: Lake
    contracts: Mapping[str, Contract]
    evaluation: Evaluation
    subject: int
    tables: dict[str, str] = field(default_factory=dict)
    listed: dict[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

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

    def rows(self, dataset: str, *, again: bool = False) -> Sequence[Mapping[str, Any]]:
        """All of the firm's rows of a dataset that `holds`; for those of which a firm has few.

        Args:
            dataset: The dataset.
            again: Whether aggregates of the rows will be asked for too, so that a copy in the session pays.
        """
        if dataset not in self.listed:
            known: Sequence[Mapping[str, Any]] | None = None
            if dataset not in self.tables and self.contracts[dataset].mode != "snapshot":
                source = self._copy(dataset) if again else self._as_delivered(dataset)
                known = self.session.records(f"SELECT * FROM {source}")
                if any(row["supersedes"] for row in known):
                    known = None
                elif again:
                    self.tables[dataset] = source
            if known is None:
                known = self.session.records(f"SELECT * FROM {self.table(dataset)}")
            self.listed[dataset] = known
        return self.listed[dataset]

    def aggregates(
        self, dataset: str, aggregates: Sequence[str], *, also: Sequence[str] = (), again: bool = False
    ) -> Sequence[Any]:
        """Aggregates over the firm's rows, straight from the files in one statement where none replaces another.

        Args:
            dataset: A dataset that `holds`.
            aggregates: SQL over the columns of the rows and of `also`.
            also: Further columns, `SQL AS name`.
            again: Whether the rows will be asked for again, so that a copy in the session pays.
        """
        told, columns = ", ".join(aggregates), ", ".join(["*", *also])
        query = "SELECT bool_or(supersedes), " + told + " FROM (SELECT " + columns + " FROM "
        if dataset not in self.tables and self.contracts[dataset].mode != "snapshot":
            source = self._copy(dataset) if again else self._as_delivered(dataset)
            replaced, *values = self.session.rows(query + source + ")")[0]
            if not replaced:
                if again:
                    self.tables[dataset] = source
                return values
        _, *values = self.session.rows(query + self.table(dataset) + ")")[0]
        return values

    def by_month(
        self, dataset: str, figures: Sequence[str], *, day: str
    ) -> Mapping[date | None, Sequence[Any]]:
        """Aggregates over the firm's rows by the month, told by its first day, that `day` falls into."""
        month = f"date_trunc('month', {identifier(day)})::DATE"
        told = ", ".join([month, *figures])
        rows = self.session.rows(f"SELECT {told} FROM {self.table(dataset)} GROUP BY 1")
        return {first: values for first, *values in rows}

    def table(self, dataset: str) -> str:
        """Quoted name of the relation of the firm's rows, read on first use; asked for only where it `holds`."""
        if dataset not in self.tables:
            self.tables[dataset] = self._read(dataset)
        return self.tables[dataset]

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

    def _as_delivered(self, dataset: str) -> str:
        """A query in brackets for the firm's known rows; what happened after the day only where it replaces some."""
        source = identifier(self._source(dataset, whole=False))
        return (
            f"(SELECT * FROM {source} WHERE subject = {self.subject:d}"
            f" AND known_at < {literal(naive_utc(self.evaluation.known_until))}"
            f" AND (occurred_on <= {literal(self.evaluation.as_of)} OR supersedes))"
        )

    def _copy(self, dataset: str) -> str:
        """Copy `_as_delivered` into the session; the quoted name of the table."""
        name = identifier(f"report_history_{dataset}")
        self.session.run(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM {self._as_delivered(dataset)}"
        )
        return name

    def _read(self, dataset: str) -> str:
        contract, session, evaluation = self.contracts[dataset], self.session, self.evaluation
        name = identifier(f"report_{dataset}")
        held_on = partial(current, contract, as_of=evaluation.as_of, known_until=evaluation.known_until)
        if contract.mode == "snapshot":
            known = held_on(self._source(dataset, whole=False))
            session.run(
                f"CREATE OR REPLACE TEMP TABLE {identifier(f'report_history_{dataset}')} AS"
                f" SELECT * FROM ({known}) WHERE subject = {self.subject:d}"
            )
            return identifier(f"report_history_{dataset}")
        history = self._copy(dataset)
        replaced = session.scalar(f"SELECT TRUE FROM {history} WHERE supersedes LIMIT 1")
        if not replaced:
            return history
        session.run(f"CREATE OR REPLACE TEMP VIEW {name} AS {held_on(f'report_history_{dataset}')}")
        return name
