"""Commands on the catalogue of contracts."""

import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xinqiao.cli import output
from xinqiao.cli.output import Json
from xinqiao.cli.surroundings import opened
from xinqiao.kernel.refusals import Refusal

if TYPE_CHECKING:
    from xinqiao.catalogue import Contract
    from xinqiao.intake.collection import DatasetCollection, ItemCollection, ListCollection

catalogue = typer.Typer(no_args_is_help=True, help="数据目录：每个数据集的合同。")


class NothingToCheck(Refusal):
    """There is no contract where contracts should be checked."""

    code = "nothing_to_check"


_MODES = {"append": "追加", "upsert": "更新", "snapshot": "快照"}


@catalogue.command("list", help="按提供单位列出全部数据集：清单序号、名称、方式、周期与合同版本。")
def list_contracts(json: Json = False) -> None:
    """List all datasets, grouped by the department that delivers them."""
    from xinqiao.catalogue import load_contracts

    contracts = _by_department(load_contracts().values())
    if json:
        output.document([_brief(each) for each in contracts])
        return
    rows = []
    said = None
    for each in contracts:
        # Whose datasets these are is said once, so that sixty rows read as two dozen groups.
        owner, said = "" if each.owner == said else each.owner, each.owner
        item = "" if each.item is None else each.item
        mode, cadence = _MODES[each.mode], f"{each.cadence_days} 天"
        rows.append((owner, item, each.label, each.dataset, mode, cadence, each.version))
    output.table(("提供单位", "序号", "名称", "数据集", "方式", "周期", "版本"), rows, numbers=(1,))
    departments = len({each.department for each in contracts})
    output.say(f"共 {len(contracts)} 个数据集，来自 {departments} 类提供单位；序号为全国共享清单中的序号。")


@catalogue.command("show", help="显示一份合同：字段、类型、数据级别、可接受的列名、主键与校验规则。")
def show(
    dataset: Annotated[str, typer.Argument(metavar="数据集", help="数据集名称。")], json: Json = False
) -> None:
    """Show one contract in full."""
    from xinqiao.catalogue import load_contracts
    from xinqiao.catalogue.model import SHARING

    contract = load_contracts()[dataset]
    if json:
        output.document(
            _brief(contract)
            | {
                "description": contract.description,
                "key": contract.key,
                "subject": contract.subject,
                "occurred_on": contract.occurred_on,
                "fields": contract.fields,
                "rules": contract.rules,
                "fingerprint": contract.fingerprint,
            }
        )
        return
    output.say(f"{contract.label}（{contract.dataset}）{contract.version}")
    output.say(
        f"提供单位：{contract.owner}；方式：{_MODES[contract.mode]}；共享方式：{SHARING[contract.sharing_method]}；"
        f"每 {contract.cadence_days} 天；文件：{contract.path.name}"
    )
    output.say(contract.description)
    rows = [
        (
            each.name,
            each.label,
            each.kind,
            "是" if each.required else "",
            "是" if each.key else "",
            each.classification,
            "、".join((*each.aliases, *each.values.values())),
        )
        for each in contract.fields
    ]
    output.table(("字段", "名称", "类型", "必填", "主键", "级别", "可接受的列名与取值"), rows)
    output.table(
        ("规则", "程度", "说明"),
        [(each.code, "拒收" if each.severity == "error" else "提示", each.label) for each in contract.rules],
    )


@catalogue.command("check", help="检查合同和清单：标准格式之外的全部要求，指出文件与行。")
def check(
    path: Annotated[
        Path | None, typer.Argument(metavar="[路径]", help="合同文件或目录；不写则检查自带的全部合同。")
    ] = None,
    json: Json = False,
) -> None:
    """Check contracts beyond what the standard asks, naming file and line."""
    from xinqiao.catalogue.contracts import SHIPPED, SUFFIX, contract_files, load_contracts
    from xinqiao.catalogue.linting import lint
    from xinqiao.catalogue.lists import load_lists

    if path is not None and not path.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    if not contract_files(path or SHIPPED):
        raise NothingToCheck(
            "这里没有合同文件，什么也没有检查。",
            where=str(path or SHIPPED),
            remedy=f"写明合同文件，或含有 *{SUFFIX} 的文件夹。",
        )
    findings = lint(path or SHIPPED)
    if path is None and not findings:
        load_lists(load_contracts())
    if json:
        output.document(findings)
    elif not findings:
        output.say("全部合同检查通过。")
    for each in () if json else findings:
        output.say(f"{each.file}:{each.line} {each.message} {each.remedy}（{each.code}）")
    if findings:
        raise typer.Exit(2)


