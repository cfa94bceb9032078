"""A workspace, deliveries of registrations and crosswalks, and the directory they make."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from xinqiao.intake.model import Delivery
from xinqiao.store import Store
from xinqiao.workspace import Workspace, commands

HEADINGS = {
    "business_registration": "unified_code,name,event_kind,approved_on,established_on,"
    "industry_code,region_code,operating_status,legal_representative",
    "code_crosswalk": "source_system,source_code,unified_code,name",
}


@pytest.fixture
def deliver(workspace: Workspace, tmp_path: Path) -> Callable[..., Delivery]:
    """Deliver lines of a dataset under its own headings."""

    def delivering(dataset: str, *lines: str, known_at: datetime | None = None) -> Delivery:
        path = tmp_path / "delivered.csv"
        path.write_text("\n".join([HEADINGS[dataset], *lines, ""]), encoding="utf-8")
        return commands.deliver(workspace, dataset=dataset, files=[path], mapping=None, known_at=known_at)

    return delivering


@pytest.fixture
def directory(store: Store) -> Callable[[], list[dict[str, Any]]]:
    """All entries, in the order of their codes."""

    def reading() -> list[dict[str, Any]]:
        with store.transaction() as tx:
            return tx.rows("SELECT * FROM enterprise ORDER BY unified_code")

    return reading
