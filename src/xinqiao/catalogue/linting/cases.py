"""Cases: every contract has good and bad rows, and every rule a row that breaks it."""

from collections.abc import Iterator
from pathlib import Path

from open_data_contract_standard.model import SchemaObject

from xinqiao.catalogue.cases import MALFORMED_ROW, REASONS, RULE, Case, case_file, read_cases
from xinqiao.catalogue.linting.located import Finding, Located, Place, locate
from xinqiao.catalogue.refusals import InvalidCases


def check_cases(source: Located, table: SchemaObject, root: Path) -> Iterator[Finding]:
    """Findings about the cases of the table; those about a row are in the file of cases."""
    path = case_file(table.name or "", root)
    if not path.is_file():
        yield source.finding(
            (), "missing_cases", f"没有样例文件 {path.name}", f"请在 {root} 写出合格与不合格的行。"
        )
        return
    try:
        cases = read_cases(path)
    except InvalidCases as error:
        yield Finding(path, 1, error.code, error.message, error.remedy)
        return
    located = locate(path)
    for name, rows in (("good", cases.good), ("bad", cases.bad)):
        if not rows:
            yield located.finding(
                (name,), "missing_cases", f"{name} 下没有一行", "合格与不合格的样例各至少一行。"
            )
    fields = {each.name or "" for each in table.properties or ()}
    severities = {each.name: each.severity for each in table.quality or ()}
    for index, row in enumerate(cases.good):
        yield from _check_row(located, ("good", index), set(row), fields)
    for name, severity, group in (("warned", "warning", cases.warned), ("bad", "error", cases.bad)):
        rules = {code for code, declared in severities.items() if declared == severity}
        for index, case in enumerate(group):
            yield from _check_row(located, (name, index), set(case.row), fields)
            yield from _check_reasons(located, (name, index), case, fields if name == "bad" else set(), rules)
        broken = {reason.removeprefix(RULE) for case in group for reason in case.reasons}
        for at, rule in enumerate(table.quality or ()):
            if rule.name in rules - broken:
                yield source.finding(
                    ("schema", 0, "quality", at),
                    "rule_without_case",
                    f"规则 {rule.name} 没有违反它的样例",
                    f"请在 {path.name} 的 {name} 下补一行。",
                )


def _check_row(located: Located, place: Place, used: set[str], fields: set[str]) -> Iterator[Finding]:
    if unknown := sorted(used - fields):
        yield located.finding(
            place, "unknown_field", f"样例用了没有声明的字段 {'、'.join(unknown)}", "请改正字段名。"
        )


def _check_reasons(
    located: Located, place: Place, case: Case, fields: set[str], rules: set[str | None]
) -> Iterator[Finding]:
    known = {f"{reason}:{field}" for reason in REASONS for field in fields} | {
        f"{RULE}{code}" for code in rules
    }
    if fields:
        known.add(MALFORMED_ROW)
    if unknown := sorted(set(case.reasons) - known):
        yield located.finding(
            place, "unknown_reason", f"不会有这样的原因：{'、'.join(unknown)}", "请改正原因代码。"
        )
