"""What is wrong with a YAML text is told in words, at its line, and references unfold to no more than people write."""

from pathlib import Path

import pytest
import yaml

from xinqiao.catalogue import load_contracts
from xinqiao.catalogue.contracts import PlainText, parse_yaml
from xinqiao.catalogue.contracts import read_yaml as read_contract_yaml
from xinqiao.catalogue.declared import InvalidDeclaration, Words, read_declared
from xinqiao.catalogue.refusals import InvalidContract
from xinqiao.catalogue.yaml_texts import fault_of
from xinqiao.indicators import Misdeclared
from xinqiao.indicators.declaration import read_yaml
from xinqiao.intake.mapping_files import InvalidMapping, load_mapping

LOADERS = pytest.mark.parametrize("loader", [yaml.SafeLoader, PlainText], ids=["python", "c"])
BOMB = (
    "a0: &a0 [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]\n"
    + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 11))
    + "dataset: x\n"
)


@LOADERS
@pytest.mark.parametrize(
    ("text", "line", "said", "remedy"),
    [
        ("a: 1\n\tb: 2\n", 2, "制表符（Tab）", "改用空格缩进"),
        ("a: 1\nversion：2026\nb: 1\n", 2, "全角冒号", "半角冒号"),
        ("version：2026\nb: 1\n", 1, "全角冒号", "半角冒号"),
        ("a: b: c\n", 1, "不应有冒号", "加引号"),
        ("a: [1, 2\nb: 1\n", 2, "方括号", "半角"),
        ("a: {b: 1\nc: 2\n", 2, "花括号", "半角"),
        ("a: 'x\nb: 1\n", 3, "引号没有配对", "补上"),
        ("a:\n  b: 1\n c: 2\n", 3, "缩进不一致", "缩进相同"),
        ("- a\nb: 1\n", 2, "缩进不一致", "缩进相同"),
        ("a: *x\n", 1, "没有定义", "写出内容"),
        ("a: @x\n", 1, "不能用作开头", "加引号"),
    ],
)
def test_a_slip_is_told_in_words_at_its_own_line(
    loader: type[yaml.SafeLoader], text: str, line: int, said: str, remedy: str
) -> None:
    with pytest.raises(yaml.YAMLError) as error:
        parse_yaml(text, loader)

    fault = fault_of(error.value, text)

    assert (fault.line, said in fault.said, remedy in fault.remedy) == (line, True, True), fault


def test_references_that_unfold_without_end_are_refused_wherever_files_are_read(tmp_path: Path) -> None:
    """Ten of ten, ten times nested, are ten thousand million values."""
    file = tmp_path / "bomb.yaml"
    file.write_text(BOMB, encoding="utf-8")
    contract = load_contracts()["tax_payment"]

    with pytest.raises(Misdeclared, match=r"bomb\.yaml:\d+：.*层层展开"):
        read_yaml(file, tmp_path)
    with pytest.raises(InvalidDeclaration, match=r"bomb\.yaml:\d+：.*层层展开"):
        read_declared(Words, file)
    with pytest.raises(InvalidContract, match="层层展开"):
        read_contract_yaml(BOMB, file)
    with pytest.raises(InvalidMapping, match=r"第 \d+ 行.*层层展开"):
        load_mapping(file, contract)


def test_references_that_people_write_are_read(tmp_path: Path) -> None:
    file = tmp_path / "plain.yaml"
    file.write_text("a: &a {zh: 甲, en: A}\nb: *a\nc: [*a, *a]\n", encoding="utf-8")

    node = read_yaml(file, tmp_path)

    assert node.plain()["c"] == [{"zh": "甲", "en": "A"}] * 2
    file.write_text("a: 甲 & 乙\nb: 3 * 4\n", encoding="utf-8")
    assert read_yaml(file, tmp_path).plain() == {"a": "甲 & 乙", "b": "3 * 4"}
    file.write_text("a: &a [*a]\n", encoding="utf-8")
    with pytest.raises(Misdeclared, match=r"plain\.yaml:1：.*指回了它所在的内容"):
        read_yaml(file, tmp_path)
