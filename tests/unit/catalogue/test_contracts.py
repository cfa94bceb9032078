"""Reading contracts: what they say, and what is refused."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from xinqiao.catalogue import (
    DuplicateDataset,
    InvalidContract,
    UnknownDataset,
    UnknownField,
    load_contracts,
    read_contract,
)
from xinqiao.catalogue.contracts import SHIPPED

INVOICE = SHIPPED / "tax" / "sales_invoice.odcs.yaml"


@pytest.fixture
def department(tmp_path: Path) -> Path:
    folder = tmp_path / "contracts" / "tax"
    folder.mkdir(parents=True)
    shutil.copy(INVOICE, folder)
    return folder


def test_the_datasets_of_all_departments_are_shipped() -> None:
    contracts = load_contracts()
    assert len(contracts) == 65
    departments = {name: contract.department for name, contract in contracts.items()}
    assert len(set(departments.values())) == 25
    assert {name for name, department in departments.items() if department == "market_regulation"} == {
        "business_registration",
        "shareholder",
        "key_personnel",
        "annual_report",
        "equity_pledge",
        "movable_security",
        "abnormal_operation",
        "serious_violation",
        "spot_inspection",
    }
    assert departments["code_crosswalk"] == "data_authority"
    assert departments["microloan"] == departments["pawn_loan"] == "local_finance"
    assert {name for name, contract in contracts.items() if contract.mode == "snapshot"} == {"tax_arrears"}


def test_an_invoice_keeps_everything_but_the_codes_that_only_name_its_subject() -> None:
    contract = load_contracts()["sales_invoice"]
    assert contract.subject.field == "taxpayer_code"
    assert contract.subject.system_field == "source_system"
    assert contract.subject.identifiers == (
        "unified_code",
        "organisation_code",
        "registration_number",
        "crosswalk",
    )
    assert contract.record_columns() == {
        "subject": "BIGINT",
        "invoice_code": "VARCHAR",
        "invoice_number": "VARCHAR",
        "issued_on": "DATE",
        "counterparty_code": "VARCHAR",
        "amount_fen": "BIGINT",
        "tax_fen": "BIGINT",
        "status": "VARCHAR",
        "occurred_on": "DATE",
        "known_at": "TIMESTAMP",
        "delivery": "BIGINT",
        "supersedes": "BOOLEAN",
    }
    assert contract.key == (
        "invoice_code",
        "invoice_number",
        "issued_on",
        "counterparty_code",
        "amount_fen",
        "tax_fen",
    )


def test_fields_carry_what_people_and_parsers_need() -> None:
    contracts = load_contracts()
    status = contracts["sales_invoice"].field("status")
    assert status.values == {"valid": "有效", "void": "作废"}
    assert status.spellings["有效发票"] == status.spellings["有效"] == status.spellings["valid"] == "valid"
    amount = contracts["sales_invoice"].field("amount_fen")
    assert (amount.kind, amount.classification, amount.alias_units["金额"]) == ("amount", 4, "yuan")
    assert contracts["tax_payment"].field("amount_fen").minimum == Decimal(0)
    assert contracts["abnormal_operation"].field("listed_on").minimum == date(2014, 3, 1)
    capital = contracts["business_registration"].field("registered_capital_fen")
    assert capital.alias_units["注册资本（万元）"] == "wan_yuan"
    assert contracts["administrative_penalty"].field("published_until").future
    assert not contracts["administrative_penalty"].field("decided_on").future


def test_every_heading_leads_to_one_field() -> None:
    contract = load_contracts()["sales_invoice"]
    assert contract.headings["开票日期"] is contract.headings["issued_on"] is contract.field("issued_on")


def test_a_mistyped_dataset_is_answered_with_near_names() -> None:
    with pytest.raises(UnknownDataset, match="sales_invoice") as refusal:
        load_contracts()["sale_invoices"]
    assert refusal.value.code == "unknown_dataset"
    assert "sale_invoices" not in load_contracts()


@pytest.mark.parametrize("name", ["xyz", "nosuch"])
def test_a_dataset_like_no_other_is_answered_with_where_they_are_listed(name: str) -> None:
    with pytest.raises(UnknownDataset, match="xinqiao catalogue list") as refusal:
        load_contracts()[name]
    assert "是否要找" not in str(refusal.value)


def test_an_unknown_field_names_those_there_are() -> None:
    with pytest.raises(UnknownField, match="issued_on"):
        load_contracts()["sales_invoice"].field("issue_date")


def test_a_comment_leaves_the_fingerprint_and_a_rule_changes_it(department: Path) -> None:
    path = department / INVOICE.name
    before = read_contract(path).fingerprint
    assert before == load_contracts()["sales_invoice"].fingerprint
    path.write_text("# 注释\n" + path.read_text("utf-8"), "utf-8")
    assert read_contract(path).fingerprint == before
    path.write_text(path.read_text("utf-8").replace("severity: error", "severity: warning", 1), "utf-8")
    assert read_contract(path).fingerprint != before


def test_two_contracts_of_one_dataset_are_refused(department: Path) -> None:
    other = department.parent / "market_regulation"
    other.mkdir()
    shutil.copy(INVOICE, other)
    with pytest.raises(DuplicateDataset, match="sales_invoice"):
        load_contracts(department.parent)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: sales_invoice", "physicalName: sales_invoice"),
        ("logicalType: date", "logicalType: moment"),
        ("- {property: mode, value: upsert}", "- {property: item, value: 19}"),
        ("unit: d,", "unit: y,"),
        ('classification: "3"', "tags: []"),
        ("engine: xinqiao", "engine: soda"),
        ("team:\n  name: 税务局", "team:\n  name: 税务局\nteams: [税务局]"),
        ("kind: DataContract", "kind: [DataContract"),
    ],
)
def test_a_contract_that_cannot_be_used_is_refused_by_file_and_reason(
    department: Path, old: str, new: str
) -> None:
    path = department / INVOICE.name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(InvalidContract) as refusal:
        load_contracts(department.parent)
    assert str(path) in str(refusal.value)
    assert len(refusal.value.message) < 400


def test_a_file_that_is_no_mapping_is_refused(department: Path) -> None:
    (department / INVOICE.name).write_text("- 一\n- 二\n", "utf-8")
    with pytest.raises(InvalidContract, match="键值结构"):
        load_contracts(department.parent)
