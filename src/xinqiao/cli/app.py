"""The application: its commands, and how a failure is told."""

import json
import sys
from collections.abc import Mapping
from importlib.metadata import version
from typing import Annotated

import typer
from typer._click.exceptions import NoArgsIsHelpError, UsageError

from xinqiao.cli import contracts, deliveries, demo, grades, lake_tables, outlook, output, parties, running
from xinqiao.cli.blanks import refuse_blanks
from xinqiao.cli.help_pages import in_chinese
from xinqiao.cli.surroundings import Surroundings
from xinqiao.cli.usage import explain
from xinqiao.kernel.file_faults import said
from xinqiao.kernel.refusals import Fault, ProductError, Refusal

FAULTY = 1
REFUSED = 2
INTERRUPTED = 130
# As of a program that the system ends because nobody reads on: 128 and the number of SIGPIPE.
PIPE_CLOSED = 141

_COMMANDS: Mapping[str, str] = {
    "ungraded": "评价命令：xinqiao evaluate --subject 统一社会信用代码（一家），或 xinqiao evaluate（全部）。"
}
"""By code of a refusal, the command that does what its remedy says; the remedy itself is told on pages too."""

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
app.command("outlook", help="各行业景气：可比企业的营业额与上年同期相比，户数过少的不予公布。")(
    outlook.outlook
)
app.command("parties", help="一家企业的关联方：实际控制人、同一控制下的企业、担保圈与关联企业。")(
    parties.parties
)
app.command("size-class", help="一家企业的划型：大型、中型、小型或微型，以及所依据的数值和来源。")(
    parties.size_class
)
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
    output.adapt()
    given = sys.argv[1:] if arguments is None else arguments
    machine = "--json" in given
    root = refuse_blanks(in_chinese(typer.main.get_command(app)))
    try:
        left = root.main(args=given, obj=surroundings, prog_name="xinqiao", standalone_mode=False)
    except NoArgsIsHelpError as help_page:
        sys.stderr.write(f"{help_page.message}\n")
        return REFUSED
    except UsageError as error:
        _tell(explain(error, root, given), machine=machine)
        return REFUSED
    except ProductError as error:
        _tell(error, machine=machine)
        return FAULTY if isinstance(error, Fault) else REFUSED
    except OSError as error:
        _tell(_file_error(error), machine=machine)
        return REFUSED
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):
            return PIPE_CLOSED
        return ended.code if isinstance(ended.code, int) else 0
    if left == INTERRUPTED:
        output.note("已中断，未完成的操作没有生效。")
    return left if isinstance(left, int) else 0


class FileError(Refusal):
    """A file or folder that was named on the command line cannot be used, or the disk under it is full."""

    code = "file_error"


def _file_error(error: OSError) -> FileError:
    return FileError(
        f"文件无法读写：{said(error)}。", where=str(error.filename or ""), remedy="核对路径、权限与磁盘空间。"
    )


def _tell(error: ProductError, *, machine: bool) -> None:
    remedy = error.remedy + _COMMANDS.get(error.code, "")
    if machine:
        told = {"code": error.code, "message": error.message, "where": error.where, "remedy": remedy}
        sys.stderr.write(json.dumps({"error": told}, ensure_ascii=False) + "\n")
        return
    place = f"{error.where}：" if error.where else ""
    stop = "" if error.message.endswith("。") else "。"
    output.note(f"✗ {place}{error.message}{stop}{remedy}（代码：{error.code}）")
