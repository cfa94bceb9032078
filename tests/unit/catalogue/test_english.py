"""Names that are kept in Chinese have English for an English page."""

import pytest

from xinqiao.catalogue.codes import industries
from xinqiao.catalogue.contracts import load_contracts
from xinqiao.catalogue.english import in_english
from xinqiao.indicators import load_catalogue


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("批发业", "Wholesale trade"),
        ("果品、蔬菜批发", "Wholesale trade"),
        ("批发和零售业", "Wholesale and retail trade"),
        ("税务局", "Tax bureau"),
        ("市场监督管理局、应急管理局", "Market regulation bureau, Emergency management bureau"),
    ],
)
def test_an_industry_is_told_by_its_division_and_departments_one_by_one(chinese: str, english: str) -> None:
    assert in_english(chinese) == english


@pytest.mark.parametrize("name", ["某某局", "税务局、某某局", ""])
def test_what_has_no_english_stays_as_it_is(name: str) -> None:
    assert in_english(name) == name


def test_every_department_and_industry_of_the_product_has_english() -> None:
    contracts = load_contracts()
    owners = {each.owner for each in contracts.values()}
    owners |= {each.owner for each in load_catalogue(contracts=contracts).indicators.values()}
    names = owners | set(industries().values())

    assert names
    assert [name for name in sorted(names) if not in_english(name).isascii()] == []
