"""Wrong usage of the command line, told like any other refusal: what, where, what to do."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

# The parser that Typer brings along; it offers no other way to its failures.
from typer._click.core import Command, Context, Parameter
from typer._click.exceptions import (
    BadOptionUsage,
    BadParameter,
    MissingParameter,
    NoSuchOption,
    UsageError,
)

from xinqiao.cli.blanks import BlankValue
from xinqiao.kernel.refusals import Refusal

_QUOTED = re.compile(r"'(.*)'")
_BRACKETED = re.compile(r"\(([^()]*)\)$")
# What the parser says of a path that has to be there: a kind of path, the path as Python writes it, what is wrong.
_PATH = re.compile(r"(?:File|Directory|Path) (['\"])(?P<path>.*)\1 (?P<wrong>[a-z ]+)\.", re.DOTALL)
_PATH_FAULTS: Mapping[str, str] = {
    "does not exist": "文件不存在",
    "is a directory": "这是一个文件夹，不是文件",
    "is a file": "这是一个文件，不是文件夹",
    "is not readable": "没有读取的权限",
    "is not writable": "没有写入的权限",
}
_MOST_OFFERED, _LIKENESS = 3, 0.6


class WrongUsage(Refusal):
    """The words on the command line are not those of a command."""

    code = "wrong_usage"


def explain(error: UsageError, root: Command, given: Sequence[str]) -> WrongUsage:
    """What the parser found wrong, where, and how the command is to be used.

    Args:
        error: The parser's failure.
        root: The command that everything stands below.
        given: The words on the command line.
    """
    context = error.ctx
    message, offer = _told(error, context)
    if context is None:
        path = _command_path(root, given)
        return WrongUsage(message, where=path, remedy=f"说明见 {path} --help。")
    usage = " ".join(context.get_usage().split())
    return WrongUsage(
        message, where=context.command_path, remedy=f"{offer}{usage}；说明见 {context.command_path} --help。"
    )


def _told(error: UsageError, context: Context | None) -> tuple[str, str]:
    """What is wrong, and what may have been meant, as sentences."""
    match error:
        case MissingParameter():
            return f"缺少{_named(error.param)}。", ""
        case BadParameter():
            return _bad_value(error)
        case NoSuchOption():
            offered = () if context is None else _options(context)
            return f"没有选项 {error.option_name}。", _offer(error.option_name, offered)
        case BadOptionUsage():
            takes_none = "does not take" in error.message
            return f"选项 {error.option_name} {'不带值' if takes_none else '后面缺少值'}。", ""
    if error.message.startswith("Missing command"):
        return "没有写要执行的命令。", f"可用的命令：{'、'.join(_commands(context))}。"
    if error.message.startswith("No such command"):
        word = _within(_QUOTED, error.message.partition(" Did you mean")[0])
        return f"没有命令 {word}。", _offer(word, _commands(context))
    if error.message.startswith("Got unexpected"):
        return f"多出了参数：{_within(_BRACKETED, error.message)}。", ""
    return f"命令的写法不正确：{error.message}", ""


def _blank_value(error: BlankValue) -> tuple[str, str]:
    assert error.param is not None
    named = _named(error.param)
    blank = " " if named[-1].isascii() else ""
    left_out = "" if error.param.required else "，或不写这一项"
    found = f"的值“{error.listed}”中有一项是空的" if error.listed else "的值是空的"
    return f"{named}{blank}{found}。", f"请写明值{left_out}；用了变量时核对变量是否有值。"


def _bad_value(error: BadParameter) -> tuple[str, str]:
    if isinstance(error, BlankValue):
        return _blank_value(error)
    named = _named(error.param)
    blank = " " if named[-1].isascii() else ""
    path = _PATH.fullmatch(error.message)
    if path is not None and path["wrong"] in _PATH_FAULTS:
        return f"{named}{blank}的值“{path['path']}”不正确：{_PATH_FAULTS[path['wrong']]}。", "请核对路径。"
    given, is_told, _ = error.message.partition(" is not ")
    given = given.strip("'") if is_told else ""
    value = f"“{given}”" if given else ""
    if error.param is None:
        return f"参数的值{value}不正确。", ""
    choices = [str(getattr(each, "value", each)) for each in getattr(error.param.type, "choices", ())]
    expected = _expected(error.param.type, choices)
    return f"{named}{blank}的值{value}不正确{f'，应为{expected}' if expected else ''}。", _offer(
        given, choices
    )


def _expected(kind: object, choices: list[str]) -> str:
    """What a value of a kind has to be."""
    if choices:
        return f" {' 或 '.join(choices)}"
    low, high = getattr(kind, "min", None), getattr(kind, "max", None)
    number = {"int": "整数", "int range": "整数", "float": "数", "float range": "数"}.get(
        str(getattr(kind, "name", ""))
    )
    if number is None:
        return ""
    if low is not None and high is not None:
        return f" {low} 到 {high} 的{number}"
    if low is not None:
        return f"不小于 {low} 的{number}"
    return f"不大于 {high} 的{number}" if high is not None else number


def _named(parameter: Parameter | None) -> str:
    if parameter is None:
        return "参数"
    if parameter.param_type_name == "argument":
        return f"参数“{parameter.human_readable_name.strip('[]')}”"
    return f"选项 {max(parameter.opts, key=len)}"


def _command_path(root: Command, given: Sequence[str]) -> str:
    """The command that the words name, where the parser does not say which it was at."""
    path, at = ["xinqiao"], root
    for word in given:
        inner = getattr(at, "commands", {}).get(word)
        if inner is None:
            break
        path.append(word)
        at = inner
    return " ".join(path)


def _options(context: Context) -> list[str]:
    params = context.command.get_params(context)
    return [each for given in params for each in (*given.opts, *given.secondary_opts) if each.startswith("-")]


def _commands(context: Context | None) -> tuple[str, ...]:
    return tuple(getattr(context.command, "commands", ())) if context is not None else ()


def _offer(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), n=_MOST_OFFERED, cutoff=_LIKENESS)
    return f"是否要找：{'、'.join(near)}？" if near else ""


def _within(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else text
