"""Rules: named, explained in both languages, and judging a row by nothing but what it holds."""

from collections.abc import Iterator

from open_data_contract_standard.model import DataQuality, SchemaObject

from xinqiao.catalogue.contracts import ENGINE
from xinqiao.catalogue.linting.custom import RULE, check_custom
from xinqiao.catalogue.linting.located import Finding, Located, Place
from xinqiao.catalogue.model import KNOWN_ON, SEVERITIES
from xinqiao.engine import formulas
from xinqiao.engine.dialect import UnreadableSQL, columns_of


def check_rules(source: Located, table: SchemaObject) -> Iterator[Finding]:
    """Findings about every rule of the table."""
    readable = {each.name or "" for each in table.properties or ()} | {KNOWN_ON}
    codes: set[str] = set()
    for index, rule in enumerate(table.quality or ()):
        place: Place = ("schema", 0, "quality", index)
        yield from _check_words(source, place, rule)
        if rule.name in codes:
            yield source.finding(place, "repeated_rule", f"规则 {rule.name} 声明了两次", "请换一个名字。")
        codes.add(rule.name or "")
        if isinstance(rule.implementation, str):
            yield from _check_predicate(source, place, rule, rule.implementation, readable)
    for index, column in enumerate(table.properties or ()):
        if column.quality:
            yield source.finding(
                ("schema", 0, "properties", index, "quality"),
                "rule_on_field",
                f"字段 {column.name} 下的规则不会被执行",
                "请移到表的 quality 下。",
            )


def _check_words(source: Located, place: Place, rule: DataQuality) -> Iterator[Finding]:
    if not rule.name:
        yield source.finding(place, "missing_name", "规则没有名字", "请写 name，作为原因代码。")
    if not rule.description:
        yield source.finding(
            place, "missing_label", f"规则 {rule.name} 没有说明", "请写 description，作为退回原因。"
        )
    if "labelEn" not in {each.property for each in rule.customProperties or ()}:
        yield source.finding(
            place, "missing_label", f"规则 {rule.name} 没有英文说明", "请在 customProperties 中写 labelEn。"
        )
    yield from check_custom(source, place, rule.customProperties, RULE)
    if rule.severity not in SEVERITIES:
        yield source.finding(
            place,
            "unknown_severity",
            f"规则 {rule.name} 的 severity 不能用",
            f"可用的：{'、'.join(sorted(SEVERITIES))}。",
        )
    if not rule.dimension:
        yield source.finding(place, "missing_dimension", f"规则 {rule.name} 没有质量维度", "请写 dimension。")
    if rule.type != "custom" or rule.engine != ENGINE or not isinstance(rule.implementation, str):
        yield source.finding(
            place,
            "unknown_engine",
            f"规则 {rule.name} 不会被执行",
            f"请写 type: custom、engine: {ENGINE}、implementation: 一个 SQL 条件。",
        )


def _check_predicate(
    source: Located,
    place: Place,
    rule: DataQuality,
    predicate: str,
    readable: set[str],
) -> Iterator[Finding]:
    at = (*place, "implementation")
    try:
        read, fault = columns_of(predicate), formulas.fault(predicate, "predicate")
    except UnreadableSQL as error:
        yield source.finding(
            at, "unreadable_predicate", f"规则 {rule.name} 的条件不能解析：{error}", "请改正 SQL。"
        )
        return
    if fault:
        what, remedy = fault
        yield source.finding(at, "unjudgeable_predicate", f"规则 {rule.name} 的条件不能用：{what}", remedy)
    elif unknown := sorted(read - readable):
        yield source.finding(
            at,
            "unknown_column",
            f"规则 {rule.name} 读取了没有声明的字段 {'、'.join(unknown)}",
            f"条件只能用本合同的字段和 {KNOWN_ON}。",
        )
    elif not read:
        yield source.finding(
            at, "constant_predicate", f"规则 {rule.name} 不读任何字段", "请写出对一行的条件。"
        )
