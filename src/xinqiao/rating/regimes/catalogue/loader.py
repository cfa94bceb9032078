"""Reads a weight regime strictly: every name known, every multiplier sensible, every scope one that exists."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from xinqiao.catalogue.codes import region
from xinqiao.indicators import Catalogue, Text
from xinqiao.indicators.declaration import Node, fingerprint, from_plain, read_yaml
from xinqiao.rating.catalogue import Scorecards
from xinqiao.rating.model import Scorecard
from xinqiao.rating.regimes.model import THOUSANDTHS, Regime, Scope, effective
from xinqiao.sizing import SIZE_CLASSES

SHIPPED = Path(__file__).parent
_LIMITS = "limits.yaml"
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
# Lengths of a division code down to province, city and county.
_LEVELS = (2, 4, 6)


@dataclass(frozen=True, slots=True)
class Limits:
    """What every regime keeps to.

    Attributes:
        least: The smallest multiplier.
        most: The largest.
        longest_days: How long a regime may last.
    """

    least: float
    most: float
    longest_days: int


@cache
def limits() -> Limits:
    """The shipped limits."""
    given = read_yaml(SHIPPED / _LIMITS, SHIPPED).mapping(required=("source", "multiplier", "longest_days"))
    bounds = given["multiplier"].mapping(required=("least", "most"))
    return Limits(
        least=bounds["least"].number(),
        most=bounds["most"].number(),
        longest_days=given["longest_days"].integer(minimum=1, maximum=100_000),
    )


def samples() -> list[Path]:
    """The shipped samples."""
    return sorted(path for path in SHIPPED.glob("*.yaml") if path.name != _LIMITS)


def read_regime(path: Path, *, catalogue: Catalogue, scorecards: Scorecards) -> Regime:
    """The regime in a file, judged against the model it is for.

    Raises:
        Misdeclared: The first thing wrong, with file, line and remedy.
        UnknownModel: There is no such model.
    """
    try:
        node = read_yaml(path, path.parent)
    except UnicodeDecodeError:
        raise Node(None, path.name, 0).refuse(
            "文件不是 UTF-8 编码的文本。", "另存为 UTF-8 后重试。"
        ) from None
    regime = _regime(node)
    scorecard = scorecards.model_for(regime.from_on, regime.model)
    given = node.entries()
    _check_multipliers(given["multipliers"], scorecard, catalogue)
    _check_scope(given.get("scope"), catalogue)
    groups = {code: each.group for code, each in catalogue.indicators.items()}
    if effective(scorecard, [regime], groups) == scorecard:
        raise given["multipliers"].refuse(
            "按这些倍数换算后各指标权重不变，方案没有作用。", "只写需要改变的指标或组，倍数不要都相同。"
        )
    return regime


def from_content(content: Mapping[str, Any]) -> Regime:
    """The regime that gave this `Regime.content`.

    Raises:
        Misdeclared: The content does not fit the program.
    """
    return _regime(from_plain(dict(content), f"{content.get('name')}@{content.get('version')}"))


def _regime(node: Node) -> Regime:
    given = node.mapping(
        required=("name", "version", "label", "model", "from", "until", "reason", "source", "multipliers"),
        optional=("scope",),
    )
    name = given["name"].text()
    if not _NAME.fullmatch(name):
        raise given["name"].refuse(
            f"名称 {name} 不合规。", "用小写英文字母开头，只含小写字母、数字与下划线。"
        )
    first, end = given["from"].day(), given["until"].day()
    if end <= first:
        raise given["until"].refuse(
            f"截止日 {end} 不晚于起始日 {first}。", "until 是不再适用的第一天，应晚于 from。"
        )
    if (end - first).days > limits().longest_days:
        raise given["until"].refuse(
            f"方案长达 {(end - first).days} 天，最多 {limits().longest_days} 天。",
            "缩短期限，到期后如仍需要再提新版本；长期的改变应修订评分模型。",
        )
    multipliers = given["multipliers"].mapping(required=(), optional=("groups", "indicators"))
    content = node.plain()
    return Regime(
        name=name,
        version=given["version"].integer(minimum=1, maximum=9999),
        label=_text(given["label"]),
        model=given["model"].text(),
        from_on=first,
        until_on=end,
        reason=_text(given["reason"]),
        source=given["source"].text(),
        scope=_scope(given["scope"]),
        groups=_multipliers(multipliers["groups"]),
        indicators=_multipliers(multipliers["indicators"]),
        where=given["from"].where,
        content=content,
        fingerprint=fingerprint(content),
    )


def _multipliers(node: Node) -> dict[str, int]:
    return {name: _multiplier(each) for name, each in node.entries().items()} if node.given else {}


def _multiplier(node: Node) -> int:
    value = node.number()
    if value <= 0:
        raise node.refuse(
            f"倍数 {value:g} 应大于 0。", "不想让指标计分，请修订评分模型；调低请写如 0.5 的小数。"
        )
    bounds = limits()
    if not bounds.least <= value <= bounds.most:
        raise node.refuse(
            f"倍数 {value:g} 超出 {bounds.least:g} 至 {bounds.most:g}。",
            "核对小数点；更大的改变应修订评分模型。",
        )
    if round(value * THOUSANDTHS) != round(value * THOUSANDTHS, 6):
        raise node.refuse(f"倍数 {value} 的小数超过三位。", "至多写三位小数。")
    return round(value * THOUSANDTHS)


def _scope(node: Node) -> Scope:
    if not node.given:
        return Scope()
    given = node.mapping(required=(), optional=("sectors", "regions", "sizes"))
    sectors = (each.text().upper() for each in _listed(given["sectors"]))
    regions = (_stem(each) for each in _listed(given["regions"]))
    sizes = (each.choice(SIZE_CLASSES) for each in _listed(given["sizes"]))
    return Scope(*(tuple(sorted(set(part))) for part in (sectors, regions, sizes)))


def _listed(node: Node) -> tuple[Node, ...]:
    if not node.given:
        return ()
    if not node.items():
        raise node.refuse("范围为空。", "至少写一项；不限定时删去该项。")
    return tuple(node.items())


def _stem(node: Node) -> str:
    """A division code without the zeroes that stand for the levels below it."""
    code = node.text()
    if len(code) not in _LEVELS or not code.isdecimal() or code.startswith("00"):
        raise node.refuse(
            f"行政区划 {code} 应为两位、四位或六位数字。", "如 '37'、'3710'、'371002'，加引号。"
        )
    while code.endswith("00"):
        code = code[:-2]
    return code


def _check_multipliers(node: Node, scorecard: Scorecard, catalogue: Catalogue) -> None:
    given = node.mapping(required=(), optional=("groups", "indicators"))
    weighted = {each.code for each in scorecard.indicators}
    groups = {catalogue.indicators[code].group for code in weighted}
    if not given["groups"].given and not given["indicators"].given:
        raise node.refuse("没有写任何倍数。", "在 groups 或 indicators 下写出需要改变的组或指标。")
    for part, known, what in (("groups", groups, "指标组"), ("indicators", weighted, "指标")):
        for name, each in given[part].entries().items() if given[part].given else ():
            if name not in known:
                raise each.refuse(
                    f"评分模型 {scorecard.name} 中没有计分的{what} {name}。",
                    f"可用的{what}：{'、'.join(sorted(known))}。",
                )


def _check_scope(node: Node | None, catalogue: Catalogue) -> None:
    given = node.entries() if node is not None and node.given else {}
    for each in given["sectors"].items() if "sectors" in given else ():
        name = each.text().upper()
        if name not in catalogue.sections and catalogue.sector_of(name) != name:
            raise each.refuse(
                f"GB/T 4754-2017 没有行业 {name}。", f"写门类 {'、'.join(catalogue.sections)}，或大类如 H62。"
            )
    for each in given["regions"].items() if "regions" in given else ():
        stem = _stem(each)
        names = region(stem.ljust(_LEVELS[-1], "0"))
        if names is None or not (names.province, names.city, names.county)[_LEVELS.index(len(stem))]:
            raise each.refuse(f"GB/T 2260 没有行政区划 {each.text()}。", "核对区划代码。")


def _text(node: Node) -> Text:
    given = node.mapping(required=("zh", "en"))
    return Text(given["zh"].text(), given["en"].text())
