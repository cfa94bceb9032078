"""Whether declarations fit together: every name known, nothing circular, nothing read above its classification."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from xinqiao.catalogue import Contract
from xinqiao.indicators.catalogue import entries
from xinqiao.indicators.declaration import Node
from xinqiao.indicators.model import HIGHEST_CLASSIFICATION, Catalogue, Computed, Formula, Indicator, Relation
from xinqiao.indicators.terms import Fact, Measures
from xinqiao.indicators.windows import neutral, unknown_placeholders
from xinqiao.kernel.period import MONTHS_PER_YEAR

Places = Mapping[str, Node]


def relations(
    declared: Mapping[str, Relation],
    places: Places,
    contracts: Mapping[str, Contract],
    computed: Mapping[str, Computed],
) -> dict[str, Relation]:
    """The relations in an order in which each follows the one it reads, with the columns each reads."""
    offered = {
        **{name: {"subject", *relation.columns} for name, relation in declared.items()},
        **{name: {"subject", *table.columns} for name, table in computed.items()},
        **{name: set(contract.record_columns()) for name, contract in contracts.items()},
    }
    for name, relation in declared.items():
        if name in contracts:
            raise places[name].refuse(f"关系 {name} 与数据集同名。", "给关系另取名称。")
        if name in computed:
            raise places[name].refuse(f"关系 {name} 与计算表同名。", "给关系另取名称。")
        if relation.source not in offered:
            remedy = "改为已有的数据集、computed.yaml 中的计算表或 relations 下的关系。"
            raise (places[name].entries()["from"].refuse(f"未知的数据集或关系 {relation.source}。", remedy))
    links = {name: [each.source] * (each.source in declared) for name, each in declared.items()}
    try:
        order = list(TopologicalSorter(links).static_order())
    except CycleError as error:
        cycle = error.args[1]
        raise places[cycle[0]].refuse(f"关系互相引用：{' → '.join(cycle)}。", "断开其中一处引用。") from None
    return {name: _relation(declared[name], places[name], offered[declared[name].source]) for name in order}


def _relation(relation: Relation, node: Node, offered: Collection[str]) -> Relation:
    given = node.entries()
    place = given["sql"] if "sql" in given else given["like"]
    _placeholders(relation.sql, place, also={"{source}"})
    if "{source}" not in relation.sql:
        raise place.refuse("SQL 没有读取 {source}。", "在 FROM 之后写 {source}。")
    read = entries.columns(f"({neutral(relation.sql)})", place)
    made = " ".join(relation.sql.lower().split())
    unknown = {
        name for name in read - set(offered) - set(relation.columns) if f" as {name.lower()}" not in made
    }
    if unknown:
        raise place.refuse(
            f"{relation.source} 没有列 {'、'.join(sorted(unknown))}。",
            f"可用的列：{'、'.join(sorted(offered))}。",
        )
    return replace(relation, reads=frozenset((read | set(relation.columns)) & set(offered)))


def formulas(
    declared: Mapping[str, Formula],
    places: Places,
    known_relations: Mapping[str, Relation],
    measures: Measures,
) -> dict[str, frozenset[str]]:
    """What each derived indicator or fact reads, every expression having been checked."""
    reads: dict[str, frozenset[str]] = {}
    names = {*declared, *measures.named}
    for name, formula in declared.items():
        node = places[name]
        given = node.entries()
        if formula.derived:
            read = _expression(formula.expression, given["derived"], names, "")
            reads[name] = frozenset(read)
            continue
        if formula.relation not in known_relations:
            raise given["relation"].refuse(
                f"未知的关系 {formula.relation}。", f"可用的关系：{'、'.join(sorted(known_relations))}。"
            )
        offered = {"subject", *known_relations[formula.relation].columns}
        if isinstance(formula, Fact) and formula.series:
            entry = given["series"].entries()
            for part in ("value", "month"):
                entry[part].choice(sorted(offered))
        else:
            _expression(formula.expression, given["expression"], offered, "列")
    return reads


def _expression(sql: str, place: Node, offered: Collection[str], kind: str) -> set[str]:
    _placeholders(sql, place)
    read = entries.columns(neutral(sql), place)
    if unknown := sorted(read - set(offered)):
        kind = kind or ("指标" if all(name[:1].isupper() for name in unknown) else "指标、事实或行业统计")
        raise place.refuse(
            f"表达式用到了没有的{kind} {'、'.join(unknown)}。",
            f"可用的：{'、'.join(sorted(offered))}。",
        )
    return read


def measured(
    measures: Measures, places: Places, declared: Mapping[str, Formula]
) -> dict[str, frozenset[str]]:
    """What each sector measure reads."""
    reads = {}
    for name, measure in measures.named.items():
        if name in declared:
            raise places[name].refuse(f"行业统计 {name} 与指标或事实同名。", "另取名称。")
        for each in filter(None, (measure.of, measure.weight)):
            if each not in declared:
                raise places[name].refuse(f"行业统计依据的 {each} 没有声明。", "改为已有的指标或事实。")
            formula = declared[each]
            series = formula.series if isinstance(formula, Fact) else None
            listed = isinstance(formula, Fact) and formula.listed
            if listed != measure.listed or (series and series.months != 2 * MONTHS_PER_YEAR):
                raise places[name].refuse(
                    f"{each} 不能作为 {measure.statistic} 的依据。",
                    "season 依据24个月的 series，其余依据单个数值。",
                )
        reads[name] = frozenset(filter(None, (measure.of, measure.weight)))
    return reads


def order(reads: Mapping[str, frozenset[str]], measures: Measures, places: Places) -> tuple[str, ...]:
    """The derived indicators and facts, each after those it reads, on its own or through a measure."""
    try:
        sorter = TopologicalSorter(
            {name: sorted(read & reads.keys()) for name, read in sorted(reads.items())}
        )
        found = tuple(sorter.static_order())
    except CycleError as error:
        cycle = error.args[1]
        place = places[cycle[0]].entries()
        raise place.get("derived", places[cycle[0]]).refuse(
            f"指标互相引用：{' → '.join(cycle)}。", "断开其中一处引用。"
        ) from None
    standing: set[str] = set()
    for name in found:
        if reads[name] & (standing | measures.named.keys()):
            if name in measures.named:
                raise places[name].refuse(
                    f"行业统计 {name} 的依据本身要用到行业统计。", "改用不含行业统计的指标或事实。"
                )
            standing.add(name)
    return tuple(name for name in found if name not in measures.named)


def standing_on_measures(reads: Mapping[str, frozenset[str]], derived: Collection[str]) -> frozenset[str]:
    """Of the derived values, given in order, those that read a sector measure or something that does."""
    found: set[str] = set()
    plain = set(derived)
    for name in derived:
        if any(read in found or (read in reads and read not in plain) for read in reads[name]):
            found.add(name)
    return frozenset(found)


def cases(indicator: Indicator, place: Node, contracts: Mapping[str, Contract], measures: Measures) -> None:
    """The data sets and measures that an indicator's cases give are known."""
    for case in indicator.cases:
        if unknown := sorted({*case.given, *case.collected} - contracts.keys()):
            raise place.refuse(
                f"案例“{case.name}”用到了未知的数据集 {'、'.join(unknown)}。", "改为已有的数据集。"
            )
        if unknown := sorted(case.measures.keys() - measures.named.keys()):
            raise place.refuse(
                f"案例“{case.name}”用到了未知的行业统计 {'、'.join(unknown)}。",
                f"可用的：{'、'.join(sorted(measures.named))}。",
            )


