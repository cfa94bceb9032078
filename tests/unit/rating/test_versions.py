"""Two scorecards never share one name: what counts in a published version stays, what explains may be corrected."""

import copy
from typing import Any

import pytest

from xinqiao.rating.catalogue import from_content
from xinqiao.rating.single import Desk
from xinqiao.rating.versions import VersionPublished


def _altered(town: Any, change: Any) -> Any:
    """The town with a scorecard changed under the same version."""
    content = copy.deepcopy(town.scorecard.content)
    change(content)
    return town.changed(scorecard=from_content(content, catalogue=town.catalogue))


def _bin(content: Any) -> None:
    content["indicators"]["I01"]["bins"][0]["points"] += 1


def _gate(content: Any) -> None:
    content["gates"][0]["when"]["at_least"] = 3


def _cut(content: Any) -> None:
    content["grades"][0]["from"] = 81


def _texts(content: Any) -> None:
    content["label"]["zh"] = "另一名称"
    content["gates"][0]["text"]["zh"] += "。"
    content["gates"][0].pop("records", None)
    for each in content["indicators"].values():
        each.pop("change", None)


@pytest.mark.parametrize(
    ("change", "named"), [(_bin, "权重与分档"), (_gate, "否决与限级规则"), (_cut, "等级的起始分")]
)
def test_a_published_version_with_other_points_gates_or_cut_offs_is_refused(
    town: Any, change: Any, named: str
) -> None:
    """For the city and for one firm alike; what to do is said."""
    town.evaluate()
    other = _altered(town, change)

    with pytest.raises(VersionPublished, match=rf"core@2026-11-01 .*{named}.*新版本"):
        other.evaluate()
    with pytest.raises(VersionPublished):
        other.evaluate_one(Desk(town.engine, town.lake), 3)
    assert town.evaluate().repeated


def test_corrected_texts_and_advice_are_no_new_version(town: Any) -> None:
    """Homes that were graded before a text was mended go on being graded."""
    before = town.evaluate()
    after = _altered(town, _texts).evaluate()
    assert (after.model, after.grades) == (before.model, before.grades)
    assert after.model_fingerprint != before.model_fingerprint


def test_a_version_of_another_date_may_be_anything(town: Any) -> None:
    town.evaluate()

    def renewed(content: Any) -> None:
        _bin(content)
        content["version"] = "2026-11-20"

    assert _altered(town, renewed).evaluate().model == "core@2026-11-20"
