"""The outlook of industries on the command line."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from xinqiao.cli import output
from xinqiao.cli.output import Json
from xinqiao.cli.surroundings import day_asked, opened

if TYPE_CHECKING:
    from xinqiao.outlook import SectorQuarter
    from xinqiao.outlook.queries import SectorLine


def outlook(
    context: typer.Context,
    sector: Annotated[str | None, typer.Option("--sector", help="只看一个行业：门类 F 或大类 F51。")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="截至哪一天；不写则为最近一次全市评价的评价日。")
    ] = None,
    json: Json = False,
) -> None:
    """Show how each industry's turnover moves against a year before."""
    from xinqiao.outlook import city_outlook
    from xinqiao.rating.queries import current_evaluation

    day = output.read_day(as_of, "--as-of")
    with opened(context) as workspace, workspace.begun() as (tx, session):
        day = day_asked(workspace, day)
        evaluation = current_evaluation(tx) if day is None else None
        made = city_outlook(
            session,
            workspace.lake,
            contracts=workspace.contracts,
            versions={**workspace.lake.versions(tx), **(evaluation.versions if evaluation else {})},
            as_of=day or (evaluation.as_of if evaluation else workspace.today()),
            evaluation_id=evaluation.evaluation_id if evaluation else None,
        )
    lines = made.sectors if sector is None else (made.sector(sector),)
    if json:
        output.document({"as_of": made.as_of, "quarter_on": made.quarter_on, "sectors": lines})
    elif made.quarter_on is None:
        output.say(f"截至 {made.as_of}，还没有可以与上年同期比较的季度。")
    elif sector is not None:
        _one(lines[0])
    else:
        output.say(f"{quarter(made.sectors[0].newest)}行业景气（截至 {made.as_of}）")
        _table([*made.ranked(sections=True), *made.ranked(sections=False)])


def quarter(row: "SectorQuarter") -> str:
    """A quarter as people call it: 2026年第2季度."""
    return f"{row.quarter_on.year}年第{(row.quarter_on.month + 2) // 3}季度"


def _one(line: "SectorLine") -> None:
    output.say(f"{line.sector} {line.name_zh}")
    rows = [(quarter(each), *_figures(each)) for each in reversed(line.quarters)]
    output.table(("季度", "可比企业", "同比", "景气指数", "偏离度"), rows, numbers=(1, 2, 3, 4))


def _table(lines: "Sequence[SectorLine]") -> None:
    rows = [(line.sector, line.name_zh, *_figures(line.newest)) for line in lines]
    output.table(("行业", "名称", "可比企业", "同比", "景气指数", "偏离度"), rows, numbers=(2, 3, 4, 5))


def _figures(row: "SectorQuarter") -> tuple[str, str, str, str]:
    from xinqiao.outlook.queries import SUPPRESSED_ZH

    if row.suppressed:
        return (SUPPRESSED_ZH, "", "", "")
    return (
        f"{row.firms:,}",
        "无数据" if row.growth is None else output.signed(row.growth, "+.1%"),
        "无数据" if row.index_value is None else f"{row.index_value:.1f}",
        "无数据" if row.z is None else output.signed(row.z, "+.2f"),
    )
