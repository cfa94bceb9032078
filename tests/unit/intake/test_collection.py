"""How much of the sharing lists has been collected: counted from real deliveries."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.intake.collection import Collected, ItemCollection, timeliness
from xinqiao.intake.model import Delivery
from xinqiao.kernel.clock import CITY_TIME
from xinqiao.kernel.unified_code import UnifiedCode
from xinqiao.workspace import Workspace, commands

Deliver = Callable[..., Delivery]
Codes = Callable[[int], UnifiedCode]

REGISTRY = "unified_code,name,approved_on,established_on\n"
BILLS = "account_number,meter_number,month_on,volume_m3,amount_fen\n"


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 1, 9, 0, tzinfo=CITY_TIME)


def item(found: Collected, number: int) -> ItemCollection:
    """An item of the national list."""
    return found.lists[0].items[number - 1]


def days_before(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


@pytest.fixture
def registered(deliver: Deliver, codes: Codes, now: datetime) -> None:
    """Four enterprises in the register, delivered ten days ago."""
    rows = "".join(f"{codes(n)},企业{n},2020-01-0{n},2020-01-0{n}\n" for n in range(1, 5))
    deliver("business_registration", REGISTRY + rows, known_at=days_before(now, 10))


def test_an_empty_platform_has_collected_nothing(workspace: Workspace) -> None:
    found = commands.collected(workspace)

    assert found.registered == 0
    assert [(len(each.items), each.collected, each.whole) for each in found.lists] == [(37, 0, 0), (13, 0, 0)]
    nothing = item(found, 29)
    assert (nothing.rows, nothing.reach.enterprises, nothing.extent) == (0, 0, "none")
    assert (nothing.known_at, nothing.occurred_on, nothing.refused_share) == (None, None, None)
    assert nothing.timeliness == "never"


def test_records_enterprises_and_refusals_are_counted(
    workspace: Workspace, deliver: Deliver, codes: Codes, registered: None, now: datetime
) -> None:
    # Two months of one registered firm, one of a firm that nobody registered, and a row without a meter.
    bills = [
        f"{codes(1)},W1,2026-08-01,10,3500",
        f"{codes(1)},W1,2026-09-01,12,4200",
        f"{codes(9)},W9,2026-09-01,5,1750",
        f"{codes(2)},,2026-09-01,5,1750",
    ]
    deliver("water_bill", BILLS + "\n".join(bills) + "\n", known_at=days_before(now, 3))

    water = item(commands.collected(workspace), 29)

    assert (water.rows, water.quarantined, water.refused_share) == (3, 1, 0.25)
    assert (water.reach.enterprises, water.reach.registered) == (2, 1)
    assert water.known_at == days_before(now, 3)
    assert water.occurred_on == date(2026, 9, 1)
    assert (water.extent, water.timeliness) == ("whole", "fresh")


def test_a_correction_is_a_record_more_and_no_enterprise_more(
    workspace: Workspace, deliver: Deliver, codes: Codes, registered: None, now: datetime
) -> None:
    for amount, age in ((3500, 20), (3600, 10)):
        deliver(
            "water_bill",
            f"{BILLS}{codes(1)},W1,2026-08-01,10,{amount}\n",
            known_at=days_before(now, age),
        )

    water = item(commands.collected(workspace), 29)

    assert (water.rows, water.reach.enterprises) == (2, 1)
    assert water.known_at == days_before(now, 10)


def test_an_item_of_several_datasets_counts_each_enterprise_once_and_is_as_late_as_its_latest(
    workspace: Workspace, deliver: Deliver, codes: Codes, registered: None, now: datetime
) -> None:
    heading = "party_code,case_number,published_on\n"
    deliver(
        "dishonest_debtor",
        f"{heading}{codes(1)},（2026）执1号,2026-08-01\n",
        known_at=days_before(now, 40),
    )
    heading = "party_code,case_number,issued_on\n"
    limits = f"{codes(1)},（2026）执1号,2026-08-02\n{codes(2)},（2026）执2号,2026-08-03\n"
    deliver("consumption_limit", heading + limits, known_at=days_before(now, 5))

    found = commands.collected(workspace)

    courts = item(found, 17)
    assert courts.reach.enterprises == 2
    assert [each.reach.enterprises for each in courts.datasets] == [1, 2]
    assert [each.timeliness for each in courts.datasets] == ["late", "fresh"]
    assert courts.timeliness == "late"
    assert (courts.extent, item(found, 18).extent) == ("whole", "none")
    # Registration and courts.
    assert (found.lists[0].collected, found.lists[0].whole) == (2, 2)


def test_an_item_with_a_dataset_missing_is_collected_in_part(
    workspace: Workspace, deliver: Deliver, codes: Codes, registered: None, now: datetime
) -> None:
    heading = "party_code,case_number,accepted_on\n"
    deliver("bankruptcy", f"{heading}{codes(1)},（2026）破1号,2026-08-01\n", known_at=days_before(now, 5))

    found = commands.collected(workspace)

    assert item(found, 18).extent == "part"
    assert (item(found, 18).timeliness, found.lists[0].collected, found.lists[0].whole) == ("fresh", 2, 1)


def test_a_delivery_wholly_refused_collects_nothing_yet_shows_what_waits(
    workspace: Workspace, deliver: Deliver, codes: Codes, registered: None
) -> None:
    deliver("water_bill", f"{BILLS}{codes(1)},,2026-08-01,10,3500\n")

    water = item(commands.collected(workspace), 29)

    assert (water.extent, water.quarantined, water.refused_share) == ("none", 1, 1.0)


def test_marks_of_empty_lists_are_no_records_after_compaction_either(
    workspace: Workspace, deliver: Deliver, codes: Codes, registered: None, now: datetime
) -> None:
    heading = "taxpayer_code,tax_kind,arrears_fen,announced_on\n"
    deliver("tax_arrears", heading, empty_list=True, known_at=days_before(now, 9))
    deliver("tax_arrears", f"{heading}{codes(1)},增值税,100,2026-08-01\n", known_at=days_before(now, 6))
    deliver("tax_arrears", heading, empty_list=True, known_at=days_before(now, 3))
    assert commands.compact(workspace, table="records/tax_arrears") == (3, 1)

    arrears = next(each for each in item(commands.collected(workspace), 21).datasets if each.known_at)

    assert (arrears.rows, arrears.reach.enterprises) == (1, 1)


@given(st.integers(0, 800), st.integers(1, 400))
def test_what_is_as_old_as_promised_is_still_fresh(age: int, cadence: int) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    assert timeliness(days_before(now, age), cadence, now) == ("late" if age > cadence else "fresh")
    assert timeliness(None, cadence, now) == "never"


def test_an_empty_list_has_been_collected_and_holds_no_record(
    workspace: Workspace, deliver: Deliver, registered: None, now: datetime
) -> None:
    heading = "taxpayer_code,tax_kind,arrears_fen,announced_on\n"
    deliver("tax_arrears", heading, empty_list=True, known_at=days_before(now, 3))

    arrears = next(each for each in item(commands.collected(workspace), 21).datasets if each.known_at)

    assert (arrears.contract.dataset, arrears.rows, arrears.reach.enterprises) == ("tax_arrears", 0, 0)
    assert arrears.known_at == days_before(now, 3)
