"""Declared data read strictly: every value knows its file and line, so that a refusal can point at it.

A declaration is YAML in which each key is expected, given once and of the right kind. The same reader takes
a declaration stored as JSON (a replay loads what a grade was made of), which has a file but no lines.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from xinqiao.catalogue.content import sealed
from xinqiao.catalogue.linting.located import text_of
from xinqiao.catalogue.yaml_texts import fault_of, require_bounded
from xinqiao.kernel.refusals import Refusal

# The loader in C, where the library was built with it, reads the catalogue in a tenth of the time.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT = "tag:yaml.org,2002:str"

Scalar = str | int | float | bool | date | None


class Misdeclared(Refusal):
    """A declaration cannot be taken as it stands; the message names file, line and remedy."""

    code = "misdeclared"


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a declaration and the place where it stands.

    Attributes:
        value: A scalar, a tuple of nodes, or a mapping of names to nodes.
        origin: The file, as people should see it.
        line: Line in the file, from 1; 0 when the declaration was not read from a text.
    """

    value: Any
    origin: str
    line: int

    @property
    def where(self) -> str:
        """File and line as `file:line`, or the file alone."""
        return f"{self.origin}:{self.line}" if self.line else self.origin

    def refuse(self, message: str, remedy: str) -> Misdeclared:
        """The refusal of this value, for the caller to raise."""
        return Misdeclared(message, where=self.where, remedy=remedy)

    @property
    def given(self) -> bool:
        """Whether there is a value at all."""
        return self.value is not None

    def mapping(self, *, required: Collection[str], optional: Collection[str] = ()) -> Mapping[str, "Node"]:
        """The entries of a mapping that holds all required names and nothing beyond the optional ones.

        An optional name that is not given reads as an empty node.

        Raises:
            Misdeclared: Not a mapping, a name missing, or a name nobody expects.
        """
        entries = self.entries()
        for name, node in entries.items():
            if name not in required and name not in optional:
                known = "、".join([*required, *optional])
                raise node.refuse(f"未知的声明项 {name}。", f"可用的声明项：{known}。")
        for name in required:
            if name not in entries or not entries[name].given:
                raise self.refuse(f"缺少声明项 {name}。", f"补充 {name}。")
        return {
            name: entries.get(name, Node(None, self.origin, self.line)) for name in [*required, *optional]
        }

    def entries(self) -> Mapping[str, "Node"]:
        """The entries of a mapping with free names.

        Raises:
            Misdeclared: Not a mapping.
        """
        if not isinstance(self.value, dict):
            raise self.refuse("此处应为若干“名称: 值”。", "按“名称: 值”逐行书写。")
        return self.value

    def items(self) -> Sequence["Node"]:
        """The entries of a list.

        Raises:
            Misdeclared: Not a list.
        """
        if not isinstance(self.value, tuple):
            raise self.refuse("此处应为列表。", "以“- ”开头逐项书写，或用方括号。")
        return self.value

    def text(self) -> str:
        """A text that is not empty.

        Raises:
            Misdeclared: Not a text.
        """
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.refuse("此处应为非空文字。", "填写文字；以数字开头的文字请加引号。")
        return self.value.strip()

    def number(self) -> float:
        """A finite number.

        Raises:
            Misdeclared: Not a number.
        """
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.refuse("此处应为数字。", "填写数字，不加引号和单位。")
        return float(value)

    def integer(self, *, minimum: int, maximum: int) -> int:
        """A whole number within bounds, both included.

        Raises:
            Misdeclared: Not a whole number, or out of bounds.
        """
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= maximum:
            raise self.refuse(f"此处应为 {minimum} 至 {maximum} 的整数。", "改为范围内的整数。")
        return value

    def truth(self) -> bool:
        """Yes or no.

        Raises:
            Misdeclared: Something else.
        """
        if not isinstance(self.value, bool):
            raise self.refuse("此处应为 true 或 false。", "填写 true 或 false，不加引号。")
        return self.value

    def day(self) -> date:
        """A date.

        Raises:
            Misdeclared: Not a date, or one with a time of day.
        """
        # To Python a moment is a date too, but one that no date can be compared with.
        if isinstance(self.value, datetime):
            raise self.refuse(
                f"此处应为日期，写的却是时刻 {self.value}。",
                f"只写日期，不写时刻，如 {self.value.date()}。",
            )
        if isinstance(self.value, date):
            return self.value
        try:
            return date.fromisoformat(str(self.value))
        except ValueError:
            raise self.refuse("此处应为日期。", "按 2026-11-01 的写法填写。") from None

    def choice(self, allowed: Collection[str]) -> str:
        """One of the allowed words.

        Raises:
            Misdeclared: Another word.
        """
        if self.value not in allowed:
            raise self.refuse(f"不认识的取值 {self.value}。", f"可用的取值：{'、'.join(allowed)}。")
        return str(self.value)

    def plain(self) -> Any:
        """The value as JSON can hold it."""
        if isinstance(self.value, dict):
            return {name: node.plain() for name, node in self.value.items()}
        if isinstance(self.value, tuple):
            return [node.plain() for node in self.value]
        return self.value.isoformat() if isinstance(self.value, date) else self.value


def read_yaml(path: Path, root: Path) -> Node:
    """Read a YAML file; places are told relative to `root`.

    Raises:
        Misdeclared: Not YAML, empty, or a name given twice.
    """
    origin = path.relative_to(root).as_posix()
    text = ""
    try:
        text = text_of(path)
        tree = yaml.compose(text, Loader=_LOADER)
        require_bounded(tree, text)
    except yaml.MarkedYAMLError as error:
        fault = fault_of(error, text)
        raise Node(None, origin, fault.line).refuse(
            f"不是有效的 YAML：{fault.said}。", f"{fault.remedy}。"
        ) from None
    if tree is None:
        raise Node(None, origin, 1).refuse("文件为空。", "补全声明，或删除该文件。")
    return _from_yaml(tree, origin, yaml.SafeLoader(""))


def from_plain(value: Any, origin: str) -> Node:
    """A declaration from JSON values, as `Node.plain` gave them."""
    if isinstance(value, dict):
        return Node({name: from_plain(entry, origin) for name, entry in value.items()}, origin, 0)
    if isinstance(value, list):
        return Node(tuple(from_plain(entry, origin) for entry in value), origin, 0)
    return Node(value, origin, 0)


def fingerprint(content: Mapping[str, Any]) -> str:
    """SHA-256 of JSON content in one canonical spelling, so that equal content has equal fingerprints."""
    return sealed(content)[1]


def _from_yaml(tree: yaml.Node, origin: str, loader: yaml.SafeLoader) -> Node:
    line = tree.start_mark.line + 1
    if isinstance(tree, yaml.MappingNode):
        entries: dict[str, Node] = {}
        for key, value in tree.value:
            name = str(key.value)
            node = _from_yaml(value, origin, loader)
            # A block value starts on the line below its name; the name's own line is what people look for.
            node = Node(node.value, origin, key.start_mark.line + 1)
            if name in entries:
                raise node.refuse(f"声明项 {name} 重复。", "删除多余的一项。")
            entries[name] = node
        return Node(entries, origin, line)
    if isinstance(tree, yaml.SequenceNode):
        return Node(tuple(_from_yaml(entry, origin, loader) for entry in tree.value), origin, line)
    if tree.tag == _TEXT:
        return Node(tree.value, origin, line)
    try:
        return Node(loader.construct_object(tree), origin, line)
    except ValueError:
        raise Node(None, origin, line).refuse(f"{tree.value} 不是可能的日期或数值。", "改正取值。") from None
