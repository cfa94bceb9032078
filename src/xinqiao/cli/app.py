"""The application: its commands, and how a failure is told."""

import json
import sys
from importlib.metadata import version
from typing import Annotated

import click
import typer

from xinqiao.cli import contracts, demo, deliveries, grades, lake_tables, output, services
from xinqiao.cli.surroundings import Surroundings
from xinqiao.kernel.refusals import ProductError

REFUSED = 2
_INTERRUPTED = 130

app = typer.Typer(
    name="xinqiao",
    help="信桥：城市小微企业征信平台。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("serve")(services.serve)
app.command("worker")(services.worker)
app.command("migrate")(services.migrate)
app.command("deliver")(deliveries.deliver)
app.command("evaluate")(grades.evaluate)
app.command("report")(grades.report)
app.add_typer(contracts.catalogue, name="catalogue")
app.add_typer(deliveries.quarantine, name="quarantine")
app.add_typer(grades.rating, name="rating")
app.add_typer(lake_tables.lake, name="lake")


def _show_version(wanted: bool) -> None:
    if wanted:
        output.say(f"xinqiao {version('xinqiao')}")
        raise typer.Exit


@app.callback()
def main(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="显示版本。")
    ] = False,
) -> None:
    """信桥：城市小微企业征信平台。"""


def run(surroundings: Surroundings, arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status; failures of the product are told in one message."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        app(args=given, obj=surroundings, standalone_mode=False)
    except ProductError as error:
        _tell(error, machine="--json" in given)
        return REFUSED
    except click.exceptions.Exit as left:
        return left.exit_code
    except click.ClickException as error:
        error.show()
        return REFUSED
    except (KeyboardInterrupt, click.Abort):
        output.note("已中断，未完成的操作没有生效。")
        return _INTERRUPTED
    return 0


def _tell(error: ProductError, *, machine: bool) -> None:
    if machine:
        told = {"code": error.code, "message": error.message, "where": error.where, "remedy": error.remedy}
        sys.stderr.write(json.dumps({"error": told}, ensure_ascii=False) + "\n")
        return
    output.note(f"✗ {error}")
    output.note(f"  （代码：{error.code}）")
