"""Declared data read into its shape, or refused with the line to mend."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import ConfigDict

from xinqiao.catalogue.declared import STRICT, InvalidDeclaration, from_content, read_declared


@dataclass(frozen=True, slots=True)
class Part:
    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Whole:
    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    since: date
    parts: tuple[Part, ...]


GOOD = "since: 2026-11-01\nparts:\n  - {name: a, share: 0.5}\n  - name: b\n    share: 1\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "whole.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_file_becomes_its_dataclass_and_can_be_made_again_from_its_content(tmp_path: Path) -> None:
    declared = read_declared(Whole, written(tmp_path, GOOD))

    assert declared.value == Whole(date(2026, 11, 1), (Part("a", 0.5), Part("b", 1.0)))
    assert from_content(Whole, declared.content) == declared
    assert len(declared.fingerprint) == 64


def test_layout_does_not_change_the_fingerprint_and_content_does(tmp_path: Path) -> None:
    plain = read_declared(Whole, written(tmp_path, GOOD)).fingerprint
    laid_out = read_declared(
        Whole, written(tmp_path, "# a remark\n" + GOOD.replace("  - name", "  -\n    name"))
    )
    changed = read_declared(Whole, written(tmp_path, GOOD.replace("0.5", "0.6")))

    assert laid_out.fingerprint == plain
    assert changed.fingerprint != plain


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (GOOD.replace("    share: 1\n", ""), 4, "缺少声明项"),
        (GOOD + "    colour: red\n", 6, "未知的声明项"),
        (GOOD.replace("share: 1\n", "share: much\n"), 5, "取值不合要求"),
        (GOOD.replace("2026-11-01", "soon"), 1, "取值不合要求"),
        (GOOD + "since: 2026-11-02\n", 6, "重复"),
        (GOOD + "parts: [\n", 7, "不是有效的 YAML"),
        ("- a\n", 1, "名称: 值"),
        ("", 1, "名称: 值"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(InvalidDeclaration, match=said) as refused:
        read_declared(Whole, written(tmp_path, text))

    assert refused.value.where == f"whole.yaml:{line}"
    assert refused.value.remedy
