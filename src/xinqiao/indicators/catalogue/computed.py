"""Declarations of the tables that an evaluation computes before the indicators, and that relations may read."""

from collections.abc import Mapping

from xinqiao.catalogue import Contract
from xinqiao.indicators.catalogue.entries import highest_level
from xinqiao.indicators.declaration import Node
from xinqiao.indicators.model import Computed, Relation
from xinqiao.parties import RELATED, RELATED_COLUMNS, STANDING, STANDING_COLUMNS

OFFERED: Mapping[str, Mapping[str, str]] = {RELATED: RELATED_COLUMNS, STANDING: STANDING_COLUMNS}
"""The tables that the program computes, with their columns and SQL types."""


def tables(node: Node, contracts: Mapping[str, Contract]) -> dict[str, Computed]:
    """The computed tables by name.

    Raises:
        Misdeclared: The program computes no such table or column, or a data set behind it is unknown.
    """
    return {name: _table(name, entry, contracts) for name, entry in node.entries().items()}


def without(relations: Mapping[str, Relation], computed: Mapping[str, Computed]) -> dict[str, Relation]:
    """The relations, given in order, that stand on records alone."""
    found: dict[str, Relation] = {}
    for name, relation in relations.items():
        if relation.source not in computed and (relation.source not in relations or relation.source in found):
            found[name] = relation
    return found


def _table(name: str, node: Node, contracts: Mapping[str, Contract]) -> Computed:
    if name not in OFFERED:
        raise node.refuse(f"程序不计算表 {name}。", f"可用的表：{'、'.join(OFFERED)}。")
    given = node.mapping(required=("meaning", "datasets", "columns"))
    datasets = given["datasets"].items()
    for item in datasets:
        if item.text() not in contracts:
            raise item.refuse(f"未知的数据集 {item.value}。", "改为已有的数据集。")
    columns: dict[str, str] = {}
    levels: dict[str, int] = {}
    for column, entry in given["columns"].entries().items():
        if column == "subject" or column not in OFFERED[name]:
            offered = "、".join(each for each in OFFERED[name] if each != "subject")
            raise entry.refuse(f"表 {name} 没有列 {column}。", f"可用的列：{offered}。")
        parts = entry.mapping(required=("type", "classification"))
        columns[column] = parts["type"].choice((OFFERED[name][column],))
        levels[column] = highest_level(parts["classification"])
    return Computed(
        name=name,
        columns=columns,
        classification=levels,
        datasets=tuple(sorted(item.text() for item in datasets)),
        meaning=given["meaning"].text(),
    )
