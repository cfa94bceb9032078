"""The pages for operators name every command, option and setting, and none that is not there."""

import re
from pathlib import Path
from typing import Any

import typer

from xinqiao.cli import app
from xinqiao.settings import Settings

# Offered by every command and by the terminal's own completion, so described once.
EVERYWHERE = {"--help", "--install-completion", "--show-completion"}


def offered(command: Any, name: str = "xinqiao") -> dict[str, set[str]]:
    """Every command below one, with its long options."""
    long = {option for given in command.params for option in (*given.opts, *given.secondary_opts)}
    found = {name: {option for option in long if option.startswith("--")} - EVERYWHERE}
    for part, inner in getattr(command, "commands", {}).items():
        if not inner.hidden:
            found |= offered(inner, f"{name} {part}")
    return found


def described(page: Path) -> dict[str, set[str]]:
    """Every command that has a heading, with the options in the first column of its table."""
    sections = re.split(r"^#+ `(xinqiao[a-z -]*)`.*$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {
        name: set(re.findall(r"--[a-z][a-z-]*", " ".join(re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE))))
        for name, text in zip(sections[1::2], sections[2::2], strict=True)
    }


def test_the_page_and_the_command_line_offer_the_same(root: Path) -> None:
    page = described(root / "docs" / "commands.md")
    program = offered(typer.main.get_command(app))
    # A group such as `xinqiao lake` does nothing itself.
    groups = {name for name in program if any(other.startswith(f"{name} ") for other in program)} - {
        "xinqiao"
    }

    assert {name: options for name, options in program.items() if name not in groups} == page


def test_every_setting_is_explained(root: Path) -> None:
    page = (root / "docs" / "operations.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `XINQIAO_([A-Z_]+)` \|", page, flags=re.MULTILINE))

    assert explained == {name.upper() for name in Settings.model_fields}
