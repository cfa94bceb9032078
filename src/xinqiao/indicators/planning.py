"""From declarations to a few statements: indicators of one relation share one pass over its records.

Every relation is aggregated once, `GROUP BY subject`, with all indicators and facts that stand on it; the groups
are joined to the population, and derived values are computed on the joined row. A data set that several
relations read, and a relation that several others read, is made a table once.

Sums are taken over integers, so that a value does not depend on the order in which threads add.
"""

from collections.abc import Collection, Mapping
from datetime import date

from xinqiao.catalogue import Contract
from xinqiao.engine.dialect import identifier
from xinqiao.indicators import sectors, sources, values
from xinqiao.indicators.model import Catalogue, Relation
from xinqiao.indicators.sectors import CHOSEN, COMPUTED, INDUSTRY, MEASURES, SECTORS
from xinqiao.indicators.steps import RECORDS, Plan, Step
from xinqiao.indicators.terms import Fact, Series
from xinqiao.indicators.values import REGION, VALUES, Collected, Joined, covered
from xinqiao.indicators.windows import month_literals, substitute

__all__ = ["COMPUTED", "MEASURES", "RECORDS", "SECTORS", "VALUES", "Collected", "Plan", "Step", "plan"]

_POPULATION = "population"
_MEASURED = "measured"
_FEW = 8


def plan(
    catalogue: Catalogue,
    contracts: Mapping[str, Contract],
    *,
    as_of: date,
    collected: Collected,
    corrected: Collection[str] | None = None,
    subjects: Collection[int] | None = None,
    codes: Collection[str] | None = None,
    measures: str = COMPUTED,
    outlook: bool = False,
    empty: Collection[str] = (),
    given: Collection[str] | None = None,
) -> Plan:
    """Plan the evaluation of all indicators, or of some, for all subjects, or for some.

    Args:
        catalogue: The declarations.
        contracts: Contracts by data set.
        as_of: The day looked at; nothing that became known later counts.
        collected: Data sets of which something was known by then, and computed tables made of such: absence from
            those is news. A mapping says for which regions, by prefixes of their code, or None for everywhere.
        corrected: Data sets in which some row replaces another; any may when None. A look for such rows costs as
            much as the sums.
        subjects: The subjects to evaluate; everybody when None.
        codes: The indicators wanted, what they derive from is added; all when None.
        measures: `compute` to compute what is usual in each sector from the subjects evaluated, else the
            relation to read it from.
        outlook: Whether there is a table `sector_outlook` to compute measures from.
        empty: Data sets and computed tables known to hold nothing of the subjects, or not there: left out.
        given: Indicators whose values are known: where others read them, they are taken from the table
            `given_values` (subject and a column for each). Then the table `indicator_sector` is there too, with the
            sector of each subject evaluated, and the population's records are not read. None to compute everything.

    Raises:
        Misdeclared: A declared table does not reach `as_of`.
    """
    computing, placed, known = measures == COMPUTED, given is not None, given or ()
    wanted = _with_sources(catalogue, codes, computing=computing, given=known)
    taken = tuple(name for name in wanted if name in known)
    formulas = [name for name in wanted if name not in catalogue.measures.named and name not in known]
    covering = covered(collected)
    population = () if placed else catalogue.population
    places = _places(catalogue, covering, placed=placed)
    relations = _relations_used(catalogue, formulas, places, set(empty) - set(catalogue.population))
    datasets = sorted({*population, *(r.source for r in relations if r.source in contracts)})
    replaced = {each for each in datasets if corrected is None or each in corrected}
    narrowing, source = sources.of_datasets(
        datasets, contracts, as_of=as_of, corrected=replaced, subjects=subjects
    )
    withholding, withheld = sources.of_withheld(datasets, contracts, as_of=as_of)
    source |= sources.of_computed(relations, catalogue, subjects=subjects)
    costly = {each for each in datasets if each in replaced or contracts[each].mode == "snapshot"}
    shared = sources.share(catalogue, contracts, relations, formulas, source, costly, as_of)
    groups, passes = _passes(catalogue, relations, formulas, source, as_of)
    few = subjects is not None and len(subjects) <= _FEW
    joined = values.Joined(groups, covering, _POPULATION, few=few, given=taken, withheld=withheld)
    steps = [*narrowing, *withholding, *shared, *passes, *_placing(catalogue, source, groups, placed=placed)]
    measured = tuple(name for name in wanted if name in catalogue.measures.named)
    if computing:
        steps += _measuring(catalogue, measured, joined, as_of=as_of, outlook=outlook)
    if measured:
        read = MEASURES if computing else measures
        steps.append(Step(CHOSEN, sectors.chosen(catalogue, measured, read, as_of=as_of)))
    found = tuple(name for name in formulas if name in catalogue.indicators)
    steps.append(Step(VALUES, values.rows(catalogue, found, joined, as_of=as_of, measures=measured)))
    reads = {each: sources.columns_read(relations, each) for each in datasets}
    return Plan(
        steps=tuple(steps), codes=found, datasets=tuple(datasets), reads=reads, measures=measured, given=taken
    )


