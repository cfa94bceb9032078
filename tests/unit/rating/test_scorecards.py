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
FILE = "invoice/2026-11-01.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the shipped scorecards to spoil."""
    return shutil.copytree(SHIPPED, tmp_path / "models", ignore=shutil.ignore_patterns("*.py", "__pycache__"))


def _line(path: Path, text: str) -> int:
    return next(n for n, line in enumerate(path.read_text().splitlines(), 1) if text in line)


def test_the_invoice_model_carries_the_weights_it_promises() -> None:
    """Invoices 60, registration 12, tax 16, regulation 12."""
    card = load_scorecards(catalogue=CATALOGUE).named("invoice@2026-11-01")
    weights = dict.fromkeys("IETR", 0)
    for each in card.indicators:
        weights[each.code[0]] += each.weight
    assert weights == {"I": 6000, "E": 1200, "T": 1600, "R": 1200}
    assert card.name == "invoice@2026-11-01"


def test_the_core_model_is_graded_by_unless_another_is_named() -> None:
    """A name alone means the version in force, a name with a date that version."""
    cards = load_scorecards(catalogue=CATALOGUE)
    day = date(2026, 11, 21)
    assert cards.chosen(day).name == "core@2026-11-20"
    assert cards.chosen(day, "invoice").name == "invoice@2026-11-01"
    assert cards.chosen(date(2020, 2, 28), "core@2026-11-20").name == "core@2026-11-20"
    with pytest.raises(UnknownModel, match=r"没有评分模型 retail。.*core、invoice"):
        cards.chosen(day, "retail")


@pytest.mark.parametrize("name", ["core@2026-11-20", "invoice@2026-11-01"])
def test_every_gate_says_what_grade_it_leaves(name: str) -> None:
    """A veto sets it, a cap bounds it; in both languages."""
    for gate in load_scorecards(catalogue=CATALOGUE).named(name).gates:
        zh, en = ("等级定为", "grade ") if gate.kind == "veto" else ("等级最高为", "at best ")
        assert gate.text.zh.endswith(f"，{zh}{gate.grade}")
        assert gate.text.en.endswith(f": {en}{gate.grade}")


def test_the_version_in_force_is_the_last_one_not_after_the_day(root: Path) -> None:
    """History before the first version is graded by the first."""
    later = (root / FILE).read_text().replace("version: 2026-11-01", "version: 2027-05-01")
    (root / "invoice" / "2027-05-01.yaml").write_text(later)
    cards = load_scorecards(root, catalogue=CATALOGUE)
    assert cards.model_for(date(2020, 1, 31), "invoice").version == date(2026, 11, 1)
    assert cards.model_for(date(2027, 4, 30), "invoice").version == date(2026, 11, 1)
    assert cards.model_for(date(2027, 5, 1), "invoice").version == date(2027, 5, 1)
    with pytest.raises(UnknownModel, match="invoice@2027-05-01"):
        cards.named("invoice@2028-01-01")
    with pytest.raises(UnknownModel, match="没有评分模型 retail"):
        cards.model_for(date(2027, 5, 1), "retail")


@pytest.mark.parametrize("name", ["core@2026-11-20", "invoice@2026-11-01"])
def test_stored_content_gives_the_same_scorecard_back(name: str) -> None:
    """Whatever order the database keeps names in."""
    card = load_scorecards(catalogue=CATALOGUE).named(name)
    again = from_content(json.loads(json.dumps(card.content, sort_keys=True)), catalogue=CATALOGUE)
    assert again == card


def test_content_kept_before_records_and_changes_were_asked_for_can_still_be_read() -> None:
    """A grade of then must replay; nothing is advised by it."""
    content = json.loads(json.dumps(load_scorecards(catalogue=CATALOGUE).named("invoice@2026-11-01").content))
    for each in content["indicators"].values():
        del each["change"]
    for gate in content["gates"]:
        gate.pop("records", None)
        gate.pop("change", None)

    card = from_content(content, catalogue=CATALOGUE)

    assert {each.change for each in card.indicators} == {None}
    assert {gate.records for gate in card.gates} == {()}


