"""Operations: each leaves an audit event, and no value is ever pasted into SQL for PostgreSQL."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SENDING = {"rows", "row", "run", "copy"}


def functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """Top-level functions by name."""
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def takes_transaction(function: ast.FunctionDef) -> bool:
    """Whether it is given the caller's transaction, so that it may change something."""
    return any(argument.arg == "tx" for argument in [*function.args.args, *function.args.kwonlyargs])


def called(function: ast.AST) -> Iterator[str]:
    """Names called inside: `append` as `audit.append`, a neighbour by its plain name."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def audits(name: str, known: dict[str, ast.FunctionDef], *, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a function appends to the audit log, itself or through a function of its module."""
    for target in called(known[name]):
        if target.endswith("audit.append"):
            return True
        if target in known and target not in seen and audits(target, known, seen=seen | {name}):
            return True
    return False


def operations_of(source: Path) -> Iterator[tuple[str, str, dict[str, ast.FunctionDef]]]:
    """Every verb of every capability: where it stands, its name, and its module's functions."""
    for module in sorted([*source.glob("*/operations.py"), *source.glob("*/operations/*.py")]):
        if module.is_relative_to(source / "audit"):
            continue  # It is the log itself.
        known = functions(ast.parse(module.read_text(encoding="utf-8")))
        for name, function in known.items():
            if not name.startswith("_") and takes_transaction(function):
                yield f"{module.relative_to(source)}: {name}", name, known


def test_every_operation_appends_an_audit_event(source: Path) -> None:
    found = list(operations_of(source))

    assert found, "no operations were found; did the file names change?"
    assert [where for where, name, known in found if not audits(name, known)] == []


def pasted(tree: ast.AST) -> Iterator[int]:
    """Lines where a statement sent through `tx` is built from values."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        if node.func.attr not in SENDING or ast.unparse(node.func.value) not in {"tx", "self._tx"}:
            continue
        formatted = any(isinstance(part, ast.FormattedValue | ast.Mod) for part in ast.walk(node.args[0]))
        if formatted or any(name.endswith((".format", ".join", ".replace")) for name in called(node.args[0])):
            yield node.lineno


def test_statements_for_postgresql_are_written_out_with_parameters(modules: list[Path], root: Path) -> None:
    built = [
        f"{module.relative_to(root)}:{line}"
        for module in modules
        for line in pasted(ast.parse(module.read_text(encoding="utf-8")))
    ]

    assert built == []


@pytest.mark.parametrize(
    ("statement", "lines"),
    [
        ('tx.rows("SELECT 1 FROM delivery WHERE dataset = %s", (name,))', []),
        ("tx.rows(f\"SELECT 1 FROM delivery WHERE dataset = '{name}'\")", [1]),
        ("tx.run(\"DELETE FROM delivery WHERE dataset = '%s'\" % name)", [1]),
        ('tx.row("SELECT {}".format(name))', [1]),
    ],
)
def test_the_rule_itself_tells_a_parameter_from_a_pasted_value(statement: str, lines: list[int]) -> None:
    assert list(pasted(ast.parse(statement))) == lines
