"""Why a score is what it is, in sentences that never say more than the values do."""

from datetime import date

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.indicators import Text, load_catalogue
from xinqiao.rating import Scorecard, load_scorecards, reasons, score_one
from xinqiao.rating.evaluation import Standing
from xinqiao.rating.groups import by_group
from xinqiao.rating.reasons import STRONGEST, Newest, strongest

CATALOGUE = load_catalogue(contracts=load_contracts())
CARDS = load_scorecards(catalogue=CATALOGUE)
CORE = CARDS.named("core@2026-11-20")
INVOICE = CARDS.named("invoice@2026-11-01")
PAID = Newest(date(2026, 6, 1), Text("纳税缴款", "Tax payments"))


def best(card: Scorecard) -> dict[str, float | None]:
    """A flawless firm."""
    return {code: -1e3 if CATALOGUE.indicators[code].direction == "down" else 1e3 for code in card.codes}


def test_reasons_come_strongest_first_with_texts_for_and_against() -> None:
    """Each reason names its indicator and direction, and carries its share of the score."""
    result = score_one(INVOICE, best(INVOICE) | {"I05": 7})
    found = reasons(result, INVOICE, CATALOGUE)
    assert [abs(each.contribution) for each in found] == sorted(
        (abs(each.contribution) for each in found), reverse=True
    )
    against = next(each for each in found if each.indicator == "I05")
    assert (against.code, against.direction) == ("I05-", "-")
    assert against.text.zh == "近12个月有多个月份未开票"
    assert found[0].code == "I01+"
    assert sum(each.contribution for each in found) + INVOICE.neutral == pytest.approx(result.score)


def test_a_firm_that_stopped_gets_one_sentence_for_all_that_has_no_value() -> None:
    """None speaks of red invoices where there is no business."""
    stopped = {"I01": 0.0, "I05": 11.0, "V04": 0.0}
    told = reasons(score_one(INVOICE, stopped), INVOICE, CATALOGUE)
    assert [each.code for each in told if each.code.startswith("IDLE")] == ["IDLE-"]
    assert not {"I03-", "I04-", "I06-"} & {each.code for each in told}
    assert next(each for each in told if each.code == "IDLE-").grounds is None


def test_a_reason_never_claims_more_than_the_value_says() -> None:
    """One month without an invoice is not none."""
    one_gap = best(INVOICE) | {"I05": 1.0}

    told = {each.indicator: each.text.zh for each in reasons(score_one(INVOICE, one_gap), INVOICE, CATALOGUE)}
    flawless = reasons(score_one(INVOICE, best(INVOICE)), INVOICE, CATALOGUE)

    assert "无断票" in next(each.text.zh for each in flawless if each.indicator == "I05")
    assert "无断票" not in told["I05"]


def test_the_strongest_five_for_and_against_are_kept_in_order() -> None:
    """Of a firm good in most things and bad in eight."""
    bad = {"T05": 1.0, "R01": 20.0, "I05": 8.0, "I08": 0.0, "L03": 0.1, "L04": 9.0, "U03": 9.0, "E04": 5.0}
    found = reasons(score_one(CORE, best(CORE) | bad), CORE, CATALOGUE)

    kept = strongest(found)

    assert [sum(each.direction == way for each in kept) for way in "+-"] == [STRONGEST, STRONGEST]
    assert list(kept) == [each for each in found if each in kept]
    against = [each for each in found if each.direction == "-"]
    assert [each.code for each in kept if each.direction == "-"] == [
        each.code for each in against[:STRONGEST]
    ]


def test_a_reason_says_value_band_what_is_usual_and_since_when() -> None:
    """In numbers and in both languages."""
    usual = {"T05": Standing("F51", 40, tuple(place / 100 for place in range(21)))}
    values = best(CORE) | {"T05": 0.07}

    found = reasons(score_one(CORE, values), CORE, CATALOGUE, usual=usual, newest={"T05": PAID})
    grounds = next(each.grounds for each in found if each.indicator == "T05")

    assert grounds is not None
    assert (grounds.value, grounds.points, grounds.least, grounds.below) == (0.07, 20, 0.05, 0.2)
    assert (grounds.median, grounds.compared_with, grounds.known_on) == (0.1, "F51", date(2026, 6, 1))
    assert (
        grounds.text.zh
        == "本企业为7%（5%至20%一档），该项得20分；同行业40户企业的中位数为10%；最近一条记录为纳税缴款（2026-06-01）。"
    )
    assert grounds.text.en.endswith("; newest record: Tax payments of 2026-06-01.")
    assert grounds.text.en.startswith(
        "7% here (band: 5% to 20%), 20 of 100 points; median 10% among 40 firms"
    )


def test_a_reason_warns_of_data_that_are_overdue() -> None:
    """Five months without a filing may be the tax office's silence and not the firm's."""
    late = {"I05": [Text("销项发票", "Sales invoices")]}

    found = reasons(score_one(CORE, best(CORE) | {"I05": 5.0}), CORE, CATALOGUE, overdue=late)
    told = {each.indicator: each.grounds.text for each in found if each.grounds is not None}

    assert told["I05"].zh.endswith("；“销项发票”数据逾期未更新，请核实近况。")
    assert told["I05"].en.endswith("; data overdue, so check how things stand now: Sales invoices.")
    assert not any("逾期未更新" in text.zh for indicator, text in told.items() if indicator != "I05")


def test_without_comparison_and_record_a_reason_leaves_them_out() -> None:
    """What is not known is not said."""
    found = reasons(score_one(CORE, best(CORE)), CORE, CATALOGUE)
    grounds = found[0].grounds
    assert grounds is not None
    assert (grounds.median, grounds.compared_with, grounds.known_on) == (None, None, None)
    assert "中位数" not in grounds.text.zh


def test_groups_tell_points_and_coverage_also_of_a_firm_without_a_grade() -> None:
    """Ten spokes in the order of people, of which two are known."""
    values: dict[str, float | None] = {"E01": 20.0, "I05": 0.0, "I06": 0.95}
    groups = {each.code: each for each in by_group(values, score_one(CORE, values), CORE, CATALOGUE)}

    assert list(groups) == [f"G{number}" for number in range(1, 11)]
    assert (groups["G1"].points, groups["G1"].coverage) == (100.0, 1.5 / 8)
    assert (groups["G3"].points, groups["G3"].known, groups["G3"].indicators) == (70.0, 2, 8)
    assert (groups["G2"].points, groups["G2"].coverage) == (None, 0.0)
    assert {each.hundredths for each in groups.values()} == {0}
