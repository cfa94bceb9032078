"""Strict checks of contracts beyond what ODCS asks, each with the line to mend and the remedy."""

from collections.abc import Iterator
from pathlib import Path

import yaml
from open_data_contract_standard.model import OpenDataContractStandard
from pydantic import ValidationError

from xinqiao.catalogue import cases as shipped_cases
from xinqiao.catalogue.contracts import SHIPPED, SUFFIX, contract_files, read_contract
from xinqiao.catalogue.linting.cases import check_cases
from xinqiao.catalogue.linting.fields import check_fields
from xinqiao.catalogue.linting.located import Finding, Located, locate
from xinqiao.catalogue.linting.rules import check_rules
from xinqiao.catalogue.linting.standard import check_standard
from xinqiao.catalogue.linting.table import check_table
from xinqiao.catalogue.refusals import InvalidContract
from xinqiao.catalogue.yaml_texts import fault_of

__all__ = ["Finding", "lint"]


def lint(root: Path = SHIPPED, *, cases: Path = shipped_cases.SHIPPED) -> list[Finding]:
    """Everything wrong with the contracts under `root`, in the order of files and lines.

    Args:
        root: A folder of contracts, or one contract.
        cases: The folder of their cases.
    """
    findings: list[Finding] = []
    declared: dict[str, Path] = {}
    for path in contract_files(root):
        found = _lint_file(path, cases)
        # The contract first, then its cases.
        findings += sorted(found, key=lambda each: (each.file.is_relative_to(cases), each.line))
        dataset = path.name.removesuffix(SUFFIX)
        if dataset in declared:
            findings.append(
                Finding(
                    path,
                    1,
                    "duplicate_dataset",
                    f"数据集 {dataset} 已由 {declared[dataset]} 声明",
                    "一个数据集只能有一份合同，请合并或改名。",
                )
            )
        declared.setdefault(dataset, path)
    return findings


def _lint_file(path: Path, cases: Path) -> list[Finding]:
    try:
        source = locate(path)
    except yaml.YAMLError as error:
        fault = fault_of(error, path.read_text(encoding="utf-8", errors="replace"))
        return [
            Finding(path, fault.line or 1, "not_yaml", f"不是有效的 YAML：{fault.said}", f"{fault.remedy}。")
        ]
    try:
        standard = OpenDataContractStandard.model_validate(source.data)
    except ValidationError as error:
        return [
            source.finding(
                tuple(each["loc"]),
                "unknown_key" if each["type"] == "extra_forbidden" else "not_odcs",
                f"不符合 ODCS：{'.'.join(map(str, each['loc'])) or '文件'} {each['msg']}",
                "请对照开放数据合同标准（ODCS v3.2）改正。",
            )
            for each in error.errors()
        ]
    found = list(_check(source, standard, cases))
    return found or list(_check_readable(source))


def _check(source: Located, standard: OpenDataContractStandard, cases: Path) -> Iterator[Finding]:
    yield from check_standard(source)
    if len(standard.schema_ or ()) != 1:
        yield source.finding(
            ("schema",), "one_table", "schema 下应当只有一张表", "一份合同只写一个数据集，请拆成多个文件。"
        )
        return
    yield from check_table(source, standard)
    table = (standard.schema_ or [])[0]
    yield from check_fields(source, table)
    yield from check_rules(source, table)
    yield from check_cases(source, table, cases)


def _check_readable(source: Located) -> Iterator[Finding]:
    """The loader has the last word: what it cannot use is never silent."""
    try:
        read_contract(source.path)
    except InvalidContract as error:
        yield source.finding((), error.code, error.message, "请改正后再试。")
