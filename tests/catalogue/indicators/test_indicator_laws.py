"""Laws that hold for every indicator on records of every kind: invented at random from the contracts alone."""

import math
import random
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from xinqiao.catalogue import Contract, Field, load_contracts
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.indicators import evaluate, load_catalogue
from xinqiao.indicators.cases import register_rows

CONTRACTS = load_contracts()
CATALOGUE = load_catalogue(contracts=CONTRACTS)
AS_OF = date(2025, 6, 15)
KNOWN_UNTIL = datetime(2025, 6, 15, 16)
SUBJECTS = range(1, 21)
# What is usual in a sector depends on who else is there, and is not looked for in one firm.
OWN = [code for code in CATALOGUE.indicators if code not in CATALOGUE.measured]
Row = dict[str, Any]
Records = dict[str, list[Row]]


def _value(draw: random.Random, field: Field, day: date) -> Any:
    """A value that the field could hold; fields that may be empty are so now and then."""
    if not field.required and draw.random() < 0.2:
        return None
    match field.kind:
        case "date":
            return day + timedelta(days=draw.randrange(-30, 400))
        case "amount" | "integer":
            if field.name.endswith("_year"):
                return day.year - 1
            low = -5 if field.minimum is None else 0
            return draw.choice([0, draw.randrange(low, 200), draw.randrange(low, 50_000_000)])
        case "decimal":
            return Decimal(draw.randrange(0, 1000)) / 1000
        case "boolean":
            return draw.random() < 0.5
        case "timestamp":
            return datetime(day.year, day.month, day.day)
    return draw.choice(list(field.values)) if field.values else draw.choice("ABCDE")


def _rows(draw: random.Random, contract: Contract, subject: int) -> Iterator[Row]:
    """Rows of one subject with different keys; some are corrected later."""
    taken = set()
    for number in range(draw.choice([0, 1, 1, 4, 12])):
        day = date(2022, 6, 1) + timedelta(days=draw.randrange(1130))
        if contract.occurred_on == "month_on":
            day = day.replace(day=1)
        row: Row = {each.name: _value(draw, each, day) for each in contract.stored_fields}
        if contract.occurred_on in row:
            row[contract.occurred_on] = day
        for name in contract.key:
            if contract.field(name).kind == "string" and not contract.field(name).values:
                row[name] = f"{name}-{number}"
        key = tuple(row[name] for name in contract.key)
        if key in taken:
            continue
        taken.add(key)
        known = datetime(day.year, day.month, day.day, 3) + timedelta(days=draw.choice([0, 1, 8, 40]))
        row |= {"subject": subject, "occurred_on": day, "known_at": known, "delivery": 1, "supersedes": False}
        yield row
        if contract.mode == "upsert" and draw.random() < 0.3:
            again = {each.name: _value(draw, each, day) for each in contract.stored_fields}
            kept = {
                name: row[name] for name in (*contract.key, *([contract.occurred_on or ""])) if name in row
            }
            later = known + timedelta(days=draw.choice([1, 200]))
            yield {**row, **again, **kept, "known_at": later, "supersedes": True, "delivery": 2}


def _invented(seed: int) -> Records:
    draw = random.Random(seed)  # noqa: S311  data for a test
    found: Records = {}
    for dataset in CATALOGUE.datasets:
        contract = CONTRACTS[dataset]
        found[dataset] = [row for subject in SUBJECTS for row in _rows(draw, contract, subject)]
    crosswalk = {
        "known_at": datetime(2020, 1, 1),
        "occurred_on": date(2020, 1, 1),
        "delivery": 1,
        "supersedes": False,
    }
    found["code_crosswalk"] = [{**crosswalk, "subject": subject} for subject in SUBJECTS]
    return found


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """An engine session."""
    with DuckDBEngine(tmp_path / "engine", threads=2).session() as opened:
        yield opened


def _values(session: Session, records: Records, **options: Any) -> Mapping[int, Row]:
    for dataset in CATALOGUE.datasets:
        columns = CONTRACTS[dataset].record_columns()
        register_rows(session, f"record_{dataset}", records.get(dataset, []), columns)
    evaluate(session, catalogue=CATALOGUE, contracts=CONTRACTS, as_of=AS_OF, **options)
    return {row["subject"]: row for row in session.records("SELECT * FROM indicator_values")}


def test_what_becomes_known_later_changes_no_indicator(session: Session) -> None:
    records = _invented(1)
    known = {name: [row for row in rows if row["known_at"] < KNOWN_UNTIL] for name, rows in records.items()}

    assert sum(map(len, known.values())) < sum(map(len, records.values()))
    assert _values(session, records) == _values(session, known)


def test_nobody_changes_the_indicators_of_another(session: Session) -> None:
    records = _invented(2)
    everybody = _values(session, records, codes=OWN)
    for subject in (2, 9):
        alone = {name: [row for row in rows if row["subject"] == subject] for name, rows in records.items()}
        collected = [
            name for name, rows in records.items() if any(row["known_at"] < KNOWN_UNTIL for row in rows)
        ]

        assert _values(session, alone, codes=OWN, collected=dict.fromkeys(collected)) == {
            subject: everybody[subject]
        }


def test_the_order_in_which_records_lie_changes_nothing(session: Session) -> None:
    records = _invented(3)
    turned = {name: rows[::-1] for name, rows in records.items()}

    assert _values(session, records) == _values(session, turned)


def test_every_value_is_a_number_within_its_bounds(session: Session) -> None:
    """A zero divisor gives the declared worst value or nothing, and a scorecard's bins know what to expect."""
    hundred = {"J01", "R02", "R03", "R04", "R06", "F01", "A01", "A04", "A05", "P01", "X12"}
    ten = {"J02", "F03", "F06", "F07", "X03", "X06", "X16"}
    for seed in (4, 5):
        for row in _values(session, _invented(seed)).values():
            known = {code: value for code, value in row.items() if value is not None}
            assert [code for code, value in known.items() if not math.isfinite(value)] == []
            for codes, most in ((hundred, 100), (ten, 10)):
                assert [code for code in codes & known.keys() if not 0 <= known[code] <= most] == []


def test_an_indicator_names_the_unit_that_delivers_its_data_as_its_contract_does() -> None:
    """What a report lacks and where its data come from are told in the same words; the platform sums up for itself."""
    units = {unit for contract in CONTRACTS.values() for unit in contract.owner.split("、")}

    for each in CATALOGUE.indicators.values():
        strangers = {unit for unit in each.owner.split("、") if not unit.startswith("平台（")} - units
        assert not strangers, (each.code, strangers)
