"""One pass over a source: every field read, every rule tested, every row's enterprise found.

The result is the table `judged`: the record's columns, plus `file`, `row`, `refused`, and for refused rows only
`reasons` (all of them) and `raw` (the row as delivered, as JSON). Rows are never handled one by one.
"""

from collections.abc import Sequence
from datetime import date, datetime

from xinqiao.catalogue.model import KNOWN_ON, Contract, Field
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal, text
from xinqiao.intake import parsing, subjects
from xinqiao.intake.mapping import Binding
from xinqiao.intake.parsing import Reading
from xinqiao.intake.sources import Source
from xinqiao.kernel.clock import city_date, naive_utc

# Nothing that a department shares was recorded before this day; such dates are a spreadsheet's zero.
EARLIEST = date(1900, 1, 1)


def judge(
    session: Session, contract: Contract, bound: Sequence[tuple[Source, Binding]], *, delivery: int, known_at: datetime
) -> None:
    """Make the table `judged` from sources of one delivery; `known_names` must exist."""
    parts = [
        _one_source(contract, source, binding, number=number, known_at=known_at)
        for number, (source, binding) in enumerate(bound)
    ]
    if not parts:
        empty = ", ".join(f"NULL::{kind} AS {identifier(name)}" for name, kind in contract.record_columns().items())
        parts = [
            f"SELECT {empty}, NULL::INTEGER AS file, NULL::BIGINT AS row, NULL::BOOLEAN AS refused,"
            " NULL::VARCHAR[] AS warnings, NULL::VARCHAR[] AS reasons, NULL::VARCHAR AS raw WHERE FALSE"
        ]
    columns = ", ".join(_record_column(name, delivery, known_at) for name in contract.record_columns())
    hashed = ", ".join(["subject", *(identifier(name) for name in contract.key)])
    kept = ", ".join(identifier(each.name) for each in contract.stored_fields if not each.key) or "1"
    session.run_lazily(
        f"CREATE OR REPLACE TEMP TABLE judged AS SELECT {columns}, file, row, refused, reasons, raw, warnings,"  # noqa: S608  contract names, quoted
        f" hash({hashed}) AS key_hash, hash({kept}) AS content_hash FROM ({' UNION ALL '.join(parts)})"
    )


def _record_column(name: str, delivery: int, known_at: datetime) -> str:
    match name:
        case "known_at":
            return f"{literal(naive_utc(known_at))} AS known_at"
        case "delivery":
            return f"{delivery:d}::BIGINT AS delivery"
        case "supersedes":
            return "FALSE AS supersedes"
        case _:
            return identifier(name)


def _one_source(contract: Contract, source: Source, binding: Binding, *, number: int, known_at: datetime) -> str:
    """SELECT for one file: read the text, then look up the code, then judge, then explain the refused."""
    known_on = city_date(known_at)
    readings = {each.name: _reading(each, source, binding) for each in contract.fields}
    code = parsing.identifier_text(_column(contract.subject.field, source, binding))
    system = _system(contract, source, binding)
    tidy_code = parsing.tidy(_column(contract.subject.field, source, binding))
    looked_up = code if system == "NULL" else f"CASE WHEN ({system}) IS NOT NULL THEN {tidy_code} ELSE {code} END"
    raw_columns = ", ".join(f"c{index}" for index in range(len(source.headings)))
    values = ", ".join(f"{each.expression} AS {identifier(name)}" for name, each in readings.items())
    read = f"SELECT row, {raw_columns}, {values}, {looked_up} AS naming, {system} AS naming_system FROM ({source.relation})"  # noqa: S608
    subject = subjects.subject_expression(
        contract, code="r.naming", system="NULL" if system == "NULL" else "r.naming_system", known="n.subject"
    )
    named = (
        f"SELECT r.*, {literal(known_on)} AS {KNOWN_ON}, {subject} AS subject FROM ({read}) r LEFT JOIN known_names n"  # noqa: S608
        " ON n.code = r.naming AND n.system = coalesce(r.naming_system, '')"
    )
    occurred = _occurred_on(contract, known_on)
    conditions = _conditions(contract, readings, binding, known_on, has_system=system != "NULL")
    refused = " OR ".join(f"({condition})" for condition, _ in conditions)
    listed = ", ".join(f"CASE WHEN {condition} THEN {reason} END" for condition, reason in conditions)
    soft = [rule for rule in contract.rules if rule.severity == "warning"]
    warned = " OR ".join(_broken(rule.predicate) for rule in soft) or "FALSE"
    warnings = ", ".join(f"CASE WHEN {_broken(rule.predicate)} THEN {text(rule.code)} END" for rule in soft) or "NULL"
    judged = (
        f"SELECT *, {occurred} AS occurred_on, coalesce({refused}, FALSE) AS refused, {warned} AS warned FROM ({named})"  # noqa: S608
    )
    own = [each.name for each in contract.stored_fields]
    fields = ", ".join(identifier(name) for name in dict.fromkeys(["subject", *own, "occurred_on"]))
    return (
        f"SELECT {fields}, {number:d} AS file, row, refused,"  # noqa: S608
        f" CASE WHEN warned AND NOT refused THEN list_filter([{warnings}], lambda code: code IS NOT NULL) END AS warnings,"
        f" CASE WHEN refused THEN list_filter([{listed}], lambda reason: reason IS NOT NULL) END AS reasons,"
        f" CASE WHEN refused THEN {source.raw_json()} END AS raw FROM ({judged})"
    )


