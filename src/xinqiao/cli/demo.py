"""The demonstration: a synthetic city, from its departments' files to graded reports, each step shown."""

from typing import TYPE_CHECKING, Annotated

import typer

from xinqiao.cli import output
from xinqiao.cli.output import Json
from xinqiao.cli.running import Port
from xinqiao.cli.surroundings import opened, surroundings
from xinqiao.kernel.refusals import Refusal

if TYPE_CHECKING:
    from xinqiao.city import Manifest
    from xinqiao.rating.evaluation import Evaluation
    from xinqiao.workspace import Workspace

ENTERPRISES = 2000
SEED = 20260630
_LARGEST_SEED = 2**63 - 1


class AnotherCity(Refusal):
    """The home already holds another demonstration city."""

    code = "another_city"


def demo(
    context: typer.Context,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="最后是否提供页面。")] = True,
    enterprises: Annotated[
        int, typer.Option("--enterprises", min=1, max=5_000_000, help="城市有多少家企业。")
    ] = ENTERPRISES,
    seed: Annotated[
        int,
        typer.Option("--seed", min=0, max=_LARGEST_SEED, help="换一个数，造另一座城市；同一个数造出同一座。"),
    ] = SEED,
    port: Port = None,
    json: Json = False,
) -> None:
    """Invent a city, deliver its files, evaluate it and serve its page; go on where it stopped before."""
    from xinqiao.workspace import commands

    surroundings(context).migrate()
    with opened(context) as workspace:
        manifest = _build(workspace, enterprises, seed)
        _deliver(workspace, manifest)
        newest = _evaluate(workspace, manifest)
        example = commands.best_documented(workspace)
    if json:
        output.document({"enterprises": enterprises, "evaluation": newest, "example": example})
    else:
        output.say(f"演示城市就绪：{newest.subjects:,} 家企业，评价日 {newest.as_of}。")
        rows = [(grade, f"{count:,}") for grade, count in newest.grades.items()]
        output.table(("等级", "企业数"), rows, numbers=(1,))
    if not serve:
        output.note(f"一家企业的报告：xinqiao report {example}；启动页面：xinqiao serve")
        return

    def started(address: str) -> None:
        output.note(f"请打开 {address} 查询企业；例如 {address}/enterprises/{example}。按 Ctrl+C 停止。")

    surroundings(context).serve(port, True, started)


def _build(workspace: "Workspace", enterprises: int, seed: int) -> "Manifest":
    from xinqiao import city

    _refuse_another(workspace, enterprises, seed)
    with output.counted("生成城市", enterprises) as progress:
        manifest = city.build(
            workspace.city_folder,
            enterprises=enterprises,
            seed=seed,
            progress=lambda done, total: progress(done, ""),
        )
        progress(enterprises, "")
    return manifest


def _refuse_another(workspace: "Workspace", enterprises: int, seed: int) -> None:
    """One home holds one city: the records of a second would lie among those of the first."""
    from xinqiao import city

    try:
        there = city.load_manifest(workspace.city_folder).parameters
    except city.NoCity:
        return
    if (there.enterprises, there.seed) != (enterprises, seed):
        same = f"--enterprises {there.enterprises}" + (f" --seed {there.seed}" if there.seed != SEED else "")
        raise AnotherCity(
            f"这个目录里已有 {there.enterprises:,} 家企业、种子为 {there.seed} 的演示城市，"
            f"不能再放一座 {enterprises:,} 家、种子为 {seed} 的。",
            where=str(workspace.home),
            remedy=f"改用 {same}，或用 XINQIAO_HOME 另指一个目录。",
        )


def _deliver(workspace: "Workspace", manifest: "Manifest") -> None:
    from xinqiao.workspace import commands

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


def _evaluate(workspace: "Workspace", manifest: "Manifest") -> "Evaluation":
    from xinqiao.workspace import commands

    made = None
    with output.counted("评价企业", len(manifest.as_of)) as progress:
        for number, day in enumerate(manifest.as_of):
            progress(number, f"{day}")
            made = commands.evaluate(workspace, as_of=day)
        progress(len(manifest.as_of), "")
    assert made is not None
    return made
