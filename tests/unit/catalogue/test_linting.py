"""Linting contracts: each fault is found on its line."""

import shutil
from pathlib import Path

import pytest

from xinqiao.catalogue import Finding, lint
from xinqiao.catalogue.cases import SHIPPED as CASES
from xinqiao.catalogue.contracts import SHIPPED

INVOICE = "sales_invoice.odcs.yaml"


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    folder = tmp_path / "contracts" / "tax"
    folder.mkdir(parents=True)
    shutil.copy(SHIPPED / "tax" / INVOICE, folder)
    return folder.parent


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    folder = tmp_path / "cases"
    folder.mkdir()
    shutil.copy(CASES / "sales_invoice.yaml", folder)
    return folder


def faults(contracts: Path, old: str, new: str) -> tuple[list[Finding], int]:
    """Findings after the first `old` has become `new`, and the line where it stood."""
    path = contracts / "tax" / INVOICE
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return lint(contracts), text[: text.index(old)].count("\n") + 1


def test_the_shipped_contracts_have_nothing_wrong() -> None:
    assert lint() == []


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("unknown_property", "{property: mask, value: identifier}", "{property: masked, value: identifier}"),
        ("invalid_property", "{property: mask, value: identifier}", "{property: mask, value: stars}"),
        (
            "invalid_property",
            "{property: mask, value: identifier}",
            "{property: whenEmpty, value: {zh: 长期有效}}",
        ),
        (
            "repeated_property",
            "- {property: mode, value: upsert}",
            "- {property: occurredOn, value: issued_on}",
        ),
        ("invalid_property", "- {property: mode, value: upsert}", "- {property: mode, value: merge}"),
        ("invalid_property", "value: 19", "value: 38"),
        ("unknown_key", "status: active", "state: active"),
        ("unknown_key", "        description: 发票号码\n", "        label: 发票号码\n"),
        (
            "repeated_key",
            "        logicalType: string\n",
            "        logicalType: string\n        logicalType: string\n",
        ),
        ("wrong_apiVersion", "apiVersion: v3.2.0", "apiVersion: v3.0.2"),
        ("wrong_department", "domain: tax", "domain: taxes"),
        ("missing_owner", "team:\n  name:", "team:\n  description:"),
        ("missing_description", "description:\n  purpose:", "description:\n  usage:"),
        ("missing_cadence", "unit: d,", "unit: y,"),
        ("wrong_dataset", "- name: sales_invoice", "- name: sale_invoice"),
        ("missing_label", "- name: sales_invoice\n    businessName: 销项发票", "- name: sales_invoice"),
        ("key_not_declared", "primaryKey: true\n        primaryKeyPosition: 6", "primaryKeyPosition: 6"),
        ("key_out_of_order", "primaryKeyPosition: 1", "primaryKeyPosition: 7"),
        (
            "key_not_stored",
            "- name: invoice_code",
            "- name: invoice_code\n        customProperties: [{property: stored, value: false}]",
        ),
        ("unknown_subject_field", "field: taxpayer_code", "field: taxpayer"),
        ("unknown_subject_field", "          systemField: source_system\n", ""),
        ("unknown_identifier", "[unified_code, org", "[name, org"),
        ("unknown_occurred_on", "value: issued_on}", "value: invoiced_on}"),
        ("occurred_on_not_a_date", "value: issued_on}", "value: status}"),
        ("missing_level", 'classification: "3"', "tags: [x]"),
        ("invalid_level", 'classification: "4"', 'classification: "6"'),
        ("missing_label", "        businessName: 发票代码\n", ""),
        ("missing_description", "        description: 发票号码\n", ""),
        ("unknown_kind", "logicalType: date", "logicalType: time"),
        ("wrong_type", "physicalType: DATE", "physicalType: TIMESTAMP"),
        ("wrong_unit", "- name: tax_fen", "- name: tax_yuan"),
        (
            "alias_unit",
            "{synonym: 金额, customProperties: [{property: unit, value: yuan}]}",
            "{synonym: 金额}",
        ),
        ("ambiguous_alias", "{synonym: 发票代码}", "{synonym: 发票号码}"),
        ("ambiguous_value", "[作废发票, 已作废]", "[有效, 已作废]"),
        ("missing_label", "{value: void, label: 作废,", "{value: void,"),
        ("invalid_bound", '{minimum: "1994-01-01"}', '{minimum: "1994-01-41"}'),
        ("invalid_bound", '{minimum: "1994-01-01"}', '{minimum: "1994-01-01", maximum: "1990-01-01"}'),
        ("unknown_option", '{minimum: "1994-01-01"}', "{format: yyyy-MM-dd}"),
        ("invalid_name", "- name: status", "- name: Status"),
        ("reserved_name", "- name: status", "- name: delivery"),
        ("repeated_field", "- name: status", "- name: source_system"),
        ("forbidden_information", "- name: status", "- name: blood_type"),
        ("forbidden_information", "businessName: 发票状态", "businessName: 宗教信仰"),
        (
            "unreadable_predicate",
            "amount_fen = 0 OR abs(tax_fen) <= abs(amount_fen)",
            "amount_fen = 0 OR OR abs(",
        ),
        ("unknown_column", "sign(tax_fen) * sign(amount_fen) >= 0", "sign(tax) * sign(amount_fen) >= 0"),
        ("constant_predicate", "sign(tax_fen) * sign(amount_fen) >= 0", "1 = 1"),
        ("unknown_severity", "severity: error", "severity: fatal"),
        ("unknown_engine", "engine: xinqiao", "engine: soda"),
        ("missing_label", "        description: 税额与金额的正负号相反\n", ""),
        ("missing_dimension", "        dimension: consistency\n", ""),
        ("repeated_rule", "- name: tax_within_amount", "- name: tax_has_sign_of_amount"),
        ("rule_without_case", "- name: tax_within_amount", "- name: tax_below_amount"),
        ("not_odcs", "required: true", "required: perhaps"),
        ("not_yaml", "kind: DataContract", "kind: [DataContract"),
    ],
)
def test_each_fault_is_found(contracts: Path, code: str, old: str, new: str) -> None:
    findings, line = faults(contracts, old, new)
    found = [finding for finding in findings if finding.code == code]
    assert found, findings
    # A finding stands on the line of the fault, or of the thing that has it.
    assert min(abs(finding.line - line) for finding in found) <= 20
    assert all(finding.message and finding.remedy and finding.file.name == INVOICE for finding in found)


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        (
            "unknown_column",
            "implementation: counterparty_code <> taxpayer_code",
            "implementation: counterparty <> taxpayer_code",
        ),
        ("invalid_level", 'classification: "4"', 'classification: "C3"'),
        (
            "unknown_occurred_on",
            "- {property: occurredOn, value: issued_on}",
            "- {property: occurredOn, value: invoiced_on}",
        ),
        ("forbidden_information", "- name: status", "- name: fingerprint"),
        ("wrong_department", "domain: tax", "domain: taxes"),
        ("unknown_key", "status: active", "state: active"),
    ],
)
def test_a_finding_names_the_very_line(contracts: Path, code: str, old: str, new: str) -> None:
    findings, line = faults(contracts, old, new)
    assert (code, line) in {(finding.code, finding.line) for finding in findings}
    assert str(findings[0]).startswith(f"{contracts / 'tax' / INVOICE}:{findings[0].line}: ")


