"""One prepared query gives each firm what it gets among all, to the last bit."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.catalogue.model import Contract, Field
from xinqiao.catalogue.views import current
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.engine.dialect import identifier
from xinqiao.engine.packing import NOTHING, pack, packed
from xinqiao.indicators import MEASURE_COLUMNS, MEASURES, evaluate, load_catalogue
from xinqiao.indicators.at_once import Question, ask, derivation
from xinqiao.indicators.cases import register_rows
from xinqiao.indicators.planning import COMPUTED, RECORDS, SECTORS, VALUES
from xinqiao.kernel.clock import end_of_day

CONTRACTS = load_contracts()
CATALOGUE = load_catalogue(contracts=CONTRACTS)
AS_OF = date(2026, 6, 15)
FIRMS = range(1, 21)
CORRECTED = range(1, 12)
CODES = [code for code in CATALOGUE.indicators if not CATALOGUE.computed_of(code)]
Row = dict[str, Any]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with DuckDBEngine(tmp_path / "engine", threads=1).session() as opened:
        yield opened


def _value(draw: random.Random, field: Field, day: date) -> Any:
    if not field.required and draw.random() < 0.2:
        return None
    if field.values:
        return draw.choice(list(field.values))
    if field.name == "industry_code":
        return draw.choice(["5110", "H6210", "0111", "x"])
    if field.name == "region_code":
        return draw.choice(["371002", "440305"])
    return {
        "date": day - timedelta(days=draw.randrange(400)),
        "timestamp": datetime(2026, 1, 1),
        "integer": draw.choice([2023, 2024, 2025]) if "year" in field.name else draw.randrange(50),
        "decimal": Decimal(draw.randrange(10**6)).scaleb(-6),
        "amount": draw.choice([1, 1, -1]) * draw.randrange(10**8),
        "boolean": draw.random() < 0.5,
        "string": draw.choice(["a", "乙", "b'c"]),
    }[field.kind]


def _records(contract: Contract, draw: random.Random) -> list[Row]:
    """Rows of some firms over two years: some known only after the day, some corrected."""
    rows: dict[tuple[Any, ...], Row] = {}
    later: list[Row] = []
    for subject in FIRMS:
        always = contract.dataset in CATALOGUE.population
        for _ in range(draw.choice([1, 2] if always else [0, 0, 1, 6])):
            day = AS_OF - timedelta(days=draw.randrange(730))
            row: Row = {field.name: _value(draw, field, day) for field in contract.stored_fields}
            if contract.occurred_on:
                row[contract.occurred_on] = day
            row |= {
                "subject": subject,
                "occurred_on": day,
                "delivery": draw.choice([1, 2]),
                "supersedes": False,
            }
            row["known_at"] = datetime(2026, 1, row["delivery"]) + timedelta(days=draw.choice([0, 0, 0, 300]))
            rows.setdefault((subject, *(row[name] for name in contract.key)), row)
    if contract.mode != "snapshot":
        for row in list(rows.values()):
            if row["subject"] in CORRECTED and draw.random() < 0.2:
                known_at = row["known_at"] + timedelta(days=1)
                newer = {field.name: _value(draw, field, AS_OF) for field in contract.stored_fields}
                newer |= {name: row[name] for name in (*contract.key, contract.occurred_on) if name}
                later.append({**row, **newer, "known_at": known_at, "delivery": 3, "supersedes": True})
    return [*rows.values(), *later]


def _city(session: Session, seed: int) -> dict[int, Row]:
    """Everybody's values, computed as the city's are."""
    draw = random.Random(seed)  # noqa: S311  data for a test
    for dataset in CATALOGUE.datasets:
        contract = CONTRACTS[dataset]
        register_rows(session, RECORDS + dataset, _records(contract, draw), contract.record_columns())
    evaluate(
        session, catalogue=CATALOGUE, contracts=CONTRACTS, as_of=AS_OF, codes=CODES,
        collected=_collected(), measures=COMPUTED,
    )  # fmt: skip
    return {row["subject"]: row for row in session.records(f"SELECT * FROM {VALUES}")}


def _collected() -> dict[str, tuple[str, ...] | None]:
    return {each: ("37",) if each == "asset_freeze" else None for each in CATALOGUE.record_datasets}


def _texts(session: Session, question: Question, subject: int, known: Row) -> list[str]:
    """What the question is given of one firm."""
    texts = []
    for dataset, columns in question.records.items():
        contract, view = CONTRACTS[dataset], RECORDS + dataset
        source = identifier(view)
        if contract.mode == "snapshot":
            source = f"({current(contract, view, as_of=AS_OF, known_until=end_of_day(AS_OF))})"
        texts.append(
            session.scalar(f"SELECT {packed(columns)} FROM {source} WHERE subject = ?", [subject]) or NOTHING
        )
    sector = session.scalar(f"SELECT sector FROM {SECTORS} WHERE subject = ?", [subject])
    measures = session.scalar(f"SELECT {packed(tuple(MEASURE_COLUMNS))} FROM {MEASURES}")
    values = [None if known[code] is None else repr(known[code]) for code in question.given]
    return [*texts, pack([[str(subject), sector]]), measures or NOTHING, pack([[str(subject), *values]])]


@pytest.mark.parametrize("seed", range(2))
def test_a_firm_gets_what_it_gets_among_all(session: Session, seed: int) -> None:
    among = _city(session, seed)
    asked = {}
    for name, corrected in (("plain", ()), ("corrected", CATALOGUE.record_datasets)):
        asked[name] = ask(
            CATALOGUE, CONTRACTS, as_of=AS_OF, collected=_collected(), codes=CODES, corrected=corrected
        )
        session.prepare(name, asked[name].sql)

    for subject in sorted(among):
        name = "corrected" if subject in CORRECTED else "plain"
        (found,) = session.answer(name, _texts(session, asked[name], subject, among[subject]))
        assert repr({code: found[code] for code in CODES}) == repr(
            {code: among[subject][code] for code in CODES}
        )


def test_values_that_are_known_are_not_computed_again(session: Session) -> None:
    among = _city(session, 3)
    made = [code for code in CODES if CATALOGUE.indicators[code].derived]
    given = set(CODES) - set(made)
    question = ask(
        CATALOGUE, CONTRACTS, as_of=AS_OF, collected=_collected(), codes=made, given=given,
        corrected=CATALOGUE.record_datasets,
    )  # fmt: skip
    session.prepare("made", question.sql)

    for subject, row in among.items():
        (found,) = session.answer("made", _texts(session, question, subject, row))
        assert repr({code: found[code] for code in made}) == repr({code: row[code] for code in made})
    assert question.given
    assert set(question.given) <= given


def test_only_what_the_indicators_stand_on_is_asked_for() -> None:
    question = ask(
        CATALOGUE, CONTRACTS, as_of=AS_OF, collected=dict.fromkeys(CATALOGUE.datasets), codes=["T01"]
    )

    assert set(question.records) == set(CATALOGUE.own_datasets_of("T01"))
    assert all("subject" in columns for columns in question.records.values())
    assert "supersedes" not in {name for columns in question.records.values() for name in columns}


def test_indicators_made_of_others_are_derived_from_their_values(session: Session) -> None:
    among = _city(session, 7)
    made = {
        code for code in CODES if CATALOGUE.indicators[code].derived and CATALOGUE.reads[code] <= set(CODES)
    }
    sql, read = derivation(CATALOGUE, made, as_of=AS_OF)
    session.prepare("derived", sql)

    for row in among.values():
        given = [None if row[code] is None else repr(row[code]) for code in read]
        (found,) = session.answer("derived", [pack([given])])
        assert repr(found) == repr({code: row[code] for code in found})
        assert set(found) == made
