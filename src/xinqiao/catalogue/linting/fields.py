"""Fields: label, kind, level, values, aliases, and what law forbids to collect."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from open_data_contract_standard.model import SchemaObject, SchemaProperty

from xinqiao.catalogue.contracts import properties
from xinqiao.catalogue.linting.custom import FIELD, SYNONYM, VALUE, check_custom
from xinqiao.catalogue.linting.located import Finding, Located, Place
from xinqiao.catalogue.model import COLUMN_TYPES, KNOWN_ON, SYSTEM_COLUMNS

# 《征信业管理条例》 (State Council Decree 631) art. 14, first paragraph.
_FORBIDDEN_NAME = re.compile(
    r"(^|_)(religions?|religious|faith|genes?|genetic|dna|fingerprints?|blood_(type|group)|illness(es)?|diseases?"
    r"|medical_history|diagnos[ie]s)(_|$)"
)
_FORBIDDEN_LABEL = re.compile(r"宗教|信仰|基因|指纹|血型|疾病|病史|病历|诊断")
_FORBIDDEN_REMEDY = "《征信业管理条例》第十四条禁止采集宗教信仰、基因、指纹、血型、疾病和病史，请删去该字段。"

_RESERVED = frozenset({"subject", KNOWN_ON, *SYSTEM_COLUMNS})
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LEVELS = frozenset("12345")
_KINDS = frozenset({"string", "integer", "number", "date", "timestamp", "boolean"})


def check_fields(source: Located, table: SchemaObject) -> Iterator[Finding]:
    """Findings about every field of the table."""
    names: set[str] = set()
    headings: dict[str, str] = {}
    for index, column in enumerate(table.properties or ()):
        place: Place = ("schema", 0, "properties", index)
        name = column.name or ""
        if name in names:
            yield source.finding(place, "repeated_field", f"字段 {name} 声明了两次", "请删去其中一个。")
        names.add(name)
        yield from _check_name(source, place, column)
        yield from _check_kind(source, place, column)
        yield from _check_level(source, place, column)
        yield from _check_values(source, place, column)
        yield from check_custom(source, place, column.customProperties, FIELD)
        for at, heading in [(place, name), *_aliases(place, column)]:
            if headings.get(heading, name) != name:
                yield source.finding(
                    at,
                    "ambiguous_alias",
                    f"表头 {heading} 同时属于 {headings[heading]} 和 {name}",
                    "一个表头只能对应一个字段。",
                )
            headings[heading] = name


def _check_name(source: Located, place: Place, column: SchemaProperty) -> Iterator[Finding]:
    name = column.name or ""
    if not _NAME.fullmatch(name):
        yield source.finding(
            place, "invalid_name", f"字段名 {name} 不合规范", "请用小写英文单词，以下划线连接。"
        )
    if name in _RESERVED:
        yield source.finding(place, "reserved_name", f"字段名 {name} 由平台使用", "请换一个名字。")
    if not column.businessName:
        yield source.finding(place, "missing_label", f"字段 {name} 没有中文名称", "请写 businessName。")
    if not column.description:
        yield source.finding(place, "missing_description", f"字段 {name} 没有说明", "请写 description。")
    spoken = [column.businessName or "", *(alias for _, alias in _aliases(place, column))]
    if _FORBIDDEN_NAME.search(name) or any(map(_FORBIDDEN_LABEL.search, spoken)):
        yield source.finding(
            place, "forbidden_information", f"字段 {name} 属于禁止采集的个人信息", _FORBIDDEN_REMEDY
        )


def _check_kind(source: Located, place: Place, column: SchemaProperty) -> Iterator[Finding]:
    extra = properties(column.customProperties)
    if column.logicalType not in _KINDS:
        yield source.finding(
            (*place, "logicalType"),
            "unknown_kind",
            f"字段 {column.name} 的 logicalType 不能用",
            f"可用的：{'、'.join(sorted(_KINDS))}。",
        )
        return
    kind = "decimal" if column.logicalType == "number" else column.logicalType
    expected = COLUMN_TYPES[kind]
    if column.physicalType != expected:
        yield source.finding(
            (*place, "physicalType"),
            "wrong_type",
            f"字段 {column.name} 的 physicalType 应为 {expected}",
            f"请写 {expected}。",
        )
    amount = extra.get("unit") == "fen"
    if amount != (column.name or "").endswith("_fen") or (amount and column.logicalType != "integer"):
        yield source.finding(
            place,
            "wrong_unit",
            f"字段 {column.name} 的名字与单位不符",
            "金额字段名以 _fen 结尾，logicalType: integer，并写 unit: fen。",
        )
    for index, synonym in enumerate(column.synonyms or ()):
        at = (*place, "synonyms", index)
        yield from check_custom(source, at, synonym.customProperties, SYNONYM)
        if amount != ("unit" in properties(synonym.customProperties)):
            yield source.finding(
                at,
                "alias_unit",
                f"表头 {synonym.synonym} 的单位没有写明或多余",
                "金额字段的每个表头都要写 unit，其他字段不写。",
            )


def _check_level(source: Located, place: Place, column: SchemaProperty) -> Iterator[Finding]:
    if column.classification not in _LEVELS:
        yield source.finding(
            (*place, "classification"),
            "invalid_level" if column.classification else "missing_level",
            f"字段 {column.name} 没有有效的数据级别",
            '请按 JR/T 0197-2020 写 classification: "1" 至 "5"。',
        )


def _check_values(source: Located, place: Place, column: SchemaProperty) -> Iterator[Finding]:
    texts: dict[str, str] = {}
    for index, each in enumerate(column.enum or ()):
        at = (*place, "enum", index)
        yield from check_custom(source, at, each.customProperties, VALUE)
        if not each.label:
            yield source.finding(at, "missing_label", f"取值 {each.value} 没有中文名称", "请写 label。")
        aliases = properties(each.customProperties).get("aliases", ())
        for text in (str(each.value), each.label or "", *aliases):
            if texts.setdefault(text, str(each.value)) != str(each.value):
                yield source.finding(
                    at,
                    "ambiguous_value",
                    f"文本 {text} 同时表示 {texts[text]} 和 {each.value}",
                    "一种写法只能表示一个取值。",
                )
    if column.enum and column.logicalType != "string":
        yield source.finding(
            (*place, "enum"),
            "enum_not_text",
            f"字段 {column.name} 有取值表却不是文本",
            "请写 logicalType: string。",
        )
    options = column.logicalTypeOptions or {}
    for name in sorted(set(options) - {"minimum", "maximum"}):
        yield source.finding(
            (*place, "logicalTypeOptions", name),
            "unknown_option",
            f"平台不检查 {name}",
            "请改写为规则，或只用 minimum、maximum。",
        )
    yield from _check_bounds(source, (*place, "logicalTypeOptions"), column, options)


def _check_bounds(
    source: Located, place: Place, column: SchemaProperty, options: dict[str, Any]
) -> Iterator[Finding]:
    bounds = [_bound(options[name], column.logicalType) for name in ("minimum", "maximum") if name in options]
    bad = any(bound is None for bound in bounds)
    if bad or (len(bounds) == len(("minimum", "maximum")) and str(bounds[0]) != str(min(bounds, key=_order))):
        yield source.finding(
            place,
            "invalid_bound",
            f"字段 {column.name} 的取值范围不能用",
            '数值写数字，日期写 "YYYY-MM-DD"，下限不大于上限。',
        )


def _bound(value: Any, logical_type: str | None) -> date | Decimal | None:
    try:
        match logical_type:
            case "date":
                return date.fromisoformat(str(value))
            case "integer" | "number":
                return Decimal(str(value))
    except (ValueError, InvalidOperation):
        pass
    return None


def _order(bound: date | Decimal | None) -> Decimal:
    return Decimal(bound.toordinal()) if isinstance(bound, date) else bound or Decimal(0)


def _aliases(place: Place, column: SchemaProperty) -> list[tuple[Place, str]]:
    return [((*place, "synonyms", at), each.synonym or "") for at, each in enumerate(column.synonyms or ())]
