"""Values and goals as people say them."""

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.indicators import Text, load_catalogue
from xinqiao.rating.model import Bin, Weighted
from xinqiao.rating.wording import band, in_words, least, most, named, placed, scale, towards

CATALOGUE = load_catalogue(contracts=load_contracts())


@pytest.mark.parametrize(
    ("unit", "value", "zh", "en"),
    [
        ("ratio", 0.1235, "12.4%", "12.4%"),
        ("ratio", -0.5, "−50%", "−50%"),
        ("ln_yuan", 13.8155, "100万元", "1,000,000 yuan"),
        ("ln_yuan", 0.0, "0元", "0 yuan"),
        ("yuan", 1234.4, "1,234元", "1,234 yuan"),
        ("times", 1.0, "1次", "1"),
        ("cases", 4.0, "4件", "4"),
        ("items", 1.0, "1项", "1"),
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
    assert [each.zh for each in told] == ["没有", "为1次", "为4次（2次及以上一档）"]
    assert [each.en for each in told] == ["none here", "1 here", "4 here (band: 2 or more)"]


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
        "at most 2",
    )
    assert (most("ratio", 0.000001).zh, most("ratio", 0.2).zh) == ("零", "20%以下")
    assert (most("yuan", 0.01).zh, most("months", 0.01).zh, most("months", 3).zh) == ("零", "零", "不足3个月")
    assert (least("points", 80).zh, least("ratio", 0.95).en) == ("80以上", "95% or more")


@pytest.mark.parametrize(
    ("code", "value", "threshold", "zh", "en"),
    [
        ("T01", 80.0, 100, "由B级提高到A级", "from grade B to grade A"),
        ("R02", 0.0, 50, "移出名录", "removal from the list"),
        ("J01", 0.0, 40, "撤销公布", "removal from publication"),
        ("A05", 60.0, 100, "由常规企业提高到高级认证", "from ordinary to advanced"),
        ("A05", 0.0, 50, "由失信企业提高到常规企业", "from dishonest to ordinary"),
        ("A02", 0.0, 0.5, "折算值由0提高到0.5以上", "scale value from 0 to 0.5 or more"),
        ("T08", 0.5, 0.9, "由50%提高到90%以上", "from 50% to 90% or more"),
    ],
)
def test_a_change_of_state_is_told_by_the_names_of_the_states(
    code: str, value: float, threshold: float, zh: str, en: str
) -> None:
    """And nobody is asked for "100 or more" where 100 is the best there is."""
    told = towards(CATALOGUE.indicators[code], value, threshold, rises=True)
    assert (told.zh, told.en) == (zh, en)


def test_every_state_that_a_scale_names_is_told_by_its_name() -> None:
    """A value between two, as a median may be, is told as the number."""
    assert named(CATALOGUE.indicators["T01"], 80) == Text("B级", "grade B")
    assert named(CATALOGUE.indicators["T01"], 70) == Text("70", "70")
