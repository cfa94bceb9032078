"""Every indicator does what its own declaration shows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.indicators import load_catalogue
from xinqiao.indicators.cases import run_case

CONTRACTS = load_contracts()
CATALOGUE = load_catalogue(contracts=CONTRACTS)
CASES = [
    pytest.param(code, case, id=f"{code}-{case.name}")
    for code, indicator in CATALOGUE.indicators.items()
    for case in indicator.cases
]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One engine session for all cases; each replaces the records of the one before."""
    folder: Path = tmp_path_factory.mktemp("engine")
    with DuckDBEngine(folder, threads=1).session() as opened:
        yield opened


@pytest.mark.parametrize(("code", "case"), CASES)
def test_the_records_of_a_case_give_its_value(session: Session, code: str, case: object) -> None:
    """The value is that of the declaration, or unknown where it says so."""
    value = run_case(session, case, code, catalogue=CATALOGUE, contracts=CONTRACTS)  # type: ignore[arg-type]  # pytest.param is untyped
    expected = case.expect  # type: ignore[attr-defined]  # as above
    if expected is None:
        assert value is None
    else:
        assert value == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_every_indicator_has_a_normal_a_missing_and_a_look_ahead_case() -> None:
    """A declaration without cases cannot be approved."""
    for code, indicator in CATALOGUE.indicators.items():
        cases = indicator.cases
        assert any(case.expect is not None for case in cases), code
        assert any(case.expect is None for case in cases), code
        assert any("之后才获知" in case.name for case in cases), code
