"""What is usual in a sector, and which sector a firm belongs to."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.indicators import evaluate, load_catalogue, sector_statistics
from xinqiao.indicators.cases import register_rows

CONTRACTS = load_contracts()
CATALOGUE = load_catalogue(contracts=CONTRACTS)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """An engine session."""
    with DuckDBEngine(tmp_path / "engine", threads=1).session() as opened:
        yield opened


@pytest.mark.parametrize(
    ("industry", "sector"),
    [("F5191", "F51"), ("5191", "F51"), ("a01", "A01"), (" C13 ", "C13"), ("97", "T97"), ("F", None),
     ("", None), (None, None), ("99", None), ("00", None), ("X5191", None), ("批发", None)],
)  # fmt: skip
def test_the_division_decides_the_sector_alike_in_sql_and_in_python(
    session: Session, industry: str | None, sector: str | None
) -> None:
    """With or without the section letter; nonsense gives none."""
    for dataset in CATALOGUE.datasets:
        session.register(f"record_{dataset}", (), CONTRACTS[dataset].record_columns())
    row = {
        "subject": 1, "approved_on": date(2020, 1, 1), "occurred_on": date(2020, 1, 1),
        "known_at": datetime(2020, 1, 1), "delivery": 1, "supersedes": False, "industry_code": industry,
    }  # fmt: skip
    register_rows(
        session, "record_business_registration", [row], CONTRACTS["business_registration"].record_columns()
    )
    evaluate(session, catalogue=CATALOGUE, contracts=CONTRACTS, as_of=date(2025, 6, 30), codes=["V01"])
    assert session.rows("SELECT sector FROM indicator_sector") == [(sector,)]
    assert CATALOGUE.sector_of(industry) == sector


def test_quantiles_of_a_sector_and_of_everybody(session: Session) -> None:
    """Ten firms make a sector; with nine the reader has to fall back to everybody."""
    session.run(
        "CREATE TABLE indicator_values AS SELECT i AS subject, CAST(i AS DOUBLE) AS I01,"
        " CASE WHEN i < 10 THEN CAST(i AS DOUBLE) END AS I02 FROM range(30) t(i)"
    )
    session.run(
        "CREATE TABLE indicator_sector AS SELECT i AS subject,"
        " CASE WHEN i < 11 THEN 'F51' WHEN i < 20 THEN 'C13' END AS sector FROM range(30) t(i)"
    )
    found = {(s, i): (n, q) for s, i, n, q in session.rows(sector_statistics(["I01", "I02"]))}
    assert set(found) == {("*", "I01"), ("*", "I02"), ("F51", "I01"), ("F51", "I02")}
    firms, quantiles = found["F51", "I01"]
    assert firms == 11
    assert quantiles == pytest.approx([step / 2 for step in range(21)])
    assert found["*", "I01"][0] == 30
    assert found["F51", "I02"][0] == 10
