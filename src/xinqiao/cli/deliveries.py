"""Commands on deliveries and the quarantine."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xinqiao.cli import output
from xinqiao.cli.output import Json
from xinqiao.cli.surroundings import opened

if TYPE_CHECKING:
    from xinqiao.intake.model import Delivery
    from xinqiao.workspace import Workspace

quarantine = typer.Typer(no_args_is_help=True, help="隔离区：被拒收的行、原因与重放。")

_REASONS = 4

MappingFile = Annotated[Path | None, typer.Option("--mapping", help="映射文件（YAML）；列名能自明时不需要。")]
KnownAt = Annotated[
    str | None, typer.Option("--known-at", help="平台得知这批数据的时间，如 2026-01-15T18:00；不写则为现在。")
]
DeliveryId = Annotated[int, typer.Argument(metavar="批次", help="批次编号。")]


def deliver(
    context: typer.Context,
    dataset: Annotated[str, typer.Argument(metavar="数据集", help="数据集名称，见 catalogue list。")],
    files: Annotated[
        list[Path], typer.Argument(metavar="文件…", help="一个或多个文件：CSV、xlsx、Parquet。")
    ],
    mapping: MappingFile = None,
    known_at: KnownAt = None,
    covers: Annotated[
        list[str] | None,
        typer.Option(
            "--covers",
            help="覆盖的地区：行政区划代码（GB/T 2260）前两位、四位或六位，如 4403；可重复；不写则按映射文件，再无则为全部地区。",
        ),
    ] = None,
    empty_list: Annotated[
        bool,
        typer.Option(
            "--empty-list", help="声明名单为空：文件只有列名，从此名单上没有任何企业；只用于全量快照。"
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Take one delivery: keep its bytes, judge every row, commit what is good."""
    from xinqiao.workspace import commands

    known = output.read_moment(known_at, "--known-at")
    with opened(context) as workspace, output.steps(f"交付 {dataset}") as progress:
        taken = commands.deliver(
            workspace,
            dataset=dataset,
            files=files,
            mapping=mapping,
            known_at=known,
            covers=output.parted(covers),
            empty_list=empty_list,
            progress=progress,
        )
    if json:
        output.document({**dataclasses.asdict(taken), "wholly_refused": taken.wholly_refused})
    else:
        _tell(workspace, taken)
        _warn(taken)
        if empty_list and not taken.repeated:
            output.say("名单为空：从得知之时起，名单上没有任何企业。")


@quarantine.command("list", help="列出隔离区里还有行的批次与各原因的行数。")
def list_held(
    context: typer.Context,
    dataset: Annotated[str | None, typer.Option("--dataset", help="只看一个数据集。")] = None,
    json: Json = False,
) -> None:
    """List deliveries with rows in quarantine and the reasons."""
    from xinqiao.intake import queries

    with opened(context) as workspace, workspace.begun() as (tx, session):
        if dataset is not None:
            workspace.contracts[dataset]
        held = queries.held(tx, lake=workspace.lake, session=session, dataset=dataset)
    if json:
        output.document(held)
    elif not held:
        output.say("隔离区是空的。")
    else:
        rows = [
            (
                each.delivery_id,
                each.dataset,
                output.moment(each.known_at),
                f"{each.rows:,}",
                _compact(each.reasons),
            )
            for each in held
        ]
        output.table(("批次", "数据集", "得知时间", "行数", "原因"), rows, numbers=(0, 3))
        output.note("查看各行与原因的说明：xinqiao quarantine show 批次")


@quarantine.command(
    "show", help="显示一个批次被拒收的行：所在文件与行、全部原因、原始内容（个人信息已遮蔽）。"
)
def show(
    context: typer.Context,
    delivery: DeliveryId,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="最多显示多少行。")] = 20,
    export: Annotated[
        Path | None, typer.Option("--export", help="把全部被拒收的行原样写成 CSV，供修正。")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="导出的文件已经存在时覆盖它。")] = False,
    json: Json = False,
) -> None:
    """Show, or export for mending, the refused rows of one delivery."""
    from xinqiao.intake import queries

    if export is not None:
        (output.require_place if force else output.require_new)(export)
    with opened(context) as workspace, workspace.begun() as (tx, session):
        contract = workspace.contracts[queries.delivery(tx, delivery).dataset]
        if export is not None:
            count = queries.export_refused(
                tx, lake=workspace.lake, session=session, contract=contract, delivery_id=delivery, path=export
            )
            if json:
                output.document({"delivery_id": delivery, "rows": count, "path": export})
            else:
                output.say(
                    f"已把 {count:,} 行写到 {export}。修正后执行："
                    f"xinqiao quarantine replay {delivery} --corrected {export}"
                )
            return
        rows = queries.refused_rows(
            tx, lake=workspace.lake, session=session, contract=contract, delivery_id=delivery, limit=limit
        )
    if json:
        output.document(rows)
        return
    if not rows:
        output.say(f"批次 {delivery} 在隔离区没有行。")
    for row in rows:
        place = f"（文件第 {row.line} 行）" if row.line else ""
        output.say(f"{row.file} 第 {row.row} 条记录{place}")
        for reason, sentence in zip(row.reasons, row.explanations, strict=True):
            output.say(f"  ✗ {sentence}（{reason}）")
        output.say(
            "  "
            + "，".join(
                f"{heading}={value}" if heading else value for heading, value in row.raw.items() if value
            )
        )


