"""A scorecard is taken only when it is whole, in order and approved."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.indicators import Misdeclared, load_catalogue
from xinqiao.rating import load_scorecards
from xinqiao.rating.catalogue import SHIPPED, from_content
from xinqiao.rating.catalogue.loader import UnknownModel

CATALOGUE = load_catalogue(contracts=load_contracts())
FILE = "core/2026-11-01.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the shipped scorecards to spoil."""
    return shutil.copytree(SHIPPED, tmp_path / "models", ignore=shutil.ignore_patterns("*.py", "__pycache__"))


def _line(path: Path, text: str) -> int:
    return next(n for n, line in enumerate(path.read_text().splitlines(), 1) if text in line)


def test_the_shipped_model_carries_the_weights_it_promises() -> None:
    """Invoices 60, registration 12, tax 16, regulation 12."""
    core = load_scorecards(catalogue=CATALOGUE).named("core@2026-11-01")
    weights = dict.fromkeys("IETR", 0)
    for each in core.indicators:
        weights[each.code[0]] += each.weight
    assert weights == {"I": 6000, "E": 1200, "T": 1600, "R": 1200}
    assert core.name == "core@2026-11-01"


def test_the_version_in_force_is_the_last_one_not_after_the_day(root: Path) -> None:
    """History before the first version is graded by the first."""
    later = (root / FILE).read_text().replace("version: 2026-11-01", "version: 2027-05-01")
    (root / "core" / "2027-05-01.yaml").write_text(later)
    cards = load_scorecards(root, catalogue=CATALOGUE)
    assert cards.model_for(date(2020, 1, 31)).version == date(2026, 11, 1)
    assert cards.model_for(date(2027, 4, 30)).version == date(2026, 11, 1)
    assert cards.model_for(date(2027, 5, 1)).version == date(2027, 5, 1)
    with pytest.raises(UnknownModel, match="core@2027-05-01"):
        cards.named("core@2028-01-01")
    with pytest.raises(UnknownModel, match="没有评分模型 retail"):
        cards.model_for(date(2027, 5, 1), "retail")


def test_stored_content_gives_the_same_scorecard_back() -> None:
    """Whatever order the database keeps names in."""
    core = load_scorecards(catalogue=CATALOGUE).named("core@2026-11-01")
    again = from_content(json.loads(json.dumps(core.content, sort_keys=True)), catalogue=CATALOGUE)
    assert again == core


SPOILED: dict[str, tuple[str, str, str, str]] = {
    "overlapping bins": ("{below: 0.05, points: 80}", "{below: 0.02, points: 80}", "", "分档重叠"),
    "bins against the direction": (
        "{below: 0.02, points: 100}", "{below: 0.02, points: 70}", "{below: 0.05, points: 80}", "相反"
    ),
    "an open end": ("- {points: 40}", "- {below: 2, points: 40}", "", "最后一档不应有上限"),
    "no end in the middle": ("{below: 0.1, points: 75}", "{points: 75}", "", "缺少声明项 below"),
    "weights short of a hundred": ("weight: 13", "weight: 12.5", "indicators:", "权重合计为 99.5"),
    "a weight too fine": ("weight: 13", "weight: 12.999", "", "至多两位小数"),
    "an unknown indicator": ("  T05:", "  T99:", "", "指标目录中没有 T99"),
    "a misspelt entry": ("approved:", "approvals:", "", "未知的声明项 approvals"),
    "approved after it took force": ("on: 2026-10-20", "on: 2026-11-02", "", "批准日期晚于生效日期"),
    "points out of scale": ("- {points: 40}", "- {points: 140}", "", "0 至 100 的整数"),
    "a gate on an unknown indicator": ("V01, at_least: 2", "V99, at_least: 2", "", "指标目录中没有 V99"),
    "a gate with an unknown grade": ("    grade: D", "    grade: E", "", "不认识的取值 E"),
    "a gate without a condition": ("{indicator: V01, at_least: 2}", "{indicator: V01}", "", "at_least"),
    "grades out of order": ("from: 65", "from: 85", "", "从高到低"),
    "a last grade that leaves a gap": ("from: 0,", "from: 5,", "grades:", "从 0 分起"),
    "a file of another date": (": 2026-11-01", ": 2026-12-01", "", "文件应为 core/2026-12-01.yaml"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILED)
def test_a_contradiction_is_refused_with_its_file_and_line(root: Path, name: str) -> None:
    """Every refusal can be mended without searching."""
    old, new, at, message = SPOILED[name]
    text = (root / FILE).read_text()
    assert old in text
    (root / FILE).write_text(text.replace(old, new, 1))
    with pytest.raises(Misdeclared) as refused:
        load_scorecards(root, catalogue=CATALOGUE)
    assert refused.value.where == f"{FILE}:{_line(root / FILE, at or new)}"
    assert message in refused.value.message
    assert refused.value.remedy


def test_a_model_without_approval_is_refused(root: Path) -> None:
    """Nobody may put a scorecard in force alone."""
    lines = [line for line in (root / FILE).read_text().splitlines() if not line.startswith("approved:")]
    (root / FILE).write_text("\n".join(lines))
    with pytest.raises(Misdeclared, match="缺少声明项 approved"):
        load_scorecards(root, catalogue=CATALOGUE)


def test_two_versions_of_one_day_are_refused(root: Path) -> None:
    """It would be undecided which is in force."""
    (root / "core" / "2026-11-01b.yaml").write_text((root / FILE).read_text())
    with pytest.raises(
        Misdeclared, match=r"2026-11-01b\.yaml:\d+.*已有同日期的版本，见 core/2026-11-01\.yaml"
    ):
        load_scorecards(root, catalogue=CATALOGUE)
