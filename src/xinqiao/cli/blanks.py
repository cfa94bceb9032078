"""Empty values on the command line, as a shell variable that was never set leaves them: refused everywhere alike.

An option that is left out means something, everybody or today; one that is there without a value is a mistake.
"""

from typing import Any

# Typer offers no other way to what was given before it is a path, which is never empty.
from typer._click.core import Command, Context, Parameter, ParameterSource
from typer._click.exceptions import BadParameter
from typer._click.types import ParamType

from xinqiao.cli.output import parted

_WORDY = frozenset({"str", "path", "file", "directory"})


class BlankValue(BadParameter):
    """A value is empty, or one place in a list of values is.

    Attributes:
        listed: The list as it was given; empty where the whole value is.
    """

    def __init__(self, *, context: Context, parameter: Parameter, listed: str = "") -> None:
        super().__init__("", ctx=context, param=parameter)
        self.listed = listed


class _Filled(ParamType):
    """A kind of value that was given in words and is not empty."""

    def __init__(self, kind: ParamType) -> None:
        self.kind, self.name = kind, kind.name

    def convert(self, value: Any, param: Parameter | None, ctx: Context | None) -> Any:
        """The value as its kind reads it.

        Raises:
            BlankValue: It was given and is empty.
        """
        if param is not None and ctx is not None and isinstance(value, str):
            given = ctx.get_parameter_source(str(param.name)) is ParameterSource.COMMANDLINE
            if given and not value.strip():
                raise BlankValue(context=ctx, parameter=param)
            if given and getattr(param, "multiple", False) and not all(map(str.strip, parted([value]))):
                raise BlankValue(context=ctx, parameter=param, listed=value)
        return self.kind.convert(value, param, ctx)

    def shell_complete(self, ctx: Context, param: Parameter, incomplete: str) -> list[Any]:
        """What the terminal offers, as for the kind itself."""
        return self.kind.shell_complete(ctx, param, incomplete)


def refuse_blanks(command: Command) -> Command:
    """The command, and all below it, refusing texts and paths that are given without a value."""
    for given in command.params:
        if given.type.name in _WORDY:
            given.type = _Filled(given.type)
    for inner in getattr(command, "commands", {}).values():
        refuse_blanks(inner)
    return command