@quarantine.command("replay", help="按现在的合同、映射与主体标识，把被拒收的行再校验一遍；合格的入库。")
def replay(
    context: typer.Context,
    delivery: DeliveryId,
    mapping: MappingFile = None,
    corrected: Annotated[
        Path | None, typer.Option("--corrected", help="在 quarantine show --export 的文件上修正好的行。")
    ] = None,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """Judge the refused rows of a delivery again."""
    from xinqiao.workspace import commands

    known = output.read_moment(known_at, "--known-at")
    with opened(context) as workspace, output.steps(f"重放批次 {delivery}") as progress:
        replayed = commands.replay(
            workspace,
            delivery_id=delivery,
            mapping=mapping,
            mended=corrected,
            known_at=known,
            progress=progress,
        )
    if json:
        output.document(replayed)
        return
    output.say(
        f"批次 {delivery} 重放完成：入库 {replayed.accepted:,} 行，更正 {replayed.corrected:,} 行，"
        f"重复 {replayed.duplicate:,} 行，仍被拒收 {replayed.still_refused:,} 行。"
    )
    _reasons(workspace, replayed.dataset, dict(replayed.reasons))


def _compact(reasons: Mapping[str, int]) -> str:
    """The commonest reasons in a line: `missing:status ×12  rule:tax_within_amount ×3`."""
    shown = [f"{reason} ×{count:,}" for reason, count in list(reasons.items())[:_REASONS]]
    more = len(reasons) - len(shown)
    return "  ".join([*shown, f"等 {len(reasons)} 种"] if more else shown)


def _tell(workspace: "Workspace", taken: "Delivery") -> None:
    from xinqiao.intake.covering import told

    contract = workspace.contracts[taken.dataset]
    if taken.repeated:
        output.say(
            f"这批数据已于 {output.moment(taken.received_at)} 作为批次 {taken.delivery_id} 接收过，没有任何改动；"
            "以下是当时的结果。"
        )
        if taken.overtaken:
            output.say(
                "此后该数据集还交付过别的批次。如果这批数据重新生效（来源改回了原来的内容），"
                f"请用 --known-at 写明晚于 {output.moment(taken.known_at)} 的得知时间，再交付一次。"
            )
    else:
        output.say(
            f"批次 {taken.delivery_id}：{contract.label}（{taken.dataset}），用时 {taken.seconds:.1f} 秒"
        )
    output.say(f"覆盖地区：{told(taken.covers)}{'' if taken.covers else '（未作限定）'}")
    output.table(
        ("结果", "行数"),
        [
            ("入库", f"{taken.accepted:,}"),
            ("更正已有记录", f"{taken.corrected:,}"),
            ("重复（不再入库）", f"{taken.duplicate:,}"),
            ("隔离", f"{taken.quarantined:,}"),
            ("　其中找不到主体", f"{taken.unresolved:,}"),
        ],
        numbers=(1,),
    )
    _reasons(workspace, taken.dataset, dict(taken.reasons))
    if taken.quarantined:
        output.say(f"查看被拒收的行：xinqiao quarantine show {taken.delivery_id}")


def _warn(taken: "Delivery") -> None:
    """Say what of a delivery somebody has to do something about."""
    show = f"xinqiao quarantine show {taken.delivery_id} --export mend.csv"
    if taken.wholly_refused:
        output.note(
            f"⚠ 本批没有一行入库：{taken.quarantined:,} 行全部被拒收，此前的数据不变。"
            f"查明原因（{show}），修正后重放，或改正映射后重新交付。"
        )
    elif taken.withheld:
        output.note(
            f"⚠ 名单中有 {taken.withheld:,} 家企业的行被拒收：它们是否在名单上按“不明”处理，既不算有，也不算无，"
            f"直到修正后重放或更新的名单到来。导出修正：{show}"
        )
    if taken.known_later:
        output.note(
            f"⚠ {taken.known_later:,} 行早已入库，但得知时间晚于本批，仍按较晚的时间计：以较早的日期评价时看不到它们。"
            "补交历史数据时，请从得知最早的一批开始，依次交付。"
        )


def _reasons(workspace: "Workspace", dataset: str, reasons: dict[str, int]) -> None:
    from xinqiao.intake.model import explain

    if reasons:
        contract = workspace.contracts[dataset]
        rows = [
            (reason, f"{count:,}", explain(contract, reason))
            for reason, count in sorted(reasons.items(), key=lambda item: -item[1])
        ]
        output.table(("原因代码", "行数", "说明"), rows, numbers=(1,))
