"""Files look like a department's, and each of their columns has a meaning that can be looked up."""

import csv
import io

import openpyxl
import pytest
import yaml

from xinqiao.catalogue.contracts import load_contracts
from xinqiao.city import Delivery, Manifest
from xinqiao.city.departments import LAYOUTS
from xinqiao.city.departments.invoices import ARREARS
from xinqiao.city.layout import Layout
from xinqiao.intake.mapping import plain_heading


def _files(city: Manifest, slug: str) -> list[Delivery]:
    return [each for each in city.deliveries if each.files[0].split("/")[1] == slug]


@pytest.mark.parametrize(
    "layout", [each for each in LAYOUTS if each.form == "csv"], ids=lambda each: each.slug
)
def test_a_file_has_its_headings_under_its_title_and_its_rows(city: Manifest, layout: Layout) -> None:
    for delivery in _files(city, layout.slug):
        text = (city.folder / delivery.files[0]).read_bytes().decode(layout.encoding)
        rows = list(csv.reader(io.StringIO(text)))
        if layout.title:
            assert rows.pop(0) == [layout.title]

        assert tuple(rows[0]) == layout.headings
        assert len(rows) - 1 == delivery.rows
        assert all(rows)


def test_departments_write_differently(city: Manifest) -> None:
    penalties = _files(city, "administrative_penalty")[0]
    listings = _files(city, "abnormal_operation")[0]

    assert (city.folder / penalties.files[0]).read_bytes().startswith(b"\xef\xbb\xbf")
    with pytest.raises(UnicodeDecodeError):
        (city.folder / listings.files[0]).read_text(encoding="utf-8")


def test_arrears_are_a_workbook_that_opens(city: Manifest) -> None:
    for delivery in _files(city, "tax_arrears"):
        book = openpyxl.load_workbook(city.folder / delivery.files[0], read_only=True)
        rows = list(book.worksheets[0].iter_rows(values_only=True))

        assert rows[0][0] == ARREARS.title
        assert rows[1] == ARREARS.headings
        assert len(rows) - 2 == delivery.rows


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda each: each.slug)
def test_every_column_is_mapped_ignored_or_speaks_for_itself(layout: Layout) -> None:
    contract = load_contracts()[layout.dataset]
    fields = {each.name for each in contract.fields}
    if not layout.mapped:
        known = {plain_heading(heading): each.name for heading, each in contract.headings.items()}
        assert {known[plain_heading(heading)] for heading in layout.headings} == {
            name for _, name in layout.columns
        }
        return
    mapping = yaml.safe_load(layout.mapping)
    mapped = {said["from"] if isinstance(said, dict) else said for said in mapping["columns"].values()}

    assert (mapping["dataset"], mapping["source"]) == (layout.dataset, layout.source)
    assert set(mapping["columns"]) | set(mapping.get("constants", {})) <= fields
    assert mapped | set(mapping.get("ignore", [])) == set(layout.headings)
    assert not mapped & set(mapping.get("ignore", []))


@pytest.mark.parametrize("layout", [each for each in LAYOUTS if each.mapped], ids=lambda each: each.slug)
def test_a_mapping_lies_in_the_city_as_the_manifest_says(city: Manifest, layout: Layout) -> None:
    assert {each.mapping for each in _files(city, layout.slug)} <= {f"mappings/{layout.slug}.yaml"}
    assert (city.folder / "mappings" / f"{layout.slug}.yaml").read_text(encoding="utf-8") == layout.mapping


def test_departments_words_are_translated_to_words_of_the_contract() -> None:
    contracts = load_contracts()
    for layout in LAYOUTS:
        for field, words in layout.words:
            assert {code for _, code in words} <= set(contracts[layout.dataset].field(field).values)


def test_a_corrected_filing_comes_again_with_the_day_of_its_first_filing(city: Manifest) -> None:
    """Told in the later delivery; what was corrected before the earlier one was never known otherwise."""
    first, second = (
        list(csv.DictReader(io.StringIO((city.folder / each.files[0]).read_text(encoding="utf-8"))))
        for each in _files(city, "vat_filing")
    )
    earlier = {(row["纳税人识别号"], row["所属月份"]): row for row in first}
    again = [
        (earlier[key], row)
        for row in second
        if row["更正日期"] and (key := (row["纳税人识别号"], row["所属月份"])) in earlier
    ]

    assert again
    for before, after in again:
        assert before == {**after, "更正日期": ""}
        assert after["申报日期"] < after["更正日期"]
