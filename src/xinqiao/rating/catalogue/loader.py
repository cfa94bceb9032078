"""Reads scorecards strictly: every bin in order, every weight accounted for, every version approved."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from xinqiao.indicators import Catalogue, Text
from xinqiao.indicators.declaration import Node, fingerprint, from_plain, read_yaml
from xinqiao.kernel.refusals import NotFound
from xinqiao.rating.model import (
    HUNDREDTHS,
    TOTAL_WEIGHT,
    UNRATED,
    Bin,
    Gate,
    GradeBand,
    Idle,
    Scorecard,
    Weighted,
)

SHIPPED = Path(__file__).parent
_BEST = 100


class UnknownModel(NotFound):
    """No scorecard of that name, or none in force on that day."""

    code = "unknown_model"


@dataclass(frozen=True, slots=True)
class Scorecards:
    """All versions of all models.

    Attributes:
        versions: Per model, its versions, oldest first.
    """

    versions: Mapping[str, Sequence[Scorecard]]

    def model_for(self, as_of: date, model: str = "core") -> Scorecard:
        """The version in force on a day; before the first version, the first one grades history.

        Raises:
            UnknownModel: There is no such model.
        """
        versions = self._of(model)
        return next((each for each in reversed(versions) if each.version <= as_of), versions[0])

    def named(self, name: str) -> Scorecard:
        """The version named as in `Scorecard.name`, `core@2026-11-01`.

        Raises:
            UnknownModel: There is no such version.
        """
        model, _, version = name.partition("@")
        for each in self._of(model):
            if each.version.isoformat() == version:
                return each
        known = "、".join(each.name for each in self._of(model))
        raise UnknownModel(f"评分模型 {model} 没有版本 {version}。", remedy=f"可用的版本：{known}。")

    def _of(self, model: str) -> Sequence[Scorecard]:
        if model not in self.versions:
            raise UnknownModel(f"没有评分模型 {model}。", remedy=f"可用的模型：{'、'.join(self.versions)}。")
        return self.versions[model]


def load_scorecards(root: Path = SHIPPED, *, catalogue: Catalogue) -> Scorecards:
    """Read every scorecard under `root`.

    Raises:
        Misdeclared: The first thing wrong, with file, line and remedy.
    """
    versions: dict[str, dict[date, tuple[Scorecard, Node]]] = {}
    for path in sorted(root.rglob("*.yaml")):
        node = read_yaml(path, root)
        scorecard = _scorecard(node, catalogue)
        place = node.entries()["version"]
        held = versions.setdefault(scorecard.model, {})
        if scorecard.version in held:
            other = held[scorecard.version][1].origin
            raise place.refuse(
                f"模型 {scorecard.model} 已有同日期的版本，见 {other}。", "新版本另定生效日期。"
            )
        if path.parent.name != scorecard.model or path.stem != scorecard.version.isoformat():
            raise place.refuse(
                f"文件应为 {scorecard.model}/{scorecard.version.isoformat()}.yaml。",
                "改正文件名，或改正模型与版本。",
            )
        held[scorecard.version] = (scorecard, node)
    return Scorecards({model: [held[day][0] for day in sorted(held)] for model, held in versions.items()})


def from_content(content: Mapping[str, Any], *, catalogue: Catalogue) -> Scorecard:
    """The scorecard that gave this `Scorecard.content`.

    Raises:
        Misdeclared: The content does not fit the program or the catalogue.
    """
    return _scorecard(
        from_plain(dict(content), f"{content.get('model')}@{content.get('version')}"), catalogue
    )


def _scorecard(node: Node, catalogue: Catalogue) -> Scorecard:
    given = node.mapping(
        required=(
            "model",
            "version",
            "label",
            "approved",
            "neutral",
            "indicators",
            "coverage",
            "grades",
            "unrated",
        ),
        optional=("gates", "idle"),
    )
    approved = given["approved"].mapping(required=("by", "on"))
    if approved["on"].day() > given["version"].day():
        raise approved["on"].refuse("批准日期晚于生效日期。", "先批准，后生效。")
    indicators = [
        _weighted(entry, code, catalogue) for code, entry in sorted(given["indicators"].entries().items())
    ]
    total = sum(each.weight for each in indicators)
    if total != TOTAL_WEIGHT:
        raise given["indicators"].refuse(f"权重合计为 {total / HUNDREDTHS:g}，应为 100。", "调整各指标权重。")
    bands = _bands(given["grades"])
    letters = tuple(band.grade for band in bands)
    coverage = given["coverage"].mapping(required=("least", "reliable", "cap", "gate", "text"))
    least, reliable = _share(coverage["least"]), _share(coverage["reliable"])
    if reliable < least:
        raise coverage["reliable"].refuse("可靠覆盖率低于最低覆盖率。", "改为不低于 least 的数。")
    content = node.plain()
    return Scorecard(
        model=given["model"].text(),
        version=given["version"].day(),
        label=_text(given["label"]),
        approved_by=approved["by"].text(),
        approved_on=approved["on"].day(),
        neutral=given["neutral"].integer(minimum=0, maximum=_BEST),
        indicators=tuple(indicators),
        least_coverage=least,
        reliable_coverage=reliable,
        unreliable_cap=coverage["cap"].choice(letters),
        coverage_gate=coverage["gate"].text(),
        coverage_text=_text(coverage["text"]),
        bands=bands,
        unrated=_text(given["unrated"]),
        gates=_gates(given["gates"], letters, catalogue, taken={coverage["gate"].text()}),
        idle=_idle(given["idle"], indicators, catalogue),
        content=content,
        fingerprint=fingerprint(content),
    )


def _idle(node: Node, indicators: Collection[Weighted], catalogue: Catalogue) -> Idle | None:
    if not node.given:
        if any(each.idle is not None for each in indicators):
            raise node.refuse("有指标写了停业得分，但没有写怎样算停业。", "补写 idle，或删去各指标的 idle。")
        return None
    given = node.mapping(required=("indicator", "below", "text"))
    code = given["indicator"].text()
    _known(given["indicator"], code, catalogue)
    return Idle(code, given["below"].number(), _text(given["text"]))


def _weighted(node: Node, code: str, catalogue: Catalogue) -> Weighted:
    given = node.mapping(required=("weight", "bins"), optional=("idle",))
    _known(node, code, catalogue)
    weight = given["weight"].number() * HUNDREDTHS
    if weight <= 0 or round(weight) != round(weight, 6):
        raise given["weight"].refuse("权重应为正数，至多两位小数。", "改正权重；不计分的指标不写在评分卡中。")
    return Weighted(
        code,
        round(weight),
        _bins(given["bins"], rising=catalogue.indicators[code].direction == "up"),
        given["idle"].integer(minimum=0, maximum=_BEST) if given["idle"].given else None,
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
                    f"分档重叠：上限 {below:g} 不大于上一档的 {previous.below:g}。", "各档上限应递增。"
                )
            if points != previous.points and (points > previous.points) != rising:
                way = "越高越好" if rising else "越低越好"
                raise item.refuse(f"得分 {points} 与指标方向（{way}）相反。", "各档得分应随指标方向单调。")
        bins.append(Bin(below, points))
    return tuple(bins)


def _bands(node: Node) -> tuple[GradeBand, ...]:
    bands: list[GradeBand] = []
    for item in node.items():
        given = item.mapping(required=("grade", "from", "zh", "en"))
        band = GradeBand(
            given["grade"].text(), given["from"].number(), Text(given["zh"].text(), given["en"].text())
        )
        if band.grade == UNRATED or band.grade in {each.grade for each in bands}:
            raise given["grade"].refuse(
                f"等级 {band.grade} 重复或不可用。", "每个等级只写一次；NR 写在 unrated。"
            )
        if bands and band.least >= bands[-1].least:
            raise given["from"].refuse("等级的起始分应从高到低。", "按从好到差排列。")
        bands.append(band)
    if not bands or bands[-1].least != 0:
        raise node.refuse("最差的等级应从 0 分起。", "最后一个等级写 from: 0。")
    return tuple(bands)


def _gates(
    node: Node, letters: Collection[str], catalogue: Catalogue, *, taken: Collection[str]
) -> tuple[Gate, ...]:
    gates: list[Gate] = []
    for item in node.items() if node.given else ():
        given = item.mapping(required=("code", "kind", "grade", "when", "text", "source"))
        code = given["code"].text()
        if code in taken or code in {each.code for each in gates}:
            raise given["code"].refuse(f"规则代码 {code} 重复。", "改用未占用的代码。")
        when = given["when"].mapping(required=("indicator",), optional=("at_least", "below"))
        if when["at_least"].given == when["below"].given:
            raise given["when"].refuse("条件应写明 at_least 或 below 之一。", "只留一个。")
        _known(when["indicator"], when["indicator"].text(), catalogue)
        gates.append(
            Gate(
                code=code,
                kind="veto" if given["kind"].choice(("veto", "cap")) == "veto" else "cap",
                grade=given["grade"].choice(letters),
                indicator=when["indicator"].text(),
                test="at_least" if when["at_least"].given else "below",
                threshold=(when["at_least"] if when["at_least"].given else when["below"]).number(),
                text=_text(given["text"]),
                source=given["source"].text(),
            )
        )
    return tuple(gates)


def _known(node: Node, code: str, catalogue: Catalogue) -> None:
    if code not in catalogue.indicators:
        raise node.refuse(f"指标目录中没有 {code}。", f"可用的指标：{'、'.join(catalogue.indicators)}。")


def _share(node: Node) -> float:
    value = node.number()
    if not 0 < value <= 1:
        raise node.refuse("覆盖率应在 0 与 1 之间。", "按小数填写，如 0.5。")
    return value


def _text(node: Node) -> Text:
    given = node.mapping(required=("zh", "en"))
    return Text(given["zh"].text(), given["en"].text())
