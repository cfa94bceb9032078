"""The contract as a whole: owner, purpose, cadence, mode, subject, key and the date of occurrence."""

from collections.abc import Iterator, Mapping
from typing import Any

from open_data_contract_standard.model import OpenDataContractStandard, SchemaObject, SchemaProperty, Team

from xinqiao.catalogue.contracts import SUFFIX, properties
from xinqiao.catalogue.linting.custom import TABLE, check_custom
from xinqiao.catalogue.linting.located import Finding, Located, Place
from xinqiao.catalogue.model import IDENTIFIERS

_TABLE: Place = ("schema", 0)
_SUBJECT_REMEDY = "请在 subject 中写明 field、identifiers，需要对照表时再写 systemField。"


def check_table(source: Located, standard: OpenDataContractStandard) -> Iterator[Finding]:
    """Findings about the contract and its one table."""
    yield from _check_document(source, standard)
    table = (standard.schema_ or [])[0]
    yield from check_custom(source, _TABLE, table.customProperties, TABLE)
    extra = properties(table.customProperties)
    for name in ("mode", "sharingMethod", "subject"):
        if name not in extra:
            yield source.finding(
                (*_TABLE, "customProperties"),
                f"missing_{name}",
                f"没有写明 {name}",
                "请在表的 customProperties 中补上。",
            )
    fields = {each.name: each for each in table.properties or () if each.name}
    yield from _check_names(source, table)
    yield from _check_subject(source, extra.get("subject"), fields)
    yield from _check_occurred_on(source, extra.get("occurredOn"), fields)
    yield from _check_key(source, table)


def _check_document(source: Located, standard: OpenDataContractStandard) -> Iterator[Finding]:
    if not isinstance(standard.team, Team) or not standard.team.name:
        yield source.finding(
            ("team",), "missing_owner", "没有写明数据责任单位", "请写 team: {name: 单位全称}。"
        )
    for part in ("purpose", "limitations", "usage"):
        if not getattr(standard.description, part, None):
            yield source.finding(
                ("description",), "missing_description", f"说明中缺少 {part}", "请写明用途、局限和使用限制。"
            )
    cadences = [
        each for each in standard.slaProperties or () if each.property == "frequency" and each.unit == "d"
    ]
    if len(cadences) != 1 or not str(cadences[0].value).isdigit() or cadences[0].value == 0:
        yield source.finding(
            ("slaProperties",),
            "missing_cadence",
            "没有写明交付周期",
            "请写 slaProperties: [{property: frequency, value: 天数, unit: d}]。",
        )
    if standard.domain != source.path.parent.name:
        yield source.finding(
            ("domain",),
            "wrong_department",
            f"domain {standard.domain} 与所在文件夹 {source.path.parent.name} 不一致",
            "请把文件放到该部门的文件夹，或改正 domain。",
        )


def _check_names(source: Located, table: SchemaObject) -> Iterator[Finding]:
    dataset = source.path.name.removesuffix(SUFFIX)
    if table.name != dataset:
        yield source.finding(
            (*_TABLE, "name"),
            "wrong_dataset",
            f"表名 {table.name} 与文件名 {dataset} 不一致",
            f"请把文件命名为 {table.name}{SUFFIX}，或改正表名。",
        )
    if not table.businessName:
        yield source.finding(_TABLE, "missing_label", "数据集没有中文名称", "请写 businessName。")


def _check_subject(source: Located, subject: Any, fields: Mapping[str, SchemaProperty]) -> Iterator[Finding]:
    if not isinstance(subject, dict):
        return
    place = _custom_place(source, "subject")
    named = fields.get(subject.get("field", ""))
    if named is None:
        yield source.finding(
            place, "unknown_subject_field", f"主体字段 {subject.get('field')} 没有声明", _SUBJECT_REMEDY
        )
    elif not named.required:
        yield source.finding(
            place,
            "optional_subject_field",
            f"主体字段 {named.name} 不是必填",
            "没有主体的行无法使用，请写 required: true。",
        )
    system = subject.get("systemField")
    if system is not None and system not in fields:
        yield source.finding(
            place, "unknown_subject_field", f"来源系统字段 {system} 没有声明", _SUBJECT_REMEDY
        )
    identifiers = subject.get("identifiers")
    if not isinstance(identifiers, list) or not identifiers or not set(identifiers) <= IDENTIFIERS:
        yield source.finding(
            place,
            "unknown_identifier",
            f"identifiers {identifiers} 不能用",
            f"可用的：{'、'.join(sorted(IDENTIFIERS))}。",
        )
    elif "crosswalk" in identifiers and system is None:
        yield source.finding(
            place, "unknown_subject_field", "用对照表识别主体却没有 systemField", _SUBJECT_REMEDY
        )


def _check_occurred_on(source: Located, name: Any, fields: Mapping[str, SchemaProperty]) -> Iterator[Finding]:
    if name is None:
        return
    place = _custom_place(source, "occurredOn")
    column = fields.get(name)
    if column is None:
        yield source.finding(
            place, "unknown_occurred_on", f"发生日期字段 {name} 没有声明", "请写一个已声明的日期字段。"
        )
    elif column.logicalType != "date" or properties(column.customProperties).get("stored") is False:
        yield source.finding(
            place,
            "occurred_on_not_a_date",
            f"发生日期字段 {name} 不是入库的日期",
            "请换成 logicalType: date 的入库字段。",
        )


def _check_key(source: Located, table: SchemaObject) -> Iterator[Finding]:
    columns = list(enumerate(table.properties or ()))
    keys = [(index, each) for index, each in columns if each.primaryKey]
    if not keys:
        yield source.finding(
            (*_TABLE, "properties"),
            "missing_key",
            "没有声明主键字段",
            "请给主键字段写 primaryKey: true 和 primaryKeyPosition。",
        )
    positions = sorted(each.primaryKeyPosition or 0 for _, each in keys)
    if positions != list(range(1, len(keys) + 1)):
        yield source.finding(
            (*_TABLE, "properties", keys[0][0], "primaryKeyPosition"),
            "key_out_of_order",
            f"主键字段的次序为 {'、'.join(map(str, positions))}",
            "primaryKeyPosition 应从 1 起连续编号。",
        )
    for index, each in columns:
        place = (*_TABLE, "properties", index)
        if each.primaryKey and properties(each.customProperties).get("stored") is False:
            yield source.finding(
                place, "key_not_stored", f"主键字段 {each.name} 不入库", "请去掉 stored: false 或主键标记。"
            )
        if not each.primaryKey and each.primaryKeyPosition is not None:
            yield source.finding(
                (*place, "primaryKeyPosition"),
                "key_not_declared",
                f"字段 {each.name} 有主键次序却没有声明为主键",
                "请写 primaryKey: true，或去掉 primaryKeyPosition。",
            )


def _custom_place(source: Located, name: str) -> Place:
    custom = source.data["schema"][0].get("customProperties", ())
    index = next((at for at, each in enumerate(custom) if each.get("property") == name), 0)
    return (*_TABLE, "customProperties", index)
