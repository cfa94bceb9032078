"""How a report is laid out: what is shown where it says something, and left out where it would not."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from math import atan2
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from xinqiao.portal.report_charts import related_chart
from xinqiao.portal.view import STRONGEST, View
from xinqiao.products.model import Column, IndicatorLine, Link, Party, Related
from xinqiao.web.formats import Formats


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def section(text: str, name: str) -> str:
    start = text.index(f'<section id="{name}"')
    return text[start : text.index("</section>", start)]


def scored(line: IndicatorLine, moves: Sequence[float]) -> tuple[IndicatorLine, ...]:
    return tuple(
        replace(line, code=f"E{place:02}", contribution=move) for place, move in enumerate(moves, start=1)
    )


# The sample report is only read.
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(-300, 300).map(lambda hundredths: hundredths / 100), max_size=40))
def test_the_chart_of_contributions_shows_at_most_ten_each_way_and_the_others_as_one(
    desk: Any, moves: list[float]
) -> None:
    lines = scored(desk.sample.indicators[0], moves)
    view = View(replace(desk.sample, indicators=lines), "zh")
    shown = [line.contribution or 0 for line in view.contributions]
    count, moved = view.others

    assert shown == sorted(shown, reverse=True)
    assert all(shown[: view.in_favour])
    assert [move > 0 for move in shown] == [True] * view.in_favour + [False] * (len(shown) - view.in_favour)
    assert max(view.in_favour, len(shown) - view.in_favour) <= STRONGEST
    assert count == len(moves) - len(shown)
    assert moved + sum(shown) == pytest.approx(sum(moves), abs=1e-9)


def test_indicators_that_are_not_scored_say_what_they_mean_instead_of_empty_columns(
    pages: TestClient, desk: Any, code: str
) -> None:
    facts = tuple(
        replace(line, weight=0.0, points=None, contribution=None)
        for line in desk.sample.indicators
        if line.group == "G1"
    )
    others = tuple(line for line in desk.sample.indicators if line.group != "G1")
    desk.sample = replace(desk.sample, indicators=facts + others)
    text = section(pages.get(f"/enterprises/{code}").text, "indicators")
    first, second = text.split('<details class="fold" id=')[1:3]

    assert re.findall(r'<th scope="col"[^>]*>(.*?)</th>', first) == ["指标", "数值", "含义"]
    assert "一句话说明" in words(first)
    assert "同业中位数" in words(second)


def test_without_a_score_no_group_is_said_to_move_it(pages: TestClient, desk: Any, code: str) -> None:
    desk.sample = replace(desk.sample, rating=replace(desk.sample.rating, grade="NR", score=None))
    text = pages.get(f"/enterprises/{code}").text
    rows = re.findall(r'<tr><th scope="row"><a href="#g-.*?</tr>', section(text, "groups"))

    assert len(rows) == 4
    assert all(row.endswith("无数据</span></td></tr>") for row in rows)
    assert "贡献 无数据" in words(section(text, "indicators"))


def test_one_evaluation_is_told_in_a_table_and_several_in_a_chart(
    pages: TestClient, desk: Any, code: str
) -> None:
    assert 'data-chart="chart-history"' in pages.get(f"/enterprises/{code}").text
    desk.sample = replace(desk.sample, history=desk.sample.history[-1:])
    text = section(pages.get(f"/enterprises/{code}").text, "history")

    assert "data-chart" not in text
    assert text.count("<time") == 1
    assert "只有一次评价" in text


def test_a_month_is_a_month_and_not_its_first_day(pages: TestClient, code: str) -> None:
    text = section(pages.get(f"/enterprises/{code}").text, "records")

    assert "<td>2026-05</td>" in text
    assert "2026-05-01</time>" not in text[text.index('id="s-social_insurance"') :]


@pytest.mark.parametrize(
    ("status", "stands_out"), [("active", False), ("cancelled", True), ("revoked", True)]
)
def test_a_firm_that_is_no_longer_there_stands_out(
    pages: TestClient, desk: Any, code: str, status: str, stands_out: bool
) -> None:
    desk.sample = replace(desk.sample, identity=replace(desk.sample.identity, operating_status=status))
    head = pages.get(f"/enterprises/{code}").text.split("</header>")[1]

    assert ('<span class="warn">' in head) is stands_out


def test_a_day_in_a_sentence_is_marked_and_hostile_text_stays_text(desk: Any) -> None:
    view = View(desk.sample, "zh")

    assert view.dated("最近一条记录为2026-05-01。") == "最近一条记录为<time>2026-05-01</time>。"
    assert view.dated("编号2026-05-012") == "编号2026-05-012"
    assert "<b>" not in view.dated("<b>2026-05-01")


def company(place: int, hops: int) -> Party:
    return Party(f"{hops}-{place:02}", "enterprise", f"企业{place}", hops, None, None, False)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8))
def test_those_behind_one_party_are_drawn_side_by_side(behind: list[int]) -> None:
    middle, first = company(0, 0), [company(place, 1) for place in range(len(behind))]
    second = [
        (company(10 * place + each, 2), first[place])
        for place, count in enumerate(behind)
        for each in range(count)
    ]
    pairs = [(party, middle) for party in first] + second
    links = tuple(
        Link(one.id, other.id, "holding", "持股", "Holds", 0.5, None, 1, date(2020, 1, 1))
        for one, other in pairs
    )
    related = Related(
        date(2026, 6, 30), (middle, *first, *(party for party, _ in second)), links, False, ("shareholder",)
    )
    spots = {node["id"]: (node["x"], node["y"]) for node in related_chart(related, "zh")["nodes"]}

    assert len(set(spots.values())) == len(spots)
    around = sorted(second, key=lambda pair: atan2(spots[pair[0].id][1], spots[pair[0].id][0]))
    changes = sum(one[1] is not other[1] for one, other in pairwise([*around, *around[:1]]))
    assert changes in (0, len({beside.id for _, beside in second}))


def test_a_bill_that_nobody_paid_is_told_as_unpaid(desk: Any) -> None:
    """Its date of payment is not something that the department left out."""
    paid = Column("paid_on", "缴费日期", "date", {}, {"zh": "未缴清", "en": "Not paid"})

    told = {
        language: View(desk.sample, language).cell(Formats(language), paid, None) for language in ("zh", "en")
    }

    assert told == {"zh": "未缴清", "en": "Not paid"}
    assert View(desk.sample, "zh").cell(Formats("zh"), paid, date(2026, 5, 3)) == (
        '<time datetime="2026-05-03">2026-05-03</time>'
    )


def test_a_share_of_a_holding_is_told_in_per_cent(desk: Any) -> None:
    """A whole holding is 100 % and not 1."""
    share = Column("share_ratio", "出资比例", "decimal", {})

    told = [
        View(desk.sample, "zh").cell(Formats("zh"), share, each) for each in (Decimal(1), Decimal("0.125"))
    ]

    assert [words(str(each)).strip() for each in told] == ["100.0%", "12.5%"]


def test_what_is_not_there_says_why(desk: Any) -> None:
    """A day without a record is no omission of the source's; an amount that is missing is one."""
    applied, fine = Column("applied_on", "申请日", "date", {}), Column("fine_fen", "罚款金额", "amount", {})

    told = [View(desk.sample, "zh").cell(Formats("zh"), each, None) for each in (applied, fine)]

    assert "没有日期记录" in told[0]
    assert "该项未报送" in told[1]
