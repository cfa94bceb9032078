"""Commands on the lake's tables."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from xinqiao.cli import output
from xinqiao.cli.output import Json
from xinqiao.cli.surroundings import opened

if TYPE_CHECKING:
    from xinqiao.lake.tables import TableVersion

lake = typer.Typer(no_args_is_help=True, help="数据湖：表的版本与整理。")


@lake.command("versions", help="列出每张表当前可见的版本；给出表名则列出它的全部版本。")
def versions(
    context: typer.Context,
    table: Annotated[str | None, typer.Argument(metavar="[表]", help="只看一张表的全部版本。")] = None,
    json: Json = False,
) -> None:
    """List the version of every table that readers see, or the history of one."""
    with opened(context) as workspace, workspace.store.transaction() as tx:
        if table is not None:
            _history(workspace.lake.history(tx, table), json=json)
            return
        found = [
            (name, version, len(files), sum(file.rows for file in files), sum(file.bytes for file in files))
            for name, version in workspace.lake.versions(tx).items()
            for files in [workspace.lake.files(name, version)]
        ]
    if json:
        output.document(
            [dict(zip(("table", "version", "files", "rows", "bytes"), row, strict=True)) for row in found]
        )
    elif not found:
        output.say("数据湖里还没有表。")
    else:
        rows = [
            (name, v, files, f"{count:,}", f"{size / 1_048_576:,.1f}")
            for name, v, files, count, size in found
        ]
        output.table(("表", "版本", "文件数", "行数", "MiB"), rows, numbers=(1, 2, 3, 4))


def _history(history: "Sequence[TableVersion]", *, json: bool) -> None:
    if json:
        output.document(history)
        return
    lines = [
        (
            each.version,
            output.moment(each.made_at),
            each.operation,
            "，".join(f"{key}={value}" for key, value in each.info.items()),
            "当前" if each.current else "未生效（待回退）" if each.orphan else "",
        )
        for each in history
    ]
    output.table(("版本", "时间", "操作", "说明", ""), lines, numbers=(0,))


@lake.command("compact", help="把一张表的许多小文件重写为少数大文件；旧版本仍可读取。")
def compact(
    context: typer.Context,
    tables: Annotated[
        list[str] | None, typer.Argument(metavar="[表…]", help="要整理的表；不写则为全部。")
    ] = None,
    json: Json = False,
) -> None:
    """Rewrite a table's many small files as few large ones; old versions stay readable."""
    from xinqiao.workspace import commands

    done = []
    with opened(context) as workspace:
        with workspace.store.transaction() as tx:
            chosen = tables or list(workspace.lake.versions(tx))
            for table in chosen:
                workspace.lake.version(tx, table)
        with output.counted("整理", len(chosen)) as progress:
            for number, table in enumerate(chosen):
                progress(number, table)
                before, after = commands.compact(workspace, table=table)
                done.append({"table": table, "files_before": before, "files_after": after})
            progress(len(chosen), "")
    if json:
        output.document(done)
    else:
        rows = [(each["table"], each["files_before"], each["files_after"]) for each in done]
        output.table(("表", "原文件数", "现文件数"), rows, numbers=(1, 2))


@lake.command(
    "vacuum",
    help="删除不再需要的文件：当前版本与保存期内的等级都不用的，以及被拒收的交付、中断的命令留下的。",
)
def vacuum(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出将删除的，不删除。")] = False,
    json: Json = False,
) -> None:
    """Delete files that neither readers nor any grade within its retention need, and refused bytes."""
    from xinqiao.workspace import commands

    with opened(context) as workspace:
        done = commands.vacuum(workspace, dry_run=dry_run)
    if json:
        output.document({"dry_run": dry_run, "tables": done})
        return
    rows = [
        (each.table, each.expired, each.orphaned, each.kept, f"{each.bytes / 1_048_576:,.1f}")
        for each in done
        if each.expired or each.orphaned
    ]
    if not rows:
        output.say("没有可删除的文件。")
        return
    output.table(("表", "已过期", "无主", "保留", "MiB"), rows, numbers=(1, 2, 3, 4))
    verb = "可释放" if dry_run else "已释放"
    output.say(f"{verb} {sum(each.bytes for each in done) / 1_048_576:,.1f} MiB。")