def _places(
    catalogue: Catalogue, collected: Mapping[str, Collection[str] | None], *, placed: bool
) -> set[str]:
    """The relations that say where a subject belongs, as far as that must be found."""
    if not placed:
        return {catalogue.sector_relation, catalogue.region_relation}
    # Where absence is news everywhere or nowhere, nobody's region matters.
    everywhere = all(regions is None for regions in collected.values())
    return set() if everywhere else {catalogue.region_relation}


def _placing(
    catalogue: Catalogue, source: Mapping[str, str], groups: Mapping[str, str], *, placed: bool
) -> list[Step]:
    """Who is evaluated, and in which sector each is."""
    if placed:
        return [Step(_POPULATION, f"SELECT subject FROM {SECTORS}")]
    sector = sectors.sector_of_each(catalogue, _POPULATION, groups[catalogue.sector_relation])
    return [Step(_POPULATION, _population(catalogue, source)), Step(SECTORS, sector)]


def _passes(
    catalogue: Catalogue,
    relations: Collection[Relation],
    formulas: Collection[str],
    source: Mapping[str, str],
    as_of: date,
) -> tuple[dict[str, str], list[Step]]:
    """One aggregation for each relation that anything stands on; its table by relation."""
    groups: dict[str, str] = {}
    steps: list[Step] = []
    for relation in relations:
        if columns := _group(catalogue, relation, formulas, as_of):
            groups[relation.name] = f"group_{relation.name}"
            listed = ",\n  ".join(["subject", *columns])
            # The SQL in it is declared and was checked by the loader.
            sql = f"SELECT\n  {listed}\nFROM {source[relation.name]}\nGROUP BY subject"
            steps.append(Step(groups[relation.name], sql))
    return groups, steps


def _measuring(
    catalogue: Catalogue, measured: Collection[str], joined: Joined, *, as_of: date, outlook: bool
) -> list[Step]:
    """The values that measures are taken of, with each firm's sector, and the measures."""
    inputs = sorted({each for name in measured for each in catalogue.reads[name]})
    rows = values.rows(catalogue, inputs, joined, as_of=as_of)
    picked = ", ".join(["v.subject", "s.sector", *(f"v.{identifier(name)}" for name in inputs)])
    sql = f"SELECT {picked}\nFROM ({rows}) AS v\nLEFT JOIN {SECTORS} AS s ON s.subject = v.subject"
    usual = sectors.measures(catalogue, measured, _MEASURED, as_of=as_of, outlook=outlook)
    return [Step(_MEASURED, sql), Step(MEASURES, usual)]


def _with_sources(
    catalogue: Catalogue, codes: Collection[str] | None, *, computing: bool, given: Collection[str]
) -> tuple[str, ...]:
    """The indicators, facts and measures wanted or read on the way, in order of name; those given read nothing."""
    pending = list(catalogue.indicators if codes is None else codes)
    wanted: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in wanted:
            wanted.add(name)
            if name not in given and (computing or name not in catalogue.measures.named):
                pending.extend(catalogue.reads.get(name, ()))
    return tuple(sorted(wanted))


def _relations_used(
    catalogue: Catalogue,
    formulas: Collection[str],
    places: Collection[str],
    empty: Collection[str],
) -> list[Relation]:
    """The relations that the values and `places` stand on directly or through others, in order."""
    used = {catalogue.formula(name).relation for name in formulas} | set(places)
    for name in reversed(list(catalogue.relations)):
        if name in used:
            used.add(catalogue.relations[name].source)
    return [
        relation
        for name, relation in catalogue.relations.items()
        if name in used and catalogue.dataset_of(name) not in empty
    ]


def _group(catalogue: Catalogue, relation: Relation, formulas: Collection[str], as_of: date) -> list[str]:
    columns = []
    for name in formulas:
        each = catalogue.formula(name)
        if each.relation != relation.name:
            continue
        if isinstance(each, Fact) and each.series:
            columns.append(f"{_series(catalogue, each.series, as_of)} AS {identifier(name)}")
        else:
            sql = substitute(each.expression, as_of=as_of, new_year=catalogue.new_year).strip()
            columns.append(f"CAST({sql} AS {values.kind(each)}) AS {identifier(name)}")
    if relation.name == catalogue.sector_relation:
        columns.append(f"{catalogue.sector_expression} AS {INDUSTRY}")
    if relation.name == catalogue.region_relation:
        columns.append(f"{catalogue.region_expression} AS {REGION}")
    return columns


def _series(catalogue: Catalogue, series: Series, as_of: date) -> str:
    """A list with the sum of each month, the earliest first."""
    value, month = identifier(series.value), identifier(series.month)
    terms = [
        f"CAST(sum(CASE WHEN {month} >= {first} AND {month} < {after} THEN {value} END) AS DOUBLE)"
        if series.festival or not is_festival
        else "NULL"
        for first, after, is_festival in month_literals(as_of, series.months, catalogue.new_year)
    ]
    return f"CAST([{', '.join(terms)}] AS DOUBLE[])"


def _population(catalogue: Catalogue, sources: Mapping[str, str]) -> str:
    return "\nUNION\n".join(f"SELECT subject FROM {sources[dataset]}" for dataset in catalogue.population)
