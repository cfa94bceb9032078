"""Tables that relations read beside records: whether absence from them is news, and what holds without them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.indicators import computed, evaluate, load_catalogue
from xinqiao.indicators.cases import register_rows
from xinqiao.indicators.planning import VALUES

CONTRACTS = load_contracts()
CATALOGUE = load_catalogue(contracts=CONTRACTS)
GUARANTEES = ("financing_guarantee", "guarantee_given")
EVERYWHERE = {"party_standing": None}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A session in which one firm is registered and nothing else is known."""
    with DuckDBEngine(tmp_path, threads=1).session() as opened:
        for dataset in CATALOGUE.datasets:
            register_rows(opened, f"record_{dataset}", [], CONTRACTS[dataset].record_columns())
        yield opened


def test_a_table_is_collected_where_all_its_data_sets_are() -> None:
    one, other = GUARANTEES
    assert computed.collected(CATALOGUE, GUARANTEES) == EVERYWHERE
    assert computed.collected(CATALOGUE, [one]) == {}
    assert computed.collected(CATALOGUE, {one: ("4403", "37"), other: None})["party_standing"] == (
        "4403",
        "37",
    )
    assert computed.collected(CATALOGUE, {one: ("44", "37"), other: ("4403", "3710", "11")}) == {
        "party_standing": {"4403", "3710"}
    }
    assert computed.collected(CATALOGUE, {one: ("44",), other: ("37",)}) == {"party_standing": set()}


def _circle(session: Session) -> float | None:
    evaluate(
        session, catalogue=CATALOGUE, contracts=CONTRACTS, as_of=date(2026, 6, 30), codes=["X19"],
        collected={**dict.fromkeys(GUARANTEES), **EVERYWHERE},
    )  # fmt: skip
    value: float | None = session.scalar(f"SELECT X19 FROM {VALUES} WHERE subject = 1")
    return value


def test_without_the_table_nothing_is_known_and_with_it_absence_is(session: Session) -> None:
    """Nobody looked, against: somebody looked and found none."""
    contract = CONTRACTS["business_registration"]
    born = date(2020, 1, 1)
    row = {"subject": 1, "occurred_on": born, "known_at": born, "delivery": 1, "supersedes": False}
    register_rows(session, "record_business_registration", [row], contract.record_columns())

    assert _circle(session) is None
    computed.make(session, catalogue=CATALOGUE, contracts=CONTRACTS, as_of=date(2026, 6, 30))
    assert _circle(session) == 0
    computed.drop(session, CATALOGUE)
    assert _circle(session) is None
