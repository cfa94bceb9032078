"""Divisions of the country by their codes."""

import pytest

from xinqiao.kernel.region import Region


def test_a_county_knows_its_city_and_province() -> None:
    county = Region("440305")

    assert county.level == "county"
    assert (county.city, county.province) == (Region("440300"), Region("440000"))
    assert county.county == county
    assert county.parent == Region("440300")


def test_a_province_stands_alone() -> None:
    province = Region("440000")

    assert province.level == "province"
    assert (province.city, province.county, province.parent) == (None, None, None)
    assert Region("440300").parent == province
    assert Region("440300").county is None


def test_a_city_covers_its_counties_and_no_others() -> None:
    city = Region("440300")

    assert city.covers(Region("440305"))
    assert city.covers(city)
    assert not city.covers(Region("371002"))
    assert not Region("440305").covers(city)
    assert Region("440000").covers(Region("440305"))


@pytest.mark.parametrize("code", ["", "4403", "44030A", "004403", "440005", "４４０３００"])
def test_what_is_no_division_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="region code"):
        Region(code)
