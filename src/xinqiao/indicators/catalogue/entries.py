"""Single declarations: each function reads one kind of node and refuses what does not belong."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, get_args

from xinqiao.catalogue import Contract
from xinqiao.engine.dialect import UnreadableSQL, columns_of
from xinqiao.indicators.declaration import Node
from xinqiao.indicators.model import HIGHEST_CLASSIFICATION, UNITS, Case, Direction, Indicator, Mark, Relation
from xinqiao.indicators.sectors import EVERYBODY
from xinqiao.indicators.terms import Absence, Text
from xinqiao.kernel.period import MONTHS_PER_YEAR

_CODE = re.compile(r"[A-Z]\d{2}")
_LONGEST_WINDOW = 60
_LAST_DIVISION = 97
_LEVELS = 5


def text(node: Node) -> Text:
    """A text in Chinese and English."""
    given = node.mapping(required=("zh", "en"))
    return Text(given["zh"].text(), given["en"].text())


def groups(node: Node) -> dict[str, Text]:
    """Labels of the groups, in the order of the file."""
    return {name: text(entry) for name, entry in node.entries().items()}


def sections(node: Node) -> dict[str, tuple[int, int]]:
    """First and last two-digit division of each section."""
    found: dict[str, tuple[int, int]] = {}
    previous = 0
    for name, entry in node.mapping(required=("reference", "sections"))["sections"].entries().items():
        first, last = (item.integer(minimum=1, maximum=_LAST_DIVISION) for item in entry.items())
        if first != previous + 1 or last < first:
            raise entry.refuse(f"门类 {name} 的大类范围与上一门类不衔接。", "各门类的大类应首尾相接。")
        found[name], previous = (first, last), last
    return found


def new_year(node: Node) -> dict[int, date]:
    """Day of the lunar New Year by year."""
    days: dict[int, date] = {}
    for item in node.mapping(required=("reference", "lunar_new_year"))["lunar_new_year"].items():
        day = item.day()
        if day.year in days:
            raise item.refuse(f"{day.year} 年春节重复。", "每年只留一个日期。")
        days[day.year] = day
    return days


@dataclass(frozen=True, slots=True)
class Population:
    """Who is graded, and where their industry and region stand.

    Attributes:
        datasets: Data sets whose subjects are graded.
        sector: Relation and expression of a subject's industry code.
        region: Relation and expression of a subject's region code; both empty when none is declared.
    """

    datasets: tuple[str, ...]
    sector: tuple[str, str]
    region: tuple[str, str]


def population(
    node: Node, contracts: Mapping[str, Contract], relations: Mapping[str, Relation]
) -> Population:
    """Who is graded, and where their industry and region stand."""
    given = node.mapping(required=("datasets", "sector"), optional=("region",))
    datasets = given["datasets"].items()
    for item in datasets:
        if item.text() not in contracts:
            raise item.refuse(f"未知的数据集 {item.value}。", "改为已有的数据集。")
    return Population(
        datasets=tuple(item.text() for item in datasets),
        sector=_place(given["sector"], relations),
        region=_place(given["region"], relations) if given["region"].given else ("", ""),
    )


def _place(node: Node, relations: Mapping[str, Relation]) -> tuple[str, str]:
    given = node.mapping(required=("relation", "expression"))
    relation = given["relation"].choice(tuple(relations))
    expression = given["expression"].text()
    offered = relations[relation].columns
    if unknown := columns(expression, given["expression"]) - set(offered):
        raise given["expression"].refuse(
            f"表达式用到了没有的列 {'、'.join(sorted(unknown))}。", f"可用的：{'、'.join(offered)}。"
        )
    return relation, expression


@cache
def _columns(sql: str) -> frozenset[str]:
    """Parsing is most of the work of loading, and a replay loads the same texts again."""
    return frozenset(columns_of(sql))


def columns(sql: str, place: Node) -> set[str]:
    """Columns that a declared SQL text reads."""
    try:
        return set(_columns(sql))
    except UnreadableSQL as error:
        raise place.refuse(f"SQL 无法解析：{error}", "检查括号、逗号与关键字。") from None


def relation(node: Node, stem: str) -> Relation:
    """A relation, whose name is that of its file."""
    given = node.mapping(required=("name", "from", "grain", "columns", "sql", "meaning"))
    if given["name"].text() != stem:
        raise given["name"].refuse(f"名称 {given['name'].value} 与文件名 {stem} 不同。", "二者应一致。")
    columns = {name: entry.text() for name, entry in given["columns"].entries().items()}
    grain = tuple(item.choice(tuple(columns)) for item in given["grain"].items())
    return Relation(
        name=stem,
        source=given["from"].text(),
        grain=grain,
        columns=columns,
        sql=given["sql"].text(),
        meaning=given["meaning"].text(),
    )


def relation_alike(node: Node, stem: str, written: Mapping[str, Relation]) -> Relation:
    """A relation with the grain, columns and SQL of another, over a data set of the same shape.

    Args:
        node: Its declaration, with `like` in place of what it shares.
        stem: The name of its file.
        written: The relations that say all this themselves.
    """
    given = node.mapping(required=("name", "from", "like", "meaning"))
    if given["name"].text() != stem:
        raise given["name"].refuse(f"名称 {given['name'].value} 与文件名 {stem} 不同。", "二者应一致。")
    model = written[given["like"].choice(sorted(written))]
    return replace(model, name=stem, source=given["from"].text(), meaning=given["meaning"].text())


def indicator(node: Node, *, group: str, stem: str, groups: Mapping[str, Text]) -> Indicator:
    """An indicator; its code is the name of its file, its group the folder."""
    given = node.mapping(
        required=(
            "code",
            "group",
            "label",
            "meaning",
            "unit",
            "direction",
            "window",
            "reference",
            "owner",
            "reasons",
        ),
        optional=(
            "relation",
            "expression",
            "derived",
            "when_absent",
            "classification",
            "advice",
            "scale",
            "cases",
        ),
    )
    code = given["code"].text()
    if code != stem or not _CODE.fullmatch(code):
        raise given["code"].refuse(
            f"指标代码 {code} 与文件名 {stem} 不同，或不是“一个字母两位数字”。", "改正代码或文件名。"
        )
    if given["group"].choice(tuple(groups)) != group:
        raise given["group"].refuse(
            f"分组 {given['group'].value} 与所在目录 {group} 不同。", "移动文件或改正分组。"
        )
    relation, expression = _formula(node, given)
    reasons = given["reasons"].mapping(required=("good", "bad"))
    directions: tuple[Direction, ...] = get_args(Direction)
    return Indicator(
        code=code,
        group=group,
        label=text(given["label"]),
        meaning=text(given["meaning"]),
        unit=given["unit"].choice(tuple(UNITS)),
        direction=directions[directions.index(given["direction"].choice(directions))],
        relation=relation,
        expression=expression,
        when_absent=absence(given["when_absent"]) if relation else Absence(None),
        window=given["window"].integer(minimum=0, maximum=_LONGEST_WINDOW),
        reference=given["reference"].text(),
        owner=given["owner"].text(),
        classification=highest_level(given["classification"]),
        good=text(reasons["good"]),
        bad=text(reasons["bad"]),
        advice=text(given["advice"]) if given["advice"].given else None,
        cases=tuple(_case(item) for item in given["cases"].items()) if given["cases"].given else (),
        where=node.where,
        scale=_scale(given["scale"]) if given["scale"].given else (),
    )


def _scale(node: Node) -> tuple[Mark, ...]:
    """The states that values stand for, rising."""
    found: list[Mark] = []
    for item in node.items():
        given = item.mapping(required=("value", "zh", "en"), optional=("goal",))
        value = given["value"].number()
        if found and value <= found[-1].value:
            raise given["value"].refuse("各取值应从低到高，各写一次。", "按取值从低到高排列。")
        goal = text(given["goal"]) if given["goal"].given else None
        found.append(Mark(value, Text(given["zh"].text(), given["en"].text()), goal))
    return tuple(found)


def highest_level(node: Node) -> int:
    """A level of JR/T 0197-2020; the level up to which scoring reads when none is given."""
    if not node.given:
        return HIGHEST_CLASSIFICATION
    return node.integer(minimum=1, maximum=_LEVELS)


def _formula(node: Node, given: Mapping[str, Node]) -> tuple[str, str]:
    if given["derived"].given:
        for name in ("relation", "expression", "when_absent"):
            if given[name].given:
                raise given[name].refuse(f"派生指标不能再声明 {name}。", f"删除 {name} 或 derived。")
        return "", given["derived"].text()
    for name in ("relation", "expression", "when_absent"):
        if not given[name].given:
            raise node.refuse(f"缺少声明项 {name}。", f"补充 {name}，或改用 derived 由其他指标计算。")
    return given["relation"].text(), given["expression"].text()


def absence(node: Node) -> Absence:
    """`unknown`, `zero_when_collected`, or `{value_when_collected: number}`."""
    if isinstance(node.value, dict):
        return Absence(node.mapping(required=("value_when_collected",))["value_when_collected"].number())
    return Absence(0.0 if node.choice(("unknown", "zero_when_collected")) == "zero_when_collected" else None)


def _case(node: Node) -> Case:
    given = node.mapping(required=("name", "as_of", "given", "expect"), optional=("collected", "measures"))
    expect = given["expect"]
    value = expect.mapping(required=(), optional=("value", "unknown"))
    if value["value"].given == value["unknown"].given:
        raise expect.refuse(
            "案例应写明 value 或 unknown: true 之一。", "写 {value: 数字} 或 {unknown: true}。"
        )
    return Case(
        name=given["name"].text(),
        as_of=given["as_of"].day(),
        given={dataset: _rows(rows) for dataset, rows in given["given"].entries().items()},
        collected=_collected(given["collected"]) if given["collected"].given else {},
        measures={name: _measured(entry) for name, entry in given["measures"].entries().items()}
        if given["measures"].given
        else {},
        expect=value["value"].number() if value["value"].given else None,
        where=node.where,
    )


def _collected(node: Node) -> dict[str, tuple[str, ...] | None]:
    """Data sets collected everywhere as a list, or each with the prefixes of its regions' codes."""
    if not isinstance(node.value, dict):
        return {item.text(): None for item in node.items()}
    return {
        dataset: tuple(item.text() for item in entry.items()) if entry.given else None
        for dataset, entry in node.entries().items()
    }


def _measured(node: Node) -> dict[str, tuple[float, ...]]:
    """A measure of everybody, or of each sector named; a number, or one for each calendar month."""
    if isinstance(node.value, dict):
        return {sector: _numbers(entry) for sector, entry in node.entries().items()}
    return {EVERYBODY: _numbers(node)}


def _numbers(node: Node) -> tuple[float, ...]:
    if not isinstance(node.value, tuple):
        return (node.number(),)
    if len(node.value) != MONTHS_PER_YEAR:
        raise node.refuse("季节系数应为十二个数。", "按一月至十二月的顺序逐月填写。")
    return tuple(item.number() for item in node.items())


def _rows(node: Node) -> tuple[Mapping[str, Any], ...]:
    return tuple({name: entry.value for name, entry in row.entries().items()} for row in node.items())
