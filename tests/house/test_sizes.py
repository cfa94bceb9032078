"""A module is one room, a function one thought."""

import ast
from pathlib import Path

# Half again above what a comfortable module (250) and function (40) take: room for a hard one, not for two.
MODULE_LINES = 350
FUNCTION_LINES = 70


def test_no_module_is_longer_than_one_sitting(modules: list[Path], root: Path) -> None:
    lengths = {module: len(module.read_text(encoding="utf-8").splitlines()) for module in modules}

    assert {str(m.relative_to(root)): n for m, n in lengths.items() if n > MODULE_LINES} == {}


def test_no_function_is_longer_than_one_screen(modules: list[Path], root: Path) -> None:
    long = {}
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long[f"{module.relative_to(root)}:{node.lineno} {node.name}"] = lines

    assert long == {}
