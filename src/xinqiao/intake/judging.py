"""Every field read, every row's enterprise found, every rule tested, by the engine over all rows.

Text is read into values once, in file order, so that a row's place is its number. The view `judged` looks codes up
and judges: the contract's fields with `subject` and `occurred_on`, plus `file`, `row`, `refused`, `key_hash`, and
`reasons` (all of them) for refused rows only. Looking at it again is cheaper than keeping its wide result, so only
what decides a row's fate is kept, in the table `fate`. Rows are never handled one by one.
"""

from collections.abc import Sequence
from datetime import date

from xinqiao.catalogue.model import KNOWN_ON, Contract, Field
from xinqiao.catalogue.refusals import InvalidContract
from xinqiao.engine import Session, formulas
from xinqiao.engine.dialect import UnreadableSQL, identifier, literal, text
from xinqiao.intake import parsing, spelling, subjects
from xinqiao.intake.binding import Binding
from xinqiao.intake.mapping import Mapping
from xinqiao.intake.mapping_files import InvalidMapping
from xinqiao.intake.model import explain
from xinqiao.intake.sources import Source, written

# Nothing that a department shares was recorded before this day; such dates are a spreadsheet's zero.
EARLIEST = date(1900, 1, 1)
# What spreadsheets make of long numbers when they write text.
_ROUNDED = r"\d(\.\d+)?[Ee]\+\d{2,3}"
# Stands for the code of a row that holds nothing; no code begins with it.
_NOBODY = "\x01"


def require_constants(session: Session, contract: Contract, mapping: Mapping) -> None:
    """Read each constant of a mapping as a row would be: what refuses it would refuse all of them.

    Whether a day lies in the future is left to the rows, as it depends on when they came.

    Raises:
        InvalidMapping: A constant says nothing, cannot be read as its field, or may not be its value.
    """
    for name, said in mapping.constants.items():
        field = contract.field(name)
        mark = parsing.unread(field)
        value = parsing.reading(field, text(said), "VARCHAR", unit="元", values={})
        conditions = [
            *_field_conditions(field, date.max, odd=True),
            (f"{identifier(name)} IS NULL", f"'missing:{name}'"),
        ]
        cases = " ".join(f"WHEN {condition} THEN {reason}" for condition, reason in conditions)
        reason = session.scalar(
            f"SELECT CASE {cases} END FROM (SELECT {parsing.settled(field, 'said')} AS {identifier(name)},"
            f" {f'said = {mark}' if mark else 'FALSE'} AS {_unread(field)} FROM (SELECT {value} AS said))"
        )
        if reason is None:
            continue
        if reason.startswith("missing:"):
            why, remedy = f"“{field.label}”的固定值“{said}”是空白", "写出固定值，或删去这一项。"
        else:
            why, remedy = f"固定值“{said}”不能用：{explain(contract, reason)}", "改为该字段认可的写法。"
        if field.values:
            remedy = f"可用：{'、'.join(field.values)}。"
        raise InvalidMapping(f"{why}。", where=f"{mapping.where} constants.{name}", remedy=remedy)


def judge(
    session: Session,
    contract: Contract,
    bound: Sequence[tuple[Source, Binding]],
    *,
    delivered_on: date,
) -> None:
    """Make the view `judged` and the table `fate` of the sources of one delivery; `known_names` must exist.

    `fate(subject, occurred_on, refused, warned, key_hash)` has every row that could be split.

    Args:
        session: Where the sources can be scanned.
        contract: The dataset's contract.
        bound: The sources, and which of their columns are which fields.
        delivered_on: The day after which nothing in them can have happened. A row that told of the future on the day
            it came was wrong then, and does not become right by waiting.

    Raises:
        InvalidContract: A rule asks for more than a row holds: the clock, chance, a file, other rows.
    """
    _require_plain(contract)
    session.be_lazy()
    for number, (source, binding) in enumerate(bound):
        session.run(f"CREATE OR REPLACE TABLE parsed_{number:d} AS {_parsed(contract, source, binding)}")
    parts = [
        _judged(contract, source, binding, number=number, known_on=delivered_on)
        for number, (source, binding) in enumerate(bound)
    ] or [_nothing(contract)]
    columns = ", ".join(identifier(name) for name in judged_columns(contract))
    hashed = ", ".join(["subject", *(identifier(name) for name in contract.key)])
    session.define(
        "judged",
        f"SELECT {columns}, file, row, refused, warned, reasons, warnings, hash({hashed}) AS key_hash"
        f" FROM ({' UNION ALL '.join(parts)})",
    )
    session.run(
        "CREATE OR REPLACE TABLE fate AS SELECT subject, occurred_on, refused, warned, key_hash FROM judged"
    )


def _require_plain(contract: Contract) -> None:
    """A replay must judge as the delivery was judged, so a rule that may say otherwise is never run."""
    for rule in contract.rules:
        try:
            fault = formulas.fault(rule.predicate, "predicate")
        except UnreadableSQL as error:
            fault = f"不能解析：{error}。", "请改正 SQL。"
        if fault:
            what, remedy = fault
            raise InvalidContract(
                f"规则 {rule.code} 的条件不能用：{what}", where=str(contract.path), remedy=remedy
            )


