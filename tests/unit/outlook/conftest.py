"""A small city of firms with invoices and filings, registered as whole histories."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.indicators.cases import register_rows
from xinqiao.outlook import DATASETS

CONTRACTS = load_contracts()
Register = Callable[..., Mapping[str, str]]


@pytest.fixture
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with DuckDBEngine(tmp_path_factory.mktemp("engine")).session() as opened:
        yield opened


@pytest.fixture
def register(session: Session) -> Register:
    """Register the histories of some datasets, each row known on the day it happened unless it says `known_on`."""

    def registering(**given: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
        views = {}
        for dataset in DATASETS:
            contract = CONTRACTS[dataset]
            rows = []
            for row in given.get(dataset, ()):
                happened: date = row[contract.occurred_on or ""]
                known_at = datetime.combine(row.get("known_on", happened), time(1))
                system = {"occurred_on": happened, "known_at": known_at, "delivery": 1, "supersedes": False}
                rows.append({**system, **row})
            views[dataset] = f"record_{dataset}"
            register_rows(session, views[dataset], rows, contract.record_columns())
        return views

    return registering


@pytest.fixture
def firms() -> Callable[..., list[dict[str, Any]]]:
    """Registrations of some firms of one industry."""

    def registered(industry: str, subjects: Sequence[int]) -> list[dict[str, Any]]:
        day = date(2015, 3, 2)
        return [
            {"subject": subject, "approved_on": day, "established_on": day, "industry_code": industry}
            for subject in subjects
        ]

    return registered


@pytest.fixture
def invoices() -> Callable[..., list[dict[str, Any]]]:
    """One valid invoice of each firm on a day."""

    def issued(subjects: Sequence[int], day: date, fen: int, **more: Any) -> list[dict[str, Any]]:
        return [
            {"subject": subject, "issued_on": day, "amount_fen": fen, "status": "valid", "invoice_number": f"{day}", **more}
            for subject in subjects
        ]  # fmt: skip

    return issued