SPOILED: dict[str, tuple[str, str, str, str]] = {
    "overlapping bins": ("{below: 0.05, points: 80}", "{below: 0.02, points: 80}", "", "分档重叠"),
    "bins against the direction": (
        "{below: 0.02, points: 100}", "{below: 0.02, points: 70}", "{below: 0.05, points: 80}", "相反"
    ),
    "bins that do not ascend": ("{below: 0.02, points: 100}", "{below: 0.3, points: 100}", "{below: 0.05, points: 80}", "未按升序"),
    "an open end": ("- {points: 40}", "- {below: 2, points: 40}", "", "最后一档不应有上限"),
    "no end in the middle": ("{below: 0.1, points: 75}", "{points: 75}", "", "缺少声明项 below"),
    "weights short of a hundred": ("weight: 13", "weight: 12.5", "indicators:", "权重合计为 99.5"),
    "a weight too fine": ("weight: 13", "weight: 12.999", "", "至多两位小数"),
    "an unknown indicator": ("  T05:", "  T99:", "", "指标目录中没有 T99"),
    "a misspelt entry": ("approved:", "approvals:", "", "未知的声明项 approvals"),
    "a moment for the version": ("version: 2026-11-01", "version: 2026-11-01T08:00:00", "", "写的却是时刻"),
    "a moment for the approval": ("on: 2026-10-20", "on: 2026-10-20 08:00:00", "", "写的却是时刻"),
    "approved after it took force": ("on: 2026-10-20", "on: 2026-11-02", "", "批准日期晚于生效日期"),
    "points out of scale": ("- {points: 40}", "- {points: 140}", "", "0 至 100 的整数"),
    "a gate on an unknown indicator": ("V01, at_least: 2", "V99, at_least: 2", "", "指标目录中没有 V99"),
    "a gate on the good side": (
        "{indicator: V01, at_least: 2}", "{indicator: V01, below: 2}", "", "方向"
    ),
    "a gate on records it does not stand on": (
        "{dataset: abnormal_operation,", "{dataset: tax_arrears,", "", "不是由数据集 tax_arrears 计算的"
    ),
    "a veto that names no record": (
        "    records: [{dataset: business_registration, show: [event_kind",
        "    #        [{dataset: business_registration, show: [event_kind",
        "- code: revoked", "没有写明依据的记录",
    ),
    "an indicator of which nobody says whether it can change": (
        "    change: {steps: 3, months: 1, effort: 2}\n", "", "  T05:", "没有写明企业能否改善 T05"
    ),
    "more bins at once than anybody manages": (
        "change: {steps: 1, months: 12, effort: 4}", "change: {steps: 9, months: 12, effort: 4}", "", "1 至 3"
    ),
    "a change that is fixed and yet takes steps": (
        "change: {steps: 1, months: 12, effort: 4}", "change: {steps: 1, fixed: {zh: 否, en: no}}", "", "未知的声明项"
    ),
    "months done well that make no share of money sure": (
        "goals: [50]", "goals: [50], passing: share", "", "做好几个月不能保证"
    ),
    "a goal that is the bound of no bin": ("goals: [50]", "goals: [60]", "", "60 不是任何一档的界限"),
    "a change that lifts what is not weighed": (
        "change: {steps: 3, months: 1, effort: 2}", "change: {steps: 3, months: 1, lifts: [J03], effort: 2}", "", "lifts 中的 J03"
    ),
    "a gate with an unknown grade": ("    grade: D", "    grade: E", "", "不认识的取值 E"),
    "a gate without a condition": ("{indicator: V01, at_least: 2}", "{indicator: V01}", "", "at_least"),
    "grades out of order": ("from: 65", "from: 85", "", "从高到低"),
    "a last grade that leaves a gap": ("from: 0,", "from: 5,", "grades:", "从 0 分起"),
    "a file of another date": (": 2026-11-01", ": 2026-12-01", "", "文件应为 invoice/2026-12-01.yaml"),
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
    (root / "invoice" / "2026-11-01b.yaml").write_text((root / FILE).read_text())
    with pytest.raises(
        Misdeclared, match=r"2026-11-01b\.yaml:\d+.*已有同日期的版本，见 invoice/2026-11-01\.yaml"
    ):
        load_scorecards(root, catalogue=CATALOGUE)


def test_a_cap_of_thin_data_must_be_a_grade(root: Path) -> None:
    """One that the scorecard has."""
    (root / FILE).write_text((root / FILE).read_text().replace("  cap: B", "  cap: B+"))
    with pytest.raises(Misdeclared, match=r"不认识的取值 B\+"):
        load_scorecards(root, catalogue=CATALOGUE)


def test_a_change_without_a_word_of_how_is_refused(root: Path) -> None:
    """Advice that nobody can follow is none."""
    lines = (root / FILE).read_text().splitlines()
    bare = [
        line.replace(line[line.index(", advice:") :], "}") if ", advice:" in line else line for line in lines
    ]
    (root / FILE).write_text("\n".join(bare))
    with pytest.raises(Misdeclared, match="没有写明怎样改善") as refused:
        load_scorecards(root, catalogue=CATALOGUE)
    assert refused.value.where.startswith(f"{FILE}:")
    assert "advice" in refused.value.remedy