def _column(name: str, source: Source, binding: Binding) -> str:
    """SQL for a field's source text: its column as text, its constant, or null."""
    if name in binding.positions:
        position = binding.positions[name]
        plain = f"c{position}"
        return plain if source.types[position] == "VARCHAR" else f"{plain}::VARCHAR"
    return text(binding.constants[name]) if name in binding.constants else "NULL::VARCHAR"


def _reading(field: Field, source: Source, binding: Binding) -> Reading:
    if field.name in binding.positions:
        mapped = binding.columns[field.name]
        position = binding.positions[field.name]
        return parsing.reading(
            field, f"c{position}", source.types[position],
            unit=mapped.unit, values=mapped.values, currency=mapped.currency,
        )  # fmt: skip
    if field.name in binding.constants:
        return parsing.reading(field, text(binding.constants[field.name]), "VARCHAR", unit="元", values={})
    return Reading(f"NULL::{field.column_type}", "FALSE")


def _system(contract: Contract, source: Source, binding: Binding) -> str:
    name = contract.subject.system_field
    if name is None or (name not in binding.positions and name not in binding.constants):
        return "NULL"
    return parsing.tidy(_column(name, source, binding))


def _occurred_on(contract: Contract, known_on: date) -> str:
    if contract.occurred_on is None:
        return literal(known_on)
    field = contract.field(contract.occurred_on)
    named = identifier(field.name) if field.kind == "date" else f"{identifier(field.name)}::DATE"
    return f"coalesce({named}, {literal(known_on)})"


def _conditions(
    contract: Contract, readings: dict[str, Reading], binding: Binding, known_on: date, *, has_system: bool
) -> list[tuple[str, str]]:
    """What makes a row refused: a SQL condition and SQL for its reason code, in the order they are told."""
    found: list[tuple[str, str]] = []
    naming = contract.subject.field
    for field in contract.fields:
        found += _field_conditions(field, readings[field.name], known_on, bound=_is_bound(field, binding))
    unnamed = subjects.unnamed_reason(
        contract, code="naming", system="naming_system" if has_system else "NULL"
    )
    found.append((f"subject IS NULL AND {identifier(naming)} IS NOT NULL", unnamed))
    for rule in contract.rules:
        if rule.severity == "error":
            found.append((_broken(rule.predicate), text(f"rule:{rule.code}")))
    return found


def _is_bound(field: Field, binding: Binding) -> bool:
    return field.name in binding.positions or field.name in binding.constants


def _field_conditions(field: Field, reading: Reading, known_on: date, *, bound: bool) -> list[tuple[str, str]]:
    if not bound:
        return []
    value = identifier(field.name)
    unreadable = "unknown_value" if field.values else "unparseable"
    found: list[tuple[str, str]] = []
    if field.kind != "string" or field.values:
        found.append((f"CASE WHEN {value} IS NULL THEN {reading.present} ELSE FALSE END", f"'{unreadable}:{field.name}'"))
    if field.required:
        found.append((f"CASE WHEN {value} IS NULL THEN NOT ({reading.present}) ELSE FALSE END", f"'missing:{field.name}'"))
    limits = []
    if field.minimum is not None:
        limits.append(f"{value} < {literal(field.minimum)}")
    if field.maximum is not None:
        limits.append(f"{value} > {literal(field.maximum)}")
    if field.kind in ("date", "timestamp"):
        limits.append(f"{value} < {literal(EARLIEST)}")
        if not field.future:
            found.append((f"{value}::DATE > {literal(known_on)}", f"'in_the_future:{field.name}'"))
    if limits:
        found.append((" OR ".join(limits), f"'out_of_range:{field.name}'"))
    return found


def _broken(predicate: str) -> str:
    """A rule's condition turned round; unknown counts as passed."""
    return f"NOT coalesce(({predicate}), TRUE)"
