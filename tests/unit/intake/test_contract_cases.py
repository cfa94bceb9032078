"""The cases of every contract, delivered for real: good rows are taken, bad ones refused for their reasons."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time

import pytest

from xinqiao.catalogue import load_cases, load_contracts
from xinqiao.intake.model import Delivery, RefusedRow
from xinqiao.kernel.clock import CITY_TIME

Deliver = Callable[..., Delivery]
Refused = Callable[[int], list[RefusedRow]]


def csv_of(rows: Iterable[Mapping[str, str]], fields: list[str]) -> str:
    def cell(text: str) -> str:
        quoted = text.replace('"', '""')
        return f'"{quoted}"'

    lines = [",".join(cell(row.get(name, "")) for name in fields) for row in rows]
    return "\n".join([",".join(fields), *lines, ""])


@pytest.fixture
def now() -> datetime:
    """After the day on which the cases become known."""
    return datetime(2026, 11, 30, 9, 0, tzinfo=CITY_TIME)


@pytest.mark.parametrize("dataset", sorted(load_contracts()))
def test_cases_hold_in_a_real_delivery(deliver: Deliver, refused: Refused, dataset: str) -> None:
    cases = load_cases(dataset)
    fields = [field.name for field in load_contracts()[dataset].fields]
    known_at = datetime.combine(cases.known_on, time(12), tzinfo=CITY_TIME)

    # One at a time where rows share a key; together they would be duplicates or corrections.
    for row in cases.good:
        delivery = deliver(dataset, csv_of([row], fields), known_at=known_at)
        assert (delivery.quarantined, delivery.reasons) == (0, {}), row
    for case in cases.warned:
        delivery = deliver(dataset, csv_of([case.row], fields), known_at=known_at)
        assert delivery.quarantined == 0, case
        assert sorted(delivery.reasons) == sorted(r.replace("rule:", "warning:") for r in case.reasons), case
    delivery = deliver(dataset, csv_of([case.row for case in cases.bad], fields), known_at=known_at)
    found = {row.row: set(row.reasons) for row in refused(delivery.delivery_id)}
    assert found == {number: set(case.reasons) for number, case in enumerate(cases.bad, start=1)}
