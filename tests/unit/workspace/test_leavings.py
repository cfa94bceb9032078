"""What killed commands left behind is swept away, and what living ones are using is not."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from xinqiao.workspace.leavings import at_work


@pytest.fixture
def folders(home: Path) -> tuple[Path, Path]:
    """Work files and an unfinished copy that somebody left."""
    work, raw = home / "work", home / "deliveries"
    for folder in (work / "delivery-1", raw / "ab"):
        folder.mkdir(parents=True)
        (folder / "file").write_text("x")
    (raw / ".half.part").write_text("x")
    return work, raw


@contextmanager
def working(home: Path) -> Iterator[None]:
    with at_work(home, work=home / "work", raw=home / "deliveries"):
        yield


def test_leavings_are_swept_and_kept_bytes_stay(home: Path, folders: tuple[Path, Path]) -> None:
    work, raw = folders

    with working(home):
        assert list(work.iterdir()) == []
        assert [path.name for path in raw.iterdir()] == ["ab"]
    assert (raw / "ab" / "file").exists()


def test_nothing_is_swept_while_somebody_else_works(home: Path, folders: tuple[Path, Path]) -> None:
    work, _ = folders
    with working(home):
        (work / "delivery-2").mkdir()
        with working(home):
            assert (work / "delivery-2").exists()


WORKER = """
import sys
from pathlib import Path
from xinqiao.workspace.leavings import at_work
home = Path(sys.argv[1])
with at_work(home, work=home / "work", raw=home / "deliveries"):
    (home / "work" / "delivery-3").mkdir()
    print("working", flush=True)
    sys.stdin.read()
"""


def test_whoever_is_killed_lets_go(home: Path, folders: tuple[Path, Path]) -> None:
    work, _ = folders
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"working\n"
        with working(home):
            assert (work / "delivery-3").exists()
        process.kill()

    with working(home):
        assert not (work / "delivery-3").exists()


def test_an_empty_home_has_nothing_to_sweep(tmp_path: Path) -> None:
    with working(tmp_path / "new"):
        assert (tmp_path / "new").is_dir()
