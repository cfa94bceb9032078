"""The custom properties that contracts may use, and what each may say."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from open_data_contract_standard.model import CustomProperty

from xinqiao.catalogue.linting.located import Finding, Located, Place
from xinqiao.catalogue.model import MASKS, MODES, SHARING, UNITS

Check = Callable[[Any], bool]

_ITEMS = 37
"""Items in the national list of shared credit information (国办发〔2021〕52号)."""


def _one_of(values: Iterable[str]) -> Check:
    known = frozenset(values)
    return lambda value: isinstance(value, str) and value in known


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_item(value: Any) -> bool:
    return isinstance(value, int) and 1 <= value <= _ITEMS


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_bilingual(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"zh", "en"} and all(map(_is_text, value.values()))


def _is_subject(value: Any) -> bool:
    return isinstance(value, dict) and {"field", "identifiers"} <= set(value) <= {
        "field",
        "systemField",
        "identifiers",
    }


TABLE: Mapping[str, Check] = {
    "mode": _one_of(MODES),
    "sharingMethod": _one_of(SHARING),
    "item": _is_item,
    "occurredOn": _is_text,
    "subject": _is_subject,
}
FIELD: Mapping[str, Check] = {
    "unit": _one_of({"fen"}),
    "stored": _is_flag,
    "future": _is_flag,
    "mask": _one_of(MASKS),
    "whenEmpty": _is_bilingual,
}
SYNONYM: Mapping[str, Check] = {"unit": _one_of(UNITS)}
VALUE: Mapping[str, Check] = {"aliases": _are_texts}
RULE: Mapping[str, Check] = {"labelEn": _is_text}


def check_custom(
    source: Located, place: Place, custom: list[CustomProperty] | None, known: Mapping[str, Check]
) -> Iterator[Finding]:
    """Findings about the custom properties of the thing at `place`."""
    seen: set[str] = set()
    for index, each in enumerate(custom or ()):
        here, name = (*place, "customProperties", index), each.property or ""
        if name not in known:
            yield source.finding(
                here,
                "unknown_property",
                f"不认识的 customProperties：{name}",
                f"可用的：{'、'.join(sorted(known))}。",
            )
        elif not known[name](each.value):
            yield source.finding(
                here, "invalid_property", f"{name} 的取值 {each.value} 不能用", "请对照其他合同改正取值。"
            )
        if name in seen:
            yield source.finding(here, "repeated_property", f"{name} 写了两次", "请删去其中一个。")
        seen.add(name)
