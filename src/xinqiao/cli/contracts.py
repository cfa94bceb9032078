"""Commands on the catalogue of contracts."""

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xinqiao.cli import output
from xinqiao.cli.output import Json

if TYPE_CHECKING:
    from xinqiao.catalogue import Contract

catalogue = typer.Typer(no_args_is_help=True, help="数据目录：每个数据集的合同。")

_MODES = {"append": "追加", "upsert": "更新", "snapshot": "快照"}


@catalogue.command("list", help="列出全部数据集：名称、提供单位、方式、周期与合同版本。")
def list_contracts(json: Json = False) -> None:
    """List all datasets."""
    from xinqiao.catalogue import load_contracts

    contracts = load_contracts()
    if json:
        output.document([_brief(each) for each in contracts.values()])
        return
    rows = [
        (each.dataset, each.label, each.owner, _MODES[each.mode], f"{each.cadence_days} 天", each.version)
        for each in contracts.values()
    ]
    output.table(("数据集", "名称", "提供单位", "方式", "周期", "版本"), rows)


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


@catalogue.command("check", help="检查合同：标准格式之外的全部要求，指出文件与行。")
def check(
    path: Annotated[
        Path | None, typer.Argument(metavar="[路径]", help="合同文件或目录；不写则检查自带的全部合同。")
    ] = None,
    json: Json = False,
) -> None:
    """Check contracts beyond what the standard asks, naming file and line."""
    from xinqiao.catalogue.contracts import SHIPPED
    from xinqiao.catalogue.linting import lint
    from xinqiao.engine.dialect import columns_of

    if path is not None and not path.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    findings = lint(path or SHIPPED, columns_of=columns_of)
    if json:
        output.document(findings)
    elif not findings:
        output.say("全部合同检查通过。")
    for each in () if json else findings:
        output.say(f"{each.file}:{each.line} {each.message} {each.remedy}（{each.code}）")
    if findings:
        raise typer.Exit(2)


def _brief(contract: "Contract") -> dict[str, object]:
    return {
        "dataset": contract.dataset,
        "label": contract.label,
        "version": contract.version,
        "owner": contract.owner,
        "mode": contract.mode,
        "cadence_days": contract.cadence_days,
        "sharing_method": contract.sharing_method,
        "item": contract.item,
    }
