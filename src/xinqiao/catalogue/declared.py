"""Declared data of one shape: a YAML file read strictly into frozen dataclasses, or refused with file and line.

The dataclass is the shape: a name it does not have, one that is missing, or a value of another kind is refused.
Dates are written as 2026-11-01, ratios as numbers or texts. A dataclass opts in with `__pydantic_config__ = STRICT`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError

from xinqiao.catalogue.content import sealed
from xinqiao.catalogue.linting.located import Located, Place, locate
from xinqiao.catalogue.yaml_texts import fault_of
from xinqiao.kernel.refusals import Refusal

STRICT = ConfigDict(extra="forbid", strict=True)
"""What the dataclasses of a declaration carry, so that an unknown name is refused."""

Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True)
class Words:
    """A name or a sentence in both languages of the product."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    zh: str
    en: str


_SAID: Mapping[str, tuple[str, str]] = {
    "missing": ("缺少声明项", "补充该项"),
    "missing_argument": ("缺少声明项", "补充该项"),
    "extra_forbidden": ("未知的声明项", "删除该项或改正名称"),
    "unexpected_keyword_argument": ("未知的声明项", "删除该项或改正名称"),
}


class InvalidDeclaration(Refusal):
    """A file of declared data cannot be used as it stands."""

    code = "invalid_declaration"


@dataclass(frozen=True, slots=True)
class Declared(Generic[Shape]):
    """A declaration as it was read.

    Attributes:
        value: Its content in its shape.
        content: The same as JSON values: what a replay needs.
        fingerprint: SHA-256 of `content` in one canonical spelling.
    """

    value: Shape
    content: Mapping[str, Any]
    fingerprint: str


def read_declared(shape: type[Shape], path: Path) -> Declared[Shape]:
    """Read a file of declared data.

    Args:
        shape: The dataclass that says what may stand in it.
        path: The YAML file.

    Raises:
        InvalidDeclaration: It is not YAML, a name stands twice, or something does not fit the shape.
    """
    try:
        located = locate(path)
    except yaml.MarkedYAMLError as error:
        fault = fault_of(error, path.read_text(encoding="utf-8", errors="replace"))
        raise InvalidDeclaration(
            f"不是有效的 YAML：{fault.said}。",
            where=f"{path.name}:{fault.line or 1}",
            remedy=f"{fault.remedy}。",
        ) from None
    if located.repeated:
        place, line = located.repeated[0]
        raise InvalidDeclaration(
            f"声明项 {place[-1]} 重复。", where=f"{path.name}:{line}", remedy="删除多余的一项。"
        )
    if not isinstance(located.data, dict):
        raise InvalidDeclaration(
            "此处应为若干“名称: 值”。", where=f"{path.name}:1", remedy="按“名称: 值”逐行书写。"
        )
    try:
        return from_content(shape, located.data)
    except ValidationError as error:
        raise _refused(error, located) from None


def from_content(shape: type[Shape], content: Mapping[str, Any]) -> Declared[Shape]:
    """A declaration from its `Declared.content`.

    Raises:
        pydantic.ValidationError: It does not fit the shape.
    """
    canonical, fingerprint = sealed(content)
    value: Shape = TypeAdapter(shape).validate_json(canonical)
    return Declared(value, content, fingerprint)


def refused_at(path: Path, place: Place, message: str, remedy: str) -> InvalidDeclaration:
    """The refusal of what fits its shape and yet cannot be, at the line of its place; for the caller to raise."""
    return InvalidDeclaration(message, where=f"{path.name}:{locate(path).line(place)}", remedy=remedy)


def _refused(error: ValidationError, located: Located) -> InvalidDeclaration:
    """The refusal of what pydantic found, at the line of the first finding."""
    found = error.errors(include_url=False, include_context=False)
    first = found[0]
    place = tuple(first["loc"])
    name = ".".join(str(step) for step in place)
    said, remedy = _SAID.get(first["type"], (f"取值不合要求（{first['msg']}）", "按字段说明改正"))
    more = f"；另有 {len(found) - 1} 处" if len(found) > 1 else ""
    return InvalidDeclaration(
        f"{said}：{name}{more}。", where=f"{located.path.name}:{located.line(place)}", remedy=f"{remedy}。"
    )
