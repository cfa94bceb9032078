"""The commands on the catalogue, for people and for machines."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

Xinqiao = Callable[..., Any]


def test_datasets_are_listed_by_the_unit_that_delivers_them(xinqiao: Xinqiao) -> None:
    listed = xinqiao("catalogue", "list", "--json").json

    departments = [each["department"] for each in listed]
    # Once a department is done with it does not come back.
    groups = [name for at, name in enumerate(departments) if at == 0 or departments[at - 1] != name]
    assert len(groups) == len(set(departments)) == 25
    assert groups[0] == "market_regulation"
    # Those without an item of the national list come last.
    unnumbered = {"banks", "local_finance", "credit_centre", "platform"}
    unnumbered |= {"data_authority", "finance_bureau", "industry_information"}
    assert set(groups[-7:]) == unnumbered
    items = [each["item"] for each in listed if each["department"] == "tax"]
    assert items == sorted(items)


def test_a_unit_is_named_once_in_the_list_for_people(xinqiao: Xinqiao) -> None:
    said = xinqiao("catalogue", "list").out

    assert said.count("人民法院") == 1
    assert "共 65 个数据集" in said


def test_a_folder_without_contracts_does_not_pass_the_check(xinqiao: Xinqiao, tmp_path: Path) -> None:
    folder = tmp_path / "合同"
    folder.mkdir()
    (folder / "notes.yaml").write_text("not: a contract\n", "utf-8")

    said = xinqiao("catalogue", "check", folder)

    assert (said.status, said.out) == (2, "")
    assert f"{folder}：这里没有合同文件" in said.err
    assert said.err.endswith("（代码：nothing_to_check）\n")
    assert xinqiao("catalogue", "check", folder, "--json").status == 2
    assert "全部合同检查通过" in xinqiao("catalogue", "check").out


def test_coverage_of_an_empty_platform_is_zero_and_says_the_list_is_unverified(xinqiao: Xinqiao) -> None:
    answer = xinqiao("catalogue", "coverage")

    assert answer.status == 0
    assert "37 项：已归集 0 项" in answer.out
    assert "以正式附件为准" in answer.err
    national = xinqiao("catalogue", "coverage", "--json").json["lists"][0]
    assert (national["item_count"], national["collected_count"], national["verified"]) == (37, 0, False)
    assert national["items"][28]["timeliness"] == "never"


def test_coverage_tells_what_was_delivered(xinqiao: Xinqiao, firm: str, tmp_path: Path) -> None:
    registry, invoices = tmp_path / "登记.csv", tmp_path / "销项.csv"
    registry.write_text(
        f"unified_code,name,approved_on,established_on\n{firm},甲公司,2019-03-05,2019-03-05\n", "utf-8"
    )
    invoices.write_text(
        "taxpayer_code,invoice_number,issued_on,amount_fen,status\n"
        f"{firm},1,2026-03-01,100000,valid\n{firm},2,2026-03-01,100000,红冲\n",
        "utf-8",
    )
    assert xinqiao("deliver", "business_registration", registry, "--known-at", "2026-01-15").status == 0
    assert xinqiao("deliver", "sales_invoice", invoices, "--known-at", "2026-03-15T18:00").status == 0

    told = xinqiao("catalogue", "coverage", "--json").json

    assert told["registered_enterprises"] == 1
    national = told["lists"][0]
    assert (national["collected_count"], national["whole_count"]) == (2, 1)
    tax = national["items"][18]
    assert (tax["extent"], tax["rows"], tax["quarantined"], tax["refused_share"]) == ("part", 1, 1, 0.5)
    assert (tax["enterprises"], tax["registered_share"]) == (1, 1.0)
    assert tax["known_at"] == "2026-03-15T18:00:00+08:00"
    assert tax["occurred_on"] == "2026-03-01"
    held = {each["dataset"]: each["rows"] for each in tax["datasets"]}
    assert (held["sales_invoice"], held["tax_payment"]) == (1, 0)
    shown = xinqiao("catalogue", "coverage").out
    assert "已归集 2 项（其中 1 项数据集齐全）" in shown
    assert "50.0%" in shown
    assert "vat_filing" in shown
