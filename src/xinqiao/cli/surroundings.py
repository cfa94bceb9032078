"""What the command line is handed by the composition root."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, cast

import typer

if TYPE_CHECKING:
    from xinqiao.products import Report
    from xinqiao.workspace import Workspace


class Language(StrEnum):
    """Language of a report's page."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What commands need and may not make themselves.

    Attributes:
        open: Opens the workspace for the length of a block; its database is migrated.
        migrate: Brings the database up to date and names the steps taken.
        serve: Serves pages on a port until stopped, with the job runner inside when the flag says so; tells
            the address once it serves.
        work: Runs queued jobs until stopped.
        queue: Queues an evaluation of the city as of a day, with a model where one is named; False when one waits already.
        render: A report as one HTML page that needs nothing else.
    """

    open: "Callable[[], AbstractContextManager[Workspace]]"
    migrate: Callable[[], list[str]]
    serve: Callable[[int | None, bool, Callable[[str], None]], None]
    work: Callable[[], None]
    queue: "Callable[[Workspace, date, str | None], bool]"
    render: "Callable[[Report, Language], str]"


def surroundings(context: typer.Context) -> Surroundings:
    """The surroundings of a command."""
    return cast(Surroundings, context.obj)


def opened(context: typer.Context) -> "AbstractContextManager[Workspace]":
    """The workspace, open for the length of a block."""
    return surroundings(context).open()


def day_asked(workspace: "Workspace", day: date | None) -> date | None:
    """The day that `--as-of` names, None where it is left out.

    Raises:
        NotYetOver: The day has not come: nothing is known as of it, though today's records would give an answer.
    """
    if day is not None and day > workspace.today():
        from xinqiao.rating.operations import NotYetOver

        raise NotYetOver(
            f"{day} 晚于今天（{workspace.today()}）。", where="--as-of", remedy="选择今天或更早的日期。"
        )
    return day
