"""Reading the sharing lists: what they say, and what is refused on which line."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.catalogue.declared import InvalidDeclaration
from xinqiao.catalogue.lists import SHIPPED, load_lists

NATIONAL = "national-2021-52.yaml"
CONTRACTS = load_contracts()


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """A copy of the shipped lists to spoil."""
    for path in SHIPPED.glob("*.yaml"):
        shutil.copy(path, tmp_path)
    return tmp_path


def spoil(lists: Path, old: str, new: str) -> int:
    """Replace the first `old` in the national list; the line where it stood."""
    path = lists / NATIONAL
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_national_list_comes_first_and_says_that_nobody_verified_it() -> None:
    national, local = load_lists(CONTRACTS)
    assert (national.list_code, national.list_version) == ("national_sharing_list", date(2021, 12, 22))
    assert "国办发〔2021〕52号" in national.source
    assert not national.verified
    assert "以正式附件为准" in national.notice.zh
    assert not local.national


def test_an_item_says_who_owes_it_how_and_how_often() -> None:
    national, _ = load_lists(CONTRACTS)
    tax = national.items[18]
    assert (tax.item_no, tax.name.zh, tax.responsible_unit) == (19, "纳税申报与缴税信息", "税务总局")
    assert (tax.frequency_days, tax.data_grade, tax.consent_needed) == (31, 4, True)
    assert [national.methods[each].zh for each in tax.methods] == ["系统接口", "数据核验"]
    assert {"vat_filing", "sales_invoice", "tax_payment"} <= set(tax.datasets)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("item_no: 12\n", "item_no: 11\n", "第 12 项的序号写成了 11"),
        ("category: tax", "category: taxes", "不认识的类别 taxes"),
        ("methods: [interface, verification]", "methods: [interface, fax]", "不认识的共享方式 fax"),
        ("frequency_days: 92", "frequency_days: 0", "0 天不能用"),
        ("data_grade: 4", "data_grade: 6", "数据级别 6 不能用"),
        ("datasets: [judgment]", "datasets: [judgement]", "没有名为 judgement 的数据集"),
        ("datasets: [judgment]", "datasets: []", "没有数据集"),
        ("datasets: [water_bill]", "datasets: [water_bill, gas_bill]", "序号是 30，不是第 29 项"),
        ("datasets: [bankruptcy, asset_freeze]", "datasets: [bankruptcy, bankruptcy]", "已在本清单的一项中"),
        ("datasets: [social_organisation]", "datasets: [microloan]", "已在 local-extension.yaml 的一项中"),
        ("datasets: [judgment]", "datasets: [tax_arrears]", "序号是 21，不是第 15 项"),
        ("responsible_unit: 民政部", "responsible_unit: 民政部\n    unit: 民政部", "未知的声明项"),
        ("    consent_needed: false\n", "", "缺少声明项"),
        ("consent_needed: false", "consent_needed: 也许", "取值不合要求"),
        ("category: registration", "category: registration\n    category: listing", "重复"),
        ('list_version: "2021-12-22"', "list_version: 最新", "取值不合要求"),
        ("items:\n", "items: [\n", "不是有效的 YAML"),
    ],
)
def test_a_fault_is_refused_near_its_line(lists: Path, old: str, new: str, said: str) -> None:
    line = spoil(lists, old, new)

    with pytest.raises(InvalidDeclaration) as refusal:
        load_lists(CONTRACTS, lists)

    assert said in refusal.value.message
    assert refusal.value.remedy
    file, told = refusal.value.where.split(":")
    assert file == NATIONAL
    assert abs(int(told) - line) <= 12


def test_a_dataset_on_no_list_is_refused_at_its_contract(lists: Path) -> None:
    spoil(lists, "datasets: [honour, policy_support]", "datasets: [honour]")

    with pytest.raises(InvalidDeclaration, match="policy_support 不在任何清单中") as refusal:
        load_lists(CONTRACTS, lists)

    assert refusal.value.where.endswith("policy_support.odcs.yaml")


def test_a_local_item_may_not_take_a_numbered_dataset(lists: Path) -> None:
    spoil(lists, "datasets: [honour, policy_support]", "datasets: [honour]")
    path = lists / "local-extension.yaml"
    text = path.read_text("utf-8").replace("[spot_inspection]", "[spot_inspection, policy_support]")
    path.write_text(text, "utf-8")

    with pytest.raises(InvalidDeclaration, match="序号是 37"):
        load_lists(CONTRACTS, lists)