@catalogue.command("coverage", help="共享清单的归集情况：逐项的记录数、覆盖企业、时效与拒收占比。")
def coverage(context: typer.Context, json: Json = False) -> None:
    """Show how much of the sharing lists has been collected."""
    from xinqiao.workspace import commands

    with opened(context) as workspace, output.steps("统计归集情况"):
        found = commands.collected(workspace)
    if json:
        output.document(
            {
                "at": found.at,
                "registered_enterprises": found.registered,
                "lists": [_list_told(each, found.registered) for each in found.lists],
            }
        )
        return
    for each in found.lists:
        output.say(f"{each.sharing_list.name.zh}（{each.sharing_list.list_version} 版）")
        rows = [_item_row(item, found.registered) for item in each.items]
        output.table(_COVERAGE_HEADINGS, rows, numbers=(0, 3, 4, 5, 9))
        output.say(_total(each))
        output.say("")
    output.say(
        f"登记企业 {found.registered:,} 户；时效按各数据集承诺的周期衡量，至 {output.moment(found.at)}。"
    )
    for each in found.lists:
        if not each.sharing_list.verified:
            output.note(f"提示：{each.sharing_list.notice.zh}")


_COVERAGE_HEADINGS = (
    "序号", "信用信息", "尚缺数据集", "记录", "企业", "覆盖率", "最近得知", "最近发生", "时效", "拒收占比",
)  # fmt: skip
_TIMELINESS = {"fresh": "按期", "late": "逾期", "never": "未归集"}


def _total(found: "ListCollection") -> str:
    total = len(found.items)
    rate = _percent(_share(found.collected, total))
    return f"{total} 项：已归集 {found.collected} 项（其中 {found.whole} 项数据集齐全），归集率 {rate}。"


def _item_row(found: "ItemCollection", registered: int) -> tuple[object, ...]:
    held = found.extent != "none"
    lacking = [] if not held else [each.contract.dataset for each in found.datasets if not each.rows]
    return (
        found.item.item_no,
        found.item.name.zh,
        "、".join(lacking) if held else "全部",
        f"{found.rows:,}" if held else "",
        f"{found.reach.enterprises:,}" if held else "",
        _percent(_share(found.reach.registered, registered)) if held else "",
        output.moment(found.known_at) if found.known_at else "",
        found.occurred_on,
        _TIMELINESS[found.timeliness],
        _percent(found.refused_share),
    )


def _list_told(found: "ListCollection", registered: int) -> dict[str, object]:
    told = found.sharing_list
    return {
        "list_code": told.list_code,
        "list_version": told.list_version,
        "name": told.name,
        "verified": told.verified,
        "notice": told.notice,
        "item_count": len(found.items),
        "collected_count": found.collected,
        "whole_count": found.whole,
        "items": [_item_told(each, registered) for each in found.items],
    }


def _item_told(found: "ItemCollection", registered: int) -> dict[str, object]:
    return {
        "item_no": found.item.item_no,
        "name": found.item.name,
        "extent": found.extent,
        "rows": found.rows,
        "quarantined": found.quarantined,
        "refused_share": found.refused_share,
        "enterprises": found.reach.enterprises,
        "registered_share": _share(found.reach.registered, registered),
        "known_at": found.known_at,
        "occurred_on": found.occurred_on,
        "timeliness": found.timeliness,
        "datasets": [_dataset_told(each, registered) for each in found.datasets],
    }


def _dataset_told(found: "DatasetCollection", registered: int) -> dict[str, object]:
    return {
        "dataset": found.contract.dataset,
        "label": found.contract.label,
        "cadence_days": found.contract.cadence_days,
        "rows": found.rows,
        "quarantined": found.quarantined,
        "enterprises": found.reach.enterprises,
        "registered_share": _share(found.reach.registered, registered),
        "known_at": found.known_at,
        "occurred_on": found.occurred_on,
        "timeliness": found.timeliness,
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _by_department(contracts: Iterable["Contract"]) -> list["Contract"]:
    """Contracts with those of one department and owner together, in the order of the national list."""
    listed = sorted(contracts, key=lambda each: (_rank(each), each.dataset))
    departments = list(dict.fromkeys(each.department for each in listed))
    owners = list(dict.fromkeys(each.owner for each in listed))
    return sorted(listed, key=lambda each: (departments.index(each.department), owners.index(each.owner)))


def _rank(contract: "Contract") -> tuple[bool, int]:
    """Place by number in the national list; what has none comes last."""
    return contract.item is None, contract.item or 0


def _brief(contract: "Contract") -> dict[str, object]:
    return {
        "dataset": contract.dataset,
        "label": contract.label,
        "version": contract.version,
        "department": contract.department,
        "owner": contract.owner,
        "mode": contract.mode,
        "cadence_days": contract.cadence_days,
        "sharing_method": contract.sharing_method,
        "item": contract.item,
    }
