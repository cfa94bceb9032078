"""From declarations to a few statements: indicators of one relation share one pass over its records.

Every relation is aggregated once, `GROUP BY subject`, with all indicators that stand on it; the groups are
joined to the population, and derived indicators are computed on the joined row. A data set that several
relations read, and a relation that several others read, is made a temporary table once.

Sums are taken over integers, so that a value does not depend on the order in which threads add.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from xinqiao.catalogue import Contract
from xinqiao.catalogue.views import current
from xinqiao.engine.dialect import columns_of, identifier, literal
from xinqiao.indicators.model import Absence, Catalogue, Relation
from xinqiao.indicators.windows import substitute
from xinqiao.kernel.clock import end_of_day

RECORDS = "record_"
VALUES = "indicator_values"
SECTORS = "indicator_sector"
_INDUSTRY = "industry_code"


@dataclass(frozen=True, slots=True)
class Step:
    """One object the engine makes.

    Attributes:
        name: Its name.
        sql: The query that fills it.
        view: Whether it is a view; a table otherwise.
    """

    name: str
    sql: str
    view: bool = False

    @property
    def statement(self) -> str:
        """The statement that makes it."""
        kind = "VIEW" if self.view else "TABLE"
        return f"CREATE OR REPLACE TEMP {kind} {identifier(self.name)} AS {self.sql}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The statements of an evaluation, in order.

    Attributes:
        steps: What is made; the last but one is `indicator_values`, the last `indicator_sector`.
        codes: The indicators computed, in order of code.
        datasets: The data sets read, each expected as the view `record_<data set>`.
    """

    steps: tuple[Step, ...]
    codes: tuple[str, ...]
    datasets: tuple[str, ...]


def plan(
    catalogue: Catalogue,
    contracts: Mapping[str, Contract],
    *,
    as_of: date,
    collected: Collection[str],
    corrected: Collection[str] | None = None,
    subjects: Collection[int] | None = None,
    codes: Collection[str] | None = None,
) -> Plan:
    """Plan the evaluation of all indicators, or of some, for all subjects, or for some.

    Args:
        catalogue: The declarations.
        contracts: Contracts by data set.
        as_of: The day looked at; nothing that became known later counts.
        collected: Data sets of which something was known by then: absence from those is news.
        corrected: Data sets in which some row replaces another; any may when None. The others need no look for
            replaced rows, which costs as much as the sums themselves.
        subjects: The subjects to evaluate; everybody when None.
        codes: The indicators wanted, what they derive from is added; all when None.

    Raises:
        Misdeclared: A declared table does not reach `as_of`.
    """
    wanted = _with_sources(catalogue, codes)
    relations = _relations_used(catalogue, wanted)
    datasets = sorted({*catalogue.population, *(r.source for r in relations if r.source in contracts)})
    narrowing, sources = _sources(datasets, contracts, as_of=as_of, corrected=corrected, subjects=subjects)
    shared = _share(catalogue, contracts, relations, wanted, sources, as_of)
    groups: dict[str, str] = {}
    passes: list[Step] = []
    for relation in relations:
        if columns := _group(catalogue, relation, wanted, as_of):
            groups[relation.name] = f"group_{relation.name}"
            listed = ",\n  ".join(["subject", *columns])
            # The SQL in it is declared and was checked by the loader.
            sql = f"SELECT\n  {listed}\nFROM {sources[relation.name]}\nGROUP BY subject"
            passes.append(Step(groups[relation.name], sql))
    steps = (
        *narrowing,
        *shared,
        *passes,
        Step("population", _population(catalogue, sources)),
        Step(VALUES, _values(catalogue, wanted, groups, frozenset(collected), as_of)),
        Step(SECTORS, _sectors(catalogue, groups[catalogue.sector_relation])),
    )
    return Plan(steps=steps, codes=wanted, datasets=tuple(datasets))


def _with_sources(catalogue: Catalogue, codes: Collection[str] | None) -> tuple[str, ...]:
    pending = list(catalogue.indicators if codes is None else codes)
    wanted: set[str] = set()
    while pending:
        code = pending.pop()
        if code not in wanted:
            wanted.add(code)
            pending.extend(catalogue.reads.get(code, ()))
    return tuple(sorted(wanted))


def _relations_used(catalogue: Catalogue, wanted: Collection[str]) -> list[Relation]:
    """The relations that the indicators, and the sectors, stand on directly or through others, in order."""
    used = {catalogue.indicators[code].relation for code in wanted} | {catalogue.sector_relation}
    for name in reversed(list(catalogue.relations)):
        if name in used:
            used.add(catalogue.relations[name].source)
    return [relation for name, relation in catalogue.relations.items() if name in used]


