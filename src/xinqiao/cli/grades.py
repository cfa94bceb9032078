"""Commands on grades and reports."""

import dataclasses
import sys
import tempfile
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xinqiao.cli import output
from xinqiao.cli.output import Code, Json
from xinqiao.cli.regimes import regime
from xinqiao.cli.surroundings import Language, day_asked, opened, surroundings
from xinqiao.kernel.clock import city_date
from xinqiao.kernel.refusals import Refusal
from xinqiao.kernel.subject import organisation_code

if TYPE_CHECKING:
    from xinqiao.catalogue import Contract
    from xinqiao.rating.evaluation import Evaluation

rating = typer.Typer(no_args_is_help=True, help="等级：导出、复算与权重调整方案。")

Model = Annotated[
    str | None,
    typer.Option("--model", help="哪个评分模型的等级，如 core；不写则为平台当前的等级。"),
]
Target = Annotated[Path | None, typer.Option("--output", help="写到文件；不写则输出到屏幕。")]

_SHOWN_AT_MOST = 50


class WhichGrades(Refusal):
    """Neither one enterprise nor a sample was named, or both were."""

    code = "which_grades"


class CityOnly(Refusal):
    """Only an evaluation of the whole city can be queued."""

    code = "city_only"


class ReportFormat(StrEnum):
    """How a report is written."""

    JSON = "json"
    HTML = "html"


class ExportFormat(StrEnum):
    """How grades are written."""

    CSV = "csv"
    PARQUET = "parquet"


def evaluate(
    context: typer.Context,
    as_of: Annotated[str | None, typer.Option("--as-of", help="评价日；不写则为今天。")] = None,
    subject: Annotated[
        list[str] | None, typer.Option("--subject", help="只评价这家企业（统一社会信用代码）；可重复。")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            help="评分模型，如 core；写 core@2026-11-20 则用该版本。不写则用 core，已归集的数据不足以用它评价时改用"
            "数据够用的模型。",
        ),
    ] = None,
    queue: Annotated[
        bool, typer.Option("--queue", help="全市评价排队，由 xinqiao worker 或 serve 在后台进行，不等结果。")
    ] = False,
    json: Json = False,
) -> None:
    """Compute indicators and grades, for everybody or for some."""
    from xinqiao.workspace import commands

    if queue:
        _queue(context, as_of, subject, model, json=json)
        return
    codes = output.parted(subject)
    day = output.read_day(as_of, "--as-of")
    with opened(context) as workspace, output.steps("评价") as progress:
        made = commands.evaluate(
            workspace,
            as_of=day_asked(workspace, day) or workspace.today(),
            subjects=commands.subjects_named(workspace, codes) if codes else None,
            model=model,
            progress=progress,
        )
        contracts = workspace.contracts
    if json:
        output.document(made)
        return
    verb = "此前已完成，结果不变" if made.repeated else f"完成，用时 {made.seconds:.1f} 秒"
    output.say(f"评价 {made.evaluation_id}（评价日 {made.as_of}，模型 {made.model}）{verb}。")
    total = made.subjects or 1
    rows = [(grade, f"{count:,}", f"{count / total:.1%}") for grade, count in made.grades.items()]
    output.table(("等级", "企业数", "占比"), rows, numbers=(1, 2))
    if any(each.monthly for each in made.overdue):
        _doubt(made, contracts)


def _doubt(made: "Evaluation", contracts: Mapping[str, "Contract"]) -> None:
    """Say which data were late: months that were not delivered read as months in which nothing happened."""
    rows = [
        (
            contracts[each.dataset].label,
            contracts[each.dataset].owner,
            city_date(each.known_at),
            f"{each.cadence_days} 天",
            f"{each.days:,} 天",
        )
        for each in made.overdue
        if each.monthly
    ]
    output.table(("逾期未更新的数据", "提供单位", "最近交付", "更新周期", "逾期"), rows, numbers=(3, 4))
    others = [contracts[each.dataset].label for each in made.overdue if not each.monthly]
    if others:
        output.say(f"同样逾期、但不按月统计的 {len(others)} 类：{'、'.join(others)}。")
    newest = max(city_date(each.known_at) for each in made.overdue if each.monthly)
    output.note(
        f"⚠ 评价日 {made.as_of} 时，评分所用的数据中有 {len(made.overdue)} 类逾期未更新。没有交付的月份与没有发生业务的"
        "月份无从区分，近几个月的指标和等级可能比实际情况差。"
        f"请补交数据后重新评价，或改用最近一次交付的日子：--as-of {newest}。"
    )


def _queue(
    context: typer.Context, as_of: str | None, subject: list[str] | None, model: str | None, *, json: bool
) -> None:
    if subject:
        raise CityOnly(
            "排队的只能是全市评价。", where="--queue", remedy="评价部分企业很快，去掉 --queue 即可。"
        )
    day = output.read_day(as_of, "--as-of")
    with opened(context) as workspace:
        day = day_asked(workspace, day) or workspace.today()
        queued = surroundings(context).queue(workspace, day, model)
    if json:
        output.document({"queued": queued, "as_of": day, "model": model})
    elif queued:
        output.say(f"全市评价已排队（评价日 {day}），由 xinqiao worker 或 xinqiao serve 在后台进行。")
    else:
        output.say("已有一次全市评价在排队，没有再排；待它完成后再试。")


