"""How much of the sharing lists has been collected: per item its records, enterprises, freshness and refusals.

Rows and newest days come from the statistics of the lake's files; only the count of enterprises reads records, and of
those one column, once for each dataset that has any.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from xinqiao.catalogue.lists import Item, SharingList
from xinqiao.catalogue.model import Contract
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, text
from xinqiao.intake.model import QUARANTINE, RECORDS
from xinqiao.lake import DataFile, Lake
from xinqiao.store import Transaction

REGISTRATION = "business_registration"
"""The dataset whose enterprises all others are measured against."""

Timeliness = Literal["fresh", "late", "never"]
Extent = Literal["whole", "part", "none"]


@dataclass(frozen=True, slots=True)
class Reach:
    """Enterprises that records are about.

    Attributes:
        enterprises: Distinct subjects.
        registered: Those of them that stand in the business registration.
    """

    enterprises: int
    registered: int


_NONE_REACHED = Reach(0, 0)


@dataclass(frozen=True, slots=True)
class DatasetCollection:
    """What has been collected of one dataset.

    Attributes:
        contract: Its contract.
        rows: Records, corrections included.
        quarantined: Rows that wait in quarantine now.
        reach: Enterprises in its records.
        known_at: When the newest record became known; None without records.
        occurred_on: The newest day anything happened; None without records.
        timeliness: Whether the newest record is no older than the promised cadence.
    """

    contract: Contract
    rows: int
    quarantined: int
    reach: Reach
    known_at: datetime | None
    occurred_on: date | None
    timeliness: Timeliness


@dataclass(frozen=True, slots=True)
class ItemCollection:
    """What has been collected of one item of a list.

    Attributes:
        item: The item.
        reach: Enterprises in the records of any of its datasets.
        datasets: Its datasets, in the list's order.
    """

    item: Item
    reach: Reach
    datasets: tuple[DatasetCollection, ...]

    @property
    def rows(self) -> int:
        """Records of all its datasets."""
        return sum(each.rows for each in self.datasets)

    @property
    def quarantined(self) -> int:
        """Rows of all its datasets that wait in quarantine."""
        return sum(each.quarantined for each in self.datasets)

    @property
    def refused_share(self) -> float | None:
        """Quarantined rows among all; None when nothing was ever delivered."""
        judged = self.rows + self.quarantined
        return self.quarantined / judged if judged else None

    @property
    def extent(self) -> Extent:
        """Whether all, some or none of its datasets have records."""
        held = [each.rows > 0 for each in self.datasets]
        return "whole" if all(held) else "part" if any(held) else "none"

    @property
    def known_at(self) -> datetime | None:
        """When the newest record of any dataset became known."""
        return max((each.known_at for each in self.datasets if each.known_at), default=None)

    @property
    def occurred_on(self) -> date | None:
        """The newest day anything happened in any dataset."""
        return max((each.occurred_on for each in self.datasets if each.occurred_on), default=None)

    @property
    def timeliness(self) -> Timeliness:
        """Late as soon as one of the datasets that have records is."""
        found = {each.timeliness for each in self.datasets} - {"never"}
        return "never" if not found else "late" if "late" in found else "fresh"


@dataclass(frozen=True, slots=True)
class ListCollection:
    """What has been collected of one list.

    Attributes:
        sharing_list: The list.
        items: Its items, in order.
    """

    sharing_list: SharingList
    items: tuple[ItemCollection, ...]

    @property
    def collected(self) -> int:
        """Items of which at least one dataset has records."""
        return sum(each.extent != "none" for each in self.items)

    @property
    def whole(self) -> int:
        """Items of which every dataset has records."""
        return sum(each.extent == "whole" for each in self.items)


@dataclass(frozen=True, slots=True)
class Collected:
    """What has been collected of all lists.

    Attributes:
        at: The moment it is measured at.
        registered: Enterprises in the business registration.
        lists: The lists, the national one first.
    """

    at: datetime
    registered: int
    lists: tuple[ListCollection, ...]


def measure_collection(
    tx: Transaction,
    *,
    session: Session,
    lake: Lake,
    contracts: Mapping[str, Contract],
    lists: Sequence[SharingList],
    now: datetime,
) -> Collected:
    """Measure what has been collected of the lists.

    Args:
        tx: The transaction whose lake versions are read.
        session: An engine session.
        lake: The lake.
        contracts: All contracts.
        lists: The lists.
        now: The moment that freshness is measured at.
    """
    versions = lake.versions(tx)
    registered = _register(session, lake, versions)
    measured = tuple(
        ListCollection(
            each, tuple(_item(session, lake, versions, contracts, item, now) for item in each.items)
        )
        for each in lists
    )
    return Collected(at=now, registered=registered, lists=measured)


def _register(session: Session, lake: Lake, versions: Mapping[str, int]) -> int:
    """Make the table `registered(subject)` and return how many enterprises it holds."""
    table = f"{RECORDS}/{REGISTRATION}"
    lake.register(
        session,
        table=table,
        version=versions.get(table),
        name="registrations",
        columns={"subject": "BIGINT"},
    )
    session.run("CREATE OR REPLACE TABLE registered AS SELECT DISTINCT subject FROM registrations")
    return int(session.scalar("SELECT count(*) FROM registered"))


def _item(
    session: Session,
    lake: Lake,
    versions: Mapping[str, int],
    contracts: Mapping[str, Contract],
    item: Item,
    now: datetime,
) -> ItemCollection:
    reach = _reach(session, lake, versions, contracts, item)
    return ItemCollection(
        item=item,
        reach=reach.get(None, _NONE_REACHED),
        datasets=tuple(
            _dataset(session, lake, versions, contracts[name], reach.get(name, _NONE_REACHED), now)
            for name in item.datasets
        ),
    )


def _dataset(
    session: Session,
    lake: Lake,
    versions: Mapping[str, int],
    contract: Contract,
    reach: Reach,
    now: datetime,
) -> DatasetCollection:
    table = f"{RECORDS}/{contract.dataset}"
    files = _files(lake, versions, table)
    known_at = max((file.maximum["known_at"] for file in files if "known_at" in file.maximum), default=None)
    known_at = known_at and known_at.replace(tzinfo=UTC)
    days = (file.maximum["occurred_on"] for file in files if "occurred_on" in file.maximum)
    return DatasetCollection(
        contract=contract,
        rows=_records(session, files, contract),
        quarantined=sum(file.rows for file in _files(lake, versions, f"{QUARANTINE}/{contract.dataset}")),
        reach=reach,
        known_at=known_at,
        occurred_on=max(days, default=None),
        timeliness=timeliness(known_at, contract.cadence_days, now),
    )


def _records(session: Session, files: Sequence[DataFile], contract: Contract) -> int:
    """Records in files: of a snapshot less the marks, which have no day (`catalogue.views`)."""
    if contract.mode != "snapshot" or not files:
        return sum(file.rows for file in files)
    session.register("listed", [file.path for file in files], {"occurred_on": "DATE"})
    return int(session.scalar("SELECT count(occurred_on) FROM listed"))


def timeliness(known_at: datetime | None, cadence_days: int, now: datetime) -> Timeliness:
    """Whether what became known last is older than the promised number of days."""
    if known_at is None:
        return "never"
    return "late" if now - known_at > timedelta(days=cadence_days) else "fresh"


def _files(lake: Lake, versions: Mapping[str, int], table: str) -> tuple[DataFile, ...]:
    return lake.files(table, versions[table]) if table in versions else ()


def _reach(
    session: Session,
    lake: Lake,
    versions: Mapping[str, int],
    contracts: Mapping[str, Contract],
    item: Item,
) -> Mapping[str | None, Reach]:
    """Enterprises in the records of each dataset of an item that has any, and under None in any of them."""
    parts = []
    for position, dataset in enumerate(item.datasets):
        table, view = f"{RECORDS}/{dataset}", f"collected_{position}"
        if table in versions:
            lake.register(session, table=table, version=versions[table], name=view)
            records = " WHERE occurred_on IS NOT NULL" if contracts[dataset].mode == "snapshot" else ""
            parts.append(f"SELECT {text(dataset)} AS dataset, subject FROM {identifier(view)}{records}")
    if not parts:
        return {}
    # Records are reduced to their subjects before anything is joined: there may be a hundred for each.
    rows = session.rows(
        "SELECT c.dataset, count(DISTINCT c.subject), count(DISTINCT r.subject)"
        f" FROM (SELECT DISTINCT dataset, subject FROM ({' UNION ALL '.join(parts)}) AS u) AS c"
        " LEFT JOIN registered AS r ON r.subject = c.subject"
        " GROUP BY GROUPING SETS ((c.dataset), ())"
    )
    return {dataset: Reach(enterprises, registered) for dataset, enterprises, registered in rows}
