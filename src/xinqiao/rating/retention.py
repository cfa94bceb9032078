"""How long grades stay replayable, which versions of the lake that needs, and deleting what nothing needs.

Compaction rewrites files and keeps the old ones; a vacuum deletes those that neither readers nor any grade within
its retention need, and what refused deliveries and killed commands left behind.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from xinqiao import audit
from xinqiao.indicators.declaration import read_yaml
from xinqiao.intake import leavings
from xinqiao.kernel.actor import Actor
from xinqiao.lake import Lake, Unneeded, Vacuumed
from xinqiao.rating import records
from xinqiao.rating.events import LakeVacuumed
from xinqiao.store import Store, Transaction

_DECLARED = Path(__file__).with_name("retention.yaml")
_MOST_YEARS = 100
_MOST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is kept.

    Attributes:
        grade_years: Years, from its making, that a grade must be replayable: the longest loan and five more.
        safety_days: Days for which nothing that changed is deleted, so that no running command loses its files.
    """

    grade_years: int
    safety_days: int

    def kept_since(self, now: datetime) -> datetime:
        """The moment whose evaluations are the oldest still kept."""
        years = now.year - self.grade_years
        leap = (now.month, now.day) == (2, 29)
        return now.replace(year=years, month=3, day=1) if leap else now.replace(year=years)


@cache
def load_retention(path: Path = _DECLARED) -> Retention:
    """The declared retention.

    Raises:
        Misdeclared: Something is wrong with it, with file, line and remedy.
    """
    given = read_yaml(path, path.parent).mapping(required=("source", "grades", "files"))
    grades = given["grades"].mapping(required=("years_after_loans", "longest_loan_years"))
    files = given["files"].mapping(required=("safety_days",))
    years = (grades[name].integer(minimum=0, maximum=_MOST_YEARS) for name in grades)
    return Retention(
        grade_years=sum(years),
        safety_days=files["safety_days"].integer(minimum=1, maximum=_MOST_DAYS),
    )


def vacuum(
    store: Store,
    *,
    lake: Lake,
    raw: Path,
    retention: Retention,
    actor: Actor,
    now: datetime,
    dry_run: bool = False,
) -> Sequence[Vacuumed]:
    """Delete files of the lake and delivered bytes that nothing needs; what was, or would be, deleted of each table.

    Each table has a transaction and an audit event of its own, and its files go once that is committed: nothing
    disappears that the log does not tell of, even if the command is killed, and no two tables are locked at once,
    which others may lock in another order. Files that a killed command told of and left go the next time.

    Args:
        store: The database.
        lake: The lake.
        raw: Folder of delivered bytes by hash.
        retention: How long what is kept.
        actor: Who asks.
        now: The time.
        dry_run: Only tell.
    """
    kept_since = retention.kept_since(now)
    unchanged_since = now - timedelta(days=retention.safety_days)
    with store.transaction() as tx:
        needed = _needed(tx, kept_since)
    done = []
    for table in (*lake.tables(), None):
        with store.transaction() as tx:
            if table is None:
                found = leavings.unclaimed(tx, raw, unchanged_since=unchanged_since)
            else:
                wanted = needed.get(table, ())
                found = lake.unneeded(tx, table=table, needed=wanted, unchanged_since=unchanged_since)
            if found.files and not dry_run:
                audit.append(tx, _event(found, kept_since), actor=actor, now=now)
        if not dry_run:
            found.delete()
        done.append(found.told)
    return done


def _needed(tx: Transaction, since: datetime) -> Mapping[str, Collection[int]]:
    """The versions of each table that evaluations begun since then were made of.

    One that begins later reads versions that are the newest, which are kept as such.
    """
    needed: dict[str, set[int]] = {}
    for each in records.all_evaluations(tx):
        if each.started_at >= since:
            for table, version in each.versions.items():
                needed.setdefault(table, set()).add(version)
    return needed


def _event(found: Unneeded, kept_since: datetime) -> LakeVacuumed:
    return LakeVacuumed(
        files={found.told.table: len(found.files)},
        bytes=found.told.bytes,
        kept_since=kept_since.isoformat(),
    )
