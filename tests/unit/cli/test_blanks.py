"""A value that is empty, as a shell variable that was never set makes it, is refused and never taken for none."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from xinqiao.cli import app

Xinqiao = Callable[..., Any]
FIRM = "91449901MA5ABCDE0X"


def wordy(command: Any, name: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with each of its options and arguments that takes a text or a path."""
    for part, inner in getattr(command, "commands", {}).items():
        yield from wordy(inner, (*name, part))
    for given in () if hasattr(command, "commands") else command.params:
        if given.type.name in ("str", "path", "file", "directory"):
            yield name, given


EVERY = list(wordy(typer.main.get_command(app)))


def test_there_are_texts_and_paths_to_leave_empty() -> None:
    asked = {(*name, given.name) for name, given in EVERY}

    assert {
        ("evaluate", "subject"),
        ("deliver", "covers"),
        ("deliver", "mapping"),
        ("report", "code"),
    } <= asked


@pytest.mark.parametrize("blank", ["", "  "])
@pytest.mark.parametrize(
    ("name", "given"), EVERY, ids=[f"{' '.join(name)} {each.name}" for name, each in EVERY]
)
def test_an_empty_value_is_refused_with_its_name(
    xinqiao: Xinqiao, tmp_path: Path, name: tuple[str, ...], given: Any, blank: str
) -> None:
    before = sorted(tmp_path.rglob("*"))
    is_option = given.param_type_name == "option"

    said = xinqiao(*name, given.opts[0], blank) if is_option else xinqiao(*name, blank)

    named = f"选项 {given.opts[0]} " if is_option else "参数“"
    (line,) = said.err.splitlines()
    assert (said.status, said.out) == (2, "")
    assert line.startswith(f"✗ xinqiao {' '.join(name)}：{named}")
    assert "的值是空的" in line or "缺少参数" in line
    assert line.endswith("（代码：wrong_usage）")
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_subject_does_not_evaluate_the_city(xinqiao: Xinqiao) -> None:
    said = xinqiao("evaluate", "--subject", "", "--json")

    error = json.loads(said.err)["error"]
    assert (said.status, error["code"], error["where"]) == (2, "wrong_usage", "xinqiao evaluate")
    assert error["message"] == "选项 --subject 的值是空的。"
    assert "核对变量是否有值" in error["remedy"]


@pytest.mark.parametrize("listed", [",", "，", f"{FIRM},", f",{FIRM}", f"{FIRM},,{FIRM}", f"{FIRM}, "])
@pytest.mark.parametrize(
    "words", [("evaluate", "--subject"), ("deliver", "tax_payment", "x.csv", "--covers")]
)
def test_an_empty_place_in_a_list_is_refused(xinqiao: Xinqiao, words: tuple[str, ...], listed: str) -> None:
    said = xinqiao(*words, listed)

    assert said.status == 2
    assert f"选项 {words[-1]} 的值“{listed}”中有一项是空的" in said.err


def test_lists_without_an_empty_place_are_taken(xinqiao: Xinqiao, delivered: None, firm: str) -> None:
    said = xinqiao("evaluate", "--as-of", "2026-03-31", "--subject", f"{firm}，{firm}", "--json").json

    assert (said["scope"], said["subjects"]) == ("subjects", 1)
