"""Declarations of what indicators are made of: facts, and what is usual in a sector."""

import re
from collections.abc import Mapping
from typing import get_args

from xinqiao.indicators.catalogue import entries
from xinqiao.indicators.declaration import Node
from xinqiao.indicators.terms import Absence, Fact, Measure, Measures, Series, Statistic
from xinqiao.kernel.period import MONTHS_PER_YEAR

NO_MEASURES = Measures(named={}, fewest_firms=1, fewest_of_all=1)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST_SERIES = 36
_MOST_FIRMS = 10_000


def facts(node: Node) -> dict[str, tuple[Fact, Node]]:
    """The facts of one file by name, each with the place where it stands."""
    return {name: (_fact(entry, name), entry) for name, entry in node.entries().items()}


def _fact(node: Node, name: str) -> Fact:
    if not _NAME.fullmatch(name):
        raise node.refuse(f"名称 {name} 应为小写字母、数字与下划线。", "改正名称。")
    given = node.mapping(
        required=("meaning",),
        optional=("relation", "expression", "series", "derived", "listed", "when_absent"),
    )
    forms = [form for form in ("expression", "series", "derived") if given[form].given]
    if len(forms) != 1:
        raise node.refuse("应写明 expression、series、derived 之一。", "三者只留其一。")
    if given["relation"].given == (forms == ["derived"]):
        raise node.refuse("expression 与 series 需要 relation，derived 不需要。", "补充或删除 relation。")
    if given["listed"].given and forms != ["derived"]:
        raise given["listed"].refuse("只有 derived 可声明 listed。", "删除 listed。")
    series = _series(given["series"]) if given["series"].given else None
    return Fact(
        name=name,
        relation=given["relation"].text() if given["relation"].given else "",
        expression="" if series else given[forms[0]].text(),
        series=series,
        listed=bool(series) or (given["listed"].given and given["listed"].truth()),
        when_absent=entries.absence(given["when_absent"]) if given["when_absent"].given else Absence(None),
        meaning=given["meaning"].text(),
        where=node.where,
    )


def _series(node: Node) -> Series:
    given = node.mapping(required=("value", "month", "months", "festival"))
    return Series(
        value=given["value"].text(),
        month=given["month"].text(),
        months=given["months"].integer(minimum=1, maximum=_LONGEST_SERIES),
        festival=given["festival"].truth(),
    )


def measures(node: Node) -> tuple[Measures, Mapping[str, Node]]:
    """All sector measures, and the place of each."""
    given = node.mapping(required=("reference", "fewest_firms", "fewest_of_all", "measures"))
    places = given["measures"].entries()
    declared = Measures(
        named={name: _measure(entry, name) for name, entry in places.items()},
        fewest_firms=given["fewest_firms"].integer(minimum=1, maximum=_MOST_FIRMS),
        fewest_of_all=given["fewest_of_all"].integer(minimum=1, maximum=_MOST_FIRMS),
    )
    return declared, places


def _measure(node: Node, name: str) -> Measure:
    if not _NAME.fullmatch(name):
        raise node.refuse(f"名称 {name} 应为小写字母、数字与下划线。", "改正名称。")
    given = node.mapping(
        required=("statistic", "meaning"),
        optional=("of", "weight", "everybody", "lowest", "highest", "fewest_months"),
    )
    kinds: tuple[Statistic, ...] = get_args(Statistic)
    statistic = kinds[kinds.index(given["statistic"].choice(kinds))]
    season = statistic == "season"
    if given["of"].given == (statistic == "outlook"):
        raise node.refuse("除 outlook 外，都应以 of 写明所统计的指标或事实。", "补充或删除 of。")
    if given["weight"].given and statistic != "mean":
        raise given["weight"].refuse("只有 mean 可以加权。", "删除 weight。")
    for each in ("lowest", "highest", "fewest_months"):
        if given[each].given != season:
            raise node.refuse(f"{each} 属于且只属于 season。", f"补充或删除 {each}。")
    return Measure(
        name=name,
        statistic=statistic,
        of=given["of"].text() if given["of"].given else "",
        weight=given["weight"].text() if given["weight"].given else "",
        everybody=given["everybody"].given and given["everybody"].truth(),
        bounds=(given["lowest"].number(), given["highest"].number()) if season else (0, 0),
        fewest_months=given["fewest_months"].integer(minimum=1, maximum=MONTHS_PER_YEAR) if season else 0,
        meaning=given["meaning"].text(),
        where=node.where,
    )
