"""A small city of three firms, delivered and evaluated through the product's own commands."""

import csv
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from xinqiao.engine import DuckDBEngine
from xinqiao.intake.model import Delivery
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import CITY_TIME
from xinqiao.kernel.registration_number import check_digit
from xinqiao.kernel.unified_code import UnifiedCode, build
from xinqiao.lake import Lake
from xinqiao.products import Report
from xinqiao.rating import Scorecards, load_scorecards
from xinqiao.rating.catalogue import SHIPPED
from xinqiao.store import open_store
from xinqiao.workspace import Workspace, commands, reports

AS_OF = date(2026, 6, 30)
NOW = datetime(2026, 7, 1, 9, 0, tzinfo=CITY_TIME)

Copying = Callable[[str], AbstractContextManager[str]]


def code(body: str) -> str:
    return build(organisation8=body, region="440300").text


NUMBER = "44030110412345" + check_digit("44030110412345")
FIRMS = {
    "busy": code("MA5ABCD1"),
    "new": code("MA5ABCD2"),
    "late": code("MA5XYCW3"),
    "gone": code("MA5ABCD4"),
    # Of another city, so that searches for the others do not find it.
    "payer": build(organisation8="GXQPY123", region="110105").text,
}


class SmallCity(Workspace):
    """A city that knows little more than invoices and whose core model is therefore the invoice model."""

    @cached_property
    def scorecards(self) -> Scorecards:
        """The invoice model under the name of the core model, and the core model under another."""
        root = self.home / "models"
        for shipped, name in (("invoice/2026-11-01", "core"), ("core/2026-11-20", "whole")):
            text = (SHIPPED / f"{shipped}.yaml").read_text(encoding="utf-8")
            model, version = shipped.split("/")
            (root / name).mkdir(parents=True, exist_ok=True)
            file = root / name / f"{version}.yaml"
            file.write_text(text.replace(f"model: {model}\n", f"model: {name}\n"), encoding="utf-8")
        return load_scorecards(root, catalogue=self.catalogue)


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
def registration_number() -> str:
    """The number that the busy firm had before unified codes."""
    return NUMBER


@pytest.fixture(scope="package")
def workspace(tmp_path_factory: pytest.TempPathFactory, copied_database: Copying) -> Iterator[Workspace]:
    """The city after two deliveries and two evaluations; nothing in it is changed by tests."""
    with copied_database("pattern") as address:
        opened = _opened(tmp_path_factory.mktemp("city"), address)
        _fill(opened)
        yield opened
        opened.store.close()


