"""A report that was given out stays as it is, whatever becomes known, is delivered or changes afterwards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from xinqiao.intake.model import Delivery
from xinqiao.kernel.clock import CITY_TIME
from xinqiao.products import Report
from xinqiao.products.model import Section, Source
from xinqiao.workspace import Workspace, commands, reports

News = tuple[Workspace, Callable[..., Delivery]]
Registered = Callable[..., dict[str, Any]]

OLD, NEW = "甲餐饮有限公司", "丙软件有限公司"


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 8, tzinfo=CITY_TIME)


def report(workspace: Workspace, code: str, **options: Any) -> Report:
    with workspace.begun() as (tx, session):
        return reports.report(workspace, tx, session, unified_code=code, **options)


def section(told: Report, dataset: str) -> Section:
    return next(each for each in told.sections if each.dataset == dataset)


def source(told: Report, dataset: str) -> Source:
    return next(each for each in told.sources if each.dataset == dataset)


@pytest.fixture
def caterers(news: News, registered: Registered) -> tuple[News, dict[str, Any]]:
    """Thirty caterers and thirty software firms of different ages; the row of the first caterer."""
    from xinqiao.kernel.unified_code import build

    workspace, deliver = news
    first = registered("busy", OLD, "2016-03-05")
    codes = [build(organisation8=f"MA5{number:05}", region="440300").text for number in range(60)]
    others = [
        {
            **registered("busy", f"第{number}有限公司", f"{1990 + number % 30}-03-05"),
            "unified_code": code,
            "industry_code": "H6210" if number % 2 else "I6513",
            "legal_representative": "王五",
        }
        for number, code in enumerate(codes)
    ]
    deliver("business_registration", [first, *others], at(6, 1))
    commands.evaluate(workspace, as_of=at(6, 30).date(), model="whole")
    return news, first


def test_a_firm_that_changed_since_is_told_and_compared_as_it_was(
    caterers: tuple[News, dict[str, Any]],
) -> None:
    (workspace, deliver), row = caterers
    code = row["unified_code"]
    before = report(workspace, code, model="whole")

    changed = {
        "name": NEW,
        "legal_representative": "王五",
        "industry_code": "I6513",
        "region_code": "110105",
        "operating_status": "revoked",
    }
    deliver(
        "business_registration",
        [{**row, **changed, "event_kind": "change", "approved_on": "2026-06-30"}],
        at(7, 1),
    )
    after = report(workspace, code, evaluation_id=before.rating.evaluation_id)

    assert (before.identity.name, before.identity.sector) == (OLD, "H62")
    assert any(line.compared_with == "H62" for line in before.indicators)
    assert after == before


def test_only_deliveries_that_brought_something_to_the_evaluation_are_its_sources(
    news: News, registered: Registered, firms: dict[str, str]
) -> None:
    workspace, deliver = news
    deliver("business_registration", [registered("busy", OLD, "2016-03-05")], at(6, 1))
    penalty = {"party_code": firms["busy"], "decided_on": "2026-01-15", "authority": "市场监管局"}
    first = deliver(
        "administrative_penalty", [{**penalty, "decision_number": "罚1", "severity": "minor"}], at(6, 2)
    )
    refused = deliver("tax_payment", [{"taxpayer_code": "无"}], at(6, 20))
    commands.evaluate(workspace, as_of=at(6, 30).date())
    before = report(workspace, firms["busy"])

    late = deliver(
        "administrative_penalty", [{**penalty, "decision_number": "罚2", "severity": "minor"}], at(6, 25)
    )

    assert (refused.accepted, refused.quarantined, late.accepted) == (0, 1, 1)
    assert source(before, "administrative_penalty").delivery_id == first.delivery_id
    assert source(before, "tax_payment").delivery_id is None
    assert report(workspace, firms["busy"]) == before


def test_a_list_of_another_region_clears_nobody_here(
    news: News, registered: Registered, firms: dict[str, str]
) -> None:
    workspace, deliver = news
    rows = [
        registered("busy", OLD, "2016-03-05"),
        registered("payer", "京有限公司", "2016-03-05", region_code="110105"),
    ]
    deliver("business_registration", rows, at(6, 1))
    listed = {
        "case_number": "（2026）京1号",
        "published_on": "2026-05-06",
        "court": "法院",
        "performance": "none",
    }
    deliver("dishonest_debtor", [{"party_code": firms["late"], **listed}], at(6, 21), ["11"])
    commands.evaluate(workspace, as_of=at(6, 30).date(), model="whole")

    here, there = (report(workspace, firms[firm], model="whole") for firm in ("busy", "payer"))
    told = {told.identity.unified_code: section(told, "dishonest_debtor") for told in (here, there)}

    values = {line.code: line.value for line in here.indicators}
    assert values["J01"] is None
    assert (told[firms["busy"]].collected, told[firms["busy"]].covered) == (True, False)
    assert set(told[firms["busy"]].summary.values()) == {None}
    assert told[firms["payer"]].covered
    assert told[firms["payer"]].summary["listed_now"] == 0


def test_a_list_that_came_in_by_a_replay_speaks_for_its_regions_alone(
    news: News, registered: Registered, firms: dict[str, str]
) -> None:
    workspace, deliver = news
    deliver("business_registration", [registered("busy", OLD, "2016-03-05")], at(6, 1))
    account = {"source_system": "court", "decided_on": "2026-01-15", "authority": "市场监管局"}
    row = {**account, "party_code": "B0001", "decision_number": "罚1", "severity": "minor"}
    refused = deliver("administrative_penalty", [row], at(6, 10), ["11"])
    crossed = {"source_system": "court", "source_code": "B0001", "unified_code": firms["payer"]}
    deliver("code_crosswalk", [{**crossed, "name": "京有限公司"}], at(6, 11))
    commands.replay(workspace, delivery_id=refused.delivery_id, mapping=None, mended=None, known_at=at(6, 12))
    commands.evaluate(workspace, as_of=at(6, 30).date(), model="whole")

    told = report(workspace, firms["busy"], model="whole")

    assert (refused.accepted, refused.unresolved) == (0, 1)
    penalties = [
        line.value
        for line in told.indicators
        if set(workspace.catalogue.datasets_of(line.code)) == {"administrative_penalty"}
    ]
    assert penalties
    assert set(penalties) == {None}
    assert not section(told, "administrative_penalty").covered
    assert source(told, "administrative_penalty").delivery_id == refused.delivery_id


def test_what_is_known_by_a_crosswalk_alone_is_told_by_it_after_the_firm_registered(
    news: News, registered: Registered, firms: dict[str, str]
) -> None:
    workspace, deliver = news
    crossed = {
        "source_system": "court",
        "source_code": "B0001",
        "unified_code": firms["new"],
        "name": "乙有限公司",
    }
    deliver("code_crosswalk", [crossed], at(6, 1))
    deliver("business_registration", [registered("busy", OLD, "2016-03-05")], at(6, 1))
    commands.evaluate(workspace, as_of=at(6, 30).date(), model="whole")
    before = report(workspace, firms["new"], model="whole")

    deliver("business_registration", [registered("new", NEW, "2020-01-05")], at(7, 1))

    assert (before.identity.name, before.identity.industry_code) == ("乙有限公司", None)
    after = report(workspace, firms["new"], evaluation_id=before.rating.evaluation_id)
    assert replace(after, made_at=before.made_at) == before
