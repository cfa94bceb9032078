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
