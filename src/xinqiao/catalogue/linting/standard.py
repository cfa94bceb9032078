"""Keys: none twice, none that the standard does not know (its models drop those without a word)."""

import typing
from collections.abc import Iterator
from typing import Any

from open_data_contract_standard.model import CustomProperty, OpenDataContractStandard
from pydantic import BaseModel

from xinqiao.catalogue.linting.located import Finding, Located, Place

API_VERSION = "v3.2.0"


def check_standard(source: Located) -> Iterator[Finding]:
    """Findings about the file as a document of the standard."""
    for place, line in source.repeated:
        yield Finding(
            source.path, line, "repeated_key", f"{place[-1]} 写了两次，前一个会被忽略", "请删去其中一个。"
        )
    for place in unknown_keys(source.data, OpenDataContractStandard, ()):
        yield source.finding(
            place, "unknown_key", f"ODCS 没有 {place[-1]} 这个键", "请改正拼写，或移到 customProperties。"
        )
    for key, expected in (("apiVersion", API_VERSION), ("kind", "DataContract")):
        if source.data.get(key) != expected:
            yield source.finding(
                (key,), f"wrong_{key}", f"{key} 应为 {expected}", f"请写 {key}: {expected}。"
            )
    for key in ("id", "version", "name"):
        if not source.data.get(key):
            yield source.finding((key,), f"missing_{key}", f"缺少 {key}", f"请写明 {key}。")


def unknown_keys(value: Any, model: type[BaseModel], place: Place) -> Iterator[Place]:
    """Places of keys that parsing `value` as `model` would drop."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from unknown_keys(item, model, (*place, index))
    if not isinstance(value, dict):
        return
    fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    for key, item in value.items():
        inner = (*place, key)
        if key not in fields:
            yield inner
        # The value of a custom property is free; everything else has a model all the way down.
        elif (nested := _model_in(fields[key], isinstance(item, list))) and model is not CustomProperty:
            yield from unknown_keys(item, nested, inner)


def _model_in(annotation: Any, as_list: bool, inside: bool = False) -> type[BaseModel] | None:
    """The model in an annotation that a list, or a single mapping, is parsed as."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation if inside == as_list else None
    inside = inside or typing.get_origin(annotation) is list
    found = (_model_in(each, as_list, inside) for each in typing.get_args(annotation))
    return next((model for model in found if model), None)
