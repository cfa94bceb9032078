"""The page of indicators says what the declarations say: it is made from them and was made last."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.indicators import load_catalogue

CONTRACTS = load_contracts()
CATALOGUE = load_catalogue(contracts=CONTRACTS)


@pytest.fixture(scope="module")
def tool(root: Path) -> ModuleType:
    """The tool that makes the page."""
    spec = importlib.util.spec_from_file_location("indicator_page", root / "tools" / "indicators.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_tool_makes(root: Path) -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "tools.indicators", "--check"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_an_outdated_page_is_told_and_left_and_then_made_anew(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tool, "PAGE", tmp_path / "indicators.md")
    tool.PAGE.write_text("# Indicators of another day\n", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["indicators", "--check"])

    assert tool.main() == 1
    assert "out of date" in capsys.readouterr().out
    assert tool.PAGE.read_text(encoding="utf-8") == "# Indicators of another day\n"

    monkeypatch.setattr(sys, "argv", ["indicators"])
    assert tool.main() == 0
    assert tool.PAGE.read_text(encoding="utf-8") == tool.page(CATALOGUE, CONTRACTS)


def test_every_indicator_relation_and_part_has_its_place_once(tool: ModuleType) -> None:
    lines = tool.page(CATALOGUE, CONTRACTS).splitlines()
    headings = [line.removeprefix("### ") for line in lines if line.startswith("### ")]
    codes = [heading.split()[0] for heading in headings]

    assert sorted(codes) == sorted(
        [
            *CATALOGUE.indicators,
            *CATALOGUE.relations,
            *CATALOGUE.facts,
            *CATALOGUE.measures.named,
            *CATALOGUE.computed,
        ]
    )
    assert len(set(headings)) == len(headings)
