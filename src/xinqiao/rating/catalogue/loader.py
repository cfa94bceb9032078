"""Reads scorecards strictly: every bin in order, every weight accounted for, every version approved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from xinqiao.indicators import Catalogue, Indicator
from xinqiao.indicators.declaration import Node, fingerprint, from_plain, read_yaml
from xinqiao.indicators.model import Direction
from xinqiao.kernel.refusals import NotFound
from xinqiao.rating.catalogue import entries
from xinqiao.rating.conditions import Change
from xinqiao.rating.evaluation import MODEL
from xinqiao.rating.model import HUNDREDTHS, TOTAL_WEIGHT, Scorecard, Weighted

SHIPPED = Path(__file__).parent
# Units in which so many months done well make a value sure, by the indicator's direction.
_MONTHLY: Mapping[Direction, frozenset[str]] = {"up": frozenset({"ratio"}), "down": frozenset({"months"})}
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

    def chosen(self, as_of: date, name: str = MODEL) -> Scorecard:
        """The scorecard that a name means on a day: `core` the version then in force, `core@2026-11-20` that one.

        Raises:
            UnknownModel: There is no such model or version.
        """
        return self.named(name) if "@" in name else self.model_for(as_of, name)

    def model_for(self, as_of: date, model: str = MODEL) -> Scorecard:
        """The version in force on a day; before the first version, the first one grades history.

        Raises:
            UnknownModel: There is no such model.
        """
        versions = self._of(model)
        return next((each for each in reversed(versions) if each.version <= as_of), versions[0])

    def named(self, name: str) -> Scorecard:
        """The version named as in `Scorecard.name`, `core@2026-11-20`.

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
        _check_whole(scorecard, node, catalogue)
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
        entries.weighted(entry, code, catalogue)
        for code, entry in sorted(given["indicators"].entries().items())
    ]
    total = sum(each.weight for each in indicators)
    if total != TOTAL_WEIGHT:
        raise given["indicators"].refuse(f"权重合计为 {total / HUNDREDTHS:g}，应为 100。", "调整各指标权重。")
    bands = entries.bands(given["grades"])
    letters = tuple(band.grade for band in bands)
    coverage = given["coverage"].mapping(required=("least", "reliable", "cap", "gate", "text"))
    least, reliable = entries.share(coverage["least"]), entries.share(coverage["reliable"])
    if reliable < least:
        raise coverage["reliable"].refuse("可靠覆盖率低于最低覆盖率。", "改为不低于 least 的数。")
    content = node.plain()
    return Scorecard(
        model=given["model"].text(),
        version=given["version"].day(),
        label=entries.text(given["label"]),
        approved_by=approved["by"].text(),
        approved_on=approved["on"].day(),
        neutral=given["neutral"].integer(minimum=0, maximum=_BEST),
        indicators=tuple(indicators),
        least_coverage=least,
        reliable_coverage=reliable,
        unreliable_cap=coverage["cap"].choice(letters),
        coverage_gate=coverage["gate"].text(),
        coverage_text=entries.text(coverage["text"]),
        bands=bands,
        unrated=entries.text(given["unrated"]),
        gates=entries.gates(given["gates"], letters, catalogue, taken={coverage["gate"].text()}),
        idle=entries.idle(given["idle"], indicators, catalogue),
        content=content,
        fingerprint=fingerprint(content),
    )


def _check_whole(scorecard: Scorecard, node: Node, catalogue: Catalogue) -> None:
    """What is asked of a file and not of a kept declaration, which may be older than the question.

    Raises:
        Misdeclared: A veto names no record, or it is not said whether and how a firm can change an indicator.
    """
    given = node.entries()
    for item, gate in zip(given["gates"].items() if "gates" in given else (), scorecard.gates, strict=True):
        if gate.kind == "veto" and not gate.records:
            raise item.refuse(
                f"一票否决规则 {gate.code} 没有写明依据的记录。", "补写 records：数据集与应列示的字段。"
            )
        _check_change(item, gate.indicator, gate.change, catalogue, asked=False)
    for each in scorecard.indicators:
        place = given["indicators"].entries()[each.code]
        _check_change(place, each.code, each.change, catalogue, asked=True)
        if each.change is not None:
            _check_reach(
                place.entries()["change"], each, each.change, scorecard, catalogue.indicators[each.code]
            )


def _check_change(node: Node, code: str, change: Change | None, catalogue: Catalogue, *, asked: bool) -> None:
    if change is None:
        if asked:
            raise node.refuse(
                f"没有写明企业能否改善 {code}。", "补写 change：fixed，或 steps、months、effort。"
            )
    elif change.fixed is None and change.advice is None and catalogue.indicators[code].advice is None:
        raise node.refuse(
            f"{code} 可以改善，但指标和评分卡都没有写明怎样改善。",
            "在 change 中补写 advice，或补写指标的 advice。",
        )


def _check_reach(
    node: Node, each: Weighted, change: Change, scorecard: Scorecard, declared: Indicator
) -> None:
    """What a change says of its reach must fit the indicator."""
    if change.passing != "none" and not declared.window:
        raise node.refuse(f"{each.code} 没有统计期间，不需要等待期间经过。", "删去 passing。")
    if change.passing == "share" and declared.unit not in _MONTHLY[declared.direction]:
        raise node.refuse(
            f"{each.code} 不是期间内月份的比例或个数，做好几个月不能保证达到。", "改为 passing: whole。"
        )
    thresholds = {bin.below for bin in each.bins}
    if strange := [goal for goal in change.goals if goal not in thresholds]:
        told = "、".join(f"{goal:g}" for goal in strange)
        raise node.refuse(f"goals 中的 {told} 不是任何一档的界限。", "改为各档的 below。")
    weighted = {other.code for other in scorecard.indicators} - {each.code}
    if unknown := [code for code in change.lifts if code not in weighted]:
        raise node.refuse(
            f"lifts 中的 {'、'.join(unknown)} 不是评分卡中的其他指标。", "改为有权重的其他指标，或删去。"
        )
