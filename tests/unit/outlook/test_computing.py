"""The outlook from records: which turnover counts, who is matched, and what was known when."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.engine import Session
from xinqiao.outlook import OUTLOOK, OUTLOOK_COLUMNS, compute, load_rules
from xinqiao.outlook.queries import Outlook, UnknownSector, outlook_in

CONTRACTS = load_contracts()
RULES = load_rules().value
BEFORE, NOW = date(2025, 5, 10), date(2026, 5, 10)
AS_OF = date(2026, 7, 31)
TEN = list(range(1, 11))

Register = Callable[..., Mapping[str, str]]
Rows = Callable[..., list[dict[str, Any]]]


def computed(session: Session, views: Mapping[str, str], as_of: date = AS_OF) -> Outlook:
    compute(session, rules=RULES, contracts=CONTRACTS, views=views, as_of=as_of)
    return outlook_in(session, as_of)


def growth(outlook: Outlook, sector: str = "F51") -> float | None:
    found = outlook.sector(sector).newest.growth
    return None if found is None else round(found, 6)


def test_growth_is_that_of_matched_firms_against_the_same_quarter_a_year_before(
    session: Session, register: Register, firms: Rows, invoices: Rows
) -> None:
    views = register(
        business_registration=firms("F5191", TEN),
        sales_invoice=[
            *invoices(TEN, BEFORE, 1000),
            *invoices(TEN, NOW, 1500),
            *invoices(TEN[:5], date(2026, 6, 1), -300),
            *invoices(TEN, date(2026, 6, 2), 999_999, status="void"),
        ],
    )

    outlook = computed(session, views)

    assert outlook.quarter_on == date(2026, 4, 1)
    assert growth(outlook) == 0.35
    assert outlook.sector("F51").newest.firms == 10
    assert outlook.sector("F51").name_zh == "批发业"
    assert growth(outlook, "F") == 0.35
    assert session.columns(OUTLOOK) == OUTLOOK_COLUMNS


def test_firms_that_came_or_went_within_the_year_are_not_matched(
    session: Session, register: Register, firms: Rows, invoices: Rows
) -> None:
    views = register(
        business_registration=firms("F5191", range(1, 31)),
        sales_invoice=[
            *invoices(TEN, BEFORE, 1000), *invoices(TEN, NOW, 1100),
            *invoices(range(11, 21), BEFORE, 50_000), *invoices(range(21, 31), NOW, 70_000),
        ],
    )  # fmt: skip

    outlook = computed(session, views)

    assert outlook.sector("F51").newest.firms == 10
    assert growth(outlook) == 0.1


def filings(subjects: list[int], months: list[date], fen: int, **more: Any) -> list[dict[str, Any]]:
    return [
        {"subject": s, "month_on": month, "filed_on": month.replace(day=15), "frequency": "monthly", "sales_fen": fen, **more}
        for s in subjects
        for month in months
    ]  # fmt: skip


def quarter(year: int) -> list[date]:
    return [date(year, month, 1) for month in (4, 5, 6)]


def test_vat_sales_are_taken_where_filings_cover_both_quarters(
    session: Session, register: Register, firms: Rows, invoices: Rows
) -> None:
    views = register(
        business_registration=firms("F5191", TEN),
        sales_invoice=[*invoices(TEN, BEFORE, 1000), *invoices(TEN, NOW, 1000)],
        vat_filing=[
            *filings(TEN[:5], quarter(2025), 400), *filings(TEN[:5], quarter(2026), 600),
            *filings([10], [date(2025, 4, 1)], 1200, frequency="quarterly"),
            *filings([10], [date(2026, 4, 1)], 1200, frequency="quarterly"),
            # A month is missing, so the quarter is not covered and the invoices stand.
            *filings([9], quarter(2025), 400), *filings([9], quarter(2026)[:2], 9000),
        ],
    )  # fmt: skip

    outlook = computed(session, views)

    assert growth(outlook) == round((5 * 1800 + 1200 + 4 * 1000) / (5 * 1200 + 1200 + 4 * 1000) - 1, 6)


def test_too_few_firms_are_withheld(
    session: Session, register: Register, firms: Rows, invoices: Rows
) -> None:
    nine = TEN[:9]
    views = register(
        business_registration=firms("F5191", TEN),
        sales_invoice=[*invoices(nine, BEFORE, 1000), *invoices(nine, NOW, 1500)],
    )

    newest = computed(session, views).sector("F51").newest

    assert (newest.suppressed, newest.firms, newest.growth, newest.z) == (True, None, None, None)


def test_only_what_was_known_by_then_counts(
    session: Session, register: Register, firms: Rows, invoices: Rows
) -> None:
    views = register(
        business_registration=firms("F5191", TEN),
        sales_invoice=[
            *invoices(TEN, BEFORE, 1000),
            *invoices(TEN, NOW, 1500),
            *invoices(TEN, date(2026, 6, 3), 1000, known_on=date(2026, 8, 5)),
        ],
    )

    assert growth(computed(session, views)) == 0.5
    assert growth(computed(session, views, date(2026, 8, 5))) == 1.5


def test_a_quarter_counts_when_it_is_settled_or_its_last_days_are_known(
    session: Session, register: Register, firms: Rows, invoices: Rows
) -> None:
    known = [*invoices(TEN, BEFORE, 1000), *invoices(TEN, NOW, 1500)]
    views = register(business_registration=firms("F5191", TEN), sales_invoice=known)

    assert computed(session, views, date(2026, 7, 30)).quarter_on is None
    assert computed(session, views, date(2026, 7, 31)).quarter_on == date(2026, 4, 1)

    late = invoices([1], date(2026, 6, 24), 1)
    views = register(business_registration=firms("F5191", TEN), sales_invoice=[*known, *late])
    assert computed(session, views, date(2026, 6, 30)).quarter_on == date(2026, 4, 1)
    assert computed(session, views, date(2026, 6, 29)).quarter_on is None


def test_an_industry_whose_letter_contradicts_its_digits_belongs_nowhere(
    session: Session, register: Register, firms: Rows, invoices: Rows
) -> None:
    views = register(
        business_registration=[*firms("C5191", TEN), *firms("5191", range(11, 21))],
        sales_invoice=[*invoices(range(1, 21), BEFORE, 1000), *invoices(range(1, 21), NOW, 1500)],
    )

    outlook = computed(session, views)

    assert [line.sector for line in outlook.sectors] == ["F", "F51"]
    assert outlook.sector("f51").newest.firms == 10


def test_the_strongest_sector_is_told_first_and_withheld_ones_last(
    session: Session, register: Register, firms: Rows, invoices: Rows
) -> None:
    groups = {"F51": range(1, 13), "F52": range(21, 33), "K70": range(41, 44), "H61": range(61, 73)}
    step = {"F51": 1100, "F52": 1900, "K70": 5000, "H61": 800}
    views = register(
        business_registration=[row for code, group in groups.items() for row in firms(f"{code}10", group)],
        sales_invoice=[
            row
            for code, group in groups.items()
            for row in (*invoices(group, BEFORE, 1000), *invoices(group, NOW, step[code]))
        ],
    )

    outlook = computed(session, views)

    assert [line.sector for line in outlook.ranked(sections=False)] == ["F52", "F51", "H61", "K70"]
    assert [line.sector for line in outlook.ranked(sections=True)] == ["F", "H", "K"]


def test_without_anything_delivered_there_is_no_outlook(session: Session, register: Register) -> None:
    register()

    outlook = computed(session, {})

    assert (outlook.quarter_on, outlook.sectors) == (None, ())
    with pytest.raises(UnknownSector, match="F99"):
        outlook.sector("F99")
