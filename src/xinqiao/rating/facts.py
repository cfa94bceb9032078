"""What a regime's scope asks of an enterprise: its sector, its region, its size class, as far as known on the day."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from xinqiao import sizing
from xinqiao.catalogue import Contract
from xinqiao.catalogue.known import known_regions
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier
from xinqiao.indicators.planning import RECORDS, SECTORS
from xinqiao.rating.regimes.model import Regime
from xinqiao.sizing import Scheme

FACTS = "subject_facts"
SIZE_CLASSES = "size_classes"
"""Under which name an evaluation records the table of size classes it used."""

_REGISTRY = "business_registration"


def datasets(regimes: Sequence[Regime]) -> tuple[str, ...]:
    """The data sets that the scopes of these regimes are read from."""
    read = set(sizing.DATASETS) if ask_sizes(regimes) else set()
    return tuple(sorted(read | ({_REGISTRY} if ask_regions(regimes) else set())))


def ask_regions(regimes: Sequence[Regime]) -> bool:
    """Whether one of these regimes is for some regions only."""
    return any(each.scope.regions for each in regimes)


def ask_sizes(regimes: Sequence[Regime]) -> bool:
    """Whether one of these regimes is for some size classes only."""
    return any(each.scope.sizes for each in regimes)


def gather(
    session: Session,
    regimes: Sequence[Regime],
    *,
    scheme: Scheme | None,
    contracts: Mapping[str, Contract],
    as_of: date,
    subjects: Collection[int] | None,
) -> None:
    """Make the view `subject_facts`: subject, sector, region_code, size_class.

    Region and size class are found only when a regime asks for them and are null otherwise.

    Args:
        session: Where the records of `datasets` are registered and the indicators were computed.
        regimes: The regimes in force.
        scheme: The table of size classes; needed when a regime asks for sizes.
        contracts: Contracts by data set.
        as_of: The day looked at.
        subjects: Whom it is about; everybody when None.
    """
    joins, region, size = "", "CAST(NULL AS VARCHAR)", "CAST(NULL AS VARCHAR)"
    if ask_regions(regimes):
        registry = {_REGISTRY: RECORDS + _REGISTRY}
        regions = known_regions(session, contracts, registry, as_of=as_of)
        session.run(f"CREATE OR REPLACE TABLE subject_region AS {regions}")
        joins, region = " LEFT JOIN subject_region AS r ON r.subject = s.subject", "r.region_code"
    if ask_sizes(regimes):
        assert scheme is not None
        views = {dataset: RECORDS + dataset for dataset in sizing.DATASETS if dataset in contracts}
        sizing.compute(
            session, scheme=scheme, contracts=contracts, views=views, as_of=as_of, subjects=subjects
        )
        joins += f" LEFT JOIN {identifier(sizing.SIZES)} AS z ON z.subject = s.subject"
        size = "z.size_class"
    session.define(
        FACTS,
        f"SELECT s.subject, s.sector, {region} AS region_code, {size} AS size_class FROM {SECTORS} AS s{joins}",
    )
