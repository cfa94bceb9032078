"""The help of every command with its headings in Chinese, where the parser would say them in English."""

import re
from collections.abc import Sequence

import typer
from rich.cells import cell_len

# Typer offers no other way to the layout of its help.
from typer._click.core import Command
from typer._click.formatting import HelpFormatter

_HEADINGS = {"Options": "选项", "Arguments": "参数", "Commands": "命令"}
_OWN_OPTIONS = {
    "Show this message and exit.": "显示这份说明。",
    "Install completion for the current shell.": "为当前的命令行环境安装补全。",
    "Show completion for the current shell, to copy it or customize the installation.": (
        "显示当前命令行环境的补全脚本，供复制或自行安装。"
    ),
}
_KINDS = {"<str>": "<文本>", "<path>": "<路径>", "<int>": "<整数>", "<int range>": "<整数>"}
_KIND = re.compile("|".join(_KINDS))
_BOUNDS = re.compile(r"\[(?:required|default: |[^\]]*<=?)[^\]]*\]$")
_WIDEST_NAME, _GAP = 34, 2


class ChineseHelp(HelpFormatter):
    """Lays help out as the parser does, in Chinese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line of usage; a required argument stands without braces."""
        super().write_usage(prog, args.replace("{", "").replace("}", ""), "用法：")

    def write_heading(self, heading: str) -> None:
        """A heading."""
        self.write(f"{'':>{self.current_indent}}{_HEADINGS.get(heading, heading)}：\n")

    def write_dl(
        self, rows: Sequence[tuple[str, str]], col_max: int = _WIDEST_NAME, col_spacing: int = _GAP
    ) -> None:
        """A list of options, arguments or commands with what each is for; a Chinese character is two wide."""
        told = [(_name(name), _meaning(text)) for name, text in rows]
        width = min(max(cell_len(name) for name, _ in told), col_max) + col_spacing
        for name, text in told:
            first, *rest = text.splitlines() or [""]
            apart = " " * max(width - cell_len(name), col_spacing)
            self.write(f"{'':>{self.current_indent}}{name}{apart}{first}".rstrip() + "\n")
            for line in rest:
                self.write(f"{'':>{self.current_indent + width}}{line}\n")


class _Context(typer.Context):
    formatter_class = ChineseHelp


def in_chinese(command: Command) -> Command:
    """The command, and all below it, with help in Chinese."""
    command.context_class = _Context
    command.options_metavar = "[选项]"
    if hasattr(command, "subcommand_metavar"):
        command.subcommand_metavar = "命令 [参数]…"
    for inner in getattr(command, "commands", {}).values():
        in_chinese(inner)
    return command


def _name(name: str) -> str:
    return _KIND.sub(lambda found: _KINDS[found[0]], name)


def _meaning(text: str) -> str:
    return _BOUNDS.sub(
        lambda found: found[0].replace("required", "必填").replace("default: ", "默认 ").replace("; ", "；"),
        _OWN_OPTIONS.get(text, text),
    )
