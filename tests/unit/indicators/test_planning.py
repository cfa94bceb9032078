"""Fused computation gives what each formula gives alone, sees nothing early, and knows no order."""

import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.indicators import evaluate, load_catalogue, plan
from xinqiao.indicators.cases import register_rows
from xinqiao.kernel.period import window

CONTRACTS = load_contracts()
CATALOGUE = load_catalogue(contracts=CONTRACTS)
AS_OF = date(2025, 6, 15)
SUBJECTS = range(1, 25)
Row = dict[str, Any]


def _records(seed: int) -> dict[str, list[Row]]:
    """Random records of a few firms over three years; some known only after `AS_OF`, some corrected."""
    draw = random.Random(seed)  # noqa: S311  data for a test

    def some_day() -> date:
        return date(2022, 6, 1) + timedelta(days=draw.randrange(1130))

    def known(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 3) + timedelta(days=draw.choice([0, 1, 1, 40]))

    found: dict[str, list[Row]] = defaultdict(list)
    for subject in SUBJECTS:
        common = {"subject": subject, "delivery": 1, "supersedes": False}
        found["code_crosswalk"].append(
            {**common, "occurred_on": date(2020, 1, 1), "known_at": datetime(2020, 1, 1)}
        )
        for dataset in ("sales_invoice", "purchase_invoice"):
            for number in range(draw.choice([0, 1, 5, 60])):
                day = some_day()
                row = {
                    **common,
                    "invoice_code": "",
                    "invoice_number": f"{number:08d}",
                    "issued_on": day,
                    "occurred_on": day,
                    "known_at": known(day),
                    "counterparty_code": draw.choice([*"ABCDEFGH", None]),
                    "amount_fen": draw.choice([1, 1, 1, 1, -1]) * draw.randrange(1, 10_000_000),
                    "tax_fen": 0,
                    "status": draw.choice(["valid", "valid", "valid", "void"]),
                }
                found[dataset].append(row)
                if draw.random() < 0.1:
                    later = row["known_at"] + timedelta(days=draw.choice([1, 300]))
                    found[dataset].append({**row, "status": "void", "known_at": later, "supersedes": True})
        for number in range(draw.choice([0, 0, 3])):
            day = some_day()
            found["administrative_penalty"].append(
                {
                    **common,
                    "decision_number": str(number),
                    "authority": "甲局",
                    "decided_on": day,
                    "occurred_on": day,
                    "known_at": known(day),
                    "severity": draw.choice(["minor", "general", "serious"]),
                }
            )
    return found


def _as_known(rows: Sequence[Row], key: Sequence[str]) -> list[Row]:
    """The newest version known by the end of `AS_OF` of each record that had happened by then."""
    newest: dict[tuple[Any, ...], Row] = {}
    for row in sorted(rows, key=lambda each: each["known_at"]):
        if row["known_at"] < datetime(2025, 6, 15, 16) and row["occurred_on"] <= AS_OF:
            newest[(row["subject"], *(row[name] for name in key))] = row
    return list(newest.values())


def _share_of_five(amounts: dict[str | None, int]) -> float | None:
    total = sum(amount for amount in amounts.values() if amount > 0)
    top = sorted((amount for who, amount in amounts.items() if who and amount > 0), reverse=True)[:5]
    return sum(top) / total if total else None


