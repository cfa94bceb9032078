"""A small city of three firms, delivered and evaluated through the product's own commands."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import pytest

from xinqiao.engine import DuckDBEngine
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import CITY_TIME
from xinqiao.kernel.unified_code import build
from xinqiao.lake import Lake
from xinqiao.store import migrate, open_store
from xinqiao.workspace import Workspace, commands

AS_OF = date(2026, 6, 30)
NOW = datetime(2026, 7, 1, 9, 0, tzinfo=CITY_TIME)


def code(body: str) -> str:
    return build(organisation8=body, region="440300").text


FIRMS = {"busy": code("MA5ABCD1"), "new": code("MA5ABCD2"), "late": code("MA5XYCW3")}


def registration(firm: str, name: str, on: str, **more: Any) -> dict[str, Any]:
    return {
        "unified_code": FIRMS[firm],
        "name": name,
        "event_kind": "establishment",
        "approved_on": on,
        "established_on": on,
        "industry_code": "H6210",
        "region_code": "440305",
        "legal_representative": "欧阳小海",
        "registered_capital_fen": 100_000_000,
        "registered_capital_currency": "CNY",
        "operating_status": "active",
        **more,
    }


def invoices() -> Iterator[dict[str, Any]]:
    """Twenty months of ten invoices of 1,000 yuan, the last months of 2,000; one void and one red in June."""
    for month in range(20):
        day = date(2024 + (10 + month) // 12, (10 + month) % 12 + 1, 9)
        for number in range(10):
            yield {
                "taxpayer_code": FIRMS["busy"],
                "invoice_number": f"{month:02}{number:02}",
                "issued_on": day,
                "counterparty_code": f"BUYER{number % 4}",
                "amount_fen": 100_000 if month < 12 else 200_000,
                "tax_fen": 0,
                "status": "valid",
            }
    yield {
        "taxpayer_code": FIRMS["busy"], "invoice_number": "VOID", "issued_on": date(2026, 6, 10),
        "counterparty_code": "BUYER1", "amount_fen": 999_999_00, "tax_fen": 0, "status": "void",
    }  # fmt: skip
    yield {
        "taxpayer_code": FIRMS["busy"], "invoice_number": "RED", "issued_on": date(2026, 6, 11),
        "counterparty_code": "91440300MA5ABCDE70", "amount_fen": -50_000, "tax_fen": 0, "status": "valid",
    }  # fmt: skip


@pytest.fixture(scope="package")
def firms() -> dict[str, str]:
    return FIRMS


@pytest.fixture(scope="package")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The city after two deliveries and two evaluations; nothing in it is changed by tests."""
    home = tmp_path_factory.mktemp("city")
    store = open_store(home=home, database_url=None)
    migrate(store)
    opened = Workspace(
        home=home,
        store=store,
        engine=DuckDBEngine(home / "tmp", threads=1),
        lake=Lake(home / "lake"),
        clock=lambda: NOW,
        actor=Actor("person", "li.na"),
    )
    _deliver(
        opened,
        "business_registration",
        [
            registration("busy", "深圳市海川餐饮管理有限公司", "2016-03-05", former_name=""),
            registration("busy", "深圳市大海川餐饮管理有限公司", "2026-02-01", event_kind="change",
                         registered_capital_fen=200_000_000, established_on="2016-03-05"),
            registration("new", "海川_百分百%小吃店", "2026-05-20", legal_representative=""),
        ],
        datetime(2026, 6, 1, 9, tzinfo=CITY_TIME),
    )  # fmt: skip
    _deliver(opened, "sales_invoice", list(invoices()), datetime(2026, 6, 20, 9, tzinfo=CITY_TIME))
    _deliver(
        opened,
        "administrative_penalty",
        [
            {"party_code": FIRMS["busy"], "party_name": "深圳市海川餐饮", "decision_number": "罚1",
             "decided_on": "2026-01-15", "authority": "市场监管局", "fine_fen": 500_000, "severity": "minor"}
        ],
        datetime(2026, 6, 21, 9, tzinfo=CITY_TIME),
    )  # fmt: skip
    commands.evaluate(opened, as_of=date(2026, 6, 21))
    commands.evaluate(opened, as_of=AS_OF)
    # Registered after the evaluations: known, but without a grade.
    _deliver(
        opened,
        "business_registration",
        [registration("late", "后来者科技有限公司", "2026-06-25")],
        datetime(2026, 7, 1, 8, tzinfo=CITY_TIME),
    )
    yield opened
    store.close()


def _deliver(workspace: Workspace, dataset: str, rows: Sequence[dict[str, Any]], known_at: datetime) -> None:
    names = [field.name for field in workspace.contracts[dataset].fields]
    path = workspace.home / f"{dataset}-{known_at:%Y%m%d}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore", restval="")
        writer.writeheader()
        writer.writerows(rows)
    delivery = commands.deliver(workspace, dataset=dataset, files=[path], mapping=None, known_at=known_at)
    assert delivery.accepted == len(rows), delivery
