"""One JSON text for one value."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.store import canonical_json

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Shape:
    colour: Colour
    corners: tuple[int, ...]
    named: Mapping[str, Decimal]


@given(_json)
def test_what_json_can_say_survives(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(st.text(), st.integers()))
def test_the_order_of_making_does_not_show(value: dict[str, int]) -> None:
    assert canonical_json(OrderedDict(reversed(value.items()))) == canonical_json(value)


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.timezones()))
def test_one_instant_has_one_text_wherever_it_was_noted(instant: datetime) -> None:
    assert canonical_json(instant) == canonical_json(instant.astimezone(UTC))


def test_every_kind_of_value_has_its_form() -> None:
    shape = Shape(Colour.RED, (1, 2), MappingProxyType({"面积": Decimal("0.10")}))
    assert canonical_json(shape) == '{"colour":"red","corners":[1,2],"named":{"面积":"0.10"}}'
    assert canonical_json([date(2026, 2, 28), datetime(2026, 2, 28, 16, tzinfo=UTC)]) == (
        '["2026-02-28","2026-03-01T00:00:00+08:00"]'
    )
    assert canonical_json((UUID(int=1), Path("a/b"), {"b", "a"})) == (
        '["00000000-0000-0000-0000-000000000001","a/b",["a","b"]]'
    )


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        canonical_json({"at": datetime(2026, 1, 1)})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json([value])


@pytest.mark.parametrize("value", [b"bytes", object(), Shape, {1: "a key"}, {(1, 2): "a key"}])
def test_what_has_no_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="JSON"):
        canonical_json(value)
