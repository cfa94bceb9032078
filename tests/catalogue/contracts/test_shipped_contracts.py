"""The shipped contracts: valid by the standard's own tool, and every rule does what its cases say."""

from collections.abc import Iterator

import pytest

from xinqiao.catalogue import Contract, load_cases, load_contracts
from xinqiao.catalogue.cases import RULE, Row
from xinqiao.catalogue.model import KNOWN_ON
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.engine.dialect import literal, render

CONTRACTS = load_contracts()


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with DuckDBEngine(tmp_path_factory.mktemp("duckdb")).session() as opened:
        yield opened


def broken(session: Session, contract: Contract, row: Row) -> set[str]:
    """Rules that a row breaks, its values read as plainly as can be."""
    known_on = literal(load_cases(contract.dataset).known_on)
    columns = [f"{known_on} AS {KNOWN_ON}"]
    for field in contract.fields:
        given = row.get(field.name)
        given = field.spellings.get(given.strip(), given) if given and field.values else given
        columns.append(f'TRY_CAST({literal(given)} AS {field.column_type}) AS "{field.name}"')
    return {
        f"{RULE}{rule.code}"
        for rule in contract.rules
        if session.scalar(f"SELECT coalesce({rule.predicate}, TRUE) FROM (SELECT {', '.join(columns)})")
        is False
    }


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("dataset", sorted(CONTRACTS))
def test_the_standards_own_tool_finds_nothing(dataset: str) -> None:
    # Imported here because it takes as long as all other tests of this file together.
    from datacontract.data_contract import DataContract
    from datacontract.model.run import ResultEnum

    run = DataContract(data_contract_file=str(CONTRACTS[dataset].path)).lint()
    assert [(check.result, check.name) for check in run.checks or ()] == [
        (ResultEnum.passed, "Data contract is valid against ODCS v3.2.0")
    ]


@pytest.mark.parametrize("dataset", sorted(CONTRACTS))
def test_every_rule_does_what_the_cases_say(session: Session, dataset: str) -> None:
    contract, cases = CONTRACTS[dataset], load_cases(dataset)
    for row in cases.good:
        assert broken(session, contract, row) == set(), row
    for case in cases.warned:
        assert broken(session, contract, case.row) == set(case.reasons), case
    errors = {f"{RULE}{rule.code}" for rule in contract.rules if rule.severity == "error"}
    for case in cases.bad:
        expected = {reason for reason in case.reasons if reason.startswith(RULE)}
        assert broken(session, contract, case.row) & errors == expected, case


@pytest.mark.parametrize("dataset", sorted(CONTRACTS))
def test_every_rule_is_rendered_for_the_cluster(dataset: str) -> None:
    for rule in CONTRACTS[dataset].rules:
        assert render(f"SELECT {rule.predicate} AS passed", "spark")


def test_nothing_in_scope_is_graded_as_important_data() -> None:
    assert max(field.classification for contract in CONTRACTS.values() for field in contract.fields) == 4


def test_the_lists_of_the_law_are_public_and_invoice_amounts_are_not() -> None:
    for dataset in ("abnormal_operation", "tax_arrears"):
        assert {field.classification for field in CONTRACTS[dataset].fields} == {1}
    for dataset in ("sales_invoice", "purchase_invoice"):
        assert CONTRACTS[dataset].field("amount_fen").classification == 4
        assert CONTRACTS[dataset].field("counterparty_code").mask == "identifier"


KIND_BY_ENDING = {
    "_fen": "amount",
    "_on": "date",
    "_count": "integer",
    "_days": "integer",
    "_year": "integer",
    "_ratio": "decimal",
    "_m2": "decimal",
    "_m3": "decimal",
    "_mu": "decimal",
}
ENDS = set(
    "removed_on to_on lifted_on closed_on discharged_on revoked_on cancelled_on concluded_on released_on"
    " settled_on lapsed_on".split()
)
PERSONS = {"person_name", "person_token", "legal_representative", "shareholder_name", "pledgor_name"}


@pytest.mark.parametrize("dataset", sorted(CONTRACTS))
def test_a_fields_name_tells_what_it_holds(dataset: str) -> None:
    for field in CONTRACTS[dataset].fields:
        expected = {kind for ending, kind in KIND_BY_ENDING.items() if field.name.endswith(ending)}
        assert expected <= {field.kind}, field.name
        assert field.name.startswith("is_") == (field.kind == "boolean"), field.name


@pytest.mark.parametrize("dataset", sorted(CONTRACTS))
def test_a_later_row_can_fill_in_an_end(dataset: str) -> None:
    contract = CONTRACTS[dataset]
    ends = {field.name for field in contract.fields} & ENDS
    assert not ends & set(contract.key)
    assert contract.mode == "upsert" or not ends


@pytest.mark.parametrize("dataset", sorted(CONTRACTS))
def test_a_day_that_may_be_missing_because_it_has_not_come_says_what_that_means(dataset: str) -> None:
    for field in CONTRACTS[dataset].fields:
        if field.kind == "date":
            assert field.description.endswith("为空") == bool(field.when_empty), field.name
        assert not (field.required and field.when_empty), field.name


@pytest.mark.parametrize("dataset", sorted(CONTRACTS))
def test_a_month_is_given_by_its_first_day_or_refused(dataset: str) -> None:
    contract = CONTRACTS[dataset]
    months = [field for field in contract.fields if field.name == "month_on"]
    rule = contract.rule("month_begins_on_the_first")
    assert bool(months) == (rule is not None and rule.severity == "error")
    assert all(field.key for field in months)


@pytest.mark.parametrize("dataset", sorted(CONTRACTS))
def test_a_field_answers_to_its_chinese_name(dataset: str) -> None:
    contract = CONTRACTS[dataset]
    # Fields whose bare name would not say the unit, or that two kinds of party share, are listed by the contract.
    unnamed = {field.name for field in contract.fields if field.label not in field.aliases}
    assert unnamed <= {"registered_capital_fen", "paid_in_capital_fen", "fine_fen", "counterparty_code"} | {
        contract.subject.field
    }


def test_persons_are_masked_wherever_they_are_named() -> None:
    for contract in CONTRACTS.values():
        for field in contract.fields:
            if field.name in PERSONS:
                assert field.mask in ("person_name", "identifier"), (contract.dataset, field.name)
                assert field.classification >= (3 if field.name == "person_token" else 2)


def test_levels_follow_what_the_data_tells() -> None:
    levels = {
        name: {field.classification for field in contract.fields if field.stored}
        for name, contract in CONTRACTS.items()
    }
    for public in ("dishonest_debtor", "serious_violation", "wage_arrears_list", "customs_penalty", "patent"):
        assert levels[public] == {1}
    for secret in ("electricity_bill", "social_insurance", "housing_fund", "vat_filing", "real_estate"):
        assert levels[secret] == {3}
    for loan in ("bank_loan", "microloan", "pawn_loan", "financing_guarantee", "guarantee_given"):
        assert levels[loan] == {4}
    assert levels["personal_credit"] == {4}
