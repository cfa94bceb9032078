"""The report of a firm: what was known to its evaluation, nothing else, and honest about not knowing."""

import json
from dataclasses import replace
from datetime import UTC, date
from typing import Any

import pytest

from xinqiao.catalogue.masking import AmountBand
from xinqiao.kernel.unified_code import InvalidCode, build
from xinqiao.products import Report, UnknownEnterprise
from xinqiao.products.model import Section
from xinqiao.rating import Scorecards
from xinqiao.rating.queries import Ungraded, UnknownEvaluation
from xinqiao.workspace import Workspace, reports


def report_of(workspace: Workspace, code: str, **options: Any) -> Report:
    with workspace.begun() as (tx, session):
        return reports.report(workspace, tx, session, unified_code=code, **options)


def section(report: Report, dataset: str) -> Section:
    return next(each for each in report.sections if each.dataset == dataset)


@pytest.fixture(scope="module")
def busy(workspace: Workspace, firms: dict[str, str]) -> Report:
    return report_of(workspace, firms["busy"])


@pytest.fixture(scope="module")
def wage_payer(workspace: Workspace, firms: dict[str, str]) -> Report:
    """A firm evaluated alone once its insurance and shareholders were known."""
    return report_of(workspace, firms["payer"], model="whole")


def test_score_and_contributions_add_up_from_the_neutral_score(busy: Report) -> None:
    moved = sum(line.contribution or 0 for line in busy.indicators)

    assert busy.rating.score == pytest.approx(busy.rating.neutral + moved)
    assert {reason.indicator for reason in busy.rating.reasons} <= {line.code for line in busy.indicators}


def test_it_says_who_in_the_newest_words_and_hides_the_person(busy: Report) -> None:
    assert busy.identity.name == "深圳市大海川餐饮管理有限公司"
    assert busy.identity.former_names == ("深圳市海川餐饮管理有限公司",)
    assert busy.identity.legal_representative == "欧阳**"
    assert busy.identity.registered_capital_fen == 200_000_000
    assert busy.identity.established_on == date(2016, 3, 5)
    assert "欧阳小海" not in json.dumps(busy.to_json(), ensure_ascii=False)


def test_invoices_are_summed_by_month_beside_the_year_before(busy: Report) -> None:
    sales = section(busy, "sales_invoice")

    # Ten invoices of 1,000 yuan a month until October 2025, of 2,000 since.
    assert [month.month for month in sales.monthly][::11] == [date(2025, 7, 1), date(2026, 6, 1)]
    assert [month.amount_fen for month in sales.monthly] == [1_000_000] * 4 + [2_000_000] * 7 + [1_950_000]
    assert [month.previous_amount_fen for month in sales.monthly] == [None] * 4 + [1_000_000] * 8
    assert sales.summary["net_12m_fen"] == 4_000_000 + 14_000_000 + 1_950_000
    assert (sales.summary["void_12m"], sales.summary["red_12m"]) == (1, 1)


def test_rows_are_the_latest_and_show_no_counterparty_and_no_line_amount(busy: Report) -> None:
    sales = section(busy, "sales_invoice")

    assert (len(sales.rows), sales.total) == (20, 202)
    assert sales.rows[0]["issued_on"] == date(2026, 6, 11)
    assert sales.rows[0]["counterparty_code"] == "9144**********DE70"
    assert sales.rows[0]["amount_fen"] == AmountBand(-100_000, 0)
    assert {row["amount_fen"] for row in sales.rows[2:]} == {AmountBand(100_000, 1_000_000)}


def test_masked_amounts_are_two_ends_in_the_json(busy: Report) -> None:
    sales = next(each for each in busy.to_json()["sections"] if each["dataset"] == "sales_invoice")

    assert sales["rows"][0]["amount_fen"] == {"min": -100_000, "max": 0}
    assert sales["rows"][1]["amount_fen"] == {"min": 10_000_000, "max": 100_000_000}


def test_a_list_that_was_collected_counts_and_one_that_was_not_is_unknown(busy: Report) -> None:
    assert section(busy, "administrative_penalty").summary["penalties_36m"] == 1
    assert section(busy, "administrative_penalty").summary["fine_36m_fen"] == 500_000
    for dataset in ("tax_payment", "tax_arrears", "purchase_invoice"):
        unknown = section(busy, dataset)
        assert not unknown.collected
        assert set(unknown.summary.values()) == {None}


def test_a_firm_without_penalties_has_none_once_the_list_was_collected(
    workspace: Workspace, firms: dict[str, str]
) -> None:
    report = report_of(workspace, firms["new"])

    assert section(report, "administrative_penalty").summary["penalties_36m"] == 0
    assert section(report, "sales_invoice").summary["net_12m_fen"] is None
    assert report.rating.grade == "NR"
    assert report.rating.score is None
    assert report.identity.legal_representative is None


def test_sources_say_what_came_when_and_what_never_came(busy: Report) -> None:
    fresh = {source.dataset: source for source in busy.sources}

    assert fresh["sales_invoice"].records_total == 202
    assert fresh["sales_invoice"].last_occurred_on == date(2026, 6, 11)
    assert not fresh["sales_invoice"].stale
    assert fresh["tax_arrears"].delivery_id is None
    assert fresh["tax_arrears"].stale


