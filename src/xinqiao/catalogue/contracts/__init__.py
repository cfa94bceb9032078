"""The shipped contracts, by department, and how a contract is read.

A contract is an ODCS v3 file (Open Data Contract Standard, Bitol), read with the standard's own models. What
the standard has no word for stands in `customProperties`: `mode`, `sharingMethod`, `item`, `occurredOn`,
`subject` of a table; `unit`, `stored`, `future`, `mask` of a field; `unit` of a synonym, `aliases` of a
permitted value, `labelEn` of a rule.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml
from open_data_contract_standard.model import (
    CustomProperty,
    DataQuality,
    OpenDataContractStandard,
    SchemaObject,
    SchemaProperty,
)
from pydantic import ValidationError

from xinqiao.catalogue.content import sealed
from xinqiao.catalogue.model import (
    Contract,
    Contracts,
    Field,
    Identifier,
    Kind,
    Mask,
    Mode,
    Rule,
    Severity,
    Sharing,
    SubjectNaming,
    Unit,
)
from xinqiao.catalogue.refusals import DuplicateDataset, InvalidContract
from xinqiao.catalogue.yaml_texts import fault_of, require_bounded

SHIPPED = Path(__file__).parent
"""The contracts that come with the product."""

SUFFIX = ".odcs.yaml"
ENGINE = "xinqiao"
"""The engine that contracts name for their rules."""

_KINDS: Mapping[str, Kind] = {
    "string": "string",
    "integer": "integer",
    "number": "decimal",
    "date": "date",
    "timestamp": "timestamp",
    "boolean": "boolean",
}


def load_contracts(root: Path = SHIPPED) -> Contracts:
    """All contracts under `root`, by dataset; an unknown dataset asked of the answer raises `UnknownDataset`.

    Raises:
        InvalidContract: A file is no usable contract; `lint` tells everything that is wrong with it.
        DuplicateDataset: Two files declare the same dataset.
    """
    return Contracts(_shipped() if root == SHIPPED else _load(root))


def read_contract(path: Path) -> Contract:
    """The contract in one file.

    Raises:
        InvalidContract: The file is no usable contract.
    """
    raw = read_yaml(path.read_text("utf-8"), path)
    try:
        return _contract(OpenDataContractStandard.model_validate(raw), raw, path)
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        raise InvalidContract(
            f"合同文件不能使用：{_first_line(error)}",
            where=str(path),
            remedy="请运行 xinqiao catalogue check 查看逐行说明并改正。",
        ) from error


def from_content(content: Mapping[str, Any], *, origin: Path) -> Contract:
    """The contract that gave this `Contract.content`, parsed; a replay reads what a grade was made of.

    Args:
        content: The content.
        origin: The path it should tell: department and file.

    Raises:
        InvalidContract: The content does not fit the program.
    """
    raw = dict(content)
    try:
        return _contract(OpenDataContractStandard.model_validate(raw), raw, origin)
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        raise InvalidContract(f"留存的合同不能使用：{_first_line(error)}", where=str(origin)) from error


def contract_files(root: Path) -> list[Path]:
    """Files of contracts under `root` in a stable order; `root` itself when it is a file."""
    return [root] if root.is_file() else sorted(root.rglob(f"*{SUFFIX}"))


def read_yaml(text: str, path: Path) -> dict[str, Any]:
    """A YAML mapping with dates kept as text, so that it can be written as JSON unchanged.

    Raises:
        InvalidContract: It is not YAML, or not a mapping.
    """
    try:
        data = parse_yaml(text, TextDates)
    except yaml.YAMLError as error:
        fault = fault_of(error, text)
        raise InvalidContract(
            f"不是有效的 YAML：{fault.said}", where=f"{path}:{fault.line}", remedy=f"{fault.remedy}。"
        ) from error
    if not isinstance(data, dict):
        raise InvalidContract("文件内容应为键值结构", where=str(path))
    return data


def parse_yaml(text: str, kind: type[yaml.SafeLoader] | type[yaml.BaseLoader]) -> Any:
    """The one document in a YAML text, built by a loader that makes plain values only.

    Raises:
        yaml.YAMLError: It is not one YAML document, or its references are refused.
    """
    loader = kind(text)
    try:
        root = loader.get_single_node()
        require_bounded(root, text)
        return None if root is None else loader.construct_document(root)
    finally:
        loader.dispose()


class _TextDates(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """The safe loader without YAML's habit of turning `2026-01-31` into a date.

    libyaml reads the contracts six times as fast as Python does; only a PyYAML built by hand lacks it.
    """


_TextDates.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
TextDates: type[yaml.SafeLoader] = _TextDates
"""The loader of contracts and cases."""

PlainText = cast(type[yaml.BaseLoader], yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader)
"""The loader that leaves every scalar the text it is."""


@cache
def _shipped() -> dict[str, Contract]:
    return _load(SHIPPED)


def _load(root: Path) -> dict[str, Contract]:
    found: dict[str, Contract] = {}
    for path in contract_files(root):
        contract = read_contract(path)
        if contract.dataset in found:
            raise DuplicateDataset(
                f"数据集 {contract.dataset} 已由 {found[contract.dataset].path} 声明",
                where=str(path),
                remedy="一个数据集只能有一份合同，请合并或改名。",
            )
        found[contract.dataset] = contract
    return found


def _contract(standard: OpenDataContractStandard, raw: dict[str, Any], path: Path) -> Contract:
    if len(standard.schema_ or ()) != 1:
        raise ValueError("schema 下应当只有一张表")
    table = (standard.schema_ or [SchemaObject()])[0]
    extra = properties(table.customProperties)
    fields = tuple(_field(each) for each in table.properties or ())
    keys = sorted(
        (each.primaryKeyPosition or 0, each.name or "") for each in table.properties or () if each.primaryKey
    )
    content, fingerprint = sealed(raw)
    purpose = standard.description
    return Contract(
        dataset=_text(table.name, "schema.name"),
        label=_text(table.businessName, "schema.businessName"),
        version=_text(standard.version, "version"),
        department=path.parent.name,
        owner=_text(getattr(standard.team, "name", None), "team.name"),
        description="\n".join(part for part in (purpose.purpose, purpose.limitations, purpose.usage) if part)
        if purpose
        else "",
        mode=cast(Mode, extra["mode"]),
        cadence_days=_cadence(standard),
        sharing_method=cast(Sharing, extra["sharingMethod"]),
        item=extra.get("item"),
        subject=_subject(extra["subject"]),
        occurred_on=extra.get("occurredOn"),
        fields=fields,
        rules=tuple(_rule(each) for each in table.quality or ()),
        key=tuple(name for _, name in keys),
        content=content,
        fingerprint=fingerprint,
        path=path,
    )


def _field(column: SchemaProperty) -> Field:
    extra = properties(column.customProperties)
    kind: Kind = "amount" if extra.get("unit") == "fen" else _KINDS[_text(column.logicalType, "logicalType")]
    options = column.logicalTypeOptions or {}
    synonyms = column.synonyms or ()
    return Field(
        name=_text(column.name, "name"),
        label=_text(column.businessName, "businessName"),
        kind=kind,
        required=bool(column.required),
        classification=int(_text(column.classification, "classification")),
        stored=extra.get("stored", True),
        key=bool(column.primaryKey),
        values={str(each.value): each.label or str(each.value) for each in column.enum or ()},
        value_aliases={
            alias: str(each.value)
            for each in column.enum or ()
            for alias in properties(each.customProperties).get("aliases", ())
        },
        minimum=_bound(options.get("minimum"), kind),
        maximum=_bound(options.get("maximum"), kind),
        description=column.description or "",
        aliases=tuple(_text(each.synonym, "synonym") for each in synonyms),
        alias_units={
            _text(each.synonym, "synonym"): cast(Unit, unit)
            for each in synonyms
            if (unit := properties(each.customProperties).get("unit"))
        },
        future=extra.get("future", False),
        mask=cast(Mask | None, extra.get("mask")),
        when_empty=extra.get("whenEmpty", {}),
    )


def _rule(quality: DataQuality) -> Rule:
    predicate = quality.implementation
    if quality.type != "custom" or quality.engine != ENGINE or not isinstance(predicate, str):
        raise ValueError(
            f"规则 {quality.name} 应为 type: custom、engine: {ENGINE}，implementation 为一个 SQL 条件"
        )
    return Rule(
        code=_text(quality.name, "quality.name"),
        label=_text(quality.description, "quality.description"),
        label_en=str(properties(quality.customProperties)["labelEn"]),
        predicate=predicate.strip(),
        severity=cast(Severity, _text(quality.severity, "quality.severity")),
        dimension=_text(quality.dimension, "quality.dimension"),
    )


def _subject(value: Any) -> SubjectNaming:
    return SubjectNaming(
        field=str(value["field"]),
        system_field=value.get("systemField"),
        identifiers=tuple(cast(Identifier, each) for each in value["identifiers"]),
    )


def _cadence(standard: OpenDataContractStandard) -> int:
    for each in standard.slaProperties or ():
        if each.property == "frequency" and each.unit == "d":
            return int(str(each.value))
    raise ValueError("slaProperties 中缺少以天（d）为单位的 frequency")


def _bound(value: Any, kind: Kind) -> Decimal | date | None:
    if value is None:
        return None
    return date.fromisoformat(value) if kind == "date" else Decimal(str(value))


def properties(custom: list[CustomProperty] | None) -> dict[str, Any]:
    """ODCS custom properties as a dictionary."""
    return {each.property: each.value for each in custom or () if each.property}


def _text(value: str | None, name: str) -> str:
    if not value:
        raise ValueError(f"缺少 {name}")
    return value


def _first_line(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"缺少或不认识 {error.args[0]}"
    return " ".join(str(error).split())[:300]
