"""What is usual in a sector: computed with everybody, read back for a few, and the same numbers either way."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinqiao.catalogue import load_contracts
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.indicators import KNOWN_MEASURES, MEASURE_COLUMNS, MEASURES, evaluate, load_catalogue
from xinqiao.indicators.cases import register_rows
from xinqiao.kernel.period import months_before

CONTRACTS = load_contracts()
CATALOGUE = load_catalogue(contracts=CONTRACTS)
AS_OF = date(2025, 6, 30)
MONTHS = [months_before(date(2025, 6, 1), age) for age in range(23, -1, -1)]
FESTIVALS = {date(2024, 2, 1), date(2025, 1, 1)}
Row = dict[str, Any]


def _row(dataset: str, subject: int, **fields: Any) -> Row:
    """A record known the day after it happened."""
    day = fields[CONTRACTS[dataset].occurred_on or ""]
    known = datetime(day.year, day.month, day.day, 3) + timedelta(days=1)
    return {
        "subject": subject, "occurred_on": day, "known_at": known, "delivery": 1, "supersedes": False, **fields,
    }  # fmt: skip


def _firm(subject: int, industry: str | None) -> Row:
    day = date(2020, 1, 1)
    return _row("business_registration", subject, approved_on=day, established_on=day, industry_code=industry)


def _power(subject: int, use: Mapping[date, float]) -> list[Row]:
    return [
        _row("electricity_bill", subject, meter_number="m", month_on=month, kwh=kwh, amount_fen=1)
        for month, kwh in use.items()
    ]


def _filings(subject: int, burden: float) -> list[Row]:
    """A year of monthly filings of 1,000 yuan each."""
    return [
        _row(
            "vat_filing", subject, month_on=month, frequency="monthly", filed_on=month + timedelta(days=41),
            sales_fen=100_000, payable_fen=round(100_000 * burden),
        )
        for month in MONTHS[12:22]
    ]  # fmt: skip


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """An engine session."""
    with DuckDBEngine(tmp_path / "engine", threads=2).session() as opened:
        yield opened


def _register(session: Session, records: Mapping[str, Sequence[Row]]) -> None:
    for dataset in CATALOGUE.datasets:
        columns = CONTRACTS[dataset].record_columns()
        register_rows(session, "incoming", list(records.get(dataset, ())), columns)
        session.run(f"CREATE OR REPLACE TABLE kept_{dataset} AS SELECT * FROM incoming")
        session.define(f"record_{dataset}", f"SELECT * FROM kept_{dataset}")


def _evaluate(session: Session, *, as_of: date = AS_OF, **options: Any) -> dict[int, Row]:
    evaluate(session, catalogue=CATALOGUE, contracts=CONTRACTS, as_of=as_of, **options)
    return {row["subject"]: row for row in session.records("SELECT * FROM indicator_values ORDER BY subject")}


def _measures(session: Session) -> dict[tuple[str, str, int], Any]:
    rows = session.rows(f"SELECT sector, measure, month, value FROM {MEASURES}")
    return {(sector, measure, month): value for sector, measure, month, value in rows}


def _random_city(seed: int) -> dict[str, list[Row]]:
    """Any field of any data set, some corrected, some known late; bills and filings so many that they measure."""
    draw = random.Random(seed)  # noqa: S311  data for a test
    found: dict[str, list[Row]] = {}
    for dataset in CATALOGUE.datasets:
        contract = CONTRACTS[dataset]
        rows: dict[tuple[Any, ...], Row] = {}
        monthly = dataset in {"vat_filing", "electricity_bill", "social_insurance", "business_registration"}
        for subject in range(1, 41):
            for number in range(20 if monthly else draw.choice([0, 0, 1, 3])):
                row = {field.name: _anything(draw, field, number) for field in contract.stored_fields}
                row[contract.occurred_on or ""] = row.get(contract.occurred_on or "") or AS_OF
                full = _row(dataset, subject, **row)
                rows.setdefault((subject, *(row[name] for name in contract.key)), full)
        found[dataset] = list(rows.values())
        for row in list(rows.values()):
            row["known_at"] += timedelta(days=draw.choice([0, 0, 0, 0, 900]))
            if contract.mode != "snapshot" and draw.random() < 0.05:
                known = row["known_at"] + timedelta(days=draw.choice([1, 900]))
                found[dataset].append({**row, "known_at": known, "supersedes": True})
    return found


def _anything(draw: random.Random, field: Any, number: int) -> Any:
    named: dict[str, list[Any]] = {
        "month_on": [MONTHS[number]],
        "industry_code": ["F5191", "C1310", "X", None],
        "region_code": ["449901", "440305", None],
    }
    if field.name in named:
        return draw.choice(named[field.name])
    if not field.required and draw.random() < 0.1:
        return None
    drawn = {
        "date": AS_OF - timedelta(days=draw.randrange(-20, 900)),
        "integer": AS_OF.year - draw.randrange(1, 4) if field.name.endswith("year") else draw.randrange(40),
        "amount": draw.randrange(1_000_000),
        "decimal": round(draw.random() * 100, 3),
        "boolean": draw.random() < 0.02,
    }
    return drawn.get(field.kind, draw.choice(list(field.values) or list("ABCDEFGHIJ")))


@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_one_enterprise_gets_the_numbers_it_got_among_all(session: Session, seed: int) -> None:
    """Whoever else is evaluated, as long as the measures are those of everybody; every data set takes part."""
    _register(session, _random_city(seed))
    collected = {dataset: ("4499",) if len(dataset) % 2 else None for dataset in CATALOGUE.datasets}
    everybody = _evaluate(session, collected=collected)
    session.run(f"CREATE OR REPLACE TABLE {KNOWN_MEASURES} AS SELECT * FROM {MEASURES}")
    assert {measure for _, measure, _ in _measures(session)} >= {"vat_burden_median", "electricity_season"}
    draw = random.Random(seed)  # noqa: S311  data for a test
    for few in ([draw.randrange(1, 41)], [draw.randrange(1, 41)], draw.sample(range(1, 41), 12)):
        alone = _evaluate(session, subjects=few, collected=collected)
        assert alone == {subject: everybody[subject] for subject in sorted(few)}


def test_a_sector_with_too_few_firms_is_measured_by_its_section_and_then_by_all(session: Session) -> None:
    """Thirty firms make a division; twenty-nine are compared with their section."""
    firms: list[tuple[int, str | None, float]] = [(n, "F5100", 0.01) for n in range(1, 31)]
    firms += [(n, "F5200", 0.02) for n in range(31, 60)]
    firms += [(n, "C1300", 0.05) for n in range(60, 89)] + [(89, None, 0.05)]
    _register(session, {
        "business_registration": [_firm(n, industry) for n, industry, _ in firms],
        "vat_filing": [row for n, _, burden in firms for row in _filings(n, burden)],
    })  # fmt: skip
    _evaluate(session, collected=())
    medians = {key[0]: value for key, value in _measures(session).items() if key[1] == "vat_burden_median"}
    assert medians == pytest.approx({"F51": 0.01, "F": 0.01, "*": 0.02})
    nearest = dict(session.rows("SELECT sector, vat_burden_median FROM measures_of_sector"))
    assert nearest == pytest.approx({"F51": 0.01, "F52": 0.01, "C13": 0.02, "*": 0.02})


def test_with_too_few_firms_of_all_nothing_is_usual(session: Session) -> None:
    """Nine firms are no city to compare with, ten are."""
    for firms, known in ((9, set()), (10, {"vat_burden_median", "vat_burden_spread"})):
        _register(session, {
            "business_registration": [_firm(n, "F5191") for n in range(firms)],
            "vat_filing": [row for n in range(firms) for row in _filings(n, 0.03)],
        })  # fmt: skip
        values = _evaluate(session, collected=())
        assert {measure for _, measure, _ in _measures(session)} == known
        assert values[0]["T04"] is None, "all alike, there is no distance to measure by"


def test_a_season_is_found_whatever_the_size_of_the_firms_and_the_festival_month_is_left_out(
    session: Session,
) -> None:
    """Firms of one pattern, a thousand times apart in size; what they do in the festival month is no season."""
    pattern = {month: 2.0 if month.month in (7, 8) else 0.8 for month in MONTHS}
    _register(session, {
        "business_registration": [_firm(n, "C1310") for n in range(1, 31)],
        "electricity_bill": [
            row for n in range(1, 31) for row in _power(n, {
                month: 10.0 * n**2 * (50 if month in FESTIVALS else factor) for month, factor in pattern.items()
            })
        ],
    })  # fmt: skip
    values = _evaluate(session, collected=())
    season = {key[2]: v for key, v in _measures(session).items() if key[:2] == ("C13", "electricity_season")}
    assert sorted(season) == list(range(1, 13))
    assert season[7] / season[3] == pytest.approx(2.5, rel=1e-2)
    assert season[1] == pytest.approx(season[3], rel=1e-1), "one of the two Januaries was no festival"
    assert values[5]["U01"] == pytest.approx(0, abs=1e-9)
    assert values[5]["U02"] < 0.05, "all movement is the sector's"


def test_the_city_mean_is_weighted_by_people_and_knows_no_sector(session: Session) -> None:
    """Nine small firms and a large one: the mean is that of people, not of firms."""
    firms = [(n, 1, 400_000) for n in range(1, 10)] + [(10, 91, 900_000)]
    _register(session, {
        "business_registration": [_firm(n, "F5191") for n, _, _ in firms],
        "social_insurance": [
            _row("social_insurance", n, month_on=MONTHS[20], insured_count=people, base_fen=base * people,
                 due_fen=1, paid_fen=1)
            for n, people, base in firms
        ],
    })  # fmt: skip
    values = _evaluate(session, collected=())
    assert _measures(session) == {("*", "wage_base_city", 0): pytest.approx(855_000)}
    assert values[10]["L07"] == pytest.approx(900 / 855)


def test_the_number_of_threads_does_not_change_a_bit_of_a_measure(tmp_path: Path) -> None:
    """Means run over integers and medians over order."""
    records = _random_city(8)
    results = []
    for threads in (1, 4):
        with DuckDBEngine(tmp_path / "engine", threads=threads).session() as session:
            _register(session, {name: rows[:: 1 if threads == 1 else -1] for name, rows in records.items()})
            results.append((_evaluate(session), _measures(session)))
    assert results[0] == results[1]


OUTLOOK = [
    ("F51", "2024-10-01", False, 0.4), ("F51", "2025-01-01", False, -1.2), ("F51", "2025-04-01", False, 3.0),
    ("C13", "2024-10-01", False, 0.4), ("C13", "2025-01-01", True, None),
    ("F", "2025-01-01", False, 0.9), ("F52", "2025-04-01", False, 3.0),
]  # fmt: skip


def _outlook(session: Session) -> None:
    lines = ", ".join(
        f"('{sector}', DATE '{quarter}', 40, {suppressed}, 0.0, 100.0, {'NULL' if z is None else z})"
        for sector, quarter, suppressed, z in OUTLOOK
    )
    session.run(
        f"CREATE OR REPLACE TABLE sector_outlook AS SELECT * FROM (VALUES {lines})"
        " AS v (sector, quarter_on, firms, suppressed, growth, index_value, z)"
    )


def test_the_outlook_is_that_of_the_newest_quarter_that_had_ended(session: Session) -> None:
    """A quarter counts on its last day, as its last month does; a suppressed sector has no other to stand in."""
    industries = {1: "F5191", 2: "C1310", 3: "F5200", 4: None}
    _register(session, {"business_registration": [_firm(n, each) for n, each in industries.items()]})
    assert {row["E07"] for row in _evaluate(session, collected=()).values()} == {None}, "no table, no outlook"
    _outlook(session)
    on_its_last_day = _evaluate(session, collected=())
    assert {n: row["E07"] for n, row in on_its_last_day.items()} == {1: 3.0, 2: None, 3: 3.0, 4: None}
    the_day_before = _evaluate(session, as_of=AS_OF - timedelta(days=1), collected=())
    assert {n: row["E07"] for n, row in the_day_before.items()} == {1: -1.2, 2: None, 3: None, 4: None}


def test_the_outlook_of_one_enterprise_is_read_with_the_other_measures(session: Session) -> None:
    """The table of the outlook need not be there again."""
    _register(session, {"business_registration": [_firm(1, "F5191")]})
    _outlook(session)
    _evaluate(session, collected=())
    session.run(f"CREATE TABLE {KNOWN_MEASURES} AS SELECT * FROM {MEASURES}")
    session.run("DROP TABLE sector_outlook")
    assert _evaluate(session, subjects=[1], collected=())[1]["E07"] == 3.0


def test_without_measures_to_read_what_stands_on_them_is_unknown(session: Session) -> None:
    """A few firms are not asked what is usual."""
    _register(session, {
        "business_registration": [_firm(n, "F5191") for n in range(1, 41)],
        "vat_filing": [row for n in range(1, 41) for row in _filings(n, n / 1000)],
    })  # fmt: skip
    assert _evaluate(session, collected=())[7]["T04"] is not None
    assert _evaluate(session, subjects=list(range(1, 41)), collected=())[7]["T04"] is None


def test_measures_can_be_read_from_any_relation_of_their_columns(session: Session) -> None:
    """Such as those of an evaluation long past."""
    _register(session, {
        "business_registration": [_firm(1, "F5191")], "vat_filing": _filings(1, 0.02),
    })  # fmt: skip
    rows = [
        {"sector": "F51", "measure": name, "month": 0, "firms": 40, "value": value}
        for name, value in (("vat_burden_median", 0.04), ("vat_burden_spread", 0.01))
    ]
    register_rows(session, "those_of_march", rows, MEASURE_COLUMNS)
    values = _evaluate(session, subjects=[1], collected=(), measures="those_of_march")
    assert values[1]["T04"] == pytest.approx(2)
