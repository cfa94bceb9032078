"""Commands that run until they are stopped, and the one that prepares the database."""

from typing import Annotated

import typer

from xinqiao.cli import output
from xinqiao.cli.output import Json
from xinqiao.cli.surroundings import surroundings

Port = Annotated[
    int | None, typer.Option("--port", min=1, max=65535, help="端口；不写则为 XINQIAO_PORT，默认 8000。")
]


def serve(
    context: typer.Context,
    port: Port = None,
    worker: Annotated[bool, typer.Option("--worker/--no-worker", help="是否同时运行后台任务。")] = True,
    json: Json = False,
) -> None:
    """Serve pages on this machine until stopped."""

    def started(address: str) -> None:
        if json:
            output.document({"address": address, "worker": worker})
        else:
            output.note(f"请打开 {address}；按 Ctrl+C 停止。")

    surroundings(context).serve(port, worker, started)


def worker(context: typer.Context, json: Json = False) -> None:
    """Run background jobs until stopped."""
    if json:
        output.document({"worker": True})
    else:
        output.note("后台任务运行中；按 Ctrl+C 停止。")
    surroundings(context).work()


def migrate(context: typer.Context, json: Json = False) -> None:
    """Bring the database to the program's version."""
    steps = surroundings(context).migrate()
    if json:
        output.document({"applied": steps})
    else:
        output.say(f"数据库已升级：{'、'.join(steps)}。" if steps else "数据库已是最新版本。")
