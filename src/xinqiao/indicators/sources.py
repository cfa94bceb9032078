"""What to select from: each data set as it was known, each relation over it, and what is kept in a table."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date

from xinqiao.catalogue import Contract
from xinqiao.catalogue.views import current, withheld
from xinqiao.engine.dialect import identifier, within
from xinqiao.indicators.model import Catalogue, Relation
from xinqiao.indicators.steps import RECORDS, Step
from xinqiao.indicators.windows import substitute
from xinqiao.kernel.clock import end_of_day


def of_datasets(
    datasets: Collection[str],
    contracts: Mapping[str, Contract],
    *,
    as_of: date,
    corrected: Collection[str] | None,
    subjects: Collection[int] | None,
) -> tuple[list[Step], dict[str, str]]:
    """What to select from for each data set as it was known, and the views that must be made first."""
    steps: list[Step] = []
    sources: dict[str, str] = {}
    asked = None if subjects is None else within(subjects)
    for dataset in datasets:
        contract = contracts[dataset]
        view = RECORDS + dataset
        replacements = corrected is None or dataset in corrected
        # Which delivery of a snapshot is newest shows only in all of it, so it is narrowed afterwards, as is a
        # plain filter, which needs no view to be narrowed by.
        whole = asked is None or contract.mode == "snapshot" or not replacements
        if not whole:
            narrowed = f"narrowed_{dataset}"
            steps.append(Step(narrowed, f"SELECT * FROM {identifier(view)} WHERE {asked}", True))
            view = narrowed
        sql = current(contract, view, as_of=as_of, known_until=end_of_day(as_of), replacements=replacements)
        if whole and asked is not None:
            sql = f"SELECT * FROM ({sql}) WHERE {asked}"
        sources[dataset] = f"({sql})"
    return steps, sources


def of_withheld(
    datasets: Collection[str], contracts: Mapping[str, Contract], *, as_of: date
) -> tuple[list[Step], dict[str, str]]:
    """Tables of the subjects of whom a snapshot's newest list had refused rows; their names by data set."""
    lists = [dataset for dataset in datasets if contracts[dataset].mode == "snapshot"]
    names = {dataset: f"withheld_{dataset}" for dataset in lists}
    steps = [
        Step(name, withheld(identifier(RECORDS + dataset), known_until=end_of_day(as_of)))
        for dataset, name in names.items()
    ]
    return steps, names


def of_computed(
    relations: Collection[Relation], catalogue: Catalogue, *, subjects: Collection[int] | None
) -> dict[str, str]:
    """What to select from for each computed table that a relation reads: it says who is in it as of the day."""
    read = {relation.source for relation in relations} & catalogue.computed.keys()
    if subjects is None:
        return {name: identifier(name) for name in sorted(read)}
    return {name: f"(SELECT * FROM {identifier(name)} WHERE {within(subjects)})" for name in sorted(read)}


def share(
    catalogue: Catalogue,
    contracts: Mapping[str, Contract],
    relations: Collection[Relation],
    wanted: Collection[str],
    sources: dict[str, str],
    costly: Collection[str],
    as_of: date,
) -> list[Step]:
    """Add the relations to `sources`; the tables for what is read more than once.

    Of the data sets only those are kept whose newest versions had to be looked for: filtering a file twice, to
    the columns and months that each relation reads, is cheaper than keeping all of it. The population reads
    nothing but subjects and is not counted.
    """
    readers = Counter(relation.source for relation in relations)
    readers.update({catalogue.formula(name).relation for name in wanted})
    steps: list[Step] = []
    for dataset in list(sources):
        if readers[dataset] > 1 and dataset in costly:
            read = columns_read(relations, dataset)
            columns = ", ".join(
                identifier(name) for name in contracts[dataset].record_columns() if name in read
            )
            steps.append(Step(f"known_{dataset}", f"SELECT {columns} FROM {sources[dataset]}"))
            sources[dataset] = identifier(f"known_{dataset}")
    for relation in relations:
        source = sources[relation.source]
        sql = substitute(relation.sql, as_of=as_of, new_year=catalogue.new_year, source=source)
        sources[relation.name] = f"({sql})"
        if readers[relation.name] > 1:
            steps.append(Step(f"relation_{relation.name}", sql))
            sources[relation.name] = identifier(f"relation_{relation.name}")
    return steps


def columns_read(relations: Collection[Relation], dataset: str) -> frozenset[str]:
    """The columns of a data set that relations read, its subject among them."""
    read = (relation.reads for relation in relations if relation.source == dataset)
    return frozenset({"subject"}).union(*read)
