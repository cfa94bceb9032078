"""The shipped lists: all thirty-seven items, in step with the contracts and with the page about them."""

import re
from pathlib import Path

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.catalogue.lists import Item, load_lists
from xinqiao.catalogue.model import Contract

CONTRACTS = load_contracts()
LISTS = load_lists(CONTRACTS)
ITEMS = [item for each in LISTS for item in each.items]
PAGE = Path(__file__).parents[3] / "docs" / "contracts.md"


def named(item: Item) -> list[Contract]:
    return [CONTRACTS[dataset] for dataset in item.datasets]


def test_the_national_list_has_thirty_seven_items_and_the_contracts_follow_its_numbers() -> None:
    national = LISTS[0]
    assert [item.item_no for item in national.items] == list(range(1, 38))
    for item in national.items:
        assert {contract.item for contract in named(item)} == {item.item_no}


def test_every_dataset_is_on_exactly_one_item() -> None:
    listed = [dataset for item in ITEMS for dataset in item.datasets]
    assert sorted(listed) == sorted(CONTRACTS)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name.en)
def test_an_item_is_graded_as_its_most_sensitive_field_and_delivered_as_often_as_owed(item: Item) -> None:
    levels = {field.classification for contract in named(item) for field in contract.fields}
    assert item.data_grade == max(levels)
    assert min(contract.cadence_days for contract in named(item)) <= item.frequency_days
    # What is graded as loans and invoice lines are is never used without consent.
    assert item.consent_needed or item.data_grade < 4


def test_every_method_of_a_contract_is_known_to_the_lists() -> None:
    for each in LISTS:
        assert {CONTRACTS[d].sharing_method for item in each.items for d in item.datasets} <= set(
            each.methods
        )


def test_the_page_shows_the_items_and_datasets_as_the_files_have_them() -> None:
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert rows == [
        (str(item.item_no), f"{item.name.zh} {item.name.en}", "、".join(f"`{d}`" for d in item.datasets))
        for item in ITEMS
    ]
