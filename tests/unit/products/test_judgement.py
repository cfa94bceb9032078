"""What a report says of a grade: its groups, its reasons, the records behind a veto, and what would raise it."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from xinqiao.kernel.clock import CITY_TIME
from xinqiao.products import Report
from xinqiao.rating import score_one
from xinqiao.workspace import Workspace, commands, reports

Read = Callable[..., Report]

MARK = "core@2026-11-01"


@pytest.fixture(scope="module")
def busy(read: Read) -> Report:
    return read("busy")


@pytest.fixture(scope="module")
def new(read: Read) -> Report:
    return read("new")


@pytest.fixture(scope="module")
def gone(read: Read) -> Report:
    return read("gone")


@pytest.fixture(scope="module")
def thin(read: Read, busy: Report) -> Report:
    """The same firm when the list of penalties had not come yet."""
    return read("busy", evaluation_id=busy.history[0].evaluation_id)


def values_of(report: Report) -> dict[str, float | None]:
    return {line.code: line.value for line in report.indicators}


def test_groups_and_the_neutral_score_add_up_to_the_score(busy: Report) -> None:
    rating = busy.rating
    moved = sum(round(group.contribution * 100) for group in rating.groups)

    assert rating.score is not None
    assert rating.neutral * 100 + moved == round(rating.score * 100)
    assert sum(group.weight for group in rating.groups) == 100
    known = sum(group.weight * group.coverage for group in rating.groups)
    assert known / 100 == pytest.approx(rating.coverage)
    assert [group.code for group in rating.groups] == ["G1", "G2", "G3", "G7"]


def test_a_group_of_which_nothing_is_known_has_no_points_rather_than_none_of_them(busy: Report) -> None:
    tax = next(group for group in busy.rating.groups if group.code == "G2")

    assert (tax.points, tax.coverage, tax.known, tax.indicators) == (None, 0, 0, 2)


def test_reasons_are_five_each_way_and_say_what_they_stand_on(busy: Report) -> None:
    ways = [reason.direction for reason in busy.rating.reasons]
    gaps = next(reason for reason in busy.rating.reasons if reason.indicator == "I05")

    assert max(ways.count("+"), ways.count("-")) <= 5
    assert gaps.grounds is not None
    assert (gaps.grounds.value, gaps.grounds.points, gaps.grounds.below) == (0, 100, 1)
    assert gaps.grounds.known_on == date(2026, 6, 11)
    assert (gaps.grounds.median, gaps.grounds.compared_with) == (0, "*")
    assert gaps.grounds.zh.endswith("最近一条记录为销项发票（2026-06-11）。")
    assert gaps.grounds.en.endswith("newest record: Sales invoices of 2026-06-11.")


def test_a_reason_warns_once_the_data_behind_it_are_overdue(
    news: tuple[Workspace, Callable[..., Any]], registered: Callable[..., dict[str, Any]]
) -> None:
    """Invoices are due every month: delivered in May, in time on 15 June and overdue on the last."""
    workspace, deliver = news
    row = registered("busy", "甲餐饮有限公司", "2016-03-05")
    code = row["unified_code"]
    invoices = [
        {"taxpayer_code": code, "invoice_number": f"{number:02}", "issued_on": date(2025 + number // 12, number % 12 + 1, 9),
         "counterparty_code": f"BUYER{number % 2}", "amount_fen": 100_000, "tax_fen": 0, "status": "valid"}
        for number in range(17)
    ]  # fmt: skip
    deliver("business_registration", [row], datetime(2026, 5, 1, 8, tzinfo=CITY_TIME))
    deliver("sales_invoice", invoices, datetime(2026, 5, 20, 8, tzinfo=CITY_TIME))

    told, doubted = [], []
    for as_of in (date(2026, 6, 15), date(2026, 6, 30)):
        commands.evaluate(workspace, as_of=as_of)
        with workspace.begun() as (tx, session):
            report = reports.report(workspace, tx, session, unified_code=code)
        told.append({each.indicator: each.grounds.zh for each in report.rating.reasons if each.grounds})
        doubted.append(report.rating.overdue)

    in_time, overdue = told
    assert doubted == [(), ("sales_invoice", "business_registration")]
    assert "逾期" not in in_time["I03"]
    assert overdue["I03"].endswith("；“销项发票”数据逾期未更新，请核实近况。")


def test_a_cap_for_a_grade_d_names_the_two_years_that_count_and_no_older_one(
    news: tuple[Workspace, Callable[..., Any]], registered: Callable[..., dict[str, Any]]
) -> None:
    """“Within two years” are the newest year graded and the one before; a third D was published within 36 months."""
    workspace, deliver = news
    row = registered("busy", "甲餐饮有限公司", "2016-03-05")
    known = datetime(2026, 6, 1, 8, tzinfo=CITY_TIME)
    grades = [
        {
            "taxpayer_code": row["unified_code"],
            "tax_year": year,
            "grade": grade,
            "published_on": date(year + 1, 4, 20),
        }
        for year, grade in ((2022, "D"), (2023, "D"), (2024, "D"), (2025, "B"))
    ]
    deliver("business_registration", [row], known)
    deliver("tax_credit_grade", grades, known)

    commands.evaluate(workspace, as_of=date(2026, 6, 30), model="whole")
    with workspace.begun() as (tx, session):
        report = reports.report(workspace, tx, session, unified_code=row["unified_code"], model="whole")

    gate = next(each for each in report.rating.gates if each.code == "tax_grade_d")
    [record] = gate.records
    assert (record.total, [each["tax_year"] for each in record.rows]) == (1, [2024])


def test_a_value_that_stands_for_a_state_is_told_by_its_name_and_a_number_is_not(busy: Report) -> None:
    """100 beside a list of debtors reads like a hundred entries."""
    lines = {line.code: line for line in busy.indicators}
    listed, gaps = lines["R02"], lines["I05"]

    assert (listed.value, listed.state_zh, listed.state_en) == (100, "未列入", "not listed")
    assert (listed.median, listed.median_state_zh) == (100, "未列入")
    assert (gaps.value, gaps.state_zh, gaps.median_state_zh) == (0, None, None)


def test_a_veto_names_its_record(gone: Report) -> None:
    """Which, when, and who holds it; in words of both languages and as data."""
    [gate] = gone.rating.gates
    [record] = gate.records

    assert (gone.rating.grade, gate.code, gate.kind, gate.grade) == ("D", "revoked", "veto", "D")
    assert (record.dataset, record.owner, record.total) == ("business_registration", "市场监督管理局", 1)
    assert record.rows[0]["approved_on"] == date(2026, 4, 9)
    assert "2026-04-09" in record.named_zh[0]
    assert "吊销" in record.named_zh[0]
    assert "approved: 2026-04-09" in record.named_en[0]
    assert [column.name for column in record.columns] == ["event_kind", "approved_on", "operating_status"]
    assert gate.source


def test_a_dishonest_debtor_is_told_the_case_and_the_day_by_another_model(read: Read) -> None:
    """Only the case that stands; and how to be removed."""
    report = read("busy", model="whole")
    [gate] = report.rating.gates
    [record] = gate.records

    assert (report.rating.model, report.rating.grade) == ("whole@2026-11-20", "D")
    assert (gate.code, gate.indicator, record.owner, record.total) == (
        "dishonest_debtor",
        "J01",
        "人民法院",
        1,
    )
    assert record.named_zh == (
        "案号：（2026）粤0305执12号，发布日期：2026-05-06，执行法院：南山区人民法院，履行情况：全部未履行",
    )
    assert report.rating.raising is not None
    [first] = report.rating.raising.first
    assert first.step is not None
    assert (first.step.indicator, first.step.clears) == ("J01", ("dishonest_debtor",))
    assert first.step.advice_zh
    assert [group.code for group in report.rating.groups] == [f"G{number}" for number in range(1, 11)]


def test_grades_by_another_model_are_no_history_of_this_one(read: Read, busy: Report) -> None:
    """Each has its own."""
    whole = read("busy", model="whole")

    assert len(whole.history) == 1
    assert whole.rating.evaluation_id not in {past.evaluation_id for past in busy.history}
    assert {past.evaluation_id for past in busy.history}.isdisjoint(
        past.evaluation_id for past in whole.history
    )


def test_a_cap_names_the_entry_that_stands_and_not_the_one_that_was_removed(new: Report) -> None:
    listed = next(gate for gate in new.rating.gates if gate.code == "abnormal_operation")
    [record] = listed.records

    assert (record.total, record.rows[0]["listed_on"]) == (1, date(2026, 5, 25))
    assert "住所无法联系" in record.named_zh[0]


def test_the_cap_of_thin_data_rests_on_no_record(thin: Report) -> None:
    [gate] = thin.rating.gates

    assert (gate.code, gate.kind, gate.grade) == ("low_coverage", "coverage", "B")
    assert (gate.indicator, gate.records) == (None, ())


def test_what_would_raise_the_grade_adds_up_when_followed(workspace: Workspace, busy: Report) -> None:
    raising = busy.rating.raising
    card = workspace.scorecards.named(MARK)

    assert raising is not None
    assert raising.singles
    for way in raising.singles:
        [step] = way.steps
        target = step.threshold if step.test == "at_least" else step.threshold - 1e-9
        then = score_one(card, {**values_of(busy), step.indicator: target})
        assert (then.score, then.grade) == (way.score, way.grade)
        assert step.advice_zh
        assert step.advice_en
        assert step.goal_zh.startswith("由")


def test_where_data_caps_the_grade_the_departments_to_ask_are_named(thin: Report) -> None:
    raising = thin.rating.raising

    assert raising is not None
    assert (raising.goal, raising.obstacle, raising.way) == ("A", "coverage", None)
    assert raising.lacking[0].owner == "税务局"
    assert set(raising.lacking[0].datasets) >= {"tax_payment", "tax_arrears"}
    assert 1 <= raising.enough <= len(raising.lacking)
    assert raising.lacking[0].weight == sum(
        line.weight for line in thin.indicators if line.code in raising.lacking[0].indicators
    )


def test_a_firm_without_a_grade_is_told_what_is_missing_and_nothing_to_change(new: Report) -> None:
    raising = new.rating.raising

    assert raising is not None
    assert new.rating.grade == "NR"
    assert (raising.goal, raising.obstacle, raising.way, raising.singles) == (None, "unrated", None, ())
    assert "补足数据" in (raising.obstacle_zh or "")


def test_a_lost_licence_cannot_be_advised_away(gone: Report) -> None:
    raising = gone.rating.raising

    assert raising is not None
    [first] = raising.first
    assert (first.code, first.step) == ("revoked", None)
    assert "不能恢复" in (first.why_not_zh or "")


def test_lines_tell_what_is_usual_and_what_can_be_changed(busy: Report) -> None:
    lines = {line.code: line for line in busy.indicators}

    assert (lines["E01"].changeable, lines["I05"].changeable, lines["V01"].changeable) == (False, True, None)
    assert lines["I05"].median == 0
    assert lines["T03"].median is None
    groups = [line.group for line in busy.indicators]
    assert groups[0] == "G1"
    assert groups.index("G2") < groups.index("G10") < groups.index("G0")


def test_the_json_carries_all_of_it(gone: Report) -> None:
    plain: dict[str, Any] = json.loads(json.dumps(gone.to_json(), allow_nan=False))

    [gate] = plain["rating"]["gates"]
    assert gate["records"][0]["rows"][0]["approved_on"] == "2026-04-09"
    assert {"groups", "reasons", "raising", "gates", "regimes"} <= plain["rating"].keys()
    assert plain["rating"]["raising"]["first"][0]["code"] == "revoked"