def classification(catalogue: Catalogue, places: Places, contracts: Mapping[str, Contract]) -> None:
    """No indicator stands on a field that is classified higher than it declares.

    What is usual in a sector is made of many firms and gives no record away, so measures do not count.
    """
    for code, indicator in catalogue.indicators.items():
        for relation in _relations_behind(catalogue, code):
            level, field = _highest(catalogue, relation, contracts)
            if level > indicator.classification:
                node = places[code]
                given = node.entries()
                place = next(
                    (given[name] for name in ("classification", "relation", "derived") if name in given), node
                )
                raise place.refuse(
                    f"关系 {relation} 读取了第 {level} 级字段 {field}，高于该指标声明的第 {indicator.classification} 级。",
                    f"改用较低级别的字段；确需使用时声明 classification: {level}"
                    f"（未声明按第 {HIGHEST_CLASSIFICATION} 级），并确认已有相应授权。",
                )


def _relations_behind(catalogue: Catalogue, name: str) -> list[str]:
    if name in catalogue.measures.named:
        return []
    formula = catalogue.formula(name)
    if not formula.derived:
        return [formula.relation]
    return [each for read in sorted(catalogue.reads[name]) for each in _relations_behind(catalogue, read)]


def _highest(catalogue: Catalogue, name: str, contracts: Mapping[str, Contract]) -> tuple[int, str]:
    """The highest level of the fields that a relation reads, itself or through others, and that field."""
    relation = catalogue.relations[name]
    source = relation.source
    if source in catalogue.relations:
        return _highest(catalogue, source, contracts)
    if source in catalogue.computed:
        levels = catalogue.computed[source].classification
    else:
        levels = {each.name: each.classification for each in contracts[source].stored_fields}
    read = ((level, f"{source}.{field}") for field, level in levels.items() if field in relation.reads)
    return max(read, default=(0, ""))


def _placeholders(sql: str, place: Node, also: Collection[str] = ()) -> None:
    unknown = [found for found in unknown_placeholders(sql) if found not in also]
    if not also and "{source}" in sql:
        unknown.append("{source}")
    if unknown:
        raise place.refuse(
            f"未知的占位符 {'、'.join(unknown)}。",
            "可用的占位符：{as_of}、{end}、{start_12}、{ago_24}、{new_year_12}、{report_year}（数字为月数）。",
        )
