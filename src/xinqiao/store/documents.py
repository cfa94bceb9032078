"""JSON as the database keeps it: one text for one value, whoever writes it."""

import dataclasses
import json
from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

from xinqiao.kernel.clock import CITY_TIME


def canonical_json(value: Any) -> str:
    """The one JSON text of a value: keys sorted, no blanks, Chinese as it is.

    Days are ISO 8601, instants too, in city time; decimals are strings, so that no digit is lost; a dataclass
    is its fields, an enum its value, a set its sorted members.

    Raises:
        ValueError: An instant without a time zone, or a float that is no number.
        TypeError: Something that has no JSON form, or a key that is no string.
    """
    return json.dumps(
        _plain(value), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )


def _plain(value: Any) -> Any:
    plain: Any = value
    match value:
        case Enum():
            plain = _plain(value.value)
        case None | bool() | int() | float() | str():
            pass
        case datetime():
            if value.tzinfo is None:
                raise ValueError("an instant without a time zone is ambiguous")
            plain = value.astimezone(CITY_TIME).isoformat()
        case date():
            plain = value.isoformat()
        case Decimal() | UUID() | PurePath():
            plain = str(value)
        case Mapping():
            plain = {_key(key): _plain(item) for key, item in value.items()}
        case Set():
            plain = sorted(_plain(item) for item in value)
        case Sequence() if not isinstance(value, bytes):
            plain = [_plain(item) for item in value]
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            plain = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        case _:
            raise TypeError(f"{type(value).__name__} has no JSON form")
    return plain


def _key(key: Any) -> str:
    plain = _plain(key)
    if not isinstance(plain, str):
        raise TypeError(f"a JSON key is a string, not {type(key).__name__}")
    return plain
