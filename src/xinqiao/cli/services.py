"""Commands that run until they are stopped, and the one that prepares the database."""

from typing import Annotated

import typer

from xinqiao.cli import output
from xinqiao.cli.output import Json
from xinqiao.cli.surroundings import surroundings

Port = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="端口；不写则为 XINQIAO_PORT，默认 8000。")]


def serve(
    context: typer.Context,
    port: Port = None,
    worker: Annotated[bool, typer.Option("--worker/--no-worker", help="是否同时运行后台任务。")] = True,
    json: Json = False,
) -> None:
    """在本机（127.0.0.1）提供页面，直到停止。"""
    surroundings(context).serve(port, worker)


def worker(context: typer.Context, json: Json = False) -> None:
    """运行后台任务，直到停止。"""
    surroundings(context).work()


def migrate(context: typer.Context, json: Json = False) -> None:
    """把数据库升级到本程序的结构版本。"""
    steps = surroundings(context).migrate()
    if json:
        output.document({"applied": steps})
    else:
        output.say(f"数据库已升级：{'、'.join(steps)}。" if steps else "数据库已是最新版本。")
