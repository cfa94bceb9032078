"""Values and goals as people say them."""

import pytest

from xinqiao.rating.model import Bin, Weighted
from xinqiao.rating.wording import band, in_words, least, most


@pytest.mark.parametrize(
    ("unit", "value", "zh", "en"),
    [
        ("ratio", 0.1235, "12.4%", "12.4%"),
        ("ratio", -0.5, "-50%", "-50%"),
        ("ln_yuan", 13.8155, "100万元", "1,000,000 yuan"),
        ("ln_yuan", 0.0, "0元", "0 yuan"),
        ("yuan", 1234.4, "1,234元", "1,234 yuan"),
        ("times", 1.0, "1次", "1 time"),
        ("months", 3.0, "3个月", "3 months"),
        ("points", 62.5, "62.5分", "62.5 points"),
        ("people", 12.0, "12人", "12 people"),
        ("people", 1.0, "1人", "1 person"),
        ("multiple", 0.6, "0.6倍", "0.6×"),
        ("something_new", 2.0, "2", "2"),
    ],
)
def test_a_value_is_told_in_its_unit(unit: str, value: float, zh: str, en: str) -> None:
    """A logarithm is told as the money it stands for."""
    told = in_words(unit, value)
    assert (told.zh, told.en) == (zh, en)


def test_a_sum_beyond_all_money_is_told_and_does_not_break() -> None:
    """Whatever a table of values holds."""
    assert in_words("ln_yuan", 1e9).zh.endswith("元")


def test_a_band_is_told_by_its_bounds_and_whole_numbers_as_themselves() -> None:
    """Two to under three months are two months."""
    months = Weighted("I05", 100, (Bin(1, 100), Bin(2, 85), Bin(6, 30), Bin(None, 0)))
    assert [band("months", months, value).zh for value in (0, 1, 4, 9)] == [
        "1个月以下", "1个月", "2个月至6个月", "6个月及以上",
    ]  # fmt: skip
    assert band("ratio", Weighted("T05", 100, (Bin(0.05, 50), Bin(None, 0))), 0.01).zh == "5%以下"
    assert band("ratio", Weighted("T05", 100, (Bin(None, 0),)), 0.01).zh == "不分档"


def test_a_goal_says_what_is_enough() -> None:
    """Below one is none; below three is at most two."""
    assert (most("times", 1).zh, most("times", 3).zh, most("times", 3).en) == (
        "无",
        "不超过2次",
        "at most 2 times",
    )
    assert (most("ratio", 0.000001).zh, most("ratio", 0.2).zh) == ("无", "20%以下")
    assert (most("yuan", 0.01).zh, most("months", 0.01).zh, most("months", 3).zh) == ("无", "无", "3个月以下")
    assert (least("points", 80).zh, least("ratio", 0.95).en) == ("80分以上", "95% or more")
