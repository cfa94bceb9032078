"""Which regions a delivery speaks for, and for whom absence from a dataset is news."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.audit.queries import events
from xinqiao.intake import queries
from xinqiao.intake.covering import (
    PartialSnapshot,
    Regions,
    UnknownRegion,
    includes,
    read_regions,
    speaks_for,
    told,
    union,
)
from xinqiao.intake.mapping_files import InvalidMapping
from xinqiao.intake.model import Delivery
from xinqiao.kernel.unified_code import UnifiedCode
from xinqiao.workspace import Workspace

Deliver = Callable[..., Delivery]
Codes = Callable[[int], UnifiedCode]

PENALTIES = "party_code,party_name,decision_number,decided_on,authority,severity\n"
ARREARS = "taxpayer_code,tax_kind,arrears_fen,announced_on\n"
INVOICES = "taxpayer_code,invoice_number,issued_on,amount_fen,status\n"

SOME_CODES = st.sets(st.sampled_from(["44", "4403", "440305", "440304", "4499", "449901", "11"]), min_size=1)
SOME_REGIONS = st.none() | SOME_CODES.map(lambda codes: read_regions(codes, where=""))


@pytest.fixture
def penalty(codes: Codes) -> Callable[[int], str]:
    return lambda number: f"{codes(1).text},甲公司,罚{number},2026-01-15,市场监管局,minor\n"


Penalty = Callable[[int], str]


@pytest.fixture
def coverage(workspace: Workspace) -> Callable[[datetime], dict[str, Regions]]:
    def asking(known_before: datetime) -> dict[str, Regions]:
        with workspace.store.transaction() as tx:
            versions = workspace.lake.versions(tx)
            found = queries.brought(tx, versions=versions, known_before=known_before)
        return {dataset: each.covers for dataset, each in found.items() if dataset != "code_crosswalk"}

    return asking


Coverage = Callable[[datetime], dict[str, Regions]]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["4403"], ("4403",)),
        (["440300", "44 "], ("44",)),
        (["440305", "440304", "440305"], ("440304", "440305")),
        (["449901"], ("449901",)),
        (["110000"], ("11",)),
        (["1101"], ("1101",)),
        (["429004"], ("429004",)),
    ],
)
def test_codes_become_prefixes_without_those_inside_another(given: list[str], read: tuple[str, ...]) -> None:
    assert read_regions(given, where="--covers") == read


@pytest.mark.parametrize("code", ["99", "440", "440399", "4404x", "００", "", "深圳市", "00", "44030"])
def test_a_region_that_does_not_exist_is_refused(code: str) -> None:
    with pytest.raises(UnknownRegion, match="GB/T 2260") as refusal:
        read_regions(["4403", code], where="--covers")
    assert refusal.value.where == "--covers"


@given(st.lists(SOME_REGIONS))
def test_a_union_includes_each_of_its_parts_and_nothing_changes_by_adding_it_again(
    parts: list[Regions],
) -> None:
    whole = union(parts)

    assert all(includes(whole, part) for part in parts)
    assert union([whole, *parts]) == whole
    assert (whole is None) == (None in parts)


def test_regions_are_told_by_name_and_code() -> None:
    assert told(None) == "全部地区"
    assert told(("4403", "449901")) == "广东省深圳市（4403）、广东省信桥市桥东区（449901）"


def test_a_delivery_keeps_the_regions_it_was_given_with_and_tells_the_audit_log(
    deliver: Deliver, workspace: Workspace, penalty: Penalty
) -> None:
    delivery = deliver("administrative_penalty", PENALTIES + penalty(1), covers=["440305", "440300"])

    assert delivery.covers == ("4403",)
    with workspace.store.transaction() as tx:
        assert queries.delivery(tx, delivery.delivery_id).covers == ("4403",)
        (event,) = events(tx, name="delivery.taken")
    assert event.payload["covers"] == ["4403"]


def test_the_mapping_may_say_it_and_the_command_has_the_last_word(deliver: Deliver, penalty: Penalty) -> None:
    mapping = "dataset: administrative_penalty\ncovers: [4403, 440305]\n"

    by_mapping = deliver("administrative_penalty", PENALTIES + penalty(1), mapping=mapping)
    by_command = deliver("administrative_penalty", PENALTIES + penalty(2), mapping=mapping, covers=["4499"])

    assert (by_mapping.covers, by_command.covers) == (("4403",), ("4499",))


@pytest.mark.parametrize(
    ("covers", "refusal"),
    [("['9999']", UnknownRegion), ("'4403'", InvalidMapping), ("{a: b}", InvalidMapping)],
)
def test_a_mapping_with_a_wrong_region_is_refused(
    deliver: Deliver, penalty: Penalty, covers: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal, match="covers"):
        deliver(
            "administrative_penalty",
            PENALTIES + penalty(1),
            mapping=f"dataset: administrative_penalty\ncovers: {covers}\n",
        )


def test_the_same_file_for_other_regions_is_another_delivery(deliver: Deliver, penalty: Penalty) -> None:
    content = PENALTIES + penalty(1)
    first = deliver("administrative_penalty", content, covers=["440305"])

    again = deliver("administrative_penalty", content, covers=["440305"])
    wider = deliver("administrative_penalty", content)

    assert (again.delivery_id, again.repeated) == (first.delivery_id, True)
    assert (wider.repeated, wider.duplicate, wider.covers) == (False, 1, None)


def test_what_is_covered_grows_with_what_is_known(
    deliver: Deliver, penalty: Penalty, coverage: Coverage, now: datetime
) -> None:
    for number, (days, covers) in enumerate([(30, ["440305"]), (20, ["440304"]), (10, ["4403"]), (5, [])]):
        known_at = now - timedelta(days=days)
        deliver("administrative_penalty", PENALTIES + penalty(number), known_at=known_at, covers=covers)

    def covered(days: int) -> Any:
        return coverage(now - timedelta(days=days)).get("administrative_penalty", "nothing")

    assert covered(30) == "nothing"
    assert covered(29) == ("440305",)
    assert covered(19) == ("440304", "440305")
    assert covered(9) == ("4403",)
    assert covered(4) is None


def test_a_delivery_of_which_nothing_was_taken_covers_nobody_until_it_is_replayed(
    deliver: Deliver, workspace: Workspace, codes: Codes, coverage: Coverage, now: datetime
) -> None:
    from xinqiao.workspace import commands

    crosswalk = "source_system,source_code,unified_code,name\n"
    row = "B0001,甲公司,罚1,2026-01-15,市场监管局,minor,court\n"
    delivery = deliver(
        "administrative_penalty",
        PENALTIES.replace("\n", ",source_system\n") + row,
        known_at=now - timedelta(days=30),
        covers=["4403"],
    )
    assert (delivery.accepted, delivery.unresolved) == (0, 1)
    assert coverage(now) == {}

    deliver("code_crosswalk", f"{crosswalk}court,B0001,{codes(1).text},甲公司\n", known_at=now)
    commands.replay(
        workspace,
        delivery_id=delivery.delivery_id,
        mapping=None,
        mended=None,
        known_at=now - timedelta(days=3),
    )

    assert coverage(now - timedelta(days=3)) == {}
    assert coverage(now) == {"administrative_penalty": ("4403",)}


def test_whoever_reads_an_older_version_is_not_told_of_what_came_since(
    deliver: Deliver, workspace: Workspace, penalty: Penalty, now: datetime
) -> None:
    first = deliver("administrative_penalty", PENALTIES + penalty(1), covers=["440305"])
    with workspace.store.transaction() as tx:
        then = workspace.lake.versions(tx)
    second = deliver(
        "administrative_penalty", PENALTIES + penalty(2), covers=["4403"], known_at=now - timedelta(days=9)
    )

    with workspace.store.transaction() as tx:
        until = now + timedelta(days=1)
        before = queries.brought(tx, versions=then, known_before=until)
        after = queries.brought(tx, versions=workspace.lake.versions(tx), known_before=until)

    found = [each["administrative_penalty"] for each in (before, after)]
    assert [each.covers for each in found] == [("440305",), ("4403",)]
    # The later delivery told of something that had become known earlier.
    assert [each.delivery_id for each in found] == [first.delivery_id] * 2
    assert second.known_at < first.known_at


def test_a_delivery_that_only_repeats_what_is_known_speaks_for_nobody_else(
    deliver: Deliver, penalty: Penalty, coverage: Coverage, now: datetime
) -> None:
    content = PENALTIES + penalty(1)
    deliver("administrative_penalty", content, covers=["440305"])

    wider = deliver("administrative_penalty", content, covers=["4403"])

    assert (wider.accepted, wider.duplicate) == (0, 1)
    assert coverage(now + timedelta(days=1)) == {"administrative_penalty": ("440305",)}


@pytest.mark.parametrize(
    ("regions", "region_code", "speaks"),
    [
        (None, None, True),
        (("4403", "11"), "440305", True),
        (("4403",), "110105", False),
        (("440305",), None, False),
        ((), "440305", False),
    ],
)
def test_regions_speak_for_who_is_in_them_and_everywhere_for_everybody(
    regions: Regions, region_code: str | None, speaks: bool
) -> None:
    assert speaks_for(regions, region_code) == speaks


def test_a_snapshot_may_not_put_fewer_regions_in_the_place_of_more(
    deliver: Deliver, codes: Codes, coverage: Coverage, now: datetime
) -> None:
    line = f"{codes(1).text},增值税,500000,2026-03-31\n"
    day = timedelta(days=1)
    deliver("tax_arrears", ARREARS + line, known_at=now - 30 * day, covers=["440305"])

    with pytest.raises(PartialSnapshot, match=r"南山区（440305）.*并成一批"):
        deliver("tax_arrears", ARREARS + line + line, known_at=now - 20 * day, covers=["440304"])
    wider = deliver("tax_arrears", ARREARS + line, known_at=now - 10 * day, covers=["4403"])
    with pytest.raises(PartialSnapshot, match="此后的覆盖"):
        deliver("tax_arrears", ARREARS + line, known_at=now - 15 * day)

    assert wider.covers == ("4403",)
    assert coverage(now)["tax_arrears"] == ("4403",)


def test_records_of_another_kind_may_come_region_by_region(
    deliver: Deliver, codes: Codes, coverage: Coverage, now: datetime
) -> None:
    for number, covers in enumerate(["440305", "440304"]):
        line = f"{codes(1).text},{number},2026-03-01,100,valid\n"
        deliver("sales_invoice", INVOICES + line, covers=[covers], known_at=now - timedelta(days=1))

    assert coverage(now)["sales_invoice"] == ("440304", "440305")
