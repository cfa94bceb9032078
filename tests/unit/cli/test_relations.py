"""The outlook, related parties and size classes on the command line, for people and for machines."""

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from xinqiao.cli import output
from xinqiao.kernel.unified_code import build

Xinqiao = Callable[..., Any]


def code(firm: int) -> str:
    return build(organisation8=f"PX{firm:06d}", region="440300").text


def written(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def related(xinqiao: Xinqiao, tmp_path: Path) -> None:
    """Fifteen wholesalers with two years of invoices; the first is held by the second, which a person holds."""
    firms = range(1, 16)
    datasets: dict[str, list[dict[str, Any]]] = {
        "business_registration": [
            {"unified_code": code(firm), "name": f"企业{firm}有限公司", "approved_on": "2015-01-05",
             "established_on": "2015-01-05", "event_kind": "establishment", "industry_code": "F5191"}
            for firm in firms
        ],
        "shareholder": [
            {"party_code": code(1), "shareholder_name": "企业2有限公司", "shareholder_code": code(2),
             "shareholder_kind": "enterprise", "share_ratio": "0.6", "from_on": "2016-01-01"},
            {"party_code": code(2), "shareholder_name": "欧阳小海", "shareholder_kind": "person",
             "person_token": "ab12", "share_ratio": "0.8", "from_on": "2016-01-01"},
        ],
        "annual_report": [
            {"party_code": code(1), "report_year": 2024, "filed_on": "2025-05-01", "employee_count": 20,
             "revenue_fen": 5_000_000_000},
        ],
        "sales_invoice": [
            {"taxpayer_code": code(firm), "invoice_number": f"{firm}-{day}", "issued_on": day,
             "counterparty_code": "BUYER", "amount_fen": fen, "tax_fen": 0, "status": "valid"}
            for firm in firms for day, fen in (("2024-05-06", 100_000), ("2025-05-06", 130_000))
        ],
    }  # fmt: skip
    for dataset, rows in datasets.items():
        answer = xinqiao(
            "deliver", dataset, written(tmp_path / f"{dataset}.csv", rows), "--known-at", "2025-07-01"
        )
        assert answer.status == 0, answer.err


@pytest.mark.usefixtures("related")
def test_the_related_parties_of_an_enterprise_are_told_without_full_names(xinqiao: Xinqiao) -> None:
    told = xinqiao("parties", code(1))

    assert told.status == 0, told.err
    assert "实际控制人：欧阳**" in told.out
    assert "企业2有限公司" in told.out
    assert "小海" not in told.out
    machine = xinqiao("parties", code(1), "--json").json
    assert [each["votes"] for each in machine["controllers"]] == [0.6, 0.6]
    assert machine["controllers"][0]["stake"] == 0.48
    assert [node["id"] for node in machine["graph"]["nodes"]] == [code(1), code(2), "P1"]
    assert "小海" not in str(machine)
    assert "ab12" not in str(machine)


@pytest.mark.usefixtures("related")
def test_before_a_relation_was_known_it_is_not_told(xinqiao: Xinqiao) -> None:
    answer = xinqiao("parties", code(1), "--as-of", "2025-06-30", "--json")

    assert answer.status == 2
    assert "unknown_enterprise" in answer.err


@pytest.mark.usefixtures("related")
def test_the_size_class_is_told_with_its_sources(xinqiao: Xinqiao) -> None:
    told = xinqiao("size-class", code(1))

    assert told.status == 0, told.err
    assert "批发业：中型企业" in told.out
    assert "annual_report" in told.out
    machine = xinqiao("size-class", code(1), "--json").json
    assert (machine["size_class"], machine["scheme_version"], machine["missing"]) == (
        "medium",
        "2011-300",
        [],
    )
    unknown = xinqiao("size-class", code(2), "--json").json
    assert (unknown["size_class"], unknown["missing"]) == (None, ["staff", "revenue"])
    assert "缺少从业人员、营业收入" in xinqiao("size-class", code(2)).out
    assert xinqiao("size-class", code(99)).status == 2


@pytest.mark.usefixtures("related")
def test_the_outlook_is_told_by_rank_and_by_sector(xinqiao: Xinqiao) -> None:
    machine = xinqiao("outlook", "--as-of", "2025-08-31", "--json").json
    assert machine["quarter_on"] == "2025-04-01"
    assert [each["sector"] for each in machine["sectors"]] == ["F", "F51"]
    (row,) = machine["sectors"][1]["quarters"]
    assert (row["firms"], round(row["growth"], 6), row["suppressed"]) == (15, 0.3, False)

    told = xinqiao("outlook", "--as-of", "2025-08-31")
    assert "2025年第2季度" in told.out
    assert "+30.0%" in told.out
    assert "130.0" in xinqiao("outlook", "--sector", "F51", "--as-of", "2025-08-31").out
    assert xinqiao("outlook", "--sector", "Z99", "--as-of", "2025-08-31").status == 2
    assert "还没有" in xinqiao("outlook", "--as-of", "2024-08-31").out


def test_a_fall_is_told_with_a_true_minus() -> None:
    """As wide as the plus that stands in the same column."""
    assert [output.signed(value, "+.1%") for value in (-0.123, 0.05)] == ["−12.3%", "+5.0%"]
