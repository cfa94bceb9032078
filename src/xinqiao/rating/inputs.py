"""The record tables an evaluation reads, at given versions, and since when something is known in them."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from xinqiao.catalogue import Contract
from xinqiao.engine import Session
from xinqiao.indicators import Catalogue
from xinqiao.indicators.planning import RECORDS as VIEWS
from xinqiao.kernel.clock import end_of_day, naive_utc
from xinqiao.lake import Lake
from xinqiao.rating.evaluation import RECORDS


def read_versions(catalogue: Catalogue, versions: Mapping[str, int]) -> dict[str, int]:
    """Of the lake's versions, those of the record tables that the catalogue reads."""
    tables = [RECORDS + dataset for dataset in catalogue.datasets]
    return {table: versions[table] for table in tables if table in versions}


def register(
    session: Session,
    lake: Lake,
    *,
    catalogue: Catalogue,
    contracts: Mapping[str, Contract],
    versions: Mapping[str, int],
    subjects: Collection[int] | None,
) -> None:
    """Register every record table the catalogue reads; if subjects are named, only files that may hold them.

    A snapshot data set is always registered whole: which delivery is newest shows only in all of it.
    """
    for dataset in catalogue.datasets:
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
        files = lake.files(table, versions[table]) if table in versions else ()
        moments = [file.minimum["known_at"] for file in files if "known_at" in file.minimum]
        if moments:
            known[dataset] = min(_naive(moment) for moment in moments)
    return known


def collected(known: Mapping[str, datetime], as_of: date) -> frozenset[str]:
    """The data sets of which something was known by the end of the day."""
    until = naive_utc(end_of_day(as_of))
    return frozenset(dataset for dataset, moment in known.items() if moment < until)


def _naive(moment: datetime) -> datetime:
    return naive_utc(moment) if moment.tzinfo else moment
