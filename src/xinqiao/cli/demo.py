"""The demonstration: a synthetic city, from its departments' files to graded reports, each step shown."""

from typing import Annotated

import typer

from xinqiao import city
from xinqiao.cli import output
from xinqiao.cli.output import Json
from xinqiao.cli.services import Port
from xinqiao.cli.surroundings import opened, surroundings
from xinqiao.rating.evaluation import Evaluation
from xinqiao.workspace import Workspace, commands

ENTERPRISES = 2000


def demo(
    context: typer.Context,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="最后是否提供页面。")] = True,
    enterprises: Annotated[
        int, typer.Option("--enterprises", min=1, max=5_000_000, help="城市有多少家企业。")
    ] = ENTERPRISES,
    port: Port = None,
    json: Json = False,
) -> None:
    """生成一座虚构的城市，交付各部门的数据，评价全部企业，并提供页面；再次运行时从上次停下处继续。"""
    surroundings(context).migrate()
    with opened(context) as workspace:
        manifest = _build(workspace, enterprises)
        _deliver(workspace, manifest)
        newest = _evaluate(workspace, manifest)
        example = _example(workspace)
    if json:
        output.document({"enterprises": enterprises, "evaluation": newest, "example": example})
    else:
        output.say(f"演示城市就绪：{newest.subjects:,} 家企业，评价日 {newest.as_of}。")
        rows = [(grade, f"{count:,}") for grade, count in newest.grades.items()]
        output.table(("等级", "企业数"), rows, numbers=(1,))
    if not serve:
        output.note("启动页面：xinqiao serve")
        return
    address = f"http://127.0.0.1:{port or 8000}"
    output.note(f"请打开 {address} 查询企业；例如 {address}/enterprises/{example}")
    surroundings(context).serve(port, True)


def _build(workspace: Workspace, enterprises: int) -> city.Manifest:
    with output.counted("生成城市", enterprises) as progress:
        manifest = city.build(
            workspace.city_folder, enterprises=enterprises, progress=lambda done, total: progress(done, "")
        )
        progress(enterprises, "")
    return manifest


def _deliver(workspace: Workspace, manifest: city.Manifest) -> None:
    with output.counted("交付数据", len(manifest.deliveries)) as progress:
        for number, each in enumerate(manifest.deliveries):
            progress(number, f"{each.dataset} {each.known_at:%Y-%m-%d}")
            commands.deliver(
                workspace,
                dataset=each.dataset,
                files=[manifest.folder / file for file in each.files],
                mapping=manifest.folder / each.mapping if each.mapping else None,
                known_at=each.known_at,
            )
        progress(len(manifest.deliveries), "")


def _evaluate(workspace: Workspace, manifest: city.Manifest) -> Evaluation:
    made = None
    with output.counted("评价企业", len(manifest.as_of)) as progress:
        for number, day in enumerate(manifest.as_of):
            progress(number, f"{day}")
            made = commands.evaluate(workspace, as_of=day)
        progress(len(manifest.as_of), "")
    assert made is not None
    return made


def _example(workspace: Workspace) -> str:
    """The code of a well-documented enterprise to open first: the best grade that is not alone."""
    grades = commands.list_grades(workspace)
    best = max(grades, key=lambda row: (row["coverage"] or 0, row["score"] or 0))
    return str(best["code"])
