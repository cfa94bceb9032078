"""A city's records of every data set, put straight into the lake: the same for the same numbers, made by SQL.

What is measured on them is evaluation, so they do not pass through intake. Values are drawn by the kind of field a
contract declares; nothing about them is realistic but their number, their spread over enterprises and two years, and
that keys are unique.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from xinqiao.catalogue.model import Contract, Field
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal, text
from xinqiao.store import Transaction
from xinqiao.workspace import Workspace

# Records of an enterprise that has any, and the share of enterprises that have. Documents are most, then months of
# one meter, loan or account, then years.
SPREAD: dict[str, tuple[int, float]] = {
    "business_registration": (3, 1), "shareholder": (2, 1), "key_personnel": (2, 1), "annual_report": (2, 1),
    "sales_invoice": (62, 1), "purchase_invoice": (32, 1), "tax_payment": (12, 1), "vat_filing": (18, 0.45),
    "corporate_income_filing": (1, 1), "financial_statement": (2, 1), "tax_credit_grade": (2, 1),
    "social_insurance": (24, 0.5), "medical_insurance": (18, 0.5), "housing_fund": (20, 0.4),
    "electricity_bill": (24, 0.5), "water_bill": (24, 0.25), "bank_loan": (12, 0.25), "real_estate": (1, 0.2),
    "patent": (1, 0.3), "trademark": (1, 0.2), "customs_declaration": (2, 0.25),
}  # fmt: skip
# Every other data set: lists that few enterprises are on.
ELSEWHERE = (1, 0.05)
_FIRST_SUBJECT = 1_000_000_000
_SLICE = 100_000
_KNOWN_AT = datetime(2026, 6, 30, 10, tzinfo=UTC)
_DAYS = 720
_MANY = 1_000_003


def fill(workspace: Workspace, *, firms: int, tell: Callable[[str], None]) -> int:
    """Fill every record table for `firms` enterprises; the number of records."""
    rows = 0
    with workspace.engine.session() as session, workspace.store.transaction() as tx:
        for dataset, contract in workspace.contracts.items():
            if dataset != "code_crosswalk":
                tell(dataset)
                rows += _fill(tx, workspace, session, contract, firms)
    return rows


def subject_of(number: int) -> int:
    """The subject key of the enterprise with this number."""
    return _FIRST_SUBJECT + 7 * number


def _fill(tx: Transaction, workspace: Workspace, session: Session, contract: Contract, firms: int) -> int:
    table, columns = f"records/{contract.dataset}", contract.record_columns()
    written = []
    for start in range(0, firms, _SLICE):
        with workspace.lake.draft(table) as path:
            file = session.write(_rows(contract, start, min(firms, start + _SLICE)), path)
        if file is not None:
            written.append(file)
    if written:
        workspace.lake.append(tx, table=table, files=written, columns=columns, info={"reason": "benchmark"})
    return sum(file.rows for file in written)


def _rows(contract: Contract, start: int, end: int) -> str:
    each, share = SPREAD.get(contract.dataset, ELSEWHERE)
    salt = sum(map(ord, contract.dataset)) * _MANY
    values = ", ".join(
        f"CAST({_value(field, place, contract, each)} AS {field.column_type}) AS {identifier(field.name)}"
        for place, field in enumerate(contract.stored_fields)
    )
    happened = identifier(contract.occurred_on) if contract.occurred_on else literal(_KNOWN_AT.date())
    names = ", ".join(identifier(field.name) for field in contract.stored_fields)
    return f"""SELECT subject, {names}, CAST({happened} AS DATE) AS occurred_on,
  {literal(_KNOWN_AT.replace(tzinfo=None))} AS known_at, 1::BIGINT AS delivery, FALSE AS supersedes
FROM (
  SELECT {_FIRST_SUBJECT} + 7 * i AS subject, {values}
  FROM (
    SELECT f.range AS i, r.range AS k, hash(f.range * {each} + r.range + {salt}) AS h
    FROM range({start}, {end}) f, range({each}) r
    WHERE hash(f.range + {salt}) % 1000 < {round(share * 1000)}
  )
) ORDER BY subject"""


def _value(field: Field, place: int, contract: Contract, each: int) -> str:
    """SQL for a field's value from the row's hash `h`, its enterprise `i` and its number `k` there.

    No key comes twice: of several records of an enterprise, `k` tells the month, day or year of each.
    """
    drawn = f"((h >> {place % 13}) % {_MANY})"
    part = field.key and each > 1
    always = field.required or field.name == contract.occurred_on
    if field.name == "month_on":
        # One filer in eight files by the quarter.
        quarterly = any(each.name == "frequency" for each in contract.fields)
        ago = "CASE WHEN i % 8 = 0 THEN 3 * k + 2 ELSE k END" if quarterly else "k"
        return f"(DATE '2026-06-01' - to_months(CAST({ago} AS INTEGER)))::DATE"
    if field.name == "frequency":
        return "CASE WHEN i % 8 = 0 THEN 'quarterly' ELSE 'monthly' END"
    if field.name == "status" and set(field.values) == {"valid", "void"}:
        return f"CASE WHEN {drawn} % 30 = 0 THEN 'void' ELSE 'valid' END"
    if field.values:
        codes = ", ".join(text(code) for code in field.values)
        return f"list_extract([{codes}], CAST({drawn} % {len(field.values)} AS INTEGER) + 1)"
    if field.kind == "integer" and "year" in field.name:
        return "CAST(2025 - k AS BIGINT)" if part else f"CAST(2020 + {drawn} % 6 AS BIGINT)"
    if field.kind == "amount":
        sign = "CASE WHEN h % 50 = 0 THEN -10 ELSE 10 END" if contract.dataset.endswith("_invoice") else "10"
        return f"CAST({drawn} * {sign} AS BIGINT)"
    days = f"k * {_DAYS // each} + {drawn} % {_DAYS // each}" if part else f"{drawn} % {_DAYS}"
    day = f"(DATE '2026-06-30' - CAST({days} AS INTEGER))"
    return {
        "date": day if always else f"CASE WHEN h % 5 = 0 THEN {day} END",
        "timestamp": literal(_KNOWN_AT.replace(tzinfo=None)),
        "integer": f"CAST(1 + {drawn} % 40 AS BIGINT)",
        "decimal": f"CAST({drawn} AS DECIMAL(18,6)) / {_MANY}",
        "boolean": f"{drawn} % 10 = 0",
        "string": _word(field, drawn, contract),
    }[field.kind]


def _word(field: Field, drawn: str, contract: Contract) -> str:
    if field.name == "industry_code":
        return "lpad(CAST(1 + i % 97 AS VARCHAR), 2, '0') || '10'"
    if field.name == "region_code":
        return "'449901'"
    if field.name == "person_token":
        # A person has to do with one or two firms however large the city is.
        return f"'P' || CAST(i // 100 AS VARCHAR) || '-' || CAST({drawn} % 130 AS VARCHAR)"
    if field.key and field.name != "counterparty_code":
        monthly = contract.occurred_on == "month_on"
        return "'N' || CAST(i AS VARCHAR)" + ("" if monthly else " || '-' || CAST(k AS VARCHAR)")
    return f"'B' || lpad(CAST({drawn} % 5000 AS VARCHAR), 5, '0')"
