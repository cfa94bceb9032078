"""Reads the declarations into a `Catalogue`, or says in which file and line they contradict."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xinqiao.catalogue import Contract
from xinqiao.indicators.catalogue import checking, computed, entries, ingredients, judging
from xinqiao.indicators.declaration import Node, fingerprint, from_plain, read_yaml
from xinqiao.indicators.model import Catalogue, Formula, Indicator, Relation
from xinqiao.indicators.terms import Fact, Text

SHIPPED = Path(__file__).parent
_TABLES = ("groups.yaml", "population.yaml", "sectors.yaml", "calendar.yaml")
_MEASURES = "sector_measures.yaml"
_COMPUTED = "computed.yaml"


@dataclass(frozen=True, slots=True)
class _Declared:
    """Single declarations as they were read, each with its place."""

    relations: dict[str, Relation] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    places: dict[str, Node] = field(default_factory=dict)
    relation_places: dict[str, Node] = field(default_factory=dict)


def load_catalogue(root: Path = SHIPPED, *, contracts: Mapping[str, Contract]) -> Catalogue:
    """Read every declaration under `root`.

    Raises:
        Misdeclared: The first thing wrong, with file, line and remedy.
    """
    files = {
        path.relative_to(root).as_posix(): read_yaml(path, root) for path in sorted(root.rglob("*.yaml"))
    }
    catalogue, places = _build(files, contracts)
    judging.formulas(catalogue, files, places)
    checking.classification(catalogue, places, contracts)
    return catalogue


def from_content(content: Mapping[str, Any], *, contracts: Mapping[str, Contract]) -> Catalogue:
    """The catalogue that gave this `Catalogue.content`; its cases are not kept.

    What it may read and say is not asked again: it was allowed when it was in force.

    Raises:
        Misdeclared: The content does not fit the program or the contracts of today.
    """
    return _build({name: from_plain(value, name) for name, value in content.items()}, contracts)[0]


def _build(
    files: Mapping[str, Node], contracts: Mapping[str, Contract]
) -> tuple[Catalogue, Mapping[str, Node]]:
    for name in _TABLES:
        if name not in files:
            raise Node(None, name, 0).refuse("缺少该声明文件。", f"补充 {name}。")
    groups = entries.groups(files["groups.yaml"])
    declared = _read(files, groups)
    measures, measure_places = ingredients.NO_MEASURES, dict[str, Node]()
    if _MEASURES in files:
        measures, found = ingredients.measures(files[_MEASURES])
        measure_places = dict(found)
    places = {**declared.places, **measure_places}
    tables = computed.tables(files[_COMPUTED], contracts) if _COMPUTED in files else {}
    relations = checking.relations(declared.relations, declared.relation_places, contracts, tables)
    formulas: dict[str, Formula] = {**declared.indicators, **declared.facts}
    of_measures = checking.measured(measures, measure_places, formulas)
    derived = checking.formulas(formulas, places, relations, measures)
    for code, indicator in declared.indicators.items():
        if indicator.cases:
            checking.cases(indicator, places[code].entries()["cases"], contracts, measures)
    reads = {**derived, **of_measures}
    order = checking.order(reads, measures, places)
    of_records = computed.without(relations, tables)
    population = entries.population(files["population.yaml"], contracts, of_records)
    content = {name: _without_cases(node) for name, node in files.items()}
    catalogue = Catalogue(
        relations=relations,
        indicators=dict(sorted(declared.indicators.items())),
        facts=dict(sorted(declared.facts.items())),
        measures=measures,
        derived_order=order,
        reads=reads,
        measured=checking.standing_on_measures(reads, order),
        groups=groups,
        computed=tables,
        population=population.datasets,
        sector_relation=population.sector[0],
        sector_expression=population.sector[1],
        region_relation=population.region[0],
        region_expression=population.region[1],
        sections=entries.sections(files["sectors.yaml"]),
        new_year=entries.new_year(files["calendar.yaml"]),
        content=content,
        fingerprint=fingerprint(content),
    )
    return catalogue, places


def _read(files: Mapping[str, Node], groups: Mapping[str, Text]) -> _Declared:
    """Every relation, fact and indicator; a name may stand once."""
    declared = _Declared()
    for name, node in files.items():
        if name in (*_TABLES, _MEASURES, _COMPUTED):
            continue
        folder, _, stem = name.removesuffix(".yaml").rpartition("/")
        if folder == "relations":
            declared.relation_places[stem] = node
        elif folder == "facts":
            for fact, place in ingredients.facts(node).values():
                if fact.name in declared.facts:
                    raise place.refuse(
                        f"事实 {fact.name} 重复，已见于 {declared.facts[fact.name].where}。", "另取名称。"
                    )
                declared.facts[fact.name], declared.places[fact.name] = fact, place
        else:
            indicator = entries.indicator(node, group=folder, stem=stem, groups=groups)
            if stem in declared.indicators:
                raise node.refuse(
                    f"指标代码 {stem} 重复，已见于 {declared.indicators[stem].where}。", "改用未占用的代码。"
                )
            declared.indicators[stem], declared.places[stem] = indicator, node
    declared.relations.update(_relations(declared.relation_places))
    return declared


def _relations(nodes: Mapping[str, Node]) -> dict[str, Relation]:
    """Every relation; those that are `like` another are read after it."""
    alike = {stem for stem, node in nodes.items() if "like" in node.entries()}
    written = {stem: entries.relation(node, stem) for stem, node in nodes.items() if stem not in alike}
    return written | {stem: entries.relation_alike(nodes[stem], stem, written) for stem in sorted(alike)}


def _without_cases(node: Node) -> Any:
    plain = node.plain()
    return (
        {name: value for name, value in plain.items() if name != "cases"}
        if isinstance(plain, dict)
        else plain
    )