@pytest.mark.parametrize(
    ("predicate", "said"),
    [
        ("issued_on <= now()", "不可用的函数"),
        ("issued_on <= current_date", "不可用的函数 CURRENT_DATE"),
        ("amount_fen < random()", "不可用的函数"),
        ("amount_fen > (SELECT max(tax_fen) FROM records)", "查询了别的行"),
        ("amount_fen IN (SELECT x FROM read_csv('/etc/passwd'))", "查询了别的行"),
        ("amount_fen > max(tax_fen)", "条件只判断一行，不能再用聚合函数"),
        ("amount_fen > lag(tax_fen) OVER ()", "查询了别的行"),
        ("amount_fen > row_number() OVER ()", "查询了别的行"),
    ],
)
def test_a_rule_judges_a_row_by_what_it_holds_and_the_same_on_every_day(
    contracts: Path, predicate: str, said: str
) -> None:
    findings, line = faults(contracts, "sign(tax_fen) * sign(amount_fen) >= 0", predicate)

    assert [(each.code, each.line) for each in findings] == [("unjudgeable_predicate", line)]
    assert said in findings[0].message
    assert "relations" not in findings[0].remedy


def test_one_file_may_be_linted_alone() -> None:
    assert lint(SHIPPED / "tax" / INVOICE) == []


def test_a_contract_without_cases_is_found(contracts: Path, tmp_path: Path) -> None:
    assert [each.code for each in lint(contracts, cases=tmp_path)] == ["missing_cases"]


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("unknown_field", "- {taxpayer_code:", "- {taxpayer:"),
        ("unknown_reason", "[missing:taxpayer_code]", "[absent:taxpayer_code]"),
        ("unknown_reason", "[rule:counterparty_is_another]", "[rule:counterparty_is_self]"),
        ("rule_without_case", "[rule:tax_within_amount]", "[rule:tax_has_sign_of_amount]"),
        ("invalid_cases", "good:", "fine:"),
    ],
)
def test_a_fault_in_the_cases_is_found(contracts: Path, cases: Path, code: str, old: str, new: str) -> None:
    path = cases / "sales_invoice.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    findings = lint(contracts, cases=cases)
    assert code in {finding.code for finding in findings}


def test_a_dataset_declared_twice_is_found(contracts: Path) -> None:
    other = contracts / "enforcement"
    other.mkdir()
    text = (contracts / "tax" / INVOICE).read_text("utf-8").replace("domain: tax", "domain: enforcement")
    (other / INVOICE).write_text(text, "utf-8")
    assert [finding.code for finding in lint(contracts)] == ["duplicate_dataset"]


def test_a_second_table_is_found(contracts: Path) -> None:
    findings, _ = faults(contracts, "schema:\n", "schema:\n  - name: other\n")
    assert [finding.code for finding in findings] == ["one_table"]
