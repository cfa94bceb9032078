"""A workspace of the test's own, for whatever works on one."""

from datetime import datetime
from pathlib import Path

import pytest

from xinqiao.engine import DuckDBEngine
from xinqiao.kernel.actor import Actor
from xinqiao.lake import Lake
from xinqiao.store import Store
from xinqiao.workspace import Workspace


@pytest.fixture
def workspace(home: Path, store: Store, now: datetime, actor: Actor) -> Workspace:
    """A workspace over an empty lake and a fresh database."""
    return Workspace(
        home=home,
        store=store,
        engine=DuckDBEngine(home / "tmp", memory_limit="1GB", threads=2),
        lake=Lake(home / "lake"),
        clock=lambda: now,
        actor=actor,
    )