def report(
    context: typer.Context,
    code: Code,
    format: Annotated[ReportFormat, typer.Option("--format", help="json 或 html。")] = ReportFormat.JSON,
    language: Annotated[Language, typer.Option("--language", help="html 页面的语言。")] = Language.ZH,
    target: Target = None,
    model: Model = None,
    json: Json = False,
) -> None:
    """Print one enterprise's credit report."""
    from xinqiao.workspace import reports

    if target is not None:
        output.require_place(target)
    with opened(context) as workspace, workspace.begun() as (tx, session):
        made = reports.report(workspace, tx, session, unified_code=code, model=model)
    html = format is ReportFormat.HTML and (target is not None or not json)
    page = surroundings(context).render(made, language) if html else None
    if target is None:
        if page is None:
            output.document(made.to_json())
        else:
            output.page(page)
        return
    target.write_text(output.json_text(made.to_json()) if page is None else page, encoding="utf-8")
    if json:
        output.document({"path": target})
    else:
        output.note(f"报告已写到 {target}。")


@rating.command("export", help="导出每家企业当前的等级：代码、得分、等级、数据覆盖率、模型、评价日。")
def export(
    context: typer.Context,
    format: Annotated[ExportFormat, typer.Option("--format", help="csv 或 parquet。")] = ExportFormat.CSV,
    target: Target = None,
    model: Model = None,
    json: Json = False,
) -> None:
    """Export every current grade."""
    from xinqiao.workspace import commands

    if target is not None:
        output.require_place(target)
    with opened(context) as workspace:
        if target is not None:
            count = commands.export_grades(workspace, path=target, kind=format.value, model=model)
            if json:
                output.document({"path": target, "enterprises": count})
            else:
                output.note(f"已导出 {count:,} 家企业的等级到 {target}。")
            return
        if json:
            output.document(commands.list_grades(workspace, model=model))
            return
        # Standard output may be a pipe, which the engine cannot seek in.
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "grades"
            commands.export_grades(workspace, path=path, kind=format.value, model=model)
            with path.open("rb") as reader:
                while chunk := reader.read(1 << 20):
                    sys.stdout.buffer.write(chunk)
            sys.stdout.flush()


@rating.command(
    "replay", help="用当时的数据版本、指标定义和模型把等级重算一遍，逐项比对：一个，或抽取的若干个。"
)
def replay(
    context: typer.Context,
    code: Annotated[
        str | None, typer.Argument(metavar="[统一社会信用代码]", help="企业的统一社会信用代码；抽样时不写。")
    ] = None,
    evaluation: Annotated[
        int | None, typer.Option("--evaluation", help="评价编号；不写则为当前等级，抽样时为全部评价。")
    ] = None,
    sample: Annotated[int | None, typer.Option("--sample", min=1, help="抽取这么多个等级重算。")] = None,
    seed: Annotated[str, typer.Option("--seed", help="换一个字串，抽取另一批；同一字串抽取同一批。")] = "",
    json: Json = False,
) -> None:
    """Compute grades again from what they were made of and compare."""
    if (code is None) == (sample is None):
        raise WhichGrades(
            "应写明一家企业，或用 --sample 写明抽取多少个等级，二者选一。",
            where="xinqiao rating replay",
            remedy="如 xinqiao rating replay 统一社会信用代码，或 xinqiao rating replay --sample 1000。",
        )
    if sample is not None:
        _replay_sample(context, sample, evaluation, seed, json=json)
    elif code is not None:
        _replay_one(context, code, evaluation, json=json)


def _replay_one(context: typer.Context, code: str, evaluation: int | None, *, json: bool) -> None:
    from xinqiao.rating.replay import replay as replay_grade
    from xinqiao.resolution.naming import subject_named

    with opened(context) as workspace, workspace.begun() as (tx, session):
        subject = subject_named(tx, session, workspace.lake, code)
        done = replay_grade(
            tx,
            session=session,
            lake=workspace.lake,
            contracts=workspace.contracts,
            subject=subject,
            evaluation_id=evaluation,
        )
    if json:
        output.document(
            {
                "evaluation_id": done.evaluation.evaluation_id,
                "as_of": done.published.as_of,
                "model": done.published.model,
                "published": {"score": done.published.score, "grade": done.published.grade},
                "replayed": {"score": done.again.score, "grade": done.again.grade},
                "identical": True,
            }
        )
        return
    score = "无评分" if done.published.score is None else f"{done.published.score:.2f} 分"
    output.say(
        f"复算一致：评价 {done.evaluation.evaluation_id}"
        f"（评价日 {done.published.as_of}，模型 {done.published.model}），"
        f"等级 {done.again.grade}，{score}，{len(done.values)} 项指标逐项相同。"
    )


def _replay_sample(
    context: typer.Context, size: int, evaluation: int | None, seed: str, *, json: bool
) -> None:
    from xinqiao.rating.sampling import replay_sample

    with (
        opened(context) as workspace,
        output.steps("复算") as progress,
        workspace.begun() as (tx, session),
    ):
        done = replay_sample(
            tx,
            session=session,
            lake=workspace.lake,
            contracts=workspace.contracts,
            size=size,
            evaluation_id=evaluation,
            seed=seed,
            progress=progress,
        )
    if json:
        output.document({**dataclasses.asdict(done), "differing": done.differing})
    else:
        output.say(
            f"复算 {done.grades:,} 个等级（{done.evaluations} 次评价，{done.passes} 遍计算，比对 {done.values:,} 个数值）："
            f"{done.grades - done.differing:,} 个一致，{done.differing:,} 个不一致。"
        )
        if done.expired:
            output.say(f"另有 {done.expired:,} 个已过保存期，数据已清理，未复算。")
        rows = [
            (each.evaluation, organisation_code(each.subject), each.text)
            for each in done.differences[:_SHOWN_AT_MOST]
        ]
        if rows:
            output.table(("评价", "组织机构代码", "差异"), rows, numbers=(0,))
    if done.differences:
        raise typer.Exit(1)
    if not done.grades:
        # Nothing differs where nothing was compared; whoever checks the status must not take it for a proof.
        raise typer.Exit(2)


rating.add_typer(regime, name="regime")
