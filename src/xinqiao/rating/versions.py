"""One version of a scorecard gives one set of grades: what counts in it stays as it was first published.

Points, weights, bins, gates and cut-offs count. Texts, sources and what firms are advised explain, and may be corrected
under the same version; every grade is still replayed with the texts it was given under.
"""

from collections.abc import Mapping
from typing import Any

from xinqiao.kernel.refusals import Refusal
from xinqiao.rating import records
from xinqiao.rating.model import Scorecard
from xinqiao.store import Transaction

_OF_INDICATOR = ("weight", "bins", "idle")
_OF_GATE = ("code", "kind", "grade", "when")
_OF_COVERAGE = ("least", "reliable", "cap", "gate")
_OF_GRADE = ("grade", "from")
_OF_IDLE = ("indicator", "below")
_NAMES = {
    "neutral": "中性分",
    "indicators": "指标的权重与分档",
    "gates": "否决与限级规则",
    "coverage": "覆盖率要求",
    "grades": "等级的起始分",
    "idle": "停业的判断",
}


class VersionPublished(Refusal):
    """Grades were published under this version of the scorecard with other content."""

    code = "model_version_published"


def require_unchanged(tx: Transaction, scorecard: Scorecard) -> None:
    """Let a scorecard pass whose version was not published yet, or with the same content.

    Raises:
        VersionPublished: Grades were published under it with other points, weights, gates or cut-offs.
    """
    now = counting(scorecard.content)
    for content in records.contents_of(tx, model=scorecard.name, but=scorecard.fingerprint):
        before = counting(content)
        if changed := [name for part, name in _NAMES.items() if before[part] != now[part]]:
            raise VersionPublished(
                f"评分模型 {scorecard.name} 已用另一内容发布过等级，改动之处：{'、'.join(changed)}。"
                "同一版本的等级须出自同一内容。",
                where=scorecard.name,
                remedy="恢复该版本原来的内容；改动另存为新版本的文件，写上新的生效日期并重新审批。",
            )


def counting(content: Mapping[str, Any]) -> dict[str, Any]:
    """What of a scorecard's content decides scores and grades, by part."""
    return {
        "neutral": content["neutral"],
        "indicators": {code: _only(each, _OF_INDICATOR) for code, each in content["indicators"].items()},
        "gates": [_only(each, _OF_GATE) for each in content.get("gates") or ()],
        "coverage": _only(content["coverage"], _OF_COVERAGE),
        "grades": [_only(each, _OF_GRADE) for each in content["grades"]],
        "idle": _only(content.get("idle") or {}, _OF_IDLE),
    }


def _only(content: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: content[name] for name in names if content.get(name) is not None}
