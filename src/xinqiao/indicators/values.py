"""One row per subject with every value: groups joined to the population, derived values nested around them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from xinqiao.catalogue.known import in_regions
from xinqiao.engine.dialect import identifier, literal
from xinqiao.indicators.model import Catalogue, Formula
from xinqiao.indicators.sectors import CHOSEN, EVERYBODY, SECTORS
from xinqiao.indicators.terms import Absence, Fact
from xinqiao.indicators.windows import substitute

VALUES = "indicator_values"
GIVEN = "given_values"
REGION = "region_code"

Regions = Collection[str] | None
Collected = Collection[str] | Mapping[str, Regions]
"""Data sets that have been collected; a mapping says for which regions, None being everywhere."""


def covered(collected: Collected) -> dict[str, Regions]:
    """The data sets collected with the regions they were collected for."""
    return dict(collected) if isinstance(collected, Mapping) else dict.fromkeys(collected)


def kind(formula: Formula) -> str:
    """The SQL type of an indicator's or fact's value."""
    return "DOUBLE[]" if isinstance(formula, Fact) and formula.listed else "DOUBLE"


@dataclass(frozen=True, slots=True)
class Joined:
    """What values are joined from.

    Attributes:
        groups: Table with the aggregates of each relation; relations without one hold nothing.
        collected: Data sets collected, with their regions.
        population: Table of subjects.
        few: Whether the population is a handful. Fifty hash tables cost more than all the rest then, and bounds
            in place of an equality make the engine compare row by row.
        given: Indicators whose values are in the table `given_values` and are not computed.
        withheld: By data set, table of the subjects whom its newest list may hold though no record says so.
    """

    groups: Mapping[str, str]
    collected: Mapping[str, Regions]
    population: str
    few: bool
    given: Collection[str] = ()
    withheld: Mapping[str, str] = field(default_factory=dict)


def rows(
    catalogue: Catalogue,
    wanted: Collection[str],
    joined: Joined,
    *,
    as_of: date,
    measures: Collection[str] = (),
) -> str:
    """A query for `subject` and the wanted values of everybody in the population.

    Args:
        catalogue: The declarations.
        wanted: Indicators and facts.
        joined: What to join.
        as_of: The day looked at.
        measures: Sector measures they stand on, read from the table of the nearest ones.
    """
    names = _closure(catalogue, wanted, joined.given)
    groups = joined.groups
    known = groups.get(catalogue.region_relation)
    region = f"{known}.{REGION}" if known else ""
    selected = ["p.subject"]
    used: dict[str, None] = {}
    for name in names:
        each = catalogue.formula(name)
        if each.derived:
            continue
        absent = _when_absent(each, catalogue, joined.collected, region)
        if absent and (refused := joined.withheld.get(catalogue.dataset_of(each.relation))):
            used[refused] = None
            absent = f"CASE WHEN {refused}.subject IS NULL THEN {absent} END"
        value = f"CAST({absent or 'NULL'} AS {kind(each)})"
        if group := groups.get(each.relation):
            used[group] = None
            column = f"{group}.{identifier(name)}"
            value = f"CASE WHEN {group}.subject IS NULL THEN {absent} ELSE {column} END" if absent else column
        if region and region in absent:
            used[groups[catalogue.region_relation]] = None
        selected.append(f"{value} AS {identifier(name)}")
    equal = (
        "{0}.subject <= p.subject AND {0}.subject >= p.subject" if joined.few else "{0}.subject = p.subject"
    )
    joins = "".join(f"\nLEFT JOIN {group} ON {equal.format(group)}" for group in used)
    if joined.given:
        selected += [f"given.{identifier(name)}" for name in joined.given]
        joins += f"\nLEFT JOIN {GIVEN} AS given ON given.subject = p.subject"
    if measures:
        selected += [f"usual.{identifier(name)}" for name in measures]
        joins += (
            f"\nLEFT JOIN {SECTORS} AS belongs ON belongs.subject = p.subject"
            f"\nLEFT JOIN {CHOSEN} AS usual ON usual.sector = coalesce(belongs.sector, {literal(EVERYBODY)})"
        )
    sql = f"SELECT {', '.join(selected)}\nFROM {joined.population} AS p{joins}"
    for level in _levels(catalogue, names):
        derived = ",\n  ".join(_derived(catalogue, name, as_of) for name in level)
        sql = f"SELECT *,\n  {derived}\nFROM ({sql})"
    return f"SELECT subject, {', '.join(identifier(name) for name in sorted(wanted))}\nFROM ({sql})"


def _closure(catalogue: Catalogue, wanted: Collection[str], given: Collection[str]) -> tuple[str, ...]:
    """The indicators and facts wanted and those they read, less those given, in order of name."""
    pending = list(wanted)
    found: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in found and name not in catalogue.measures.named and name not in given:
            found.add(name)
            pending.extend(catalogue.reads.get(name, ()))
    return tuple(sorted(found))


def _levels(catalogue: Catalogue, names: Collection[str]) -> list[list[str]]:
    """The derived values in as few layers as their order allows, each reading only the layers before it."""
    height: dict[str, int] = {}
    for name in catalogue.derived_order:
        if name in names:
            height[name] = 1 + max((height.get(read, 0) for read in catalogue.reads[name]), default=0)
    return [
        [name for name in height if height[name] == level]
        for level in range(1, max(height.values(), default=0) + 1)
    ]


def _derived(catalogue: Catalogue, name: str, as_of: date) -> str:
    each = catalogue.formula(name)
    sql = substitute(each.expression, as_of=as_of, new_year=catalogue.new_year).strip()
    return f"CAST({sql} AS {kind(each)}) AS {identifier(name)}"


def _when_absent(
    formula: Formula, catalogue: Catalogue, collected: Mapping[str, Regions], region: str
) -> str:
    """The value of a subject without rows, empty when it is unknown for everybody.

    Absence from a list that was collected for some regions says nothing about an enterprise of another one, or
    of one that nobody knows.
    """
    absence: Absence = formula.when_absent
    dataset = catalogue.dataset_of(formula.relation)
    if absence.value is None or dataset not in collected:
        return ""
    value = f"CAST({literal(absence.value)} AS DOUBLE)"
    regions = collected[dataset]
    if regions is None:
        return value
    if not regions or not region:
        return ""
    return f"CASE WHEN {in_regions(region, regions)} THEN {value} END"
