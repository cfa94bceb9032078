"""Bytes of which no delivery came do not stay for ever; what a record stands on does."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from xinqiao.intake.model import Delivery
from xinqiao.kernel.refusals import Refusal
from xinqiao.kernel.unified_code import UnifiedCode
from xinqiao.lake import Vacuumed
from xinqiao.workspace import Workspace, commands

Deliver = Callable[..., Delivery]
Codes = Callable[[int], UnifiedCode]
INVOICES = "taxpayer_code,invoice_number,issued_on,amount_fen,status\n"


def age(workspace: Workspace, now: datetime) -> None:
    """As if all that was delivered so far had been delivered a month ago."""
    then = (now - timedelta(days=30)).timestamp()
    for path in workspace.intake.raw.glob("*/*"):
        os.utime(path, (then, then))


def kept(workspace: Workspace) -> set[Path]:
    return set(workspace.intake.raw.glob("*/*"))


def sweep(workspace: Workspace, *, dry_run: bool = False) -> Vacuumed:
    return next(
        each
        for each in commands.vacuum(workspace, dry_run=dry_run)
        if each.table == workspace.intake.raw.name
    )


@pytest.fixture
def refuse(deliver: Deliver) -> Callable[[], None]:
    def refusing() -> None:
        with pytest.raises(Refusal):
            deliver("sales_invoice", "somebody,something\n1,2\n")

    return refusing


def test_refused_bytes_go_once_they_are_old_and_delivered_ones_stay(
    workspace: Workspace, deliver: Deliver, codes: Codes, refuse: Callable[[], None], now: datetime
) -> None:
    deliver("sales_invoice", f"{INVOICES}{codes(1).text},1,2026-03-01,100,valid\n")
    delivered = kept(workspace)
    refuse()

    assert sweep(workspace).orphaned == 0
    age(workspace, now)
    told = sweep(workspace, dry_run=True)
    assert (told.orphaned, told.kept, told.bytes) == (1, 1, len("somebody,something\n1,2\n"))
    assert len(kept(workspace)) == 2

    assert sweep(workspace) == told
    assert kept(workspace) == delivered


def test_what_a_replay_was_made_of_stays(
    workspace: Workspace, deliver: Deliver, codes: Codes, now: datetime, tmp_path: Path
) -> None:
    taken = deliver("sales_invoice", f"{INVOICES}{codes(1).text},1,someday,100,valid\n")
    mended = tmp_path / "mended.csv"
    mended.write_text(
        f"_文件,_行,_原因,{INVOICES}{taken.files[0].name},1,,{codes(1).text},1,2026-03-01,100,valid\n",
        encoding="utf-8",
    )
    commands.replay(workspace, delivery_id=taken.delivery_id, mapping=None, mended=mended, known_at=None)
    age(workspace, now)

    assert (sweep(workspace).orphaned, len(kept(workspace))) == (0, 2)


def test_bytes_that_come_again_are_young_again(
    workspace: Workspace, refuse: Callable[[], None], now: datetime
) -> None:
    refuse()
    age(workspace, now)
    refuse()

    assert sweep(workspace).orphaned == 0