def _sources(
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
    for dataset in datasets:
        contract = contracts[dataset]
        view = RECORDS + dataset
        # Which delivery of a snapshot is newest shows only in all of it, so it is narrowed afterwards.
        whole = subjects is None or contract.mode == "snapshot"
        if not whole:
            narrowed = f"narrowed_{dataset}"
            steps.append(Step(narrowed, f"SELECT * FROM {identifier(view)} WHERE {_within(subjects)}", True))
            view = narrowed
        replacements = corrected is None or dataset in corrected
        sql = current(contract, view, as_of=as_of, known_until=end_of_day(as_of), replacements=replacements)
        if whole and subjects is not None:
            sql = f"SELECT * FROM ({sql}) WHERE {_within(subjects)}"
        sources[dataset] = f"({sql})"
    return steps, sources


def _share(
    catalogue: Catalogue,
    contracts: Mapping[str, Contract],
    relations: Collection[Relation],
    wanted: Collection[str],
    sources: dict[str, str],
    as_of: date,
) -> list[Step]:
    """Add the relations to `sources`; the tables for what is read more than once.

    The population reads nothing but subjects and is not counted: reading one column twice is cheaper than
    keeping all of them.
    """
    readers = Counter(relation.source for relation in relations)
    readers.update({catalogue.indicators[code].relation for code in wanted})
    steps: list[Step] = []
    for dataset in list(sources):
        if readers[dataset] > 1:
            columns = ", ".join(_columns_read(relations, contracts[dataset]))
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


def _within(subjects: Collection[int] | None) -> str:
    return (
        f"subject IN ({', '.join(f'{subject:d}' for subject in sorted(subjects))})" if subjects else "FALSE"
    )


def _columns_read(relations: Collection[Relation], contract: Contract) -> list[str]:
    read = {"subject"}
    for relation in relations:
        if relation.source == contract.dataset:
            neutral = relation.sql.replace("{source}", "source_rows").replace("{", "'").replace("}", "'")
            read |= columns_of(f"({neutral})")
    return [identifier(name) for name in contract.record_columns() if name in read]


def _group(catalogue: Catalogue, relation: Relation, wanted: Collection[str], as_of: date) -> list[str]:
    columns = [
        f"CAST({substitute(each.expression, as_of=as_of, new_year=catalogue.new_year).strip()} AS DOUBLE)"
        f" AS {identifier(each.code)}"
        for each in (catalogue.indicators[code] for code in wanted)
        if each.relation == relation.name
    ]
    if relation.name == catalogue.sector_relation:
        columns.append(f"{catalogue.sector_expression} AS {_INDUSTRY}")
    return columns


def _population(catalogue: Catalogue, sources: Mapping[str, str]) -> str:
    return "\nUNION\n".join(f"SELECT subject FROM {sources[dataset]}" for dataset in catalogue.population)


def _values(
    catalogue: Catalogue,
    wanted: Collection[str],
    groups: Mapping[str, str],
    collected: Collection[str],
    as_of: date,
) -> str:
    """One row per subject of the population; derived indicators are nested one SELECT around another."""
    selected = ["p.subject"]
    for code in wanted:
        each = catalogue.indicators[code]
        if each.derived:
            continue
        group = groups[each.relation]
        column = f"{group}.{identifier(code)}"
        absent = _when_absent(each.when_absent, catalogue.dataset_of(each.relation) in collected)
        if absent is not None:
            column = f"CASE WHEN {group}.subject IS NULL THEN {absent} ELSE {column} END"
        selected.append(f"{column} AS {identifier(code)}")
    joins = "".join(f"\nLEFT JOIN {group} ON {group}.subject = p.subject" for group in groups.values())
    sql = f"SELECT {', '.join(selected)}\nFROM population AS p{joins}"
    for code in catalogue.derived_order:
        if code in wanted:
            expression = substitute(
                catalogue.indicators[code].expression, as_of=as_of, new_year=catalogue.new_year
            )
            sql = f"SELECT *, CAST({expression.strip()} AS DOUBLE) AS {identifier(code)}\nFROM ({sql})"
    return f"SELECT subject, {', '.join(identifier(code) for code in wanted)}\nFROM ({sql})"


def _when_absent(absence: Absence, collected: bool) -> str | None:
    return f"CAST({literal(absence.value)} AS DOUBLE)" if collected and absence.value is not None else None


def _sectors(catalogue: Catalogue, group: str) -> str:
    """Section letter and two-digit division of each subject, as `F51`; the division decides the section."""
    sections = " ".join(
        f"WHEN division BETWEEN {first} AND {last} THEN {literal(section)}"
        for section, (first, last) in catalogue.sections.items()
    )
    return f"""SELECT subject, CASE {sections} END || lpad(CAST(division AS VARCHAR), 2, '0') AS sector
FROM (
  SELECT p.subject, TRY_CAST(nullif(regexp_extract(upper(trim({_INDUSTRY})), '^[A-T]?([0-9][0-9])', 1), '') AS
  INTEGER) AS division FROM population AS p LEFT JOIN {group} AS g ON g.subject = p.subject
)"""
