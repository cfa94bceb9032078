"""The records of one firm behind a reason or a gate, as its evaluation knew them."""

from collections.abc import Collection, Mapping
from datetime import date

from xinqiao.catalogue.masking import HIDDEN
from xinqiao.catalogue.model import Field
from xinqiao.engine.dialect import identifier, literal
from xinqiao.indicators import Text
from xinqiao.kernel.period import months_before
from xinqiao.products import model
from xinqiao.products.catalogue import load_product
from xinqiao.products.model import Scalar
from xinqiao.products.reading import Reading
from xinqiao.products.sections import LATEST_ROWS, masked
from xinqiao.rating.conditions import GateRecord
from xinqiao.rating.reasons import Newest


def newest_record(
    reading: Reading, datasets: Collection[str], known: Mapping[str, date | None]
) -> Newest | None:
    """The firm's newest record in any of the datasets; None when it has none.

    Args:
        reading: Where its records are.
        datasets: The datasets.
        known: The days of those that were read already.
    """
    days = {each: known[each] if each in known else reading.newest_on(each) for each in sorted(datasets)}
    found = {dataset: day for dataset, day in days.items() if day is not None}
    if not found:
        return None
    newest = max(found, key=found.__getitem__)
    return Newest(found[newest], kind_of(reading, newest))


def kind_of(reading: Reading, dataset: str) -> Text:
    """What a dataset holds records of, by the titles that its section of the report has."""
    titles = {section.dataset: section.title_en for _, section in load_product().value.sections()}
    return Text(reading.contracts[dataset].label, titles.get(dataset, _english(dataset)))


def gate_record(reading: Reading, record: GateRecord) -> model.GateRecord | None:
    """The rows that made a gate act; None when the dataset is no longer under contract or holds none of them."""
    if not reading.holds(record.dataset):
        return None
    contract = reading.contracts[record.dataset]
    stored = {each.name: each for each in contract.stored_fields}
    shown = [stored[name] for name in record.show if name in stored]
    order = ", ".join(identifier(name) for name in contract.key)
    chosen = (
        "SELECT *, count(*) OVER () AS total FROM held"
        f" WHERE {_condition(record, stored, reading.evaluation.as_of)}"
        f" ORDER BY occurred_on DESC, known_at DESC, {order} LIMIT {1 if record.newest else LATEST_ROWS}"
    )
    rows = reading.records(record.dataset, chosen)
    if not rows:
        return None
    told = tuple({each.name: masked(each, row[each.name]) for each in shown} for row in rows)
    return model.GateRecord(
        dataset=contract.dataset,
        label_zh=contract.label,
        label_en=_english(contract.dataset),
        owner=contract.owner,
        columns=tuple(map(model.Column.of, shown)),
        rows=told,
        total=len(rows) if record.newest else rows[0]["total"],
        named_zh=tuple(filter(None, (_named_zh(shown, row) for row in told))),
        named_en=tuple(filter(None, (_named_en(shown, row) for row in told))),
    )


def _condition(record: GateRecord, stored: Collection[str], as_of: date) -> str:
    """SQL for the rows that count; a field that the contract of today lacks narrows nothing."""
    parts = ["TRUE"]
    if record.ended in stored:
        end = identifier(record.ended)
        parts.append(f"({end} IS NULL OR {end} > {literal(as_of)})")
    any_of = [
        f"{identifier(name)} IN ({', '.join(literal(value) for value in values)})"
        for name, values in (record.where or {}).items()
        if name in stored
    ]
    if any_of:
        parts.append(f"({' OR '.join(any_of)})")
    if record.months:
        parts.append(f"occurred_on >= {literal(months_before(as_of, record.months))}")
    if record.years and record.years[0] in stored:
        year = identifier(record.years[0])
        parts.append(f"{year} > (SELECT max({year}) FROM held) - {record.years[1]:d}")
    return " AND ".join(parts)


def _named_zh(shown: Collection[Field], row: Mapping[str, Scalar]) -> str:
    parts = []
    for each in shown:
        value = row[each.name]
        if value not in (None, HIDDEN):
            parts.append(f"{each.label}：{each.values.get(str(value), value)}")
    return "，".join(parts)


def _named_en(shown: Collection[Field], row: Mapping[str, Scalar]) -> str:
    parts = []
    for each in shown:
        value = row[each.name]
        if value not in (None, HIDDEN):
            # The codes of a list are English words.
            told = str(value).replace("_", " ") if each.values else value
            parts.append(f"{_english(each.name).lower().removesuffix(' on')}: {told}")
    return ", ".join(parts)


def _english(name: str) -> str:
    return name.replace("_", " ").capitalize()