def _fill(opened: Workspace) -> None:
    """Deliver what is known of the city's firms, and evaluate on the way."""
    _deliver(
        opened,
        "business_registration",
        [
            registration("busy", "深圳市海川餐饮管理有限公司", "2016-03-05", former_name="",
                         registration_number=NUMBER),
            registration("busy", "深圳市大海川餐饮管理有限公司", "2026-02-01", event_kind="change",
                         registered_capital_fen=200_000_000, established_on="2016-03-05"),
            registration("new", "海川_百分百%小吃店", "2026-05-20", legal_representative=""),
            registration("gone", "已吊销(集团)商贸有限公司", "2015-04-01"),
            registration("gone", "已吊销(集团)商贸有限公司", "2026-04-09", event_kind="revocation",
                         established_on="2015-04-01", operating_status="revoked"),
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
        datetime(2026, 6, 22, 9, tzinfo=CITY_TIME),
    )  # fmt: skip
    _deliver(
        opened,
        "abnormal_operation",
        [
            {"party_code": FIRMS["new"], "listed_on": "2026-05-25", "authority": "福田监管局",
             "listing_reason": "通过登记的住所无法联系"},
            {"party_code": FIRMS["new"], "listed_on": "2026-05-21", "authority": "福田监管局",
             "listing_reason": "公示信息弄虚作假", "removed_on": "2026-05-28", "removal_reason": "已更正"},
        ],
        datetime(2026, 6, 25, 9, tzinfo=CITY_TIME),
    )  # fmt: skip
    commands.evaluate(opened, as_of=date(2026, 6, 21))
    commands.evaluate(opened, as_of=AS_OF)
    _deliver(
        opened,
        "dishonest_debtor",
        [
            {"party_code": FIRMS["busy"], "case_number": "（2026）粤0305执12号", "published_on": "2026-05-06",
             "court": "南山区人民法院", "performance": "none"},
            {"party_code": FIRMS["busy"], "case_number": "（2025）粤0305执7号", "published_on": "2025-03-01",
             "court": "南山区人民法院", "performance": "full", "removed_on": "2025-09-01"},
        ],
        datetime(2026, 6, 30, 9, tzinfo=CITY_TIME),
    )  # fmt: skip
    commands.evaluate(opened, as_of=AS_OF, model="whole")
    _deliver_payer(opened)
    commands.evaluate(
        opened, as_of=AS_OF, model="whole", subjects=[UnifiedCode.parse(FIRMS["payer"]).subject]
    )
    # Registered after the evaluations: known, but without a grade.
    _deliver(
        opened,
        "business_registration",
        [registration("late", "后来者科技有限公司", "2026-06-25")],
        datetime(2026, 7, 1, 8, tzinfo=CITY_TIME),
    )


@pytest.fixture
def news(tmp_path: Path, database_url: str) -> Iterator[tuple[Workspace, Callable[..., Delivery]]]:
    """A city of which nothing is known, and how to deliver to it: dataset, rows, moment and regions covered."""
    opened = _opened(tmp_path, database_url)
    yield opened, partial(_delivered, opened)
    opened.store.close()


@pytest.fixture
def registered() -> Callable[..., dict[str, Any]]:
    """Makes a row of registration: of which firm, its name, the day, and what else."""
    return registration


@pytest.fixture(scope="package")
def _held(tmp_path_factory: pytest.TempPathFactory, copied_database: Copying) -> Iterator[tuple[Path, str]]:
    """Home and database of a city of three firms of which one holds another, evaluated whole."""
    home = tmp_path_factory.mktemp("held")
    first = datetime(2026, 6, 1, 9, tzinfo=CITY_TIME)
    firms = ("busy", "new", "payer")
    with copied_database("pattern") as address:
        opened = _opened(home, address)
        _deliver(
            opened,
            "business_registration",
            [registration(firm, f"深圳市{firm}有限公司", "2016-03-05") for firm in firms],
            first,
        )
        _deliver(
            opened,
            "shareholder",
            [
                {"party_code": FIRMS["payer"], "shareholder_name": "深圳市busy有限公司",
                 "shareholder_kind": "enterprise", "shareholder_code": FIRMS["busy"], "from_on": "2020-03-05",
                 "share_ratio": "0.6"},
            ],
            first,
        )  # fmt: skip
        _deliver(
            opened,
            "key_personnel",
            [
                {"party_code": FIRMS["payer"], "person_name": "司马相如", "position": "director",
                 "from_on": "2020-03-05"}
            ],
            first,
        )  # fmt: skip
        commands.evaluate(opened, as_of=AS_OF, model="whole")
        opened.store.close()
        yield home, str(conninfo_to_dict(address)["dbname"])


@pytest.fixture
def held(
    _held: tuple[Path, str], tmp_path: Path, copied_database: Copying
) -> Iterator[tuple[Workspace, Callable[[str, str, datetime], None]]]:
    """A city of three firms of which one holds another, evaluated whole; and how to deliver a person who holds one.

    The person's firm, name and the moment it becomes known are given. The city is the test's own copy.
    """
    home, database = _held
    shutil.copytree(home, tmp_path, dirs_exist_ok=True)
    with copied_database(database) as address:
        opened = _opened(tmp_path, address)

        def deliver(firm: str, name: str, known_at: datetime) -> None:
            row = {"party_code": FIRMS[firm], "shareholder_name": name, "shareholder_kind": "person",
                   "from_on": "2021-03-05", "share_ratio": "0.4"}  # fmt: skip
            _deliver(opened, "shareholder", [row], known_at)

        yield opened, deliver
        opened.store.close()


@pytest.fixture(scope="package")
def read(workspace: Workspace, firms: dict[str, str]) -> Callable[..., Report]:
    """Reads the report of a firm by its name in `firms`."""

    def read(firm: str, **options: Any) -> Report:
        with workspace.begun() as (tx, session):
            return reports.report(workspace, tx, session, unified_code=firms[firm], **options)

    return read


def _opened(home: Path, database_url: str) -> Workspace:
    return SmallCity(
        home=home,
        store=open_store(home=home, database_url=database_url),
        engine=DuckDBEngine(home / "tmp", threads=1),
        lake=Lake(home / "lake"),
        clock=lambda: NOW,
        actor=Actor("person", "li.na"),
    )


def _deliver_payer(workspace: Workspace) -> None:
    """A firm with insurance by month, one month missing and one corrected, and two holders."""
    payer = {"account_number": FIRMS["payer"], "base_fen": 1_000_000, "due_fen": 90_000}
    _deliver(
        workspace,
        "business_registration",
        [registration("payer", "薪福咖啡馆", "2020-03-05")],
        datetime(2026, 6, 30, 10, tzinfo=CITY_TIME),
    )
    for hour, month_on, people, paid in (
        (11, "2026-03-01", 8, 60_000),
        (12, "2026-05-01", 9, 90_000),
        (13, "2026-03-01", 8, 50_000),
    ):
        _deliver(
            workspace,
            "social_insurance",
            [
                {
                    **payer,
                    "month_on": month_on,
                    "insured_count": people,
                    "paid_fen": paid,
                    "paid_on": "2026-06-02",
                }
            ],
            datetime(2026, 6, 30, hour, tzinfo=CITY_TIME),
        )
    holding = {"party_code": FIRMS["payer"], "from_on": "2020-03-05", "subscribed_fen": 0}
    _deliver(
        workspace,
        "shareholder",
        [
            {**holding, "shareholder_name": "欧阳小海", "shareholder_kind": "person", "share_ratio": "0.7"},
            {**holding, "shareholder_name": "深圳市大海川餐饮管理有限公司", "shareholder_kind": "enterprise",
             "shareholder_code": FIRMS["busy"], "share_ratio": "0.3"},
        ],
        datetime(2026, 6, 30, 14, tzinfo=CITY_TIME),
    )  # fmt: skip


def _deliver(workspace: Workspace, dataset: str, rows: Sequence[dict[str, Any]], known_at: datetime) -> None:
    delivery = _delivered(workspace, dataset, rows, known_at)
    assert delivery.accepted + delivery.corrected == len(rows), delivery


def _delivered(
    workspace: Workspace,
    dataset: str,
    rows: Sequence[dict[str, Any]],
    known_at: datetime,
    covers: Sequence[str] = (),
) -> Delivery:
    names = [field.name for field in workspace.contracts[dataset].fields]
    if "source_system" not in names and any("source_system" in row for row in rows):
        names.append("source_system")
    path = workspace.home / f"{dataset}-{known_at:%Y%m%d}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore", restval="")
        writer.writeheader()
        writer.writerows(rows)
    return commands.deliver(
        workspace, dataset=dataset, files=[path], mapping=None, known_at=known_at, covers=covers
    )
