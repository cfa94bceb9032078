"""What the command line is handed by the composition root."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import cast

import typer

from xinqiao.products import Report
from xinqiao.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What commands need and may not make themselves.

    Attributes:
        open: Opens the workspace for the length of a block; its database is migrated.
        migrate: Brings the database up to date and names the steps taken.
        serve: Serves pages on a port until stopped; with the job runner inside when the flag says so.
        work: Runs queued jobs until stopped.
        render: A report as one HTML page that needs nothing else, in `zh` or `en`.
    """

    open: Callable[[], AbstractContextManager[Workspace]]
    migrate: Callable[[], list[str]]
    serve: Callable[[int | None, bool], None]
    work: Callable[[], None]
    render: Callable[[Report, str], str]


def surroundings(context: typer.Context) -> Surroundings:
    """The surroundings of a command."""
    return cast(Surroundings, context.obj)


def opened(context: typer.Context) -> AbstractContextManager[Workspace]:
    """The workspace, open for the length of a block."""
    return surroundings(context).open()
