"""The record tables an evaluation reads, at given versions, and since when something is known in them."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from xinqiao.catalogue import Contract
from xinqiao.engine import Session
from xinqiao.indicators import Catalogue
from xinqiao.indicators.planning import RECORDS as VIEWS
from xinqiao.intake import queries as deliveries
from xinqiao.kernel.clock import end_of_day, naive_utc
from xinqiao.lake import Lake
from xinqiao.rating.evaluation import RECORDS
from xinqiao.store import Transaction


def datasets(catalogue: Catalogue, also: Collection[str] = ()) -> tuple[str, ...]:
    """The data sets of the catalogue and others beside them, in order of name."""
    return tuple(sorted({*catalogue.datasets, *also}))


def read_versions(read: Collection[str], versions: Mapping[str, int]) -> dict[str, int]:
    """Of the lake's versions, those of the record tables of the data sets read."""
    tables = [RECORDS + dataset for dataset in read]
    return {table: versions[table] for table in tables if table in versions}


def register(
    session: Session,
    lake: Lake,
    *,
    datasets: Collection[str],
    contracts: Mapping[str, Contract],
    versions: Mapping[str, int],
    subjects: Collection[int] | None,
) -> None:
    """Register the record tables of data sets; if subjects are named, only files that may hold them.

    A snapshot data set is always registered whole: which delivery is newest shows only in all of it.
    """
    for dataset in datasets:
        contract = contracts[dataset]
        lake.register(
            session,
            table=RECORDS + dataset,
            version=versions.get(RECORDS + dataset),
            name=VIEWS + dataset,
            columns=contract.record_columns(),
            subjects=None if contract.mode == "snapshot" else subjects,
        )


def first_known(lake: Lake, *, catalogue: Catalogue, versions: Mapping[str, int]) -> dict[str, datetime]:
    """When the first record of each data set became known (naive UTC), from the statistics of its files."""
    known: dict[str, datetime] = {}
    for dataset in catalogue.datasets:
        table = RECORDS + dataset
        if table in versions:
            moment = lake.least(table, versions[table], "known_at")
            if moment is not None:
                known[dataset] = _naive(moment)
    return known


def collected(known: Mapping[str, datetime], as_of: date) -> frozenset[str]:
    """The data sets of which something was known by the end of the day."""
    until = naive_utc(end_of_day(as_of))
    return frozenset(dataset for dataset, moment in known.items() if moment < until)


def regions(
    tx: Transaction, *, versions: Mapping[str, int], known_until: datetime
) -> dict[str, tuple[str, ...]]:
    """The data sets collected for some regions only, with the beginnings of their division codes, sorted."""
    found = deliveries.brought(tx, versions=versions, known_before=known_until, limited=True)
    return {dataset: each.covers for dataset, each in found.items() if each.covers is not None}


def _naive(moment: datetime) -> datetime:
    return naive_utc(moment) if moment.tzinfo else moment
