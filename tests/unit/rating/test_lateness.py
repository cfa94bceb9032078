"""Data that were late on the day: told of every evaluation, with a warning where months of them may be missing."""

from datetime import UTC, date, datetime

from xinqiao.catalogue import load_contracts
from xinqiao.indicators import load_catalogue
from xinqiao.indicators.monthly import by_month
from xinqiao.intake.queries import Brought
from xinqiao.kernel.clock import end_of_day
from xinqiao.rating import load_scorecards
from xinqiao.rating.evaluation import Overdue
from xinqiao.rating.lateness import overdue

AS_OF = date(2026, 11, 22)
CONTRACTS = load_contracts()
CATALOGUE = load_catalogue(contracts=CONTRACTS)
SCORECARDS = load_scorecards(catalogue=CATALOGUE)


def came(**days: datetime) -> dict[str, Brought]:
    return {dataset: Brought(number, at, None) for number, (dataset, at) in enumerate(days.items(), 1)}


def late(model: str, **days: datetime) -> tuple[Overdue, ...]:
    return overdue(
        came(**days),
        contracts=CONTRACTS,
        catalogue=CATALOGUE,
        scorecard=SCORECARDS.model_for(AS_OF, model),
        known_until=end_of_day(AS_OF),
    )


def test_invoices_that_stopped_coming_are_late_by_so_many_days() -> None:
    """Delivered at the end of June and due every 31 days, they are 115 days late on 22 November."""
    last = datetime(2026, 6, 30, 10, tzinfo=UTC)

    assert late("core", sales_invoice=last) == (Overdue("sales_invoice", last, 31, 115, monthly=True),)


def test_data_within_their_promise_are_not_late() -> None:
    newest = end_of_day(AS_OF)
    assert late("core", sales_invoice=newest.replace(month=10, day=23), financial_statement=newest) == ()


def test_data_late_by_an_hour_are_late_by_a_day() -> None:
    found = late("core", sales_invoice=datetime(2026, 10, 22, 15, tzinfo=UTC))
    assert [each.days for each in found] == [1]


def test_data_that_never_came_or_that_the_model_does_not_read_are_not_told() -> None:
    last = datetime(2025, 1, 1, tzinfo=UTC)

    assert late("core") == ()
    assert late("invoice", social_insurance=last) == ()


def test_registers_that_are_late_are_told_behind_what_is_counted_by_the_month() -> None:
    """A patent of last year is still a patent; invoices of a month that nobody delivered look like none."""
    last, older = datetime(2026, 6, 30, tzinfo=UTC), datetime(2025, 6, 30, tzinfo=UTC)

    found = late("core", patent=older, sales_invoice=last)

    assert [(each.dataset, each.monthly) for each in found] == [("sales_invoice", True), ("patent", False)]


def test_full_months_are_counted_of_flows_and_not_of_lists_or_registers() -> None:
    codes = [each.code for each in SCORECARDS.model_for(AS_OF, "core").indicators]

    monthly = by_month(CATALOGUE, codes)

    assert {"sales_invoice", "tax_payment", "vat_filing", "social_insurance", "electricity_bill"} <= monthly
    assert monthly.isdisjoint({"patent", "dishonest_debtor", "business_registration", "honour"})
    assert by_month(CATALOGUE, ["I05"]) == {"sales_invoice"}
