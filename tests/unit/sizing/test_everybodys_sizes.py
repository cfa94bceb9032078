"""Everybody's size from records: which source a figure comes from, and what is not known yet."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.catalogue.known import known_records
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.indicators.cases import register_rows
from xinqiao.kernel.money import FEN_PER_WAN
from xinqiao.sizing import (
    DATASETS,
    SIZES,
    SIZES_COLUMNS,
    EnterpriseSize,
    compute,
    enterprise_size,
    load_scheme,
    size_of,
)

CONTRACTS = load_contracts()
SCHEME = load_scheme().value
VIEWS = {dataset: f"record_{dataset}" for dataset in DATASETS}
AS_OF = date(2026, 6, 30)


@pytest.fixture
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with DuckDBEngine(tmp_path_factory.mktemp("engine")).session() as opened:
        yield opened


def register(session: Session, **given: Sequence[Mapping[str, Any]]) -> None:
    """Register each dataset's history; a row of subject 1, known on the day it happened, unless it says more."""
    for dataset, view in VIEWS.items():
        contract = CONTRACTS[dataset]
        rows = []
        for row in given.get(dataset, ()):
            happened = row[contract.occurred_on or ""]
            known_at = datetime.combine(row.get("known_on", happened), time(1))
            system = {"subject": 1, "occurred_on": happened, "delivery": 1, "supersedes": False}
            rows.append({**system, "known_at": known_at, **row})
        register_rows(session, view, rows, contract.record_columns())


REGISTERED = {"approved_on": date(2015, 1, 5), "established_on": date(2015, 1, 5), "industry_code": "F5191"}


def sized(session: Session, as_of: date = AS_OF) -> EnterpriseSize | None:
    """The size as the engine tells it, which is the one told from the rows at hand."""
    given: dict[str, Any] = {"contracts": CONTRACTS, "views": VIEWS, "as_of": as_of}
    size = enterprise_size(session, scheme=SCHEME, subject=1, **given)
    rows = {
        dataset: session.records(f"SELECT * FROM {known} WHERE subject = 1")
        for dataset, contract in CONTRACTS.items()
        if dataset in DATASETS
        for known in [known_records(session, dataset=dataset, columns=contract.record_columns(), **given)]
    }
    assert size_of(rows, scheme=SCHEME, as_of=as_of) == size
    return size


def figures(size: EnterpriseSize | None) -> dict[str, tuple[int | None, str | None]]:
    assert size is not None
    return {each.figure: (each.value, each.source) for each in size.figures}


def test_the_newest_annual_report_comes_first(session: Session) -> None:
    register(
        session,
        business_registration=[REGISTERED],
        annual_report=[
            {"report_year": 2024, "filed_on": date(2025, 5, 1), "employee_count": 90, "revenue_fen": 1},
            {
                "report_year": 2025, "filed_on": date(2026, 5, 1), "employee_count": 20,
                "revenue_fen": 5000 * FEN_PER_WAN, "total_assets_fen": 7,
            },
        ],
        corporate_income_filing=[{"tax_year": 2025, "filed_on": date(2026, 5, 20), "revenue_fen": 3}],
        social_insurance=[{"month_on": date(2026, 5, 1), "insured_count": 3}],
    )  # fmt: skip

    size = sized(session)

    assert size is not None
    assert size.size_class == "medium"
    assert size.word == ("中型", "Medium")
    assert (size.industry, size.industry_zh) == ("wholesale", "批发业")
    assert figures(size) == {
        "staff": (20, "annual_report"),
        "revenue": (5000 * FEN_PER_WAN, "annual_report"),
        "assets": (7, "annual_report"),
    }
    assert [each.figure for each in size.figures if each.needed] == ["staff", "revenue"]
    assert size.figures[0].ended_on == date(2025, 12, 31)
    assert size.missing == ()


def test_what_the_annual_report_does_not_tell_comes_from_filings_and_headcounts(session: Session) -> None:
    register(
        session,
        business_registration=[REGISTERED],
        annual_report=[{"report_year": 2025, "filed_on": date(2026, 5, 1)}],
        corporate_income_filing=[{"tax_year": 2025, "filed_on": date(2026, 5, 20), "revenue_fen": 1000 * FEN_PER_WAN}],
        financial_statement=[{"period_to_on": date(2026, 3, 31), "filed_on": date(2026, 4, 20), "revenue_fen": 9, "total_assets_fen": 8}],
        social_insurance=[
            {"month_on": date(2026, 4, 1), "insured_count": 9},
            {"month_on": date(2026, 5, 1), "insured_count": 5},
        ],
    )  # fmt: skip

    size = sized(session)

    assert size is not None
    assert size.size_class == "small"
    assert figures(size) == {
        "staff": (5, "social_insurance"),
        "revenue": (1000 * FEN_PER_WAN, "corporate_income_filing"),
        "assets": (8, "financial_statement"),
    }


def test_a_quarters_revenue_is_not_taken_for_a_years(session: Session) -> None:
    statement = {"filed_on": date(2026, 4, 20), "revenue_fen": 9}
    register(
        session,
        business_registration=[REGISTERED],
        financial_statement=[{**statement, "period_to_on": date(2026, 3, 31)}],
    )

    assert figures(sized(session))["revenue"] == (None, None)

    register(
        session,
        business_registration=[REGISTERED],
        financial_statement=[{**statement, "period_to_on": date(2025, 12, 31)}],
    )
    assert figures(sized(session))["revenue"] == (9, "financial_statement")


def test_an_old_annual_report_gives_way_to_anything_newer_and_stands_when_it_is_alone(
    session: Session,
) -> None:
    old = {"report_year": 2022, "filed_on": date(2023, 5, 1), "employee_count": 500, "revenue_fen": 4}
    register(
        session,
        business_registration=[REGISTERED],
        annual_report=[old],
        corporate_income_filing=[{"tax_year": 2025, "filed_on": date(2026, 5, 20), "revenue_fen": 6}],
    )

    assert figures(sized(session)) == {
        "staff": (500, "annual_report"),
        "revenue": (6, "corporate_income_filing"),
        "assets": (None, None),
    }


def test_what_became_known_later_does_not_count(session: Session) -> None:
    report = {"report_year": 2025, "filed_on": date(2026, 5, 1), "employee_count": 500, "revenue_fen": 10**12}
    register(
        session, business_registration=[REGISTERED], annual_report=[{**report, "known_on": date(2026, 7, 1)}]
    )

    before, after = sized(session), sized(session, date(2026, 7, 1))

    assert before is not None
    assert (before.size_class, before.missing) == (None, ("staff", "revenue"))
    assert after is not None
    assert after.size_class == "large"


def test_an_enterprise_outside_the_table_is_told_so_and_an_unknown_one_is_not_sized(session: Session) -> None:
    register(session, business_registration=[{**REGISTERED, "industry_code": "P8331"}])
    size = sized(session)
    assert size is not None
    assert (size.industry, size.size_class, size.missing) == (None, None, ())

    register(session)
    assert sized(session) is None


def test_a_dataset_never_delivered_is_only_missing(session: Session) -> None:
    register(session, business_registration=[REGISTERED])
    alone = {"business_registration": VIEWS["business_registration"]}

    rows = compute(session, scheme=SCHEME, contracts=CONTRACTS, views=alone, as_of=AS_OF)

    assert rows == 1
    assert session.columns(SIZES) == SIZES_COLUMNS
    assert session.rows(f"SELECT size_class, scheme_version FROM {SIZES}") == [(None, "2011-300")]
