"""The tables that relations read beside records: made of everybody's, before the indicators.

Such a table says of one enterprise what follows from the records of others, so it cannot be made anew of the records
of a few. Whoever evaluates a few gives the table as an evaluation of everybody kept it, or none.
"""

from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType

from xinqiao import parties
from xinqiao.catalogue import Contract
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier
from xinqiao.indicators.model import Catalogue
from xinqiao.indicators.steps import RECORDS
from xinqiao.indicators.values import Collected, Regions, covered


def make(
    session: Session,
    *,
    catalogue: Catalogue,
    contracts: Mapping[str, Contract],
    as_of: date,
    regions: Mapping[str, Collection[str]] = MappingProxyType({}),
    progress: parties.Progress | None = None,
) -> None:
    """Make the computed tables of the catalogue of everybody, from the views `record_<data set>`.

    Data sets collected for some regions only are named with the beginnings of their codes.
    """
    if catalogue.computed:
        parties.compute(
            session,
            rules=parties.load_rules().value,
            contracts=contracts,
            views={dataset: RECORDS + dataset for dataset in made_of(catalogue, regions)},
            as_of=as_of,
            regions=regions,
            progress=progress,
        )


def made_of(catalogue: Catalogue, regions: Collection[str]) -> frozenset[str]:
    """The data sets that computed tables are made of.

    Where a court list was collected for some regions only, what says where an enterprise is belongs to them.
    """
    placed = set(regions) & set(parties.COURT_DATASETS) & set(catalogue.computed_datasets)
    return frozenset(
        {*catalogue.computed_datasets, *([catalogue.dataset_of(catalogue.region_relation)] if placed else ())}
    )


def drop(session: Session, catalogue: Catalogue) -> None:
    """Take away the computed tables, so that what stands on them is unknown."""
    for name in catalogue.computed:
        session.run(f"DROP TABLE IF EXISTS {identifier(name)}")


def collected(catalogue: Catalogue, of_records: Collected) -> dict[str, Regions]:
    """The computed tables absence from which is news: those of whose data sets all have been collected.

    The region of an enterprise must be among those of each data set.
    """
    known = covered(of_records)
    found: dict[str, Regions] = {}
    for name, table in catalogue.computed.items():
        if known.keys() >= set(table.datasets):
            common: Regions = None
            for dataset in table.datasets:
                common = _common(common, known[dataset])
            found[name] = common
    return found


def _common(one: Regions, other: Regions) -> Regions:
    """The regions, by prefixes of their codes, that lie in both."""
    if one is None or other is None:
        return other if one is None else one
    return _within(one, other) | _within(other, one)


def _within(inner: Collection[str], outer: Collection[str]) -> set[str]:
    return {each for each in inner if each.startswith(tuple(outer))}