def _by_hand(sales: Sequence[Row], purchases: Sequence[Row]) -> dict[str, float | None]:
    """The invoice indicators of one firm, each by its own reading of the catalogue's words."""
    year, half = window(AS_OF, 12), window(AS_OF, 6)
    valid = [row for row in sales if row["status"] == "valid"]
    first_on = min((row["issued_on"] for row in valid if row["amount_fen"] > 0), default=None)
    early: dict[str | None, int] = defaultdict(int)
    late: dict[str | None, int] = defaultdict(int)
    for row in valid:
        if row["issued_on"] in year:
            side = late if row["issued_on"] in half else early
            side[row["counterparty_code"]] += row["amount_fen"]
    both = {who: early[who] + late[who] for who in {*early, *late}}
    amounts = [row["amount_fen"] for row in valid if row["issued_on"] in year]
    blue, red = sum(a for a in amounts if a > 0), -sum(a for a in amounts if a < 0)
    void = sum(
        abs(row["amount_fen"]) for row in sales if row["status"] == "void" and row["issued_on"] in year
    )
    invoiced = {(row["issued_on"].year, row["issued_on"].month) for row in valid if row["amount_fen"] > 0}
    months = [(month.start.year, month.start.month) for month in year.months()]
    festivals = {(2024, 2), (2025, 1)}
    since = (first_on.year, first_on.month) if first_on else (9999, 1)
    counted = [month for month in months if month >= since and month not in festivals]
    running = [month for month in months[:6] if month >= since]
    steady = len([month for month in months[:6] if month in invoiced]) >= 3
    before, after = sum(early.values()), sum(late.values())
    kept = sum(early[who] for who in early if who and early[who] > 0 and late[who] > 0)
    had = sum(amount for who, amount in early.items() if who and amount > 0)
    left_all = (
        first_on is not None
        and first_on < year.start
        and not [month for month in months[:6] if month in invoiced]
    )
    bought: dict[str | None, int] = defaultdict(int)
    for row in purchases:
        if row["status"] == "valid" and row["issued_on"] in year:
            bought[row["counterparty_code"]] += row["amount_fen"]
    return {
        "I01": math.log(1 + max(blue - red, 0) / 100) if first_on else None,
        "I02": (
            min(max((after / 6) / (before / len(running)) - 1, -1), 2) if steady and before > 0 else None
        ),
        "I03": min(red / blue, 1) if blue else (1.0 if red else None),
        "I04": void / (void + blue + red) if void + blue + red else None,
        "I05": len([month for month in counted if month not in invoiced]) if counted else None,
        "I06": _share_of_five(both),
        "I07": _share_of_five(bought),
        "I08": 0.0 if left_all else (kept / had if had else None),
    }


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """An engine session."""
    with DuckDBEngine(tmp_path / "engine", threads=2).session() as opened:
        yield opened


def _register(session: Session, records: dict[str, list[Row]]) -> None:
    for dataset in CATALOGUE.datasets:
        columns = CONTRACTS[dataset].record_columns()
        rows = records.get(dataset, [])
        session.run(
            f"CREATE OR REPLACE TABLE kept_{dataset} ("
            + ", ".join(f"{name} {kind}" for name, kind in columns.items())
            + ")"
        )
        register_rows(session, "incoming", rows, columns)
        session.run(f"INSERT INTO kept_{dataset} SELECT * FROM incoming")
        session.define(f"record_{dataset}", f"SELECT * FROM kept_{dataset}")


def _values(session: Session, **options: Any) -> dict[int, dict[str, Any]]:
    evaluate(session, catalogue=CATALOGUE, contracts=CONTRACTS, as_of=AS_OF, **options)
    rows = session.records("SELECT * FROM indicator_values ORDER BY subject")
    return {row["subject"]: row for row in rows}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_fused_computation_equals_each_formula_alone(session: Session, seed: int) -> None:
    """Corrections, late knowledge, unnamed buyers and firms without invoices included."""
    records = _records(seed)
    _register(session, records)
    found = _values(session)
    assert set(found) == set(SUBJECTS)
    key = CONTRACTS["sales_invoice"].key
    for subject in SUBJECTS:
        sales = [row for row in records["sales_invoice"] if row["subject"] == subject]
        purchases = [row for row in records["purchase_invoice"] if row["subject"] == subject]
        expected = _by_hand(_as_known(sales, key), _as_known(purchases, key))
        for code, value in expected.items():
            if value is None:
                assert found[subject][code] is None, (subject, code)
            else:
                assert found[subject][code] == pytest.approx(value, rel=1e-12), (subject, code)


def test_one_subject_alone_gets_the_same_values_as_in_the_whole_city(session: Session) -> None:
    """Evaluating one firm must not depend on who else is looked at."""
    _register(session, _records(4))
    collected = ("sales_invoice", "administrative_penalty", "tax_arrears")
    everybody = _values(session, collected=collected)
    for subject in (3, 7, 11):
        assert _values(session, subjects=[subject], collected=collected) == {subject: everybody[subject]}


def test_what_becomes_known_later_changes_nothing(session: Session) -> None:
    """A record known after the day is as if it did not exist, whenever it happened."""
    records = _records(5)
    _register(session, records)
    with_later = _values(session)
    cut = datetime(2025, 6, 15, 16)
    _register(
        session, {name: [row for row in rows if row["known_at"] < cut] for name, rows in records.items()}
    )
    assert _values(session) == with_later


def test_the_number_of_threads_does_not_change_a_bit(tmp_path: Path) -> None:
    """Sums run over integers, so the order of addition cannot show."""
    records = _records(6)
    many = [
        {**row, "decision_number": f"{number}-{row['decision_number']}"}
        for number in range(20)
        for row in records["administrative_penalty"]
    ]
    results = []
    for threads in (1, 4):
        with DuckDBEngine(tmp_path / "engine", threads=threads).session() as session:
            _register(session, {**records, "administrative_penalty": many if threads == 1 else many[::-1]})
            results.append(_values(session))
    assert results[0] == results[1]
    assert any(row["R01"] for row in results[0].values())


