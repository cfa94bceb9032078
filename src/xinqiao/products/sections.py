"""The records behind a report by dataset: facts, months and the latest records, as then known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from xinqiao.catalogue import Contract
from xinqiao.catalogue.masking import mask
from xinqiao.catalogue.model import Field
from xinqiao.engine.dialect import identifier, literal, text
from xinqiao.kernel.period import Period, months_before, window
from xinqiao.products import catalogue, model
from xinqiao.products.catalogue.loader import days
from xinqiao.products.model import Column, Label, Month, Scalar, Series
from xinqiao.products.packs import Telling
from xinqiao.products.reading import Reading

LATEST_ROWS = 20
SERIES_MONTHS = 24
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Read:
    """A section, and the day of its newest record."""

    section: model.Section
    newest_on: date | None


def sections(reading: Reading, product: catalogue.Product, *, covered: Mapping[str, bool]) -> Iterator[Read]:
    """The sections of a firm's report in order, from the record versions that the evaluation read.

    Args:
        reading: Where the firm's records are.
        product: What is shown.
        covered: Datasets of which something was known by the day of the report, and whether they were collected for
            the firm's region, so that absence from them is news.
    """
    for theme, declared in product.sections():
        if declared.dataset in reading.contracts:
            contract = reading.contracts[declared.dataset]
            yield _section(reading, contract, theme.code, declared, covered.get(declared.dataset))


def _section(
    reading: Reading, contract: Contract, theme: str, declared: catalogue.Section, covered: bool | None
) -> Read:
    shown = [each for each in contract.stored_fields if each.name not in declared.hidden]
    shown.sort(key=lambda each: each.name != contract.occurred_on)  # the day first
    found = _Found(0, None, _nothing(declared))
    as_of = reading.evaluation.as_of
    if reading.holds(contract.dataset):
        found = _found(reading, contract, declared, shown)
    facts = found.facts
    withheld = covered is not None and reading.withheld(contract.dataset)
    if not found.total and (withheld or not (covered and declared.counted)):
        facts = dict.fromkeys(fact.name for fact in declared.facts)
    monthly = _compared(found.months, as_of) if declared.compared and found.total else ()
    series = _series(found.months, declared, contract, as_of) if found.total else ()
    section = model.Section(
        code=contract.dataset,
        title_zh=contract.label,
        title_en=declared.title_en,
        dataset=contract.dataset,
        collected=covered is not None,
        covered=bool(covered),
        summary=facts,
        monthly=monthly,
        columns=tuple(map(Column.of, shown)),
        rows=found.rows,
        total=found.total,
        theme=theme,
        counted=declared.counted,
        labels={fact.name: Label(fact.zh, fact.en) for fact in declared.facts},
        months=_months(as_of, SERIES_MONTHS) if series else (),
        series=series,
        withheld=withheld,
    )
    return Read(section, found.newest)


def _nothing(declared: catalogue.Section) -> dict[str, Scalar]:
    """Facts of a firm without records: it counts nothing and owes nothing, and no day is known."""
    return {fact.name: None if fact.name.endswith(("_on", "_year")) else 0 for fact in declared.facts}


@dataclass(frozen=True, slots=True)
class _Found:
    """What was read of a firm's rows: how many, the newest day, the facts, figures by month, the latest."""

    total: int
    newest: date | None
    facts: dict[str, Scalar]
    months: Mapping[date | None, Sequence[Any]] = field(default_factory=dict)
    rows: tuple[Mapping[str, Scalar], ...] = ()


