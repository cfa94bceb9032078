"""One enterprise's related parties and size class on the command line."""

from typing import TYPE_CHECKING, Annotated

import typer

from xinqiao.cli import output
from xinqiao.cli.output import Code, Json
from xinqiao.cli.surroundings import day_asked, opened
from xinqiao.kernel.clock import end_of_day
from xinqiao.kernel.refusals import NotFound

if TYPE_CHECKING:
    from xinqiao.parties import EnterpriseParties
    from xinqiao.sizing import EnterpriseSize

AsOf = Annotated[str | None, typer.Option("--as-of", help="截至哪一天；不写则为今天。")]
_FIGURES = {"staff": "从业人员", "revenue": "营业收入", "assets": "资产总额"}


class Unregistered(NotFound):
    """No registration of the enterprise is known."""

    code = "unknown_enterprise"


def parties(context: typer.Context, code: Code, as_of: AsOf = None, json: Json = False) -> None:
    """Show who controls an enterprise, whom it guarantees, and who is related to it."""
    from xinqiao.parties import Scope, enterprise_parties, load_rules
    from xinqiao.parties.queries import DATASETS
    from xinqiao.rating.inputs import regions
    from xinqiao.resolution.naming import subject_named

    day = output.read_day(as_of, "--as-of")
    with opened(context) as workspace, workspace.begun() as (tx, session):
        subject = subject_named(tx, session, workspace.lake, code)
        day = day_asked(workspace, day) or workspace.today()
        views = workspace.histories(tx, session, DATASETS)
        covered = regions(tx, versions=workspace.lake.versions(tx), known_until=end_of_day(day))
        scope = Scope(session, load_rules().value, workspace.contracts, views, day, covered)
        made = enterprise_parties(scope, subject)
    if json:
        output.document(made.to_json())
    else:
        _tell(made)


def size_class(context: typer.Context, code: Code, as_of: AsOf = None, json: Json = False) -> None:
    """Show the size class of an enterprise and the figures it stands on."""
    from xinqiao.resolution.naming import subject_named
    from xinqiao.sizing import DATASETS, enterprise_size, load_scheme

    day = output.read_day(as_of, "--as-of")
    with opened(context) as workspace, workspace.begun() as (tx, session):
        subject = subject_named(tx, session, workspace.lake, code)
        day = day_asked(workspace, day) or workspace.today()
        made = enterprise_size(
            session,
            scheme=load_scheme().value,
            contracts=workspace.contracts,
            views=workspace.histories(tx, session, DATASETS),
            as_of=day,
            subject=subject,
        )
    if made is None:
        raise Unregistered(f"截至 {day}，平台没有该企业的登记信息。", remedy="请核对代码，或改晚日期。")
    if json:
        output.document(made)
    else:
        _tell_size(made)


def _tell(made: "EnterpriseParties") -> None:
    from xinqiao.parties.related import KINDS

    centre = made.graph.nodes[0]
    output.say(f"{centre.name}（{centre.id}），截至 {made.as_of}")
    actual = made.actual_controller
    nobody = "无（没有一方合计持有超过半数表决权）" if made.holders_known else "无数据（没有股东信息）"
    output.say(f"实际控制人：{actual.name if actual else nobody}")
    if made.controllers:
        rows = [
            (
                each.name,
                each.code or "",
                f"{each.votes:.2%}",
                "" if each.stake is None else f"{each.stake:.2%}",
                each.links,
            )
            for each in made.controllers
        ]
        output.table(("控制方", "代码", "表决权", "最终持股", "层级"), rows, numbers=(2, 3, 4))
    if made.group:
        output.say(f"同一控制下的企业 {len(made.group)} 户：{'、'.join(name for name, _ in made.group)}")
    output.say(
        f"对外担保 {made.given_count} 笔，被担保 {made.received_count} 笔，担保链最长 {made.chain_links} 层。"
    )
    if made.circle:
        output.say(
            f"担保圈共 {len(made.circle) + 1} 户，其他成员：{'、'.join(name for name, _ in made.circle)}"
        )
    if made.related:
        troubles = (("is_dishonest", "失信被执行人"), ("is_bankrupt", "破产"), ("is_enforced", "被执行"))
        related = [
            (
                each.name,
                each.code,
                KINDS[each.kind][0],
                "、".join(word for name, word in troubles if getattr(each, name)),
            )
            for each in made.related
        ]
        output.table(("关联企业", "代码", "关系", "司法风险"), related)


def _tell_size(made: "EnterpriseSize") -> None:
    word = made.word
    if made.industry is None:
        output.say("该企业的行业不在划型规定之内，或未登记行业。")
    elif word is None:
        output.say(
            f"{made.industry_zh}：缺少{'、'.join(_FIGURES[each] for each in made.missing)}，无法划型。"
        )
    else:
        output.say(f"{made.industry_zh}：{word[0]}企业")
    rows = [
        (_FIGURES[each.figure], _value(each.figure, each.value), each.source or "", each.ended_on or "")
        for each in made.figures
        if each.needed
    ]
    if rows:
        output.table(("指标", "数值", "来源数据集", "截止日"), rows, numbers=(1,))
    output.say(f"依据：划型规定 {made.scheme_version}，截至 {made.as_of}。")


def _value(figure: str, value: int | None) -> str:
    from xinqiao.kernel.money import format_wan

    if value is None:
        return "无数据"
    return f"{value:,} 人" if figure == "staff" else f"{format_wan(value)} 万元"
