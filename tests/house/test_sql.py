"""Where the SQL on a table of PostgreSQL stands: its shape and its rules are read in one place."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

_NAMED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)")


def _tables(source: Path) -> set[str]:
    """The tables that migrations make."""
    scripts = (source / "store" / "migrations").rglob("*.py")
    return {
        name
        for script in scripts
        for name in re.findall(r"CREATE TABLE (\w+)", script.read_text(encoding="utf-8"))
    }


def _texts(module: Path) -> Iterator[str]:
    """The texts that a module holds."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_the_sql_on_a_table_stands_in_one_package_and_mostly_in_one_module(
    modules: list[Path], source: Path
) -> None:
    tables, found = _tables(source), defaultdict(set)
    for module in modules:
        if "migrations" in module.parts:
            continue
        for text in _texts(module):
            for name in tables.intersection(_NAMED.findall(text)):
                found[name].add(str(module.relative_to(source)))

    assert {"audit_event", "definition", "delivery", "enterprise", "evaluation"} <= found.keys()
    owners = {name: {place.partition("/")[0] for place in places} for name, places in found.items()}
    assert {name: sorted(packages) for name, packages in owners.items() if len(packages) > 1} == {}
    assert found["delivery"] == found["replay"] == {"intake/records.py"}
    assert found["enterprise"] == {"resolution/records.py"}
    assert found["evaluation"] == {"rating/records.py"}
