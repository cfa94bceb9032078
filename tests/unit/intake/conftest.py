"""A workspace that takes deliveries, and what can be asked about them afterwards."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xinqiao.intake import queries
from xinqiao.intake.model import Delivery, RefusedRow
from xinqiao.kernel.unified_code import UnifiedCode, build
from xinqiao.workspace import Workspace, commands


@pytest.fixture
def codes() -> Callable[[int], UnifiedCode]:
    """Unified codes of invented enterprises, by number."""
    return lambda number: build(region="449901", organisation8=f"MA5{number:05d}")


@pytest.fixture
def deliver(workspace: Workspace, tmp_path: Path) -> Callable[..., Delivery]:
    """Deliver files, or texts and bytes that become files, under a mapping given as YAML."""
    written = 0

    def file_of(content: Path | str | bytes) -> Path:
        nonlocal written
        if isinstance(content, Path):
            return content
        written += 1
        path = tmp_path / f"delivered-{written}.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def mapping_file(text: str) -> Path:
        path = tmp_path / f"mapping-{written}.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def delivering(
        dataset: str,
        *contents: Path | str | bytes,
        mapping: str | None = None,
        known_at: datetime | None = None,
        covers: Sequence[str] = (),
        empty_list: bool = False,
    ) -> Delivery:
        return commands.deliver(
            workspace,
            dataset=dataset,
            files=[file_of(content) for content in contents],
            mapping=mapping_file(mapping) if mapping else None,
            known_at=known_at,
            covers=covers,
            empty_list=empty_list,
        )

    return delivering


@pytest.fixture
def records(workspace: Workspace) -> Callable[..., list[dict[str, Any]]]:
    """All records of a dataset ever written, or some of their columns, sorted."""

    def every(dataset: str, *columns: str) -> list[dict[str, Any]]:
        with workspace.engine.session() as session, workspace.store.transaction() as tx:
            table = f"records/{dataset}"
            version = workspace.lake.versions(tx).get(table)
            if version is None:
                return []
            workspace.lake.register(session, table=table, version=version, name="every")
            chosen = ", ".join(columns) or "*"
            return session.records(f"SELECT {chosen} FROM every ORDER BY ALL")

    return every


@pytest.fixture
def refused(workspace: Workspace) -> Callable[[int], list[RefusedRow]]:
    """Refused rows of a delivery, in file order."""

    def rows(delivery_id: int) -> list[RefusedRow]:
        with workspace.engine.session() as session, workspace.store.transaction() as tx:
            contract = workspace.contracts[queries.delivery(tx, delivery_id).dataset]
            return queries.refused_rows(
                tx,
                lake=workspace.lake,
                session=session,
                contract=contract,
                delivery_id=delivery_id,
                limit=100_000,
            )

    return rows


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """A workbook of sheets given as rows; those named in `hidden` are hidden, and on each a range may be merged."""

    def writing(
        sheets: Mapping[str, Sequence[Sequence[Any]]],
        *,
        hidden: Sequence[str] = (),
        merged: str | None = None,
    ) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)  # type: ignore[arg-type]  # A new workbook has a sheet.
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for cells in rows:
                sheet.append(cells)
            if merged:
                sheet.merge_cells(merged)
            if title in hidden:
                sheet.sheet_state = "hidden"
        path = tmp_path / "名单.xlsx"
        book.active = next(place for place, title in enumerate(sheets) if title not in hidden)
        book.save(path)
        return path

    return writing
