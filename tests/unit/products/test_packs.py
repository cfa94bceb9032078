"""A firm's rows read as texts: the same report as from rows read where they lie, and the same values in them."""

import csv
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.engine.dialect import identifier, literal
from xinqiao.kernel.clock import CITY_TIME
from xinqiao.products import Report, packs
from xinqiao.products.packs import Telling
from xinqiao.workspace import Workspace, commands, reports

CONTRACTS = load_contracts()
AS_OF = date(2026, 6, 30)
UNTIL = datetime(2026, 7, 1, tzinfo=CITY_TIME)


@pytest.mark.parametrize(
    ("firm", "asked"),
    [
        ("busy", {}),
        ("busy", {"evaluation_id": 1}),
        ("busy", {"evaluation_id": 3}),
        ("new", {}),
        ("gone", {}),
        ("payer", {"model": "whole"}),
    ],
)
def test_a_firm_with_very_many_rows_has_the_report_it_would_have_with_few(
    read: Callable[..., Report], monkeypatch: pytest.MonkeyPatch, firm: str, asked: dict[str, Any]
) -> None:
    few = read(firm, **asked)

    monkeypatch.setattr(packs, "MOST_ROWS", 0)

    assert read(firm, **asked) == few


def test_of_a_snapshot_the_newest_delivery_known_counts_alone(
    held: tuple[Workspace, object], firms: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, _ = held
    announced(workspace, firms["busy"], 100, datetime(2026, 6, 28, 9, tzinfo=CITY_TIME))
    announced(workspace, firms["new"], 300, datetime(2026, 6, 29, 9, tzinfo=CITY_TIME))
    announced(workspace, firms["busy"], 900, datetime(2026, 7, 1, 9, tzinfo=CITY_TIME))
    commands.evaluate(workspace, as_of=AS_OF, model="whole")

    assert [owed(workspace, firms[firm]) for firm in ("busy", "new")] == [0, 300]
    monkeypatch.setattr(packs, "MOST_ROWS", 0)
    assert [owed(workspace, firms[firm]) for firm in ("busy", "new")] == [0, 300]


def announced(workspace: Workspace, code: str, fen: int, known_at: datetime) -> None:
    """Deliver a whole list of arrears with one enterprise on it."""
    path = workspace.home / f"arrears-{known_at:%d}.csv"
    row = {"taxpayer_code": code, "tax_kind": "vat", "arrears_fen": fen, "announced_on": "2026-06-01"}
    names = [field.name for field in workspace.contracts["tax_arrears"].fields]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerow(row)
    delivery = commands.deliver(
        workspace, dataset="tax_arrears", files=[path], mapping=None, known_at=known_at
    )
    assert delivery.accepted == 1, delivery


def owed(workspace: Workspace, code: str) -> Any:
    """What a firm's report says of its arrears."""
    with workspace.begun() as (tx, session):
        report = reports.report(workspace, tx, session, unified_code=code, model="whole")
    return next(each for each in report.sections if each.dataset == "tax_arrears").summary["arrears_fen"]


def test_rows_come_back_as_the_engine_has_them(workspace: Workspace) -> None:
    contract = CONTRACTS["electricity_bill"]
    values: dict[str, Any] = {
        "BIGINT": -9_007_199_254_740_993,
        "VARCHAR": "它说：\"[a, 'b']\\\n",
        "DECIMAL(18,6)": Decimal("-12.500000"),
        "DATE": date(2024, 2, 29),
        "TIMESTAMP": datetime(2026, 6, 30, 10, 0, 0, 120),
        "BOOLEAN": False,
    }
    columns = contract.record_columns()
    full = ", ".join(
        f"CAST({literal(values[kind])} AS {kind}) AS {identifier(name)}" for name, kind in columns.items()
    )
    empty = ", ".join(
        f"CAST({'FALSE' if name == 'supersedes' else 'NULL'} AS {kind}) AS {identifier(name)}"
        for name, kind in columns.items()
    )
    source = f"(SELECT {full} UNION ALL SELECT {empty})"

    with workspace.engine.session() as session:
        pack = packs.read(session, CONTRACTS, {"electricity_bill": source})["electricity_bill"]

        known = packs.rows(pack, contract)
        assert known == session.records(f"SELECT * FROM {source}")
        asked = packs.records(session, pack, contract, "SELECT * FROM held", as_of=AS_OF, known_until=UNTIL)
        assert asked == known
        told, months = packs.tell(
            session,
            pack,
            contract,
            Telling(("count(*)",), figures=("count(*)",)),
            as_of=AS_OF,
            known_until=UNTIL,
        )
        assert (told, months) == ([2], {date(2024, 2, 1): [1], None: [1]})