def _found(
    reading: Reading, contract: Contract, declared: catalogue.Section, shown: Sequence[Field]
) -> _Found:
    """Everything that a section tells, in one pass over the firm's rows."""
    figures = [figure.sql for figure in declared.series]
    if declared.compared:
        figures.append(f"sum(amount_fen) FILTER (WHERE {declared.compared})")
    listed = contract.dataset in reading.listed or not (declared.facts or figures)
    rows = _latest(reading.rows(contract.dataset), contract, declared.rows) if listed else None
    if rows is not None and not (declared.facts or figures):
        known = reading.rows(contract.dataset)
        newest = max((row["occurred_on"] for row in known), default=None)
        return _Found(len(known), newest, {}, rows=_masked(rows, shown))
    aggregates = ["count(*)", "max(occurred_on)", *(fact.sql for fact in declared.facts)]
    if not listed:
        aggregates.append(_latest_sql(contract, shown, declared.rows))
    asked = Telling(
        tuple(aggregates),
        also=_named_days(reading.evaluation.as_of),
        figures=tuple(figures),
        day=declared.month or "occurred_on",
    )
    (total, newest, *values), months = reading.told(contract.dataset, asked)
    told: dict[str, Scalar] = {}
    for fact, value in zip(declared.facts, values, strict=False):
        # A sum over nothing is zero here: the firm has records, or is clear of a list that was collected.
        told[fact.name] = int(value or 0) if fact.name.endswith("_fen") else value
    return _Found(total, newest, told, months, _masked(values[-1] or () if rows is None else rows, shown))


@lru_cache(maxsize=64)
def _named_days(as_of: date) -> tuple[str, ...]:
    """The days that declared expressions may name, as columns."""
    return tuple(f"{literal(day)} AS {name}" for name, day in days(as_of).items())


def _latest(rows: Sequence[Mapping[str, Any]], contract: Contract, limit: int) -> Sequence[Mapping[str, Any]]:
    """The newest rows first, as `_latest_sql` has them: unknown keys last."""
    in_order = sorted(rows, key=lambda row: [(row[name] is None, row[name]) for name in contract.key])
    in_order.sort(key=lambda row: (row["occurred_on"], row["known_at"]), reverse=True)
    return in_order[:limit]


def _latest_sql(contract: Contract, shown: Sequence[Field], limit: int) -> str:
    """An aggregate for the newest rows; those beyond never leave the engine."""
    columns = ", ".join(f"{text(each.name)}: {identifier(each.name)}" for each in shown)
    order = ", ".join(["occurred_on DESC", "known_at DESC", *map(identifier, contract.key)])
    return f"list({{{columns}}} ORDER BY {order})[:{limit:d}]"


def _masked(rows: Sequence[Mapping[str, Any]], shown: Sequence[Field]) -> tuple[Mapping[str, Scalar], ...]:
    return tuple({each.name: masked(each, row[each.name]) for each in shown} for row in rows)


@lru_cache(maxsize=64)
def _months(as_of: date, count: int) -> tuple[date, ...]:
    months: list[Period] = list(window(as_of, count).months())
    return tuple(month.start for month in months)


def _compared(months: Mapping[date | None, Sequence[Any]], as_of: date) -> tuple[Month, ...]:
    """The last twelve full months; unknown before the first record, zero in a month without any after it."""
    amounts = {month: int(told[0]) for month, told in months.items() if month and told[0] is not None}
    first = min(amounts, default=None)

    def amount(month: date) -> int | None:
        return amounts.get(month, 0) if first is not None and month >= first else None

    return tuple(
        Month(month, amount(month), amount(months_before(month, _YEAR))) for month in _months(as_of, _YEAR)
    )


def _series(
    by_month: Mapping[date | None, Sequence[Any]],
    declared: catalogue.Section,
    contract: Contract,
    as_of: date,
) -> tuple[Series, ...]:
    """Declared figures of the last 24 full months; None in a month without a record."""
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


def _figure(shown: Field, values: Sequence[Any], place: int) -> Any:
    value = values[place] if values else None
    # Sums of whole numbers come as a wider type.
    return int(value) if value is not None and shown.kind in ("amount", "integer") else value


def masked(kind: Field, value: Any) -> Scalar:
    """The value, typed if it may be seen in the clear."""
    shown = mask(kind, value)
    clear: Scalar = value
    return clear if value is None or shown == str(value) else shown
