"""Reads the declarations into a `Catalogue`, or says in which file and line they contradict."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from xinqiao.catalogue import Contract
from xinqiao.engine.dialect import UnreadableSQL, columns_of
from xinqiao.indicators.catalogue import entries
from xinqiao.indicators.declaration import Node, fingerprint, from_plain, read_yaml
from xinqiao.indicators.model import Catalogue, Indicator, Relation
from xinqiao.indicators.windows import unknown_placeholders

SHIPPED = Path(__file__).parent
_TABLES = ("groups.yaml", "population.yaml", "sectors.yaml", "calendar.yaml")


def load_catalogue(root: Path = SHIPPED, *, contracts: Mapping[str, Contract]) -> Catalogue:
    """Read every declaration under `root`.

    Raises:
        Misdeclared: The first thing wrong, with file, line and remedy.
    """
    files = {
        path.relative_to(root).as_posix(): read_yaml(path, root) for path in sorted(root.rglob("*.yaml"))
    }
    return _build(files, contracts)


def from_content(content: Mapping[str, Any], *, contracts: Mapping[str, Contract]) -> Catalogue:
    """The catalogue that gave this `Catalogue.content`; its cases are not kept.

    Raises:
        Misdeclared: The content does not fit the program or the contracts of today.
    """
    return _build({name: from_plain(value, name) for name, value in content.items()}, contracts)


def _build(files: Mapping[str, Node], contracts: Mapping[str, Contract]) -> Catalogue:
    for name in _TABLES:
        if name not in files:
            raise Node(None, name, 0).refuse("缺少该声明文件。", f"补充 {name}。")
    nodes: dict[str, Node] = {}
    relations: dict[str, Relation] = {}
    indicators: dict[str, Indicator] = {}
    groups = entries.groups(files["groups.yaml"])
    for name, node in files.items():
        if name in _TABLES:
            continue
        folder, _, stem = name.removesuffix(".yaml").rpartition("/")
        if folder == "relations":
            relation = entries.relation(node, stem)
            relations[stem], nodes[stem] = relation, node
            continue
        indicator = entries.indicator(node, group=folder, stem=stem, groups=groups)
        if indicator.code in indicators:
            raise node.refuse(
                f"指标代码 {stem} 重复，已见于 {indicators[indicator.code].where}。", "改用未占用的代码。"
            )
        indicators[indicator.code], nodes[indicator.code] = indicator, node
    relations = _ordered(relations, nodes, contracts)
    for code, indicator in indicators.items():
        _check_expression(indicator, nodes[code], relations, indicators, contracts)
    reads = {
        code: frozenset(columns_of(each.expression)) for code, each in indicators.items() if each.derived
    }
    population, sector_relation, sector_expression = entries.population(
        files["population.yaml"], contracts, relations
    )
    content = {name: _without_cases(node) for name, node in files.items()}
    return Catalogue(
        relations=relations,
        indicators=dict(sorted(indicators.items())),
        derived_order=_derived_order(reads, nodes),
        reads=reads,
        groups=groups,
        population=population,
        sector_relation=sector_relation,
        sector_expression=sector_expression,
        sections=entries.sections(files["sectors.yaml"]),
        new_year=entries.new_year(files["calendar.yaml"]),
        content=content,
        fingerprint=fingerprint(content),
    )


def _without_cases(node: Node) -> Any:
    plain = node.plain()
    return (
        {name: value for name, value in plain.items() if name != "cases"}
        if isinstance(plain, dict)
        else plain
    )


def _ordered(
    relations: Mapping[str, Relation], nodes: Mapping[str, Node], contracts: Mapping[str, Contract]
) -> dict[str, Relation]:
    """The relations in an order in which each follows the one it reads, their columns checked on the way."""
    for name, relation in relations.items():
        place = nodes[name].entries()["from"]
        if name in contracts:
            raise nodes[name].refuse(f"关系 {name} 与数据集同名。", "给关系另取名称。")
        if relation.source not in relations and relation.source not in contracts:
            raise place.refuse(
                f"未知的数据集或关系 {relation.source}。", "改为已有的数据集或 relations 下的关系。"
            )
    try:
        order = list(
            TopologicalSorter(
                {n: [r.source] * (r.source in relations) for n, r in relations.items()}
            ).static_order()
        )
    except CycleError as error:
        cycle = error.args[1]
        raise nodes[cycle[0]].refuse(f"关系互相引用：{' → '.join(cycle)}。", "断开其中一处引用。") from None
    for name in order:
        _check_relation(relations[name], nodes[name].entries()["sql"], relations, contracts)
    return {name: relations[name] for name in order}


def _check_relation(
    relation: Relation, place: Node, relations: Mapping[str, Relation], contracts: Mapping[str, Contract]
) -> None:
    _check_placeholders(relation.sql, place, also={"{source}"})
    if "{source}" not in relation.sql:
        raise place.refuse("SQL 没有读取 {source}。", "在 FROM 之后写 {source}。")
    offered = (
        {"subject", *relations[relation.source].columns}
        if relation.source in relations
        else set(contracts[relation.source].record_columns())
    )
    unknown = _columns(f"({_neutral(relation.sql)})", place) - offered - set(relation.columns)
    inner = {name for name in unknown if f" as {name.lower()}" in " ".join(relation.sql.lower().split())}
    if unknown - inner:
        raise place.refuse(
            f"{relation.source} 没有列 {'、'.join(sorted(unknown - inner))}。",
            f"可用的列：{'、'.join(sorted(offered))}。",
        )


def _check_expression(
    indicator: Indicator,
    node: Node,
    relations: Mapping[str, Relation],
    indicators: Mapping[str, Indicator],
    contracts: Mapping[str, Contract],
) -> None:
    given = node.entries()
    if indicator.derived:
        place = given["derived"]
        offered = set(indicators)
    else:
        place = given["expression"]
        if indicator.relation not in relations:
            raise given["relation"].refuse(
                f"未知的关系 {indicator.relation}。", f"可用的关系：{'、'.join(sorted(relations))}。"
            )
        offered = {"subject", *relations[indicator.relation].columns}
    _check_placeholders(indicator.expression, place)
    if unknown := _columns(_neutral(indicator.expression), place) - offered:
        raise place.refuse(
            f"表达式用到了没有的{'指标' if indicator.derived else '列'} {'、'.join(sorted(unknown))}。",
            f"可用的：{'、'.join(sorted(offered))}。",
        )
    for case in indicator.cases:
        for dataset in {*case.given, *case.collected}:
            if dataset not in contracts:
                raise given["cases"].refuse(
                    f"案例“{case.name}”用到了未知的数据集 {dataset}。", "改为已有的数据集。"
                )


def _derived_order(reads: Mapping[str, frozenset[str]], nodes: Mapping[str, Node]) -> tuple[str, ...]:
    try:
        order = TopologicalSorter({code: sorted(read & reads.keys()) for code, read in sorted(reads.items())})
        return tuple(order.static_order())
    except CycleError as error:
        cycle = error.args[1]
        place = nodes[cycle[0]].entries()["derived"]
        raise place.refuse(f"指标互相引用：{' → '.join(cycle)}。", "断开其中一处引用。") from None


def _check_placeholders(sql: str, place: Node, also: frozenset[str] | set[str] = frozenset()) -> None:
    unknown = [found for found in unknown_placeholders(sql) if found not in also]
    if not also and "{source}" in sql:
        unknown.append("{source}")
    if unknown:
        raise place.refuse(
            f"未知的占位符 {'、'.join(unknown)}。",
            "可用的占位符：{as_of}、{end}、{start_12}、{ago_24}、{new_year_12}、{report_year}（数字为月数）。",
        )


def _columns(sql: str, place: Node) -> set[str]:
    try:
        return columns_of(sql)
    except UnreadableSQL as error:
        raise place.refuse(f"SQL 无法解析：{error}", "检查括号、逗号与关键字。") from None


def _neutral(sql: str) -> str:
    """The text with placeholders made plain, for parsing alone."""
    return sql.replace("{source}", "source_rows").replace("{", "'").replace("}", "'")
