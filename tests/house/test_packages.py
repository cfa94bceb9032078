"""The list of packages is the architecture: the tree, the check and the page say the same."""

import ast
import configparser
import re
import sys
from pathlib import Path

# What such a module holds is not told by its name, so everything ends up in it.
EMPTY_NAMES = set("util utils helper helpers common manager managers service services misc base".split())

# The domain's words as they would be spelt out; the English word of each stands in docs/glossary.md.
SPELT_OUT = set(
    (
        "qiye gongsi geti xinyong zhengxin pingfen pingji dengji baogao zhibiao mulu hetong shuju jiaohuan "
        "guiji gongxiang nashui shuiwu shuishou jiaoshui fapiao jinxiang xiaoxiang qianshui chufa jingying "
        "yichang mingdan gongshang zhuti tongyi daima shouquan chaxun yinhang daikuan danbao geli huifang "
        "jiaofu yingshe bumen jine wanyuan renmin hangye quyu shibie pipei"
    ).split()
)


def packages(source: Path) -> set[str]:
    """Packages and top modules that stand in the list."""
    folders = {folder.name for folder in source.iterdir() if any(folder.rglob("*.py"))}
    return folders | {module.stem for module in source.glob("*.py") if module.stem != "__init__"}


def layers(root: Path) -> list[str]:
    """The list as import-linter reads it, top first, one entry a line."""
    config = configparser.ConfigParser()
    config.read(root / ".importlinter", encoding="utf-8")
    return config["importlinter:contract:order"]["layers"].split("\n")[1:]


def test_the_page_the_check_and_the_tree_hold_the_same_packages(root: Path, source: Path) -> None:
    checked = set(re.findall(r"\w+", " ".join(layers(root))))
    page = (root / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+?) \|", page, flags=re.MULTILINE)
    described = [name for row in rows for name in re.findall(r"`(\w+)`", row)]

    assert set(described) == packages(source)
    assert packages(source) <= checked
    assert sorted(described) == sorted(set(described))


def test_the_page_tells_the_list_in_the_checked_order(root: Path) -> None:
    checked = re.findall(r"\w+", " ".join(layers(root)))
    page = (root / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+?) \|", page, flags=re.MULTILINE)
    described = [name for row in rows for name in re.findall(r"`(\w+)`", row)]

    assert described == [name for name in checked if name in described]


def test_every_package_says_what_it_is(source: Path) -> None:
    silent = [
        str(folder.relative_to(source))
        for folder in sorted({module.parent for module in source.rglob("*.py")})
        if "migrations" not in folder.parts  # Scripts that Alembic runs by path.
        and not (
            (folder / "__init__.py").is_file()
            and ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
        )
    ]

    assert silent == []


def test_module_names_say_what_is_inside(modules: list[Path], source: Path) -> None:
    named = [(module.relative_to(source), part) for module in modules for part in module.stem.split("_")]

    assert [str(path) for path, part in named if part in EMPTY_NAMES] == []
    assert [str(path) for path, part in named if part in SPELT_OUT] == []


def test_the_kernel_needs_the_standard_library_only(source: Path) -> None:
    foreign = set()
    for module in (source / "kernel").rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            foreign |= {name for name in names if name.split(".")[0] not in sys.stdlib_module_names}

    assert {name for name in foreign if not name.startswith("xinqiao.kernel")} == set()
