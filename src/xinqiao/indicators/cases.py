"""Runs the worked examples of the declarations: records put in, the value that came out."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from xinqiao.catalogue import Contract
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal
from xinqiao.indicators import computed
from xinqiao.indicators.compute import evaluate
from xinqiao.indicators.declaration import Misdeclared
from xinqiao.indicators.model import Case, Catalogue
from xinqiao.indicators.planning import RECORDS, VALUES
from xinqiao.indicators.sectors import KNOWN_MEASURES, MEASURE_COLUMNS
from xinqiao.indicators.values import Regions
from xinqiao.kernel.clock import naive_utc, start_of_day

SUBJECT = 1
_SHORT = {"known_on"}


def run_case(
    session: Session, case: Case, code: str, *, catalogue: Catalogue, contracts: Mapping[str, Contract]
) -> float | None:
    """The value of an indicator for the case's subject; None when unknown.

    Rows of other enterprises, that computed tables are made of, give their `subject` themselves.

    Raises:
        Misdeclared: The case gives a field that the contract does not have.
    """
    for dataset in catalogue.datasets:
        rows = [_record(row, contracts[dataset], case) for row in case.given.get(dataset, ())]
        if dataset == "business_registration" and not any(case.given.get(d) for d in catalogue.population):
            rows = [_record({"approved_on": case.as_of, "known_on": case.as_of}, contracts[dataset], case)]
        register_rows(session, RECORDS + dataset, rows, contracts[dataset].record_columns())
    collected: dict[str, Regions] = {
        dataset: None
        for dataset, rows in case.given.items()
        if any(_known(row, contracts[dataset]) <= case.as_of for row in rows)
    }
    collected |= case.collected
    collected |= computed.collected(catalogue, collected)
    computed.drop(session, catalogue)
    if catalogue.computed_of(code):
        computed.make(session, catalogue=catalogue, contracts=contracts, as_of=case.as_of)
    register_rows(session, KNOWN_MEASURES, _measures(case), MEASURE_COLUMNS)
    evaluate(
        session,
        catalogue=catalogue,
        contracts=contracts,
        as_of=case.as_of,
        collected=collected,
        codes=[code],
        measures=KNOWN_MEASURES,
    )
    value = session.scalar(f"SELECT {identifier(code)} FROM {VALUES} WHERE subject = {SUBJECT}")
    return None if value is None else float(value)


def _measures(case: Case) -> list[dict[str, Any]]:
    return [
        {"sector": sector, "measure": name, "month": month, "firms": 1, "value": value}
        for name, sectors in case.measures.items()
        for sector, values in sectors.items()
        for month, value in enumerate(values, 1 if len(values) > 1 else 0)
    ]


def register_rows(
    session: Session, name: str, rows: list[dict[str, Any]], columns: Mapping[str, str]
) -> None:
    """Make a few records readable as the view `name` with exactly `columns`.

    They are kept in a table behind it: a list of values would be parsed anew by every statement that reads the view.
    """
    if not rows:
        session.register(name, (), columns)
    else:
        lines = ", ".join(f"({', '.join(literal(row.get(column)) for column in columns)})" for row in rows)
        names = ", ".join(map(identifier, columns))
        typed = ", ".join(
            f"{identifier(column)}::{kind} AS {identifier(column)}" for column, kind in columns.items()
        )
        kept = identifier(f"{name}_kept")
        session.run(f"CREATE OR REPLACE TABLE {kept} AS SELECT {typed} FROM (VALUES {lines}) AS v ({names})")
        session.define(name, f"SELECT * FROM {kept}")


def _record(row: Mapping[str, Any], contract: Contract, case: Case) -> dict[str, Any]:
    """A full record from its short form: of the case's subject, known the day it happened, the first of its key, delivered first."""
    columns = contract.record_columns()
    if unknown := set(row) - set(columns) - _SHORT:
        raise Misdeclared(
            f"数据集 {contract.dataset} 没有字段 {'、'.join(sorted(unknown))}。",
            where=case.where,
            remedy="改正字段名。",
        )
    occurred_on = row.get(contract.occurred_on or "", _known(row, contract))
    given = {name: value for name, value in row.items() if name in columns}
    known_at: datetime = naive_utc(
        datetime.combine(_known(row, contract), time(9), start_of_day(case.as_of).tzinfo)
    )
    return {
        "subject": SUBJECT,
        "occurred_on": occurred_on,
        "known_at": known_at,
        "delivery": 1,
        "supersedes": False,
        **given,
    }


def _known(row: Mapping[str, Any], contract: Contract) -> Any:
    return row.get("known_on", row.get(contract.occurred_on or ""))
