"""The application: its commands, and how a failure is told."""

import json
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from xinqiao.cli import contracts, deliveries, demo, grades, lake_tables, output, running
from xinqiao.cli.surroundings import Surroundings
from xinqiao.kernel.refusals import Fault, ProductError

FAULTY = 1
REFUSED = 2
INTERRUPTED = 130

app = typer.Typer(
    name="xinqiao",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(
    "demo",
    help="生成一座虚构的城市，交付各部门的数据，评价全部企业，并提供页面；再次运行时从上次停下处继续。",
)(demo.demo)
app.command("serve", help="在本机（127.0.0.1）提供页面，直到停止。")(running.serve)
app.command("worker", help="运行后台任务，直到停止。")(running.worker)
app.command("migrate", help="把数据库升级到本程序的结构版本。")(running.migrate)
app.command("deliver", help="接收一批数据：留存原件、逐行校验，合格的入库，不合格的进隔离区。")(
    deliveries.deliver
)
app.command("evaluate", help="计算指标并评定等级：全部企业，或指定的企业；只使用评价日结束前已得知的数据。")(
    grades.evaluate
)
app.command("report", help="输出一家企业的信用报告。")(grades.report)
app.add_typer(contracts.catalogue, name="catalogue")
app.add_typer(deliveries.quarantine, name="quarantine")
app.add_typer(grades.rating, name="rating")
app.add_typer(lake_tables.lake, name="lake")


def _show_version(wanted: bool) -> None:
    if wanted:
        output.say(f"xinqiao {version('xinqiao')}")
        raise typer.Exit


@app.callback(help="信桥：城市小微企业征信平台。")
def main(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="显示版本。")
    ] = False,
) -> None:
    """Options that come before any command."""


def run(surroundings: Surroundings, arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status; failures of the product are told in one message."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        app(args=given, obj=surroundings, prog_name="xinqiao")
    except ProductError as error:
        _tell(error.code, error.message, error.where, error.remedy, machine="--json" in given)
        return FAULTY if isinstance(error, Fault) else REFUSED
    except OSError as error:
        # A file or folder that was named on the command line, or a full disk under it.
        _tell(
            "file_error",
            f"文件无法读写：{error.strerror or ' '.join(str(error).split())}。",
            str(error.filename or ""),
            "核对路径、权限与磁盘空间。",
            machine="--json" in given,
        )
        return REFUSED
    except SystemExit as left:
        if left.code == INTERRUPTED:
            output.note("已中断，未完成的操作没有生效。")
        return left.code if isinstance(left.code, int) else 0
    return 0


def _tell(code: str, message: str, where: str, remedy: str, *, machine: bool) -> None:
    if machine:
        told = {"code": code, "message": message, "where": where, "remedy": remedy}
        sys.stderr.write(json.dumps({"error": told}, ensure_ascii=False) + "\n")
        return
    place = f"{where}：" if where else ""
    output.note(f"✗ {place}{message}{'' if message.endswith('。') else '。'}{remedy}（代码：{code}）")
