"""Code lists: industries of GB/T 4754-2017 and divisions of GB/T 2260."""

import pytest

from xinqiao.catalogue import codes


@pytest.mark.parametrize(
    ("code", "division", "name"),
    [
        ("F5191", "F51", "再生物资回收与批发"),
        ("5191", "F51", "再生物资回收与批发"),
        (" f5191 ", "F51", "再生物资回收与批发"),
        ("F51", "F51", "批发业"),
        ("51", "F51", "批发业"),
        ("F", None, "批发和零售业"),
        ("C3989", "C39", "其他电子元件制造"),
        # A class that the list does not know is named by its group, a group by its division.
        ("5198", "F51", "其他批发业"),
        ("5108", "F51", "批发业"),
    ],
)
def test_an_industry_is_known_by_any_of_its_spellings(code: str, division: str | None, name: str) -> None:
    assert codes.industry_name(code) == name
    assert codes.division(code) == division


@pytest.mark.parametrize("code", [None, "", "C5191", "5", "99", "F519123", "批发", "F5l91", "５１"])
def test_what_is_no_industry_is_not_guessed(code: str | None) -> None:
    assert codes.industry_name(code) is None
    assert codes.division(code) is None
    assert codes.section(code) is None


def test_there_are_twenty_sections_and_ninety_seven_divisions() -> None:
    assert len(codes.divisions()) == 97
    assert {code[0] for code in codes.divisions()} == set("ABCDEFGHIJKLMNOPQRST")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("440305", "广东省深圳市南山区"),
        ("440300", "广东省深圳市"),
        ("440000", "广东省"),
        ("110101", "北京市东城区"),
        ("429004", "湖北省仙桃市"),
        ("441900", "广东省东莞市"),
        ("710000", "台湾省"),
        ("449906", "广东省信桥市云岭县"),
        # A county that is not in force: its city is still right.
        ("130472", "河北省邯郸市"),
    ],
)
def test_a_region_is_named_from_the_province_down(code: str, name: str) -> None:
    assert codes.region_name(code) == name


@pytest.mark.parametrize("code", [None, "", "990101", "4403", "44030A", "深圳市"])
def test_what_is_no_region_is_not_guessed(code: str | None) -> None:
    assert codes.region_name(code) is None


def test_the_demonstration_city_has_six_counties() -> None:
    assert list(codes.counties("449900").values()) == [
        "桥东区",
        "桥西区",
        "临港区",
        "高新区",
        "滨江区",
        "云岭县",
    ]
    assert "440305" in codes.counties("4403")
