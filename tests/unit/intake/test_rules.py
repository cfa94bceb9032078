"""A contract's rules are run only where a replay would judge by them as the delivery was judged."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.catalogue.model import Contract
from xinqiao.catalogue.refusals import InvalidContract
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.intake import judging


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with DuckDBEngine(tmp_path / "engine", threads=1).session() as opened:
        opened.run("CREATE TABLE known_names (system VARCHAR, code VARCHAR, subject BIGINT)")
        yield opened


def ruled(predicate: str) -> Contract:
    """The contract of invoices with one rule."""
    contract = load_contracts()["sales_invoice"]
    return replace(contract, rules=(replace(contract.rules[0], predicate=predicate),))


@pytest.mark.parametrize(
    "predicate",
    ["issued_on <= now()", "amount_fen IN (SELECT 1)", "amount_fen < random()", "amount_fen > ("],
)
def test_a_rule_that_may_say_otherwise_tomorrow_is_never_run(session: Session, predicate: str) -> None:
    with pytest.raises(InvalidContract, match="的条件不能用"):
        judging.judge(session, ruled(predicate), (), delivered_on=date(2026, 6, 30))


def test_a_rule_about_the_row_and_the_day_it_was_known_is_run(session: Session) -> None:
    judging.judge(session, ruled("issued_on <= known_on"), (), delivered_on=date(2026, 6, 30))

    assert session.scalar("SELECT count(*) FROM judged") == 0
