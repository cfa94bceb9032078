"""One firm's records as an evaluation knew them, each dataset read once and only where the firm may be found.

A session that is used again keeps its registered views, and which firms a small table holds at all is remembered
by version, so that most datasets of most firms cost nothing.
"""

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypedDict
from weakref import WeakKeyDictionary

from xinqiao.catalogue import Contract
from xinqiao.catalogue.views import current, newest_list, withheld
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal
from xinqiao.engine.packing import NOTHING
from xinqiao.kernel.clock import naive_utc
from xinqiao.lake import Lake
from xinqiao.products import packs
from xinqiao.products.packs import Pack, Telling, Told
from xinqiao.rating.evaluation import RECORDS, Evaluation

SMALL_ROWS = 100_000
"""Tables up to this size have the firms in them remembered: 0.8 MB at most for each version."""
_REMEMBERED = 256

_newest: dict[tuple[Path, str, int, datetime], int | None] = {}
_withheld: dict[tuple[Path, str, int, datetime], frozenset[int]] = {}
_holders: OrderedDict[tuple[Path, str, int], "array[int]"] = OrderedDict()
_registered: "WeakKeyDictionary[Session, dict[str, tuple[Path, ...]]]" = WeakKeyDictionary()


class _Day(TypedDict):
    """The day looked at and the first instant no longer known."""

    as_of: date
    known_until: datetime


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
        packs: Rows by dataset that were read as texts.
    """

    session: Session
    lake: Lake
    contracts: Mapping[str, Contract]
    evaluation: Evaluation
    subject: int
    tables: dict[str, str] = field(default_factory=dict)
    listed: dict[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    packs: dict[str, Pack] = field(default_factory=dict)

    def read(self, datasets: Iterable[str]) -> None:
        """Read the firm's rows of these datasets in one statement; those of which it has very many stay where they are."""
        held = [dataset for dataset in datasets if dataset not in self.packs and self.holds(dataset)]
        sources = {dataset: self._held_source(dataset) for dataset in held}
        self.packs.update(packs.read(self.session, self.contracts, sources))

    def holds(self, dataset: str) -> bool:
        """Whether the dataset may have rows of the firm; False is certain."""
        if dataset in self.packs:
            return self.packs[dataset].lines != NOTHING
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
        if dataset not in self.listed and dataset in self.packs:
            pack = self.packs[dataset]
            self.listed[dataset] = (
                self.records(dataset, "SELECT * FROM held")
                if pack.replaced
                else packs.rows(pack, self.contracts[dataset])
            )
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

    def told(self, dataset: str, asked: Telling) -> Told:
        """What is asked of the firm's rows of a dataset that `holds`."""
        if dataset in self.packs:
            return packs.tell(
                self.session, self.packs[dataset], self.contracts[dataset], asked, **self._day()
            )
        again = bool(asked.figures)
        values = self.aggregates(dataset, asked.aggregates, also=asked.also, again=again)
        return values, self.by_month(dataset, asked.figures, day=asked.day) if again else {}

    def records(self, dataset: str, query: str) -> Sequence[Mapping[str, Any]]:
        """Answer a query over `held`, the firm's rows of a dataset that `holds`."""
        if dataset not in self.packs:
            return self.session.records(f"WITH held AS (SELECT * FROM {self.table(dataset)}) {query}")
        return packs.records(self.session, self.packs[dataset], self.contracts[dataset], query, **self._day())

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
        day: date | None = self.records(dataset, "SELECT max(occurred_on) AS newest FROM held")[0]["newest"]
        return day

    def withheld(self, dataset: str) -> bool:
        """Whether the newest list of a snapshot had a row of the firm that is still refused."""
        if self.contracts[dataset].mode != "snapshot" or not self._files(dataset):
            return False
        version, until = self.evaluation.versions[RECORDS + dataset], self.evaluation.known_until
        key = (self.lake.root, dataset, version, until)
        if key not in _withheld:
            if len(_withheld) >= _REMEMBERED:
                _withheld.clear()
            source = identifier(self._source(dataset, whole=True))
            _withheld[key] = frozenset(
                subject for (subject,) in self.session.rows(withheld(source, known_until=until))
            )
        return self.subject in _withheld[key]

    def _day(self) -> _Day:
        return {"as_of": self.evaluation.as_of, "known_until": self.evaluation.known_until}

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

    def _held_source(self, dataset: str) -> str:
        """A query in brackets for the firm's known rows, those of a snapshot in its newest delivery alone."""
        files = [
            file.path
            for file in self.lake.files(RECORDS + dataset, self.evaluation.versions[RECORDS + dataset])
            if file.may_hold("subject", self.subject, self.subject)
        ]
        contract = self.contracts[dataset]
        source = self.session.source(files, contract.record_columns())
        if contract.mode != "snapshot":
            return self._known_rows(source)
        return (
            f"(SELECT * FROM {source} WHERE subject = {self.subject:d}"
            f" AND known_at < {literal(naive_utc(self.evaluation.known_until))}"
            f" AND occurred_on <= {literal(self.evaluation.as_of)}"
            f" AND delivery = {literal(self._newest_delivery(dataset))})"
        )

    def _newest_delivery(self, dataset: str) -> int | None:
        """The snapshot that counts, as `catalogue.views.current` chooses it from everybody's rows."""
        version, until = self.evaluation.versions[RECORDS + dataset], self.evaluation.known_until
        key = (self.lake.root, dataset, version, until)
        if key not in _newest:
            if len(_newest) >= _REMEMBERED:
                _newest.clear()
            source = identifier(self._source(dataset, whole=True))
            _newest[key] = self.session.scalar(newest_list(source, known_until=until))
        return _newest[key]

    def _as_delivered(self, dataset: str) -> str:
        """A query in brackets for the firm's known rows; what happened after the day only where it replaces some."""
        return self._known_rows(identifier(self._source(dataset, whole=False)))

    def _known_rows(self, source: str) -> str:
        return (
            f"(SELECT * FROM {source} WHERE subject = {self.subject:d}"
            f" AND known_at < {literal(naive_utc(self.evaluation.known_until))}"
            f" AND (occurred_on <= {literal(self.evaluation.as_of)} OR supersedes))"
        )

    def _copy(self, dataset: str) -> str:
        """Copy `_as_delivered` into the session; the quoted name of the table."""
        name = identifier(f"report_history_{dataset}")
        self.session.run(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM {self._as_delivered(dataset)}")
        return name

    def _read(self, dataset: str) -> str:
        contract, session, evaluation = self.contracts[dataset], self.session, self.evaluation
        name = identifier(f"report_{dataset}")
        held_on = partial(current, contract, as_of=evaluation.as_of, known_until=evaluation.known_until)
        if contract.mode == "snapshot":
            known = held_on(self._source(dataset, whole=False))
            session.run(
                f"CREATE OR REPLACE TABLE {identifier(f'report_history_{dataset}')} AS"
                f" SELECT * FROM ({known}) WHERE subject = {self.subject:d}"
            )
            return identifier(f"report_history_{dataset}")
        history = self._copy(dataset)
        replaced = session.scalar(f"SELECT TRUE FROM {history} WHERE supersedes LIMIT 1")
        if not replaced:
            return history
        session.define(f"report_{dataset}", held_on(f"report_history_{dataset}"))
        return name
