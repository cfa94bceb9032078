"""Single parts of a scorecard: each function reads one kind of node and refuses what does not belong."""

from collections.abc import Collection, Mapping
from typing import get_args

from xinqiao.indicators import Catalogue, Text
from xinqiao.indicators.declaration import Node
from xinqiao.rating.conditions import Change, GateRecord, Passing
from xinqiao.rating.model import HUNDREDTHS, UNRATED, Bin, Gate, GradeBand, Idle, Weighted

_BEST = 100
_MOST_STEPS = 3
_MOST_EFFORT = 5
_LONGEST_MONTHS = 120
_LONGEST_YEARS = 10


def weighted(node: Node, code: str, catalogue: Catalogue) -> Weighted:
    """An indicator's weight, bins, and what a firm can do about it."""
    given = node.mapping(required=("weight", "bins"), optional=("idle", "change"))
    known(node, code, catalogue)
    weight = given["weight"].number() * HUNDREDTHS
    if weight <= 0 or round(weight) != round(weight, 6):
        raise given["weight"].refuse("权重应为正数，至多两位小数。", "改正权重；不计分的指标不写在评分卡中。")
    rising = catalogue.indicators[code].direction == "up"
    return Weighted(
        code,
        round(weight),
        _bins(given["bins"], rising=rising),
        given["idle"].integer(minimum=0, maximum=_BEST) if given["idle"].given else None,
        _change(given["change"]),
    )


def _bins(node: Node, *, rising: bool) -> tuple[Bin, ...]:
    bins: list[Bin] = []
    items = node.items()
    if not items:
        raise node.refuse("没有分档。", "至少写一个分档。")
    for item in items:
        last = item is items[-1]
        given = item.mapping(
            required=("points",) if last else ("below", "points"), optional=("below",) if last else ()
        )
        points = given["points"].integer(minimum=0, maximum=_BEST)
        if last and given["below"].given:
            raise item.refuse("最后一档不应有上限。", "删除 below，使其包含其余取值。")
        below = None if last else given["below"].number()
        if bins:
            previous = bins[-1]
            if below is not None and previous.below is not None and below <= previous.below:
                raise item.refuse(
                    f"分档重叠或未按升序：上限 {below:g} 不大于上一档的 {previous.below:g}。",
                    "各档上限应递增。",
                )
            if points != previous.points and (points > previous.points) != rising:
                way = "越高越好" if rising else "越低越好"
                raise item.refuse(f"得分 {points} 与指标方向（{way}）相反。", "各档得分应随指标方向单调。")
        bins.append(Bin(below, points))
    return tuple(bins)


def _change(node: Node) -> Change | None:
    """`{fixed: {zh, en}}` for what no firm can change, else `{steps, months, effort}` and what `Change` has besides."""
    if not node.given:
        return None
    if "fixed" in node.entries():
        return Change(fixed=text(node.mapping(required=("fixed",))["fixed"]))
    given = node.mapping(
        required=("steps", "months", "effort"),
        optional=("passing", "every", "from", "goals", "lifts", "advice"),
    )
    passings: tuple[Passing, ...] = get_args(Passing)
    passing = given["passing"].choice(passings) if given["passing"].given else "none"
    return Change(
        steps=given["steps"].integer(minimum=1, maximum=_MOST_STEPS),
        months=given["months"].integer(minimum=0, maximum=_LONGEST_MONTHS),
        passing=passings[passings.index(passing)],
        every=given["every"].integer(minimum=1, maximum=_LONGEST_MONTHS) if given["every"].given else 1,
        least=given["from"].number() if given["from"].given else None,
        goals=tuple(item.number() for item in given["goals"].items()) if given["goals"].given else (),
        lifts=tuple(item.text() for item in given["lifts"].items()) if given["lifts"].given else (),
        effort=given["effort"].integer(minimum=1, maximum=_MOST_EFFORT),
        advice=text(given["advice"]) if given["advice"].given else None,
    )


def idle(node: Node, indicators: Collection[Weighted], catalogue: Catalogue) -> Idle | None:
    """What tells an idle firm."""
    if not node.given:
        if any(each.idle is not None for each in indicators):
            raise node.refuse("有指标写了停业得分，但没有写怎样算停业。", "补写 idle，或删去各指标的 idle。")
        return None
    given = node.mapping(required=("indicator", "below", "text"))
    code = given["indicator"].text()
    known(given["indicator"], code, catalogue)
    return Idle(code, given["below"].number(), text(given["text"]))