def judged_columns(contract: Contract) -> dict[str, str]:
    """The columns of `judged` that become columns of a record, with their types."""
    return {
        name: kind
        for name, kind in contract.record_columns().items()
        if name not in ("known_at", "delivery", "supersedes", "listed_at")
    }


def _nothing(contract: Contract) -> str:
    empty = ", ".join(
        f"NULL::{kind} AS {identifier(name)}" for name, kind in judged_columns(contract).items()
    )
    return (
        f"SELECT {empty}, NULL::INTEGER AS file, NULL::BIGINT AS row, NULL::BOOLEAN AS refused,"
        " NULL::BOOLEAN AS warned, NULL::VARCHAR[] AS warnings, NULL::VARCHAR[] AS reasons WHERE FALSE"
    )


def _parsed(contract: Contract, source: Source, binding: Binding) -> str:
    """First pass over one file: each field's value as `parsing.reading` gives it, and the name of the subject."""
    read = ["row"] if source.numbered else []
    if binding.beyond:
        read.append(f"{' OR '.join(written(place) for place in binding.beyond)} AS run_over")
    for field in contract.fields:
        if field.name != contract.subject.field and _is_bound(field, binding):
            read.append(f"{_reading(field, source, binding)} AS {_read(field)}")
    column = _column(contract.subject.field, source, binding)
    code, system = spelling.identifier_text(column), _system(contract, source, binding)
    # Another system's own numbers are compared as they are written; only our kinds of code have one spelling.
    naming = (
        code
        if system is None
        else f"CASE WHEN ({system}) IS NOT NULL THEN {spelling.tidy(column)} ELSE {code} END"
    )
    # Asked only where nobody is named, as all columns are looked at.
    said = " OR ".join(written(place) for place in range(len(source.types)))
    read.append(f"coalesce({naming}, CASE WHEN NOT ({said}) THEN {text(_NOBODY)} END) AS naming")
    if system is not None:
        read.append(f"{system} AS naming_system")
    return f"SELECT {', '.join(read)} FROM ({_first_told(source, binding)})"


def _judged(contract: Contract, source: Source, binding: Binding, *, number: int, known_on: date) -> str:
    """Second pass over one file: look the subject up, settle values, judge, and explain the refused."""
    row = "row" if source.numbered else "rowid + 1"
    has_system = _system(contract, source, binding) is not None
    system = "r.naming_system" if has_system else None
    own = "coalesce(r.naming_system, '')" if has_system else "''"
    subject = subjects.subject_expression(contract, code="r.naming", system=system, known="n.subject")
    named = (
        f"SELECT r.*, r.{row} AS row_number, {literal(known_on)} AS {KNOWN_ON}, {subject} AS subject"
        f" FROM parsed_{number:d} r LEFT JOIN known_names n"
        f" ON n.code = r.naming AND n.system = {own}"
        f" WHERE r.naming IS DISTINCT FROM {text(_NOBODY)}"
    )
    values = ", ".join(
        f"{_value(contract, field, binding)} AS {identifier(field.name)}" for field in contract.fields
    )
    marks = ", ".join(
        f"{_read(field)} = {mark} AS {_unread(field)}"
        for field in contract.fields
        if _is_bound(field, binding)
        and field.name != contract.subject.field
        and (mark := parsing.unread(field))
    )
    settled = (
        f"SELECT subject, naming, {'naming_system, ' * has_system}{'run_over, ' * bool(binding.beyond)}"
        f"row_number, {KNOWN_ON},"
        f" {values}{', ' * bool(marks)}{marks} FROM ({named})"
    )
    conditions = _conditions(contract, source, binding, known_on, has_system=has_system)
    refused = " OR ".join(f"({condition})" for condition, _ in conditions)
    soft = [rule for rule in contract.rules if rule.severity == "warning"]
    warned = " OR ".join(_broken(rule.predicate) for rule in soft) or "FALSE"
    judged = (
        f"SELECT *, {_occurred_on(contract, known_on)} AS occurred_on, coalesce({refused}, FALSE) AS refused,"
        f" {warned} AS warned FROM ({settled})"
    )
    reasons = ", ".join(f"CASE WHEN {condition} THEN {reason} END" for condition, reason in conditions)
    warnings = (
        ", ".join(f"CASE WHEN {_broken(rule.predicate)} THEN {text(rule.code)} END" for rule in soft)
        or "NULL"
    )
    return (
        f"SELECT {', '.join(map(identifier, judged_columns(contract)))}, {number:d} AS file, row_number AS row, refused,"
        " warned AND NOT refused AS warned,"
        f" CASE WHEN warned AND NOT refused THEN list_filter([{warnings}], lambda code: code IS NOT NULL) END AS warnings,"
        f" CASE WHEN refused THEN list_filter([{reasons}], lambda reason: reason IS NOT NULL) END AS reasons"
        f" FROM ({judged})"
    )