def test_the_same_evaluation_gives_the_same_report(workspace: Workspace, busy: Report) -> None:
    again = report_of(workspace, busy.identity.unified_code.lower())

    assert again == busy


def test_an_earlier_evaluation_has_its_own_report_and_number(workspace: Workspace, busy: Report) -> None:
    first = busy.history[0]
    earlier = report_of(workspace, busy.identity.unified_code, evaluation_id=first.evaluation_id)

    assert [past.as_of for past in busy.history] == [date(2026, 6, 21), date(2026, 6, 30)]
    assert earlier.as_of == first.as_of
    assert earlier.number != busy.number
    assert section(earlier, "sales_invoice").monthly[-1].month == date(2026, 5, 1)


def test_a_scorecard_changed_since_leaves_the_report_as_it_was(workspace: Workspace, busy: Report) -> None:
    (card,) = workspace.scorecards.versions["core"]
    later = replace(workspace)
    vars(later)["scorecards"] = Scorecards({"core": [replace(card, neutral=10, fingerprint="changed")]})

    assert report_of(later, busy.identity.unified_code) == busy


def test_the_json_has_no_value_that_json_lacks(busy: Report) -> None:
    plain = busy.to_json()

    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["as_of"] == "2026-06-30"
    assert plain["made_at"] == "2026-07-01T09:00:00+08:00"


def test_times_in_the_json_are_the_city_s_whatever_the_clock_says(busy: Report) -> None:
    plain = replace(busy, made_at=busy.made_at.astimezone(UTC)).to_json()

    assert plain["made_at"] == "2026-07-01T09:00:00+08:00"
    assert {source["last_known_at"][-6:] for source in plain["sources"] if source["last_known_at"]} == {
        "+08:00"
    }


def test_a_wrong_code_an_unknown_firm_and_an_ungraded_one_are_told_apart(
    workspace: Workspace, firms: dict[str, str]
) -> None:
    with pytest.raises(InvalidCode):
        report_of(workspace, firms["busy"][:-1] + "0")
    with pytest.raises(UnknownEnterprise):
        report_of(workspace, build(organisation8="MA5FFFFF", region="440300").text)
    with pytest.raises(Ungraded):
        report_of(workspace, firms["late"])
    with pytest.raises(UnknownEvaluation):
        report_of(workspace, firms["busy"], evaluation_id=999)


def test_sections_stand_under_their_themes_and_name_their_facts(busy: Report) -> None:
    themes = [theme.code for theme in busy.themes]
    places = [themes.index(each.theme) for each in busy.sections]
    sales = section(busy, "sales_invoice")

    assert places == sorted(places)
    assert len(busy.sections) > 55
    assert sales.labels["net_12m_fen"].zh == "近12个月有效净额"
    assert set(sales.labels) == set(sales.summary)


def test_monthly_figures_are_unknown_where_there_is_no_record(wage_payer: Report) -> None:
    insurance = section(wage_payer, "social_insurance")

    assert (len(insurance.months), insurance.months[-1]) == (24, date(2026, 6, 1))
    by_name = {series.name: series.values for series in insurance.series}
    assert by_name["insured_count"][-4:] == (8, None, 9, None)
    # March was corrected: what is paid is what the newest version says.
    assert by_name["paid_fen"][-4:] == (50_000, None, 90_000, None)
    assert insurance.summary["short_12m"] == 1
    assert insurance.summary["owed_fen"] == 40_000


def test_an_enterprise_is_sized_by_what_its_reports_say(wage_payer: Report, busy: Report) -> None:
    size = wage_payer.identity.size

    assert size is not None
    assert (size.code, size.industry_zh) == ("micro", "餐饮业")
    assert next((each.figure, each.value, each.source_zh) for each in size.figures) == (
        "staff",
        9,
        "社会保险费缴纳",
    )
    assert busy.identity.size is not None
    assert busy.identity.size.figures[0].value is None


def test_related_parties_are_masked_and_banded_and_led_to_by_code(
    wage_payer: Report, firms: dict[str, str]
) -> None:
    related = wage_payer.related
    assert related is not None
    names = {party.id: party for party in related.parties}
    own, other = firms["payer"], firms["busy"]
    held = {(link.source, link.target): link for link in related.links}

    assert related.parties[0].code == own
    assert held["P1", own].ratio == 0.7
    assert names["P1"].name == "欧阳**"
    assert names[other].name == "深圳市大海川餐饮管理有限公司"
    assert held[other, own].ratio == 0.3
    assert "欧阳小海" not in json.dumps(wage_payer.to_json(), ensure_ascii=False)


def test_before_anything_about_relations_came_they_are_unknown(busy: Report) -> None:
    assert busy.related is None


def test_a_session_used_for_one_firm_serves_the_next(
    workspace: Workspace, firms: dict[str, str], busy: Report
) -> None:
    with workspace.begun() as (tx, session):
        made = [
            reports.report(workspace, tx, session, unified_code=firms[firm])
            for firm in ("busy", "new", "busy")
        ]

    assert made[0] == made[2] == busy
