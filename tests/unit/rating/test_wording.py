"""Values and goals as people say them."""

import pytest

from xinqiao.indicators import Text
from xinqiao.rating.model import Bin, Weighted
from xinqiao.rating.wording import band, in_words, least, most, placed, scale


@pytest.mark.parametrize(
    ("unit", "value", "zh", "en"),
    [
        ("ratio", 0.1235, "12.4%", "12.4%"),
        ("ratio", -0.5, "−50%", "−50%"),
        ("ln_yuan", 13.8155, "100万元", "1,000,000 yuan"),
        ("ln_yuan", 0.0, "0元", "0 yuan"),
        ("yuan", 1234.4, "1,234元", "1,234 yuan"),
        ("times", 1.0, "1次", "1 time"),
        ("institutions", 3.0, "3家", "3 institutions"),
        ("months", 3.0, "3个月", "3 months"),
        ("points", 62.5, "62.5", "62.5"),
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
    told = [band("months", months, value) for value in (0, 1, 4, 9)]
    assert [each and each.zh for each in told] == ["不足1个月", "1个月", "2至6个月", "6个月及以上"]
    assert band("months", months, 4) == Text("2至6个月", "2 to 6 months")
    assert band("ratio", Weighted("T05", 100, (Bin(0.05, 50), Bin(None, 0))), 0.01) == Text(
        "5%以下", "below 5%"
    )
    yuan = Weighted("I01", 100, (Bin(1_000, 0), Bin(20_000, 50), Bin(None, 100)))
    assert band("yuan", yuan, 5_000) == Text("1,000元至2万元", "1,000 yuan to 20,000 yuan")


def test_a_band_that_says_nothing_is_left_out() -> None:
    """The only one, the one for none at all, and the one that is the value over again."""
    assert band("ratio", Weighted("T05", 100, (Bin(None, 0),)), 0.01) is None
    late = Weighted("T06", 100, (Bin(1, 100), Bin(2, 60), Bin(None, 0)))
    assert band("times", late, 0) is None
    told = [placed("times", late, value) for value in (0, 1, 4)]
    assert [each.zh for each in told] == ["为0次", "为1次", "为4次（2次及以上一档）"]
    assert told[2].en == "4 times here (band: 2 times or more)"


def test_a_converted_value_is_not_told_as_points() -> None:
    """Or it would be taken for the points that the scorecard gives."""
    listed = Weighted("J01", 100, (Bin(40, 0), Bin(100, 40), Bin(None, 100)))
    assert placed("points", listed, 100) == Text("折算值为100", "scale value 100 here")
    assert placed("points", listed, 40).zh == "折算值为40（40至100一档）"
    assert [scale("points"), scale("ratio")] == [Text("折算值", "scale value"), None]


def test_a_goal_says_what_is_enough() -> None:
    """Below one is none; below three is at most two."""
    assert (most("times", 1).zh, most("times", 3).zh, most("times", 3).en) == (
        "零",
        "不超过2次",
        "at most 2 times",
    )
    assert (most("ratio", 0.000001).zh, most("ratio", 0.2).zh) == ("零", "20%以下")
    assert (most("yuan", 0.01).zh, most("months", 0.01).zh, most("months", 3).zh) == ("零", "零", "不足3个月")
    assert (least("points", 80).zh, least("ratio", 0.95).en) == ("80以上", "95% or more")
