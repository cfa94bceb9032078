"""The records behind a report by dataset: facts, months and the latest records, as then known."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xinqiao.catalogue import Contract
from xinqiao.catalogue.masking import mask
from xinqiao.catalogue.model import Field
from xinqiao.catalogue.views import current
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal
from xinqiao.kernel.period import Period, months_before, window
from xinqiao.lake import Lake
from xinqiao.products.model import Column, Month, Scalar, Section
from xinqiao.rating.evaluation import RECORDS, Evaluation

LATEST_ROWS = 20
_YEAR, _TWO_YEARS, _THREE_YEARS = 12, 24, 36


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a dataset is shown.

    Attributes:
        title_en: Title in English; the Chinese one is the contract's label.
        facts: SQL aggregate per fact. `since_N` and `before_12` stand for the days those windows start on,
            `as_of` for the day of the report; the last full month ends before `until`.
        counted: Whether no record means none (a list that everybody not on it is clear of) and not unknown.
        monthly: Condition on the rows whose `amount_fen` is added up by month; empty for no months.
        hidden: Stored fields that a table of records does without.
    """

    title_en: str
    facts: Mapping[str, str]
    counted: bool
    monthly: str = ""
    hidden: frozenset[str] = frozenset()


_THIS_YEAR = "occurred_on >= since_12 AND occurred_on < until"
_YEAR_BEFORE = "occurred_on >= before_12 AND occurred_on < since_12"
_VALID = "count(*) FILTER (WHERE status = 'valid'"
_INVOICES: Mapping[str, str] = {
    "net_12m_fen": f"sum(amount_fen) FILTER (WHERE status = 'valid' AND {_THIS_YEAR})",
    "previous_12m_fen": f"sum(amount_fen) FILTER (WHERE status = 'valid' AND {_YEAR_BEFORE})",
    "valid_12m": f"{_VALID} AND {_THIS_YEAR})",
    "red_12m": f"{_VALID} AND amount_fen < 0 AND {_THIS_YEAR})",
    "void_12m": f"count(*) FILTER (WHERE status = 'void' AND {_THIS_YEAR})",
    "counterparties_12m": "count(DISTINCT counterparty_code) FILTER"
    f" (WHERE status = 'valid' AND {_THIS_YEAR})",
}
_PAID = "CASE payment_kind WHEN 'payment' THEN amount_fen WHEN 'refund' THEN -amount_fen END"
_OWN_TAX = "tax_kind <> 'withholding'"

SHAPES: Mapping[str, _Shape] = {
    "business_registration": _Shape(
        "Business registration",
        {
            "changes_24m": "count(*) FILTER (WHERE event_kind = 'change' AND approved_on >= since_24)",
            "last_change_on": "max(approved_on) FILTER (WHERE event_kind = 'change')",
            "last_annual_report_year": "max(annual_report_year) FILTER (WHERE event_kind = 'annual_report')",
        },
        counted=False,
        hidden=frozenset(
            # Who it is stands above; here stands what changed.
            {"unified_code", "registration_number", "established_on", "enterprise_type", "business_scope"}
            | {"registered_capital_currency"}
        ),
    ),
    "sales_invoice": _Shape("Sales invoices", _INVOICES, counted=False, monthly="status = 'valid'"),
    "purchase_invoice": _Shape("Purchase invoices", _INVOICES, counted=False, monthly="status = 'valid'"),
    "tax_payment": _Shape(
        "Tax payments",
        {
            "paid_12m_fen": f"sum({_PAID}) FILTER (WHERE {_OWN_TAX} AND {_THIS_YEAR})",
            "late_fee_12m_fen": f"sum(amount_fen) FILTER (WHERE payment_kind = 'late_fee' AND {_THIS_YEAR})",
            "last_paid_on": "max(paid_on) FILTER (WHERE payment_kind = 'payment')",
        },
        counted=False,
        monthly=f"payment_kind = 'payment' AND {_OWN_TAX}",
    ),
    "tax_arrears": _Shape(
        "Tax arrears", {"arrears_fen": "sum(arrears_fen)", "announced_on": "max(announced_on)"}, counted=True
    ),
    "administrative_penalty": _Shape(
        "Administrative penalties",
        {
            "penalties_36m": "count(*) FILTER (WHERE occurred_on >= since_36)",
            "serious_36m": "count(*) FILTER (WHERE severity = 'serious' AND occurred_on >= since_36)",
            "fine_36m_fen": "sum(fine_fen) FILTER (WHERE occurred_on >= since_36)",
            "last_decided_on": "max(decided_on)",
        },
        counted=True,
        hidden=frozenset({"party_code", "party_name", "source_system"}),
    ),
    "abnormal_operation": _Shape(
        "Abnormal-operation list",
        {
            "listed_now": "count(*) FILTER (WHERE removed_on IS NULL OR removed_on > as_of)",
            "listed_ever": "count(*)",
        },
        counted=True,
        hidden=frozenset({"party_code", "party_name", "source_system"}),
    ),
}
"""How each dataset is shown, in the order of the report."""