def test_each_data_set_is_aggregated_in_one_pass() -> None:
    """All indicators of one relation are in one statement."""
    planned = plan(CATALOGUE, CONTRACTS, as_of=AS_OF, collected=())
    for dataset in ("sales_invoice", "purchase_invoice", "tax_payment", "administrative_penalty"):
        reading = [step.name for step in planned.steps if f"record_{dataset}" in step.sql]
        assert len(reading) == 1, (dataset, reading)
    assert planned.steps[-1].name == "indicator_values"


def test_everybody_known_is_in_the_population_and_nobody_else(session: Session) -> None:
    """An invoice of a firm that neither the registration nor the crosswalk knows makes no subject."""
    records = _records(7)
    stranger = {**records["sales_invoice"][0], "subject": 999}
    records["sales_invoice"].append(stranger)
    not_yet = {**records["code_crosswalk"][0], "subject": 998, "known_at": datetime(2025, 6, 15, 16)}
    records["code_crosswalk"].append(not_yet)
    _register(session, records)
    assert set(_values(session)) == set(SUBJECTS)


def _listed_where(session: Session, collected: Any) -> dict[int, float | None]:
    """R02 of three firms: one here, one elsewhere, one nobody knows where."""
    regions = {1: "440305", 2: "310101", 3: None}
    day = date(2020, 1, 1)
    rows = [
        {
            "subject": subject, "event_kind": "establishment", "approved_on": day, "established_on": day,
            "region_code": region, "occurred_on": day, "known_at": datetime(2020, 1, 2), "delivery": 1,
            "supersedes": False,
        }
        for subject, region in regions.items()
    ]  # fmt: skip
    # A firm that moved is where its newest registration says; a later remark without a region changes nothing.
    moved = {**rows[1], "event_kind": "change", "approved_on": date(2021, 1, 1)}
    rows += [
        {**moved, "region_code": "440304"},
        {**moved, "approved_on": date(2022, 1, 1), "region_code": None},
    ]
    _register(session, {"business_registration": rows})
    return {subject: row["R02"] for subject, row in _values(session, collected=collected).items()}


@pytest.mark.parametrize(
    ("collected", "expected"),
    [
        ((), {1: None, 2: None, 3: None}),
        (("abnormal_operation",), {1: 100, 2: 100, 3: 100}),
        ({"abnormal_operation": None}, {1: 100, 2: 100, 3: 100}),
        ({"abnormal_operation": ("4403",)}, {1: 100, 2: 100, 3: None}),
        ({"abnormal_operation": ("440305", "3101")}, {1: 100, 2: None, 3: None}),
        ({"abnormal_operation": ()}, {1: None, 2: None, 3: None}),
        ({"tax_arrears": None}, {1: None, 2: None, 3: None}),
    ],
)
def test_absence_from_a_list_is_good_only_where_the_list_was_collected(
    session: Session, collected: Any, expected: dict[int, float | None]
) -> None:
    """By the region of the newest registration; of an unknown region nothing is said unless it is everywhere."""
    assert _listed_where(session, collected) == expected


def test_being_on_a_list_counts_wherever_the_list_was_collected(session: Session) -> None:
    """What is known of an enterprise is known, also where its absence would have meant nothing."""
    day = datetime(2025, 1, 2)
    listing = {
        "subject": 1, "listed_on": date(2025, 1, 1), "authority": "甲局", "occurred_on": date(2025, 1, 1),
        "known_at": day, "delivery": 1, "supersedes": False,
    }  # fmt: skip
    _register(session, {**_records(1), "abnormal_operation": [listing]})
    assert _values(session, collected={"abnormal_operation": ("99",)})[1]["R02"] == 0


def test_relations_of_which_a_subject_has_no_rows_are_left_out() -> None:
    """Most enterprises have records in a few data sets; the rest costs nothing."""
    full = plan(CATALOGUE, CONTRACTS, as_of=AS_OF, collected=(), subjects=[1], measures="known")
    empty = {*CATALOGUE.datasets, *CATALOGUE.computed} - {"sales_invoice"}
    lean = plan(CATALOGUE, CONTRACTS, as_of=AS_OF, collected=(), subjects=[1], measures="known", empty=empty)
    assert lean.codes == full.codes
    reading = {step.name for step in lean.steps if step.name.startswith("group_")}
    assert reading == {"group_sales_buyer", "group_sales_document", "group_registration"}


def test_derived_values_are_computed_in_few_layers() -> None:
    """One SELECT for all that read only what is there, instead of one for each."""
    values = plan(CATALOGUE, CONTRACTS, as_of=AS_OF, collected=()).steps[-1].sql
    assert len(CATALOGUE.derived_order) > 30
    assert values.count("SELECT *,") < 8
