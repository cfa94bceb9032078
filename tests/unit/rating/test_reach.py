"""No change is promised sooner than it can come: firms with random pasts behave perfectly and get there in time."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.indicators import load_catalogue
from xinqiao.indicators.cases import register_rows
from xinqiao.indicators.compute import evaluate
from xinqiao.indicators.planning import RECORDS, VALUES
from xinqiao.indicators.sectors import KNOWN_MEASURES, MEASURE_COLUMNS
from xinqiao.kernel.period import months_before
from xinqiao.rating import load_scorecards, score_one
from xinqiao.rating.raising import raising
from xinqiao.rating.steps import Step, steps

CONTRACTS = load_contracts()
CATALOGUE = load_catalogue(contracts=CONTRACTS)
CORE = load_scorecards(catalogue=CATALOGUE).named("core@2026-11-20")
CODES = ("E05", "I03", "I04", "I05", "L03", "T06", "T07", "T08")
FIRMS = 30
Row = dict[str, Any]
Records = list[tuple[str, Row]]


def months(first: date, last: date, every: int = 1) -> Iterator[date]:
    """First days of months from one on, so many apart."""
    while first <= last:
        yield first
        first = months_before(first, -every)


def filings(random: Random, begun: date, today: date, end: date) -> Records:
    """Returns late, missing or of nothing until today; those due from today on in time, of sales made."""
    every = random.choice([1, 3])
    start = begun.replace(month=(begun.month - 1) // 3 * 3 + 1)
    found: Records = []
    for period in months(start, end, every):
        due = months_before(period, -every) + timedelta(days=14)
        late, zero, missing = (random.random() < share for share in (0.5, 0.3, 0.2))
        bad = due < today
        if bad and missing:
            continue
        filed = due + timedelta(days=20) if bad and late else due
        if bad and filed >= today:
            filed = today
        row = {
            "month_on": period, "frequency": "quarterly" if every == 3 else "monthly", "filed_on": filed, "due_on": due,
            "sales_fen": 0 if zero and months_before(period, -every) <= today else 100, "payable_fen": 0,
        }  # fmt: skip
        found.append(("vat_filing", {**row, "known_at": filed}))
    return found


def insurance(random: Random, begun: date, today: date, end: date) -> Records:
    """Months without insurance until today, none from then on."""
    found: Records = []
    for month in months(begun, end):
        paid = month + timedelta(days=14)
        if paid < today and random.random() < 0.4:
            continue
        row = {"month_on": month, "insured_count": 5, "due_fen": 100, "paid_fen": 100, "paid_on": paid}
        found.append(("social_insurance", {**row, "known_at": paid + timedelta(days=10)}))
    return found


def reports(random: Random, begun: date, today: date, end: date) -> Records:
    """Annual reports late or missing until today, in time from then on."""
    facts = {
        "approved_on": begun, "established_on": begun, "unified_code": "x", "name": "x", "industry_code": "F5191",
        "operating_status": "active", "event_kind": "establishment",
    }  # fmt: skip
    found: Records = [("business_registration", {**facts, "known_at": begun})]
    for year in range(begun.year, end.year):
        day = date(year + 1, 6, 20)
        if day < today and random.random() < 0.5:
            continue
        row = {**facts, "event_kind": "annual_report", "annual_report_year": year, "approved_on": day}
        found.append(("business_registration", {**row, "known_at": day}))
    return found


def invoices(random: Random, begun: date, today: date, end: date) -> Records:
    """Months without invoices, voided ones and reversals until today."""
    found: Records = []
    for month in months(begun, end):
        day = month + timedelta(days=27)
        bad = day < today
        if bad and random.random() < 0.4:
            continue
        kinds = [("valid", 1000)]
        if bad:
            kinds += [("voided", random.choice([0, 400])), ("valid", -random.choice([1, 300]))]
        for number, (status, amount) in enumerate(kinds):
            row = {"invoice_code": "", "invoice_number": f"{month}-{number}", "issued_on": day, "tax_fen": 0}
            row |= {"counterparty_code": "A", "amount_fen": amount, "status": status}
            found.append(("sales_invoice", {**row, "known_at": day}))
    return found


def payments(random: Random, begun: date, today: date, end: date) -> Records:
    """Late fees until today, taxes without them from then on."""
    found: Records = []
    for month in months(begun, end):
        day = month + timedelta(days=14)
        row = {"tax_kind": "增值税", "paid_on": day, "voucher_number": str(month), "amount_fen": 20_000}
        found.append(("tax_payment", {**row, "payment_kind": "payment", "known_at": day}))
        if day < today and random.random() < 0.3:
            found.append(("tax_payment", {**row, "payment_kind": "late_fee", "known_at": day}))
    return found


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with DuckDBEngine(tmp_path / "engine", threads=2).session() as session:
        yield session


def town(session: Session, today: date) -> None:
    """Firms of all ages with a past of their own, and perfect from today on for four years."""
    random, end = Random(20261122), months_before(today, -48)  # noqa: S311  data for a test
    rows: dict[str, list[Row]] = {dataset: [] for dataset in CATALOGUE.datasets}
    for firm in range(1, FIRMS + 1):
        begun = months_before(today.replace(day=1), random.choice([4, 9, 15, 21, 30, 50]))
        for made in (filings, insurance, reports, invoices, payments):
            for dataset, row in made(random, begun, today, end):
                rows[dataset].append({**row, "subject": firm})
    register(session, rows)


def register(session: Session, rows: dict[str, list[Row]]) -> None:
    """Make records readable, each known from the day it names on."""
    for dataset, made in rows.items():
        occurred = CONTRACTS[dataset].occurred_on or ""
        full = [
            {
                "subject": 1,
                "occurred_on": row.get(occurred, row["known_at"]),
                "delivery": 1,
                "supersedes": False,
            }
            | {**row, "known_at": datetime.combine(row["known_at"], datetime.min.time())}
            for row in made
        ]
        register_rows(session, "given", full, CONTRACTS[dataset].record_columns())
        session.run(f"CREATE OR REPLACE TABLE {RECORDS}{dataset} AS SELECT * FROM given")
    register_rows(session, KNOWN_MEASURES, [], MEASURE_COLUMNS)


def values(session: Session, as_of: date, codes: Sequence[str] = CODES) -> dict[int, dict[str, float | None]]:
    """Indicators of every firm as of a day."""
    evaluate(
        session, catalogue=CATALOGUE, contracts=CONTRACTS, as_of=as_of,
        collected=dict.fromkeys(CATALOGUE.datasets), codes=codes, measures=KNOWN_MEASURES,
    )  # fmt: skip
    rows = session.rows(f"SELECT subject, {', '.join(codes)} FROM {VALUES}")
    return {subject: dict(zip(codes, found, strict=True)) for subject, *found in rows}


def test_who_pays_what_it_owes_gets_at_least_the_score_told_since_more_betters_with_it(
    session: Session,
) -> None:
    """Months paid late count as paid: the arrears go, and the share of months paid rises, as was said."""
    today, owing = date(2024, 6, 30), [date(2023, 9, 1), date(2023, 10, 1), date(2024, 2, 1)]
    rows: dict[str, list[Row]] = {dataset: [] for dataset in CATALOGUE.datasets}
    rows["business_registration"] = [row for _, row in reports(Random(1), date(2020, 3, 1), today, today)]  # noqa: S311  data for a test
    paid = [
        {"month_on": month, "insured_count": 5, "due_fen": 100, "paid_fen": 0 if month in owing else 100, "known_at": month}
        for month in months(date(2022, 7, 1), today)
    ]  # fmt: skip
    rows["social_insurance"] = paid
    register(session, rows)
    known = flawless() | values(session, today, ("L03", "L04"))[1]

    told = raising(CORE, CATALOGUE, known)

    [way] = [way for way in told.singles if way.steps[0].indicator == "L04"]
    assert way.lifts == ("L03",)
    days = [today - timedelta(days=1)] * len(owing)
    rows["social_insurance"] = paid + [
        {**row, "paid_fen": 100, "paid_on": day, "known_at": day, "delivery": 2, "supersedes": True}
        for row, day in zip([row for row in paid if row["month_on"] in owing], days, strict=True)
    ]
    register(session, rows)
    then = score_one(CORE, known | values(session, today, ("L03", "L04"))[1])
    assert way.score is not None
    assert then.score is not None
    assert then.score > way.score


def flawless() -> dict[str, float | None]:
    """A firm with nothing against it."""
    found: dict[str, float | None] = {}
    for code in CORE.codes:
        found[code] = -1e3 if CATALOGUE.indicators[code].direction == "down" else 1e3
    return found


def met(step: Step, value: float) -> bool:
    return value >= step.threshold if step.test == "at_least" else value < step.threshold


@pytest.mark.parametrize("today", [date(2024, 6, 30), date(2025, 2, 1)])
def test_who_does_everything_right_reaches_what_was_promised_in_the_time_told(
    session: Session, today: date
) -> None:
    """Whatever lies in the window: late returns, unpaid months, missing reports, voided invoices."""
    town(session, today)
    told: list[tuple[int, Step]] = [
        (firm, step)
        for firm, known in values(session, today).items()
        for found in steps(CORE, CATALOGUE, known, ()).values()
        for step in found
    ]

    assert {step.indicator for _, step in told} == set(CODES)
    for waited in sorted({step.months for _, step in told}):
        then = values(session, months_before(today, -waited))
        late: Sequence[Any] = [
            (step.indicator, step.value, step.threshold, waited, then[firm][step.indicator])
            for firm, step in told
            if step.months == waited and not met(step, then[firm][step.indicator] or 0.0)
        ]
        assert not late


def test_a_quarterly_filer_that_was_late_is_not_promised_the_impossible_in_half_a_year() -> None:
    """Seven quarters of which two were in time: two good ones more leave it below 60 %."""
    known: dict[str, float | None] = {"T08": 0.286}
    [first, second] = steps(CORE, CATALOGUE, known, ())["T08"]
    assert (first.threshold, first.months, second.threshold, second.months) == (0.75, 21, 0.9, 27)


@pytest.mark.parametrize(
    ("code", "value"), [("T01", 0.0), ("J01", 40.0), ("R02", 50.0), ("R03", 50.0), ("A05", 0.0)]
)
def test_what_time_alone_betters_is_not_offered(code: str, value: float) -> None:
    """A tax grade D is kept for two years, and a removal from a list counts as lately made for one or two."""
    found = steps(CORE, CATALOGUE, {code: value}, ())
    assert [step.threshold for step in found.get(code, ())] == ([100] if code == "A05" else [])