def sections(
    session: Session,
    *,
    lake: Lake,
    contracts: Mapping[str, Contract],
    evaluation: Evaluation,
    collected: Collection[str],
    subject: int,
) -> tuple[Section, ...]:
    """The sections of a subject's report, from the record versions that the evaluation read.

    Leaves the subject's rows as temporary tables `report_<dataset>` in the session.
    """
    return tuple(
        _section(
            session,
            lake,
            contracts[dataset],
            shape,
            evaluation=evaluation,
            collected=dataset in collected,
            subject=subject,
        )
        for dataset, shape in SHAPES.items()
        if dataset in contracts
    )


def _section(
    session: Session,
    lake: Lake,
    contract: Contract,
    shape: _Shape,
    *,
    evaluation: Evaluation,
    collected: bool,
    subject: int,
) -> Section:
    table = current_rows(session, lake, contract, evaluation, subject)
    total = session.scalar(f"SELECT count(*) FROM {table}")
    summary: dict[str, Scalar] = dict.fromkeys(shape.facts)
    if collected and (total or shape.counted):
        summary = _facts(session, table, shape, evaluation.as_of)
    shown = [each for each in contract.stored_fields if each.name not in shape.hidden]
    shown.sort(key=lambda each: each.name != contract.occurred_on)  # the day first
    return Section(
        code=contract.dataset,
        title_zh=contract.label,
        title_en=shape.title_en,
        dataset=contract.dataset,
        collected=collected,
        summary=summary,
        monthly=_months(session, table, shape.monthly, evaluation.as_of) if shape.monthly and total else (),
        columns=tuple(Column(each.name, each.label, each.kind, dict(each.values)) for each in shown),
        rows=_latest(session, table, contract, shown),
        total=total,
    )


def current_rows(
    session: Session, lake: Lake, contract: Contract, evaluation: Evaluation, subject: int
) -> str:
    """Make the table `report_<dataset>` of the subject's rows as the evaluation knew them; its quoted name."""
    source, rows = RECORDS + contract.dataset, identifier(f"report_{contract.dataset}")
    whole = contract.mode == "snapshot"  # which delivery is newest shows only in all of it
    lake.register(
        session,
        table=source,
        version=evaluation.versions.get(source),
        name="report_source",
        columns=contract.record_columns(),
        subjects=None if whole else [subject],
    )
    view = "report_source"
    if not whole:
        view = "report_history"
        session.run(
            f"CREATE OR REPLACE TEMP TABLE {view} AS SELECT * FROM report_source WHERE subject = {subject:d}"
        )
    known = current(contract, view, as_of=evaluation.as_of, known_until=evaluation.known_until)
    session.run(f"CREATE OR REPLACE TEMP TABLE {rows} AS SELECT * FROM ({known}) WHERE subject = {subject:d}")
    return rows


def _facts(session: Session, table: str, shape: _Shape, as_of: date) -> dict[str, Scalar]:
    year = window(as_of, _YEAR)
    days = {
        "since_12": year.start,
        "until": year.end,
        "before_12": months_before(year.start, _YEAR),
        "since_24": window(as_of, _TWO_YEARS).start,
        "since_36": window(as_of, _THREE_YEARS).start,
        "as_of": as_of,
    }
    named = ", ".join(f"{literal(day)} AS {name}" for name, day in days.items())
    facts = ", ".join(f"{sql} AS {identifier(name)}" for name, sql in shape.facts.items())
    sql = f"SELECT {facts} FROM {table}, (SELECT {named})"
    row = dict(session.records(sql)[0])
    for name, value in row.items():
        # A sum over nothing is zero here: the firm has records, or is clear of a list that was collected.
        if value is None and name.endswith("_fen"):
            row[name] = 0
        elif name.endswith("_fen"):
            row[name] = int(value)
    return row


def _months(session: Session, table: str, condition: str, as_of: date) -> tuple[Month, ...]:
    """The last twelve full months; unknown before the first record, zero in a month without any after it."""
    month_of = "date_trunc('month', occurred_on)::DATE"
    sql = f"SELECT {month_of}, sum(amount_fen) FROM {table} WHERE {condition} GROUP BY 1"
    rows = session.rows(sql)
    amounts = {month: int(amount) for month, amount in rows if amount is not None}
    first = min(amounts, default=None)

    def amount(month: date) -> int | None:
        return amounts.get(month, 0) if first is not None and month >= first else None

    months: list[Period] = list(window(as_of, _YEAR).months())
    return tuple(
        Month(month.start, amount(month.start), amount(months_before(month.start, _YEAR))) for month in months
    )


def _latest(
    session: Session, table: str, contract: Contract, shown: list[Field]
) -> tuple[Mapping[str, Scalar], ...]:
    order = ", ".join(identifier(name) for name in contract.key)
    rows = session.records(
        f"SELECT * FROM {table} ORDER BY occurred_on DESC, known_at DESC, {order} LIMIT {LATEST_ROWS}"
    )
    return tuple({each.name: masked(each, row[each.name]) for each in shown} for row in rows)


def masked(field: Field, value: Any) -> Scalar:
    """The value, typed if it may be seen in the clear."""
    shown = mask(field, value)
    clear: Scalar = value
    return clear if value is None or shown == str(value) else shown
