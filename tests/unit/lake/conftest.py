"""An empty lake, and an engine session to write its files with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from xinqiao.engine import DuckDBEngine, Session
from xinqiao.lake import Lake


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with DuckDBEngine(tmp_path / "tmp", threads=1).session() as opened:
        yield opened