def bands(node: Node) -> tuple[GradeBand, ...]:
    """Grades from best to worst."""
    found: list[GradeBand] = []
    for item in node.items():
        given = item.mapping(required=("grade", "from", "zh", "en"))
        band = GradeBand(
            given["grade"].text(), given["from"].number(), Text(given["zh"].text(), given["en"].text())
        )
        if band.grade == UNRATED or band.grade in {each.grade for each in found}:
            raise given["grade"].refuse(
                f"等级 {band.grade} 重复或不可用。", "每个等级只写一次；NR 写在 unrated。"
            )
        if found and band.least >= found[-1].least:
            raise given["from"].refuse("等级的起始分应从高到低。", "按从好到差排列。")
        found.append(band)
    if not found or found[-1].least != 0:
        raise node.refuse("最差的等级应从 0 分起。", "最后一个等级写 from: 0。")
    return tuple(found)


def gates(
    node: Node, letters: Collection[str], catalogue: Catalogue, *, taken: Collection[str]
) -> tuple[Gate, ...]:
    """Vetoes and caps, in the order in which a result names them."""
    found: list[Gate] = []
    for item in node.items() if node.given else ():
        given = item.mapping(
            required=("code", "kind", "grade", "when", "text", "source"), optional=("records", "change")
        )
        code = given["code"].text()
        if code in taken or code in {each.code for each in found}:
            raise given["code"].refuse(f"规则代码 {code} 重复。", "改用未占用的代码。")
        when = given["when"].mapping(required=("indicator",), optional=("at_least", "below"))
        if when["at_least"].given == when["below"].given:
            raise given["when"].refuse("条件应写明 at_least 或 below 之一。", "只留一个。")
        indicator = when["indicator"].text()
        known(when["indicator"], indicator, catalogue)
        rising = catalogue.indicators[indicator].direction == "up"
        if when["below"].given != rising:
            way, right = ("越高越好", "below") if rising else ("越低越好", "at_least")
            raise given["when"].refuse(
                f"条件与指标 {indicator} 的方向（{way}）相反，会在取值好的一侧生效。", f"改用 {right}。"
            )
        found.append(
            Gate(
                code=code,
                kind="veto" if given["kind"].choice(("veto", "cap")) == "veto" else "cap",
                grade=given["grade"].choice(letters),
                indicator=indicator,
                test="below" if rising else "at_least",
                threshold=(when["below"] if rising else when["at_least"]).number(),
                text=text(given["text"]),
                source=given["source"].text(),
                records=tuple(
                    _record(each, indicator, catalogue)
                    for each in (given["records"].items() if given["records"].given else ())
                ),
                change=_change(given["change"]),
            )
        )
    return tuple(found)


def _record(node: Node, indicator: str, catalogue: Catalogue) -> GateRecord:
    given = node.mapping(required=("dataset", "show"), optional=("ended", "where", "months", "only", "years"))
    dataset = given["dataset"].text()
    stands_on = catalogue.datasets_of(indicator)
    if dataset not in stands_on:
        raise given["dataset"].refuse(
            f"指标 {indicator} 不是由数据集 {dataset} 计算的。", f"可用的数据集：{'、'.join(stands_on)}。"
        )
    where: Mapping[str, Node] = given["where"].entries() if given["where"].given else {}
    years = given["years"].mapping(required=("field", "count")) if given["years"].given else None
    return GateRecord(
        dataset=dataset,
        show=tuple(item.text() for item in given["show"].items()),
        ended=given["ended"].text() if given["ended"].given else "",
        where={field: tuple(item.text() for item in values.items()) for field, values in where.items()},
        months=given["months"].integer(minimum=1, maximum=_LONGEST_MONTHS) if given["months"].given else 0,
        newest=given["only"].given and given["only"].choice(("newest",)) == "newest",
        years=(years["field"].text(), years["count"].integer(minimum=1, maximum=_LONGEST_YEARS))
        if years
        else None,
    )


def known(node: Node, code: str, catalogue: Catalogue) -> None:
    """Refuse a code that is no indicator's.

    Raises:
        Misdeclared: It is not.
    """
    if code not in catalogue.indicators:
        raise node.refuse(f"指标目录中没有 {code}。", f"可用的指标：{'、'.join(catalogue.indicators)}。")


def share(node: Node) -> float:
    """A share of one, not nothing."""
    value = node.number()
    if not 0 < value <= 1:
        raise node.refuse("覆盖率应在 0 与 1 之间。", "按小数填写，如 0.5。")
    return value


def text(node: Node) -> Text:
    """A text in Chinese and English."""
    given = node.mapping(required=("zh", "en"))
    return Text(given["zh"].text(), given["en"].text())
