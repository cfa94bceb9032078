"""Compositions on weight regimes: each one transaction."""

from datetime import date
from pathlib import Path

from xinqiao.kernel.actor import Actor
from xinqiao.rating import impact as impacts
from xinqiao.rating.impact import Impact
from xinqiao.rating.regimes import Regime, operations, read_regime
from xinqiao.rating.regimes.records import Entry
from xinqiao.workspace.desk import Workspace


def impact(workspace: Workspace, *, file: Path, as_of: date) -> Impact:
    """What the regime in a file would do to the newest city evaluation not after a day.

    Raises:
        Misdeclared: The file cannot be used.
        Refusal: See `rating.impact.impact`.
    """
    regime = _read(workspace, file)
    with workspace.begun() as (tx, session):
        return impacts.impact(
            tx,
            session=session,
            lake=workspace.lake,
            contracts=workspace.contracts,
            regime=regime,
            as_of=as_of,
        )


def propose(workspace: Workspace, *, file: Path, actor: Actor) -> Entry:
    """Put the regime in a file forward.

    Raises:
        Misdeclared: The file cannot be used.
        Refusal: See `regimes.operations.propose`.
    """
    regime = _read(workspace, file)
    with workspace.store.transaction() as tx:
        return operations.propose(tx, regime, actor=actor, now=workspace.clock())


def approve(workspace: Workspace, *, named: str, actor: Actor) -> Entry:
    """Approve a proposed regime.

    Raises:
        Refusal: See `regimes.operations.approve`.
    """
    with workspace.store.transaction() as tx:
        return operations.approve(tx, named, actor=actor, now=workspace.clock())


def withdraw(workspace: Workspace, *, named: str, reason: str, actor: Actor) -> Entry:
    """Take a regime back.

    Raises:
        Refusal: See `regimes.operations.withdraw`.
    """
    with workspace.store.transaction() as tx:
        return operations.withdraw(tx, named, reason=reason, actor=actor, now=workspace.clock())


def _read(workspace: Workspace, file: Path) -> Regime:
    return read_regime(file, catalogue=workspace.catalogue, scorecards=workspace.scorecards)
