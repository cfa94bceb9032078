"""The declared report: what its contracts have is read, everything else is refused at its line."""

from pathlib import Path

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.catalogue.declared import InvalidDeclaration
from xinqiao.catalogue.masking import CLEARANCE
from xinqiao.indicators import load_catalogue
from xinqiao.products.catalogue import load_product
from xinqiao.products.catalogue.loader import SHIPPED, check


def declared(folder: Path, section: str) -> Path:
    path = folder / "report.yaml"
    path.write_text(
        "product: sample\nversion: '2026-11-21'\nthemes:\n"
        f"  - code: tax\n    zh: 纳税\n    en: Tax\n    sections:\n{section}",
        encoding="utf-8",
    )
    return path


def test_the_shipped_report_reads_only_what_its_contracts_have() -> None:
    check(load_product().value, load_contracts())


def test_it_shows_every_dataset_that_an_indicator_stands_on() -> None:
    contracts = load_contracts()
    shown = {section.dataset for _, section in load_product().value.sections()}
    inside = {"code_crosswalk"}  # the platform's own bookkeeping of identifiers

    assert set(load_catalogue(contracts=contracts).datasets) - shown - inside == set()


def test_figures_by_month_are_of_fields_that_may_be_seen_in_the_clear() -> None:
    contracts = load_contracts()
    series = [
        contracts[section.dataset].field(figure.name)
        for _, section in load_product().value.sections()
        for figure in section.series
    ]

    assert len(series) > 15
    assert all(field.classification <= CLEARANCE and field.mask is None for field in series)


@pytest.mark.parametrize(
    ("section", "told", "line"),
    [
        ("      - dataset: no_such\n        title_en: X\n", "没有数据集 no_such", 8),
        ("      - dataset: tax_arrears\n        title_en: X\n        hidden: [colour]\n", "colour", 10),
        (
            "      - dataset: tax_arrears\n        title_en: X\n        facts:\n"
            "          - {name: n, zh: 数, en: n, sql: sum(colour)}\n",
            "没有的字段：colour",
            10,
        ),
        (
            "      - dataset: tax_arrears\n        title_en: X\n        series:\n"
            "          - {name: arrears_fen, sql: 'sum('}\n",
            "不是一个可读的表达式",
            10,
        ),
        (
            "      - dataset: tax_arrears\n        title_en: X\n        compared: arrears_fen > 0\n        series:\n"
            "          - {name: arrears_fen, sql: sum(arrears_fen)}\n",
            "不能同时声明",
            11,
        ),
    ],
)
def test_what_a_contract_lacks_is_refused_at_its_line(
    tmp_path: Path, section: str, told: str, line: int
) -> None:
    path = declared(tmp_path, section)

    with pytest.raises(InvalidDeclaration, match=told) as refused:
        check(load_product(path).value, load_contracts(), path)
    assert refused.value.where == f"report.yaml:{line}"


def test_a_dataset_stands_once(tmp_path: Path) -> None:
    path = declared(tmp_path, "      - dataset: tax_arrears\n        title_en: X\n" * 2)

    with pytest.raises(InvalidDeclaration, match="重复"):
        check(load_product(path).value, load_contracts(), path)


def test_an_unknown_entry_is_refused(tmp_path: Path) -> None:
    path = declared(tmp_path, "      - dataset: tax_arrears\n        title_en: X\n        colour: red\n")

    with pytest.raises(InvalidDeclaration, match="colour"):
        load_product(path)
    assert SHIPPED.is_file()
