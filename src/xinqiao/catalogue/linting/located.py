"""Where in a YAML file a thing stands, so that a finding names the line to mend."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import Reader

from xinqiao.catalogue.contracts import TextDates
from xinqiao.catalogue.yaml_texts import require_bounded

Step = str | int
Place = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a file.

    Attributes:
        file: The file.
        line: Line in it, from 1.
        code: Stable name of the check.
        message: What is wrong.
        remedy: What to do about it.
    """

    file: Path
    line: int
    code: str
    message: str
    remedy: str

    def __str__(self) -> str:
        """`file:line: message remedy [code]`."""
        return f"{self.file}:{self.line}: {self.message}。{self.remedy} [{self.code}]"


@dataclass(frozen=True, slots=True)
class Located:
    """A YAML file as plain data with the line of every key and item."""

    path: Path
    data: Any
    lines: dict[Place, int]
    repeated: tuple[tuple[Place, int], ...] = field(default=())

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest place around it that exists."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def finding(self, place: Place, code: str, message: str, remedy: str) -> Finding:
        """A finding at a place."""
        return Finding(self.path, self.line(place), code, message, remedy)


def text_of(path: Path) -> str:
    """The text of a YAML file.

    Raises:
        yaml.MarkedYAMLError: It is not text in UTF-8; `problem_mark` tells where.
    """
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _fault("不是 UTF-8 编码的文本", path, raw[: error.start].count(b"\n")) from None
    if strange := Reader.NON_PRINTABLE.search(text):
        raise _fault("含有不可显示的字符", path, text[: strange.start()].count("\n"))
    return text


def _fault(problem: str, path: Path, lines_before: int) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(
        problem=problem, problem_mark=yaml.Mark(str(path), 0, lines_before, 0, None, 0)
    )


def locate(path: Path) -> Located:
    """Read a YAML file with its lines.

    Raises:
        yaml.MarkedYAMLError: It is not YAML, or its references are refused; `problem_mark` tells where.
    """
    text = text_of(path)
    loader = TextDates(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return Located(path, None, {})
        require_bounded(root, text)
        lines: dict[Place, int] = {}
        repeated = []
        for place, line in _places(root, ()):
            # A safe loader keeps the last of two equal keys without a word.
            if place in lines:
                repeated.append((place, line))
            lines[place] = line
        # Constructing empties and refills nodes, so the lines are taken first.
        return Located(path, loader.construct_document(root), lines, tuple(repeated))
    finally:
        loader.dispose()


def _places(node: yaml.Node, place: Place) -> Iterator[tuple[Place, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*place, str(key.value))
            yield inner, key.start_mark.line + 1
            yield from _places(value, inner)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield (*place, index), value.start_mark.line + 1
            yield from _places(value, (*place, index))