def _value(contract: Contract, field: Field, binding: Binding) -> str:
    """SQL for a field's settled value; null where no column and no constant feeds it."""
    if field.name == contract.subject.field:
        return "naming"
    if not _is_bound(field, binding):
        return f"NULL::{field.column_type}"
    return parsing.settled(field, _read(field))


def _read(field: Field) -> str:
    return identifier(f"{field.name} as read")


def _unread(field: Field) -> str:
    return identifier(f"{field.name} unread")


def _column(name: str, source: Source, binding: Binding) -> str:
    """SQL for a field's source text: its column as text, its constant, or null."""
    if name in binding.positions:
        column, kind = _told(name, source, binding)
        return column if kind == "VARCHAR" else f"{column}::VARCHAR"
    return text(binding.constants[name]) if name in binding.constants else "NULL::VARCHAR"


def _told(name: str, source: Source, binding: Binding) -> tuple[str, str]:
    """SQL for the source column of a field, and its type; of several columns, that of `_first_told`."""
    first, *others = binding.positions[name]
    return (identifier(f"{name} as told"), "VARCHAR") if others else (f"c{first}", source.types[first])


def _first_told(source: Source, binding: Binding) -> str:
    """The scan of a source, with the text of the first column that says something for each field that has several."""
    several = {name: positions for name, positions in binding.positions.items() if len(positions) > 1}
    told = "".join(
        f", coalesce({', '.join(spelling.tidy(f'(c{position}::VARCHAR)') for position in positions)})"
        f" AS {identifier(f'{name} as told')}"
        for name, positions in several.items()
    )
    return f"SELECT *{told} FROM ({source.scan})" if told else source.scan


def _reading(field: Field, source: Source, binding: Binding) -> str:
    if field.name in binding.positions:
        mapped, (column, kind) = binding.columns[field.name], _told(field.name, source, binding)
        return parsing.reading(
            field, column, kind,
            unit=mapped.unit, values=mapped.values, currency=mapped.currency, incomplete=mapped.incomplete,
            foreign=f"{field.name.removesuffix('_fen')}_currency" in binding.positions,
        )  # fmt: skip
    return parsing.reading(field, text(binding.constants[field.name]), "VARCHAR", unit="元", values={})


def _system(contract: Contract, source: Source, binding: Binding) -> str | None:
    name = contract.subject.system_field
    if name is None or (name not in binding.positions and name not in binding.constants):
        return None
    return spelling.tidy(_column(name, source, binding))


def _occurred_on(contract: Contract, known_on: date) -> str:
    if contract.occurred_on is None:
        return literal(known_on)
    field = contract.field(contract.occurred_on)
    named = identifier(field.name) if field.kind == "date" else f"{identifier(field.name)}::DATE"
    return f"coalesce({named}, {literal(known_on)})"


def _conditions(
    contract: Contract, source: Source, binding: Binding, known_on: date, *, has_system: bool
) -> list[tuple[str, str]]:
    """What makes a row refused: a SQL condition and SQL for its reason code, in the order they are told."""
    found: list[tuple[str, str]] = [("run_over", "'malformed_row'")] if binding.beyond else []
    naming = contract.subject.field
    for field in contract.fields:
        if field.name == naming:
            found.append(("naming IS NULL", f"'missing:{naming}'"))
        elif _is_bound(field, binding):
            found += _field_conditions(field, known_on, odd=source.odd)
    unnamed = subjects.unnamed_reason(contract, code="naming", system="naming_system" if has_system else None)
    unnamed = f"CASE WHEN {_rounded('naming')} THEN 'unparseable:{naming}' ELSE {unnamed} END"
    found.append(("subject IS NULL AND naming IS NOT NULL", unnamed))
    for rule in contract.rules:
        if rule.severity == "error":
            found.append((_broken(rule.predicate), text(f"rule:{rule.code}")))
    return found


def _is_bound(field: Field, binding: Binding) -> bool:
    return field.name in binding.positions or field.name in binding.constants


def _field_conditions(field: Field, known_on: date, *, odd: bool) -> list[tuple[str, str]]:
    value = identifier(field.name)
    marked = parsing.unread(field) is not None
    unreadable = "unknown_value" if field.values else "unparseable"
    found: list[tuple[str, str]] = []
    if marked:
        found.append((_unread(field), f"'{unreadable}:{field.name}'"))
    elif odd:
        # Nobody writes a null character, and the directory's database cannot hold one.
        spoilt = f"contains({value}, chr(0))" + (f" OR {_rounded(value)}" if field.key else "")
        found.append((spoilt, f"'{unreadable}:{field.name}'"))
    if field.required:
        blank = f"{value} IS NULL AND {_unread(field)} IS NULL" if marked else f"{value} IS NULL"
        found.append((blank, f"'missing:{field.name}'"))
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


def _rounded(value: str) -> str:
    """Whether a spreadsheet kept a number's first digits alone, as 1.10E+20; the plus sign is asked first, as it is rare."""
    return f"(contains({value}, '+') AND regexp_full_match({value}, {text(_ROUNDED)}))"


def _broken(predicate: str) -> str:
    """A rule's condition turned round; unknown counts as passed."""
    return f"NOT coalesce(({predicate}), TRUE)"
