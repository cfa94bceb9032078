"""Questions about the outlook, and how an evaluation keeps and finds it; nothing here changes anything kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from xinqiao.catalogue import Contract
from xinqiao.catalogue.codes import industry_name
from xinqiao.catalogue.known import register_histories
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier
from xinqiao.kernel.refusals import NotFound
from xinqiao.lake import Lake
from xinqiao.outlook.compute import DATASETS, OUTLOOK, OUTLOOK_COLUMNS, compute, keep
from xinqiao.outlook.model import SectorQuarter
from xinqiao.outlook.rules import load_rules

SUPPRESSED_ZH = "按发布规则不予公布"


class UnknownSector(NotFound):
    """No figures exist for a sector of this name."""

    code = "unknown_sector"


@dataclass(frozen=True, slots=True)
class SectorLine:
    """A sector with all its quarters.

    Attributes:
        sector: Division (`F51`) or section (`F`).
        name_zh: Its name in GB/T 4754-2017.
        quarters: Oldest first.
    """

    sector: str
    name_zh: str
    quarters: tuple[SectorQuarter, ...]

    @property
    def newest(self) -> SectorQuarter:
        """Its newest quarter."""
        return self.quarters[-1]


@dataclass(frozen=True, slots=True)
class Outlook:
    """The city's outlook as known on a day.

    Attributes:
        as_of: The day.
        quarter_on: First day of the newest settled quarter; None when nothing can be compared yet.
        sectors: Sections and divisions in order of code.
    """

    as_of: date
    quarter_on: date | None
    sectors: tuple[SectorLine, ...]

    def ranked(self, *, sections: bool) -> tuple[SectorLine, ...]:
        """Sections or divisions of the newest quarter, strongest z first, then growth; withheld ones last."""

        def place(line: SectorLine) -> tuple[bool, float, float, str]:
            newest = line.newest
            known = newest.growth is not None
            return (not known, -(newest.z or 0.0), -(newest.growth or 0.0), line.sector)

        chosen = (
            line
            for line in self.sectors
            if line.newest.is_section == sections and line.newest.quarter_on == self.quarter_on
        )
        return tuple(sorted(chosen, key=place))

    def sector(self, code: str) -> SectorLine:
        """One sector.

        Raises:
            UnknownSector: There is none of that code, or no firm of it can be compared.
        """
        wanted = code.strip().upper()
        for line in self.sectors:
            if line.sector == wanted:
                return line
        raise UnknownSector(
            f"没有行业 {code} 的景气数据。",
            where="sector",
            remedy="行业写作门类 F 或大类 F51；不带 --sector 可列出全部行业。",
        )


def city_outlook(
    session: Session,
    lake: Lake,
    *,
    contracts: Mapping[str, Contract],
    versions: Mapping[str, int],
    as_of: date,
    evaluation_id: int | None = None,
) -> Outlook:
    """The city's outlook as of a day: the one an evaluation kept, else worked out from the records.

    Args:
        session: An engine session of its own.
        lake: The lake.
        contracts: Contracts by dataset.
        versions: Version of each lake table to read.
        as_of: The day looked at.
        evaluation_id: The evaluation whose outlook is wanted, if one was kept with it.
    """
    if evaluation_id is None or not restore(session, lake, versions=versions, evaluation_id=evaluation_id):
        views = register_histories(session, lake, contracts=contracts, versions=versions, datasets=DATASETS)
        compute(session, rules=load_rules().value, contracts=contracts, views=views, as_of=as_of)
    return outlook_in(session, as_of)


def published_columns() -> Mapping[str, str]:
    """Columns of the lake table `sector_outlook`, in which evaluations keep their outlook."""
    return {"evaluation": "BIGINT", **OUTLOOK_COLUMNS}


def published_sql(evaluation_id: int) -> str:
    """The rows that an evaluation appends to the lake table `sector_outlook`, from the session's table."""
    names = ", ".join(map(identifier, OUTLOOK_COLUMNS))
    return (
        f"SELECT {evaluation_id:d}::BIGINT AS evaluation, {names} FROM {OUTLOOK} ORDER BY sector, quarter_on"
    )


def restore(session: Session, lake: Lake, *, versions: Mapping[str, int], evaluation_id: int) -> bool:
    """Make the table `sector_outlook` as an evaluation kept it; False, and no table, when it kept none."""
    if OUTLOOK not in versions:
        return False
    lake.register(
        session,
        table=OUTLOOK,
        version=versions[OUTLOOK],
        name="published_outlook",
        columns=published_columns(),
    )
    names = ", ".join(map(identifier, OUTLOOK_COLUMNS))
    rows = session.rows(
        f"SELECT {names} FROM published_outlook WHERE evaluation = ? ORDER BY sector, quarter_on",
        [evaluation_id],
    )
    if not rows:
        return False
    keep(session, tuple(SectorQuarter(*row) for row in rows))
    return True


def outlook_in(session: Session, as_of: date) -> Outlook:
    """The outlook in the session's table `sector_outlook`."""
    names = ", ".join(map(identifier, OUTLOOK_COLUMNS))
    lines: dict[str, list[SectorQuarter]] = {}
    for row in session.rows(f"SELECT {names} FROM {OUTLOOK} ORDER BY sector, quarter_on"):
        lines.setdefault(row[0], []).append(SectorQuarter(*row))
    return Outlook(
        as_of=as_of,
        quarter_on=max((line[-1].quarter_on for line in lines.values()), default=None),
        sectors=tuple(
            SectorLine(sector, industry_name(sector) or sector, tuple(quarters))
            for sector, quarters in lines.items()
        ),
    )
