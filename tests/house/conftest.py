"""What the house rules are judged on: the files a clone of this checkout would hold."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def source() -> Path:
    return ROOT / "src" / "xinqiao"


@pytest.fixture(scope="session")
def kept_files() -> list[Path]:
    """Files under version control and new ones that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = {name for name in listed.stdout.decode().split("\0") if name}
    return sorted(file for file in (ROOT / name for name in names) if file.is_file())


@pytest.fixture(scope="session")
def modules(source: Path) -> list[Path]:
    """Every Python module of the product."""
    return sorted(source.rglob("*.py"))
