"""Commands on weight regimes: try, propose, approve, withdraw, list."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xinqiao.cli import output
from xinqiao.cli.output import Json
from xinqiao.cli.surroundings import day_asked, opened
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.refusals import Refusal

if TYPE_CHECKING:
    from xinqiao.rating.impact import Impact
    from xinqiao.rating.regimes.records import Entry

regime = typer.Typer(no_args_is_help=True, help="权重调整方案：试算、提出、批准、撤回与查看。")

File = Annotated[Path, typer.Argument(metavar="文件", help="方案文件（YAML）。", exists=True, dir_okay=False)]
Named = Annotated[
    str, typer.Argument(metavar="名称@版本", help="如 epidemic_tax_cut@1；不写版本则为最新版本。")
]
Exactly = Annotated[
    str, typer.Argument(metavar="名称@版本", help="名称和版本都要写，如 epidemic_tax_cut@1。")
]
Person = Annotated[str | None, typer.Option("--as", help="操作人姓名；不写则为操作系统用户。")]

_STATES = {"proposed": "已提出，待批准", "approved": "已批准", "withdrawn": "已撤回"}


class Nameless(Refusal):
    """Nobody can tell who acts."""

    code = "nameless"


def _person(named: str | None) -> Actor:
    try:
        name = (named if named is not None else getpass.getuser()).strip()
    except (KeyError, OSError):
        name = ""
    if not name:
        raise Nameless("没有写明操作人。", where="--as", remedy="用 --as 写明姓名。")
    return Actor("person", name)


@regime.command(
    "impact", help="试算一个方案：按最近一次全市评价的指标，逐行业列出升降与得分变化；不写入任何结果。"
)
def impact(
    context: typer.Context,
    file: File,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="以不晚于这天的评价试算；不写则为最近一次。")
    ] = None,
    json: Json = False,
) -> None:
    """Show what a regime would do to the grades of the city."""
    from xinqiao.workspace import regimes

    day = output.read_day(as_of, "--as-of")
    with opened(context) as workspace:
        found = regimes.impact(workspace, file=file, as_of=day_asked(workspace, day) or workspace.today())
    if json:
        output.document(found)
        return
    _show_impact(found)


def _show_impact(found: "Impact") -> None:
    output.say(
        f"方案 {found.regime}，按第 {found.evaluation} 号评价（评价日 {found.as_of}，模型 {found.model}）试算："
    )
    grades = list(found.matrix)
    rows = [(before, *(f"{count:,}" for count in row.values())) for before, row in found.matrix.items()]
    output.table(("现等级＼新等级", *grades), rows, numbers=range(1, len(grades) + 1))
    lines = [
        (
            "全部" if each.sector == "*" else each.sector or "未知",
            f"{each.firms:,}",
            f"{each.within:,}",
            f"{each.up:,}",
            f"{each.down:,}",
            f"{each.gained:,}",
            f"{each.lost:,}",
            "" if each.mean_shift is None else output.signed(each.mean_shift, "+.2f"),
            "" if each.largest_shift is None else output.signed(each.largest_shift, "+.2f"),
        )
        for each in found.shifts
    ]
    headings = ("行业门类", "企业数", "适用", "升级", "降级", "取得等级", "失去等级", "平均变化", "最大变化")
    output.table(headings, lines, numbers=range(1, len(headings)))
    changed = [
        (code, f"{before:.2f}", f"{after:.2f}")
        for code, (before, after) in found.weights.items()
        if before != after
    ]
    output.table(("指标", "现权重", "新权重"), changed, numbers=(1, 2))


@regime.command("propose", help="提出一个方案；由另一人批准后才适用。")
def propose(context: typer.Context, file: File, person: Person = None, json: Json = False) -> None:
    """Put a regime forward."""
    from xinqiao.workspace import regimes

    with opened(context) as workspace:
        made = regimes.propose(workspace, file=file, actor=_person(person))
    _told(made, f"方案 {made.regime.id} 已由 {made.proposed_by} 提出，待另一人批准。", json=json)


@regime.command("approve", help="批准一个方案；提出人不能批准。")
def approve(context: typer.Context, named: Exactly, person: Person = None, json: Json = False) -> None:
    """Approve a regime as a second person."""
    from xinqiao.workspace import regimes

    with opened(context) as workspace:
        made = regimes.approve(workspace, named=named, actor=_person(person))
    days = f"自 {made.regime.from_on} 起、{made.regime.until_on} 前适用"
    _told(made, f"方案 {made.regime.id} 已由 {made.approved_by} 批准，{days}。", json=json)


@regime.command("withdraw", help="撤回一个方案：自今天起不再适用，已评定的等级不变。")
def withdraw(
    context: typer.Context,
    named: Exactly,
    reason: Annotated[str, typer.Option("--reason", help="撤回的原因。")],
    person: Person = None,
    json: Json = False,
) -> None:
    """Take a regime back from today on."""
    from xinqiao.workspace import regimes

    with opened(context) as workspace:
        made = regimes.withdraw(workspace, named=named, reason=reason, actor=_person(person))
    _told(made, f"方案 {made.regime.id} 已由 {made.withdrawn_by} 撤回。", json=json)


@regime.command("list", help="列出全部方案。")
def show_all(context: typer.Context, json: Json = False) -> None:
    """List every regime."""
    from xinqiao.rating.regimes.queries import entries

    with opened(context) as workspace, workspace.store.transaction() as tx:
        found = entries(tx)
    if json:
        output.document([_plain(each) for each in found])
    elif not found:
        output.say("还没有提出过权重调整方案。")
    else:
        rows = [
            (
                each.regime.id,
                each.regime.label.zh,
                each.regime.model,
                each.regime.from_on,
                each.regime.until_on,
                _STATES[each.state],
            )
            for each in found
        ]
        output.table(("方案", "名称", "模型", "起", "止（不含）", "状态"), rows)


@regime.command("show", help="查看一个方案：全文、谁提出、谁批准。")
def show(context: typer.Context, named: Named, json: Json = False) -> None:
    """Show one regime."""
    from xinqiao.rating.regimes.queries import entry

    with opened(context) as workspace, workspace.store.transaction() as tx:
        found = entry(tx, named)
    if json:
        output.document(_plain(found))
        return
    held = found.regime
    scope = held.scope
    lines = [
        ("方案", f"{held.id}　{held.label.zh}"),
        ("状态", _STATES[found.state]),
        ("模型", held.model),
        ("期间", f"{held.from_on} 起，{held.until_on} 前"),
        ("原因", held.reason.zh),
        ("依据", held.source),
        ("行业", "、".join(scope.sectors) or "全部"),
        ("区划", "、".join(scope.regions) or "全部"),
        ("规模", "、".join(scope.sizes) or "全部"),
        (
            "倍数",
            "，".join(f"{name} × {by / 1000:g}" for name, by in {**held.groups, **held.indicators}.items()),
        ),
        ("提出", f"{found.proposed_by}　{output.moment(found.proposed_at)}"),
    ]
    if found.approved_at is not None:
        lines.append(("批准", f"{found.approved_by}　{output.moment(found.approved_at)}"))
    if found.withdrawn_at is not None:
        when = output.moment(found.withdrawn_at)
        lines.append(("撤回", f"{found.withdrawn_by}　{when}　{found.withdrawal_reason}"))
    output.table(("项目", "内容"), lines)


def _told(made: "Entry", said: str, *, json: bool) -> None:
    if json:
        output.document(_plain(made))
    else:
        output.say(said)


def _plain(each: "Entry") -> dict[str, object]:
    names = ("proposed_by", "proposed_at", "approved_by", "approved_at", "withdrawn_by", "withdrawn_at")
    return {
        "regime": each.regime.id,
        "state": each.state,
        "fingerprint": each.regime.fingerprint,
        **{name: getattr(each, name) for name in names},
        "withdrawal_reason": each.withdrawal_reason,
        "content": each.regime.content,
    }
