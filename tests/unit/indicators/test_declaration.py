"""What no text editor and no person meant to write: refused at its line, never a traceback."""

from pathlib import Path

import pytest

from xinqiao.catalogue.declared import InvalidDeclaration, read_declared
from xinqiao.catalogue.linting import lint
from xinqiao.indicators.declaration import Misdeclared, read_yaml
from xinqiao.parties.rules import Rules

GOOD = b"code: E01\nlabel: {zh: \xe5\xb9\xb4, en: year}\n"


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (GOOD + "name: 企业".encode()[:-1], 3, "不是 UTF-8 编码的文本"),
        (GOOD + b"\xff\xd8\xff\xe0", 3, "不是 UTF-8 编码的文本"),
        (GOOD + b"name: a\x00b\n", 3, "不可显示的字符"),
        (GOOD + b"a: &a [*a]\n", 3, "指回了它所在的内容"),
        (GOOD + b"a: &a\n  b: {c: *a}\n", 3, "指回了它所在的内容"),
        (GOOD + b"from: 2027-02-31\n", 3, "2027-02-31"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_line(
    tmp_path: Path, content: bytes, line: int, said: str
) -> None:
    path = tmp_path / "E01.yaml"
    path.write_bytes(content)

    with pytest.raises(Misdeclared, match=said) as refused:
        read_yaml(path, tmp_path)

    assert refused.value.where == f"E01.yaml:{line}"


@pytest.mark.parametrize(
    "moment", ["2027-01-01T10:00:00", "2027-01-01 10:00:00", "2027-01-01T10:00:00+08:00"]
)
def test_a_moment_is_no_date(tmp_path: Path, moment: str) -> None:
    path = tmp_path / "E01.yaml"
    path.write_text(f"name: a\nfrom: {moment}\n", "utf-8")

    with pytest.raises(Misdeclared, match="此处应为日期，写的却是时刻 2027-01-01") as refused:
        read_yaml(path, tmp_path).entries()["from"].day()

    assert refused.value.where == "E01.yaml:2"
    assert "2027-01-01" in (refused.value.remedy or "")


def test_an_anchor_used_elsewhere_is_read(tmp_path: Path) -> None:
    path = tmp_path / "E01.yaml"
    path.write_bytes(b"a: &a {x: 1}\nb: *a\n")

    assert read_yaml(path, tmp_path).plain() == {"a": {"x": 1}, "b": {"x": 1}}


@pytest.mark.parametrize("content", [b"\xff\xd8", "id: 企".encode()[:-1], b"id: a\x00b\n", b"id: &a [*a]\n"])
def test_other_declarations_and_contracts_say_so_too(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.odcs.yaml"
    path.write_bytes(content)

    with pytest.raises(InvalidDeclaration, match="不是有效的 YAML"):
        read_declared(Rules, path)
    assert [each.code for each in lint(path)] == ["not_yaml"]
