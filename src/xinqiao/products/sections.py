"""The records behind a report by dataset: facts, months and the latest records, as then known."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xinqiao.catalogue import Contract
from xinqiao.catalogue.masking import mask
from xinqiao.catalogue.model import Field
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal
from xinqiao.kernel.period import Period, months_before, window
from xinqiao.products import catalogue, model
from xinqiao.products.catalogue.loader import days
from xinqiao.products.model import Column, Label, Month, Scalar, Series
from xinqiao.products.reading import Reading

LATEST_ROWS = 20
SERIES_MONTHS = 24
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Read:
    """A section, and the day of its newest record."""

    section: model.Section
    newest_on: date | None


def sections(reading: Reading, product: catalogue.Product, *, collected: Collection[str]) -> Iterator[Read]:
    """The sections of a firm's report in order, from the record versions that the evaluation read.

    Args:
        reading: Where the firm's records are.
        product: What is shown.
        collected: Datasets of which something was known by the day of the report.
    """
    for theme, declared in product.sections():
        if declared.dataset in reading.contracts:
            contract = reading.contracts[declared.dataset]
            yield _section(reading, contract, theme.code, declared, declared.dataset in collected)


def _section(
    reading: Reading, contract: Contract, theme: str, declared: catalogue.Section, collected: bool
) -> Read:
    shown = [each for each in contract.stored_fields if each.name not in declared.hidden]
    shown.sort(key=lambda each: each.name != contract.occurred_on)  # the day first
    total, newest, facts = 0, None, _nothing(declared)
    monthly: tuple[Month, ...] = ()
    series: tuple[Series, ...] = ()
    rows: tuple[Mapping[str, Scalar], ...] = ()
    as_of = reading.evaluation.as_of
    table = reading.table(contract.dataset) if reading.holds(contract.dataset) else None
    if table is not None:
        total, newest, facts = _facts(reading.session, table, declared, as_of)
    if table is not None and total:
        if declared.compared:
            monthly = _compared(reading.session, table, declared.compared, as_of)
        if declared.series:
            series = _series(reading.session, table, declared, contract, as_of)
        rows = _latest(reading.session, table, contract, shown, declared.rows)
    elif not (collected and declared.counted):
        facts = dict.fromkeys(fact.name for fact in declared.facts)
    section = model.Section(
        code=contract.dataset,
        title_zh=contract.label,
        title_en=declared.title_en,
        dataset=contract.dataset,
        collected=collected,
        summary=facts,
        monthly=monthly,
        columns=tuple(Column(each.name, each.label, each.kind, dict(each.values)) for each in shown),
        rows=rows,
        total=total,
        theme=theme,
        counted=declared.counted,
        labels={fact.name: Label(fact.zh, fact.en) for fact in declared.facts},
        months=_months(as_of, SERIES_MONTHS) if series else (),
        series=series,
    )
    return Read(section, newest)


def _nothing(declared: catalogue.Section) -> dict[str, Scalar]:
    """Facts of a firm without records: it counts nothing and owes nothing, and no day is known."""
    return {fact.name: None if fact.name.endswith(("_on", "_year")) else 0 for fact in declared.facts}


def _facts(
    session: Session, table: str, declared: catalogue.Section, as_of: date
) -> tuple[int, date | None, dict[str, Scalar]]:
    """Number of rows, day of the newest, and the declared facts, in one pass."""
    named = ", ".join(f"{literal(day)} AS {name}" for name, day in days(as_of).items())
    facts = "".join(f", {fact.sql} AS {identifier(fact.name)}" for fact in declared.facts)
    sql = f"SELECT count(*), max(occurred_on){facts} FROM {table}, (SELECT {named})"
    total, newest, *values = session.rows(sql)[0]
    told: dict[str, Scalar] = {}
    for fact, value in zip(declared.facts, values, strict=True):
        # A sum over nothing is zero here: the firm has records, or is clear of a list that was collected.
        told[fact.name] = int(value or 0) if fact.name.endswith("_fen") else value
    return total, newest, told


def _months(as_of: date, count: int) -> tuple[date, ...]:
    months: list[Period] = list(window(as_of, count).months())
    return tuple(month.start for month in months)


def _compared(session: Session, table: str, condition: str, as_of: date) -> tuple[Month, ...]:
    """The last twelve full months; unknown before the first record, zero in a month without any after it."""
    month_of = "date_trunc('month', occurred_on)::DATE"
    sql = f"SELECT {month_of}, sum(amount_fen) FROM {table} WHERE {condition} GROUP BY 1"
    rows = session.rows(sql)
    amounts = {month: int(amount) for month, amount in rows if amount is not None}
    first = min(amounts, default=None)

    def amount(month: date) -> int | None:
        return amounts.get(month, 0) if first is not None and month >= first else None

    return tuple(
        Month(month, amount(month), amount(months_before(month, _YEAR))) for month in _months(as_of, _YEAR)
    )


def _series(
    session: Session, table: str, declared: catalogue.Section, contract: Contract, as_of: date
) -> tuple[Series, ...]:
    """Declared figures of the last 24 full months; None in a month without a record."""
    month_of = f"date_trunc('month', {identifier(declared.month or 'occurred_on')})::DATE"
    figures = ", ".join(figure.sql for figure in declared.series)
    by_month = {
        month: values
        for month, *values in session.rows(f"SELECT {month_of}, {figures} FROM {table} GROUP BY 1")
    }
    months = _months(as_of, SERIES_MONTHS)
    fields = [contract.field(figure.name) for figure in declared.series]
    return tuple(
        Series(
            name=each.name,
            label=each.label,
            kind=each.kind,
            values=tuple(_figure(each, by_month.get(month, ()), place) for month in months),
        )
        for place, each in enumerate(fields)
    )


def _figure(field: Field, values: Collection[Any], place: int) -> Any:
    value = tuple(values)[place] if values else None
    # Sums of whole numbers come as a wider type.
    return int(value) if value is not None and field.kind in ("amount", "integer") else value


def _latest(
    session: Session, table: str, contract: Contract, shown: list[Field], limit: int
) -> tuple[Mapping[str, Scalar], ...]:
    order = ", ".join(identifier(name) for name in contract.key)
    columns = ", ".join(identifier(each.name) for each in shown)
    rows = session.rows(
        f"SELECT {columns} FROM {table} ORDER BY occurred_on DESC, known_at DESC, {order} LIMIT {limit:d}"
    )
    return tuple(
        {each.name: masked(each, value) for each, value in zip(shown, row, strict=True)} for row in rows
    )


def masked(field: Field, value: Any) -> Scalar:
    """The value, typed if it may be seen in the clear."""
    shown = mask(field, value)
    clear: Scalar = value
    return clear if value is None or shown == str(value) else shown
