"""YAML as people write it: what is wrong with a text, in words, and how much one may unfold to."""

from dataclasses import dataclass

import yaml

_MOST_VALUES = 100_000
_WIDE = "："
_PUNCTUATION = "冒号、逗号与括号用半角，冒号后空一格"

# What PyYAML says, in C or in Python, by the beginning or a part of it: what is wrong, and what to do.
_SAID = (
    ("tab", ("用了制表符（Tab）", "改用空格缩进")),
    (r"'\t'", ("用了制表符（Tab）", "改用空格缩进")),
    ("mapping values are not allowed", ("此处不应有冒号", f"{_PUNCTUATION}；文字中有冒号时加引号")),
    ("could not find expected ':'", ("此处缺少冒号", _PUNCTUATION)),
    ("unexpected end of stream", ("引号没有配对", "补上另一半引号")),
    ("found undefined alias", ("引用（*）的内容没有定义", "写出内容本身；以 * 开头的文字加引号")),
    ("']'", ("方括号没有配对，或缺少逗号", f"补上方括号或逗号；{_PUNCTUATION}")),
    ("'}'", ("花括号没有配对，或缺少逗号", f"补上花括号或逗号；{_PUNCTUATION}")),
    ("cannot start any token", ("此处的符号不能用作开头", "以符号开头的文字加引号")),
    ("did not find expected", ("缩进不一致，或列表与“名称: 值”混在一处", "同一层的各行缩进相同")),
    ("expected <block end>", ("缩进不一致，或列表与“名称: 值”混在一处", "同一层的各行缩进相同")),
)


@dataclass(frozen=True, slots=True)
class TextFault:
    """What is wrong with a text.

    Attributes:
        line: In which line, from 1; 0 when it is not known.
        column: In which column of it, from 1; 0 when it is not known.
        said: What is wrong.
        remedy: What to do.
    """

    line: int
    column: int
    said: str
    remedy: str


def fault_of(error: yaml.YAMLError, text: str = "") -> TextFault:
    """What an error of the parser means, at the line to mend; its own words where they are not known."""
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    problem = (isinstance(error, yaml.MarkedYAMLError) and error.problem) or " ".join(str(error).split())
    line, column = (mark.line, mark.column) if mark else (-1, -1)
    known = next((told for part, told in _SAID if part in problem), None)
    if known is None:
        return TextFault(line + 1, column + 1, problem, "检查缩进、冒号与引号")
    lines = text.splitlines()
    if "expected ':'" in problem or "mapping values" in problem:
        # A wide colon ends no name: the parser reads on and stumbles over the next line's.
        for place in (line, line - 1):
            if 0 <= place < len(lines) and _WIDE in lines[place] and ": " not in lines[place]:
                column = lines[place].index(_WIDE)
                return TextFault(place + 1, column + 1, "用了全角冒号“：”", "改为半角冒号“:”，其后空一格")
    return TextFault(line + 1, column + 1, *known)


def require_bounded(root: yaml.Node | None, text: str) -> None:
    """Refuse a tree whose references (`*`) lead back into themselves or unfold to more than anybody writes.

    A text without `&` names nothing that could be referred to. That is most of them, and to look through
    their trees takes a third of the time of reading a catalogue.

    Args:
        root: The tree.
        text: What it was read from.

    Raises:
        yaml.MarkedYAMLError: They do; `problem_mark` tells where.
    """
    if root is not None and "&" in text:
        _unfolded(root, {})


def _unfolded(node: yaml.Node, sizes: dict[int, int]) -> int:
    """How many values a node stands for with its references written out; each node is looked at once."""
    known = sizes.get(id(node))
    if known == 0:
        raise yaml.MarkedYAMLError(problem="引用（*）指回了它所在的内容", problem_mark=node.start_mark)
    if known is not None:
        return known
    sizes[id(node)] = 0
    inner: list[yaml.Node] = []
    if isinstance(node, yaml.MappingNode):
        inner = [each for pair in node.value for each in pair]
    elif isinstance(node, yaml.SequenceNode):
        inner = node.value
    size = 1 + sum(_unfolded(each, sizes) for each in inner)
    if size > _MOST_VALUES:
        raise yaml.MarkedYAMLError(
            problem=f"引用（*）层层展开后超过 {_MOST_VALUES:,} 项", problem_mark=node.start_mark
        )
    sizes[id(node)] = size
    return size
