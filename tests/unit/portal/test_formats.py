"""Numbers and dates as pages show them: exact, aligned, and never a zero for what is unknown."""

import math
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from xinqiao.indicators.model import UNITS
from xinqiao.web.formats import Formats

ZH, EN = Formats("zh"), Formats("en")


def seen(html: Markup) -> str:
    """What a reader sees of it."""
    return html.striptags()


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (123_456_789, "123.46 万元", "1,234,567.89 CNY"),
        (1_234_567_890_123, "1,234,567.89 万元", "12,345,678,901.23 CNY"),
        (0, "0.00 万元", "0.00 CNY"),
        (-5_000, "−0.01 万元", "−50.00 CNY"),
        (4_999, "0.004999 万元", "49.99 CNY"),
        (-2_500, "−0.0025 万元", "−25.00 CNY"),
    ],
)
def test_amounts_have_two_places_and_the_unit_of_the_language(fen: int, zh: str, en: str) -> None:
    assert seen(ZH.amount(fen)) == zh
    assert seen(EN.amount(fen)) == en


def test_the_exact_amount_is_on_hover() -> None:
    assert 'title="1,234,567.89 元（123,456,789 分）"' in ZH.amount(123_456_789)
    assert 'value="123456789"' in ZH.amount(123_456_789)


@pytest.mark.parametrize(
    ("low", "high", "zh", "en"),
    [
        (0, 100_000, "1,000 元以下", "under 1,000 CNY"),
        (100_000, 1_000_000, "1,000 元–1 万元", "1,000–10,000 CNY"),
        (1_000_000, 10_000_000, "1–10 万元", "10,000–100,000 CNY"),
        (100_000_000, 1_000_000_000, "100–1,000 万元", "1,000,000–10,000,000 CNY"),
        (1_000_000_000, None, "1,000 万元以上", "10,000,000 CNY or more"),
        (-100_000, 0, "负数，1,000 元以下", "negative, under 1,000 CNY"),
        (-10_000_000, -1_000_000, "负数，1–10 万元", "negative, 10,000–100,000 CNY"),
        (None, -1_000_000_000, "负数，1,000 万元以上", "negative, 10,000,000 CNY or more"),
    ],
)
def test_a_masked_amount_is_a_band_in_the_words_of_the_language(
    low: int | None, high: int | None, zh: str, en: str
) -> None:
    assert ZH.amount_band(low, high) == zh
    assert EN.amount_band(low, high) == en


def test_every_unknown_is_said_so_with_a_reason() -> None:
    for formats, word in ((ZH, "无数据"), (EN, "No data")):
        shown = [
            formats.amount(None), formats.percent(None), formats.score(None), formats.exact(None),
            formats.signed(None), formats.count(None), formats.day(None), formats.instant(None),
            formats.indicator(None, "times"),
        ]  # fmt: skip

        assert {seen(each) for each in shown} == {word}
        assert all('title="' in each for each in shown)
    assert 'title="尚未归集"' in ZH.amount(None, why="尚未归集")


def test_percentages_round_half_up_to_one_place() -> None:
    assert seen(ZH.percent(0.6725)) == "67.3%"
    assert seen(ZH.percent(0.00049)) == "0.0%"
    assert seen(ZH.percent(-0.31)) == "−31.0%"


def test_contributions_carry_their_sign() -> None:
    assert [seen(ZH.signed(points)) for points in (2.0, -1.07, 0.0, -0.001)] == [
        "+2.00",
        "−1.07",
        "0.00",
        "0.00",
    ]


def test_logarithms_of_money_are_shown_as_the_money() -> None:
    assert seen(ZH.indicator(math.log1p(1_000_000), "ln_yuan")) == "100.00 万元"
    assert seen(EN.indicator(math.log1p(1_000_000), "ln_yuan")) == "1,000,000 CNY"


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (3.0, "times", "3 次", "3 times"),
        (1.0, "times", "1 次", "1 time"),
        (2.0, "institutions", "2 家", "2 institutions"),
        (7.25, "years", "7.3 年", "7.3 years"),
        (80.0, "points", "80", "80"),
        (0.925, "points", "0.93", "0.93"),
        (2.0, "status", "吊销", "Revoked"),
        (0.25, "ratio", "25.0%", "25.0%"),
    ],
)
def test_indicators_are_in_their_unit(value: float, unit: str, zh: str, en: str) -> None:
    assert seen(ZH.indicator(value, unit)) == zh
    assert seen(EN.indicator(value, unit)) == en


def test_an_indicator_that_stands_for_a_state_shows_its_name_and_keeps_its_value() -> None:
    assert seen(ZH.indicator(100.0, "points", state="未被公布")) == "未被公布"
    assert 'value="100.0"' in ZH.indicator(100.0, "points", state="未被公布")
    assert seen(ZH.indicator(None, "points", state=None)) == seen(ZH.unknown())


@pytest.mark.parametrize("unit", [*UNITS])
def test_no_unit_is_shown_by_its_name_whether_one_or_several(unit: str) -> None:
    assert not [shown for value in (1.0, 3.0) if unit in (shown := seen(ZH.indicator(value, unit)))]


def test_days_are_iso_and_instants_in_city_time() -> None:
    assert seen(ZH.day(date(2026, 3, 15))) == "2026-03-15"
    assert seen(EN.instant(datetime(2026, 3, 15, 20, 5, tzinfo=UTC))) == "2026-03-16 04:05"


def test_a_reason_cannot_break_out_of_its_attribute() -> None:
    assert '"><script' not in ZH.unknown('"><script>alert(1)</script>')


@given(st.integers(-(10**15), 10**15))
def test_what_an_amount_shows_is_within_half_a_hundredth_of_it(fen: int) -> None:
    text = seen(ZH.amount(fen)).removesuffix(" 万元").replace(",", "").replace("−", "-")

    assert abs(float(text) * 1_000_000 - fen) <= 5_000 + abs(fen) * 1e-12
