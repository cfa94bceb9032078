"""Which data a model reads were late on an evaluation's day.

A month that a department has not delivered reads as one in which a firm did nothing. So an evaluation says which data
were older than promised. Where one of them is counted by the month the grades themselves are in doubt, and people are
warned; of a register that is late, what it holds still holds, and it is only told.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from xinqiao.catalogue import Contract
from xinqiao.indicators import Catalogue
from xinqiao.indicators.monthly import by_month
from xinqiao.intake import queries as deliveries
from xinqiao.intake.collection import timeliness
from xinqiao.intake.queries import Brought
from xinqiao.kernel.clock import end_of_day
from xinqiao.rating.calculation import Work
from xinqiao.rating.evaluation import Overdue
from xinqiao.rating.model import Scorecard
from xinqiao.store import Transaction

_DAY = timedelta(days=1)


def overdue_of(tx: Transaction, work: Work) -> tuple[Overdue, ...]:
    """The data that a calculation's model reads and that were late on its day."""
    until = end_of_day(work.as_of)
    came = deliveries.brought(tx, versions=work.versions, known_before=until)
    return overdue(
        came,
        contracts=work.contracts,
        catalogue=work.catalogue,
        scorecard=work.scorecard,
        known_until=until,
    )


def overdue(
    came: Mapping[str, Brought],
    *,
    contracts: Mapping[str, Contract],
    catalogue: Catalogue,
    scorecard: Scorecard,
    known_until: datetime,
) -> tuple[Overdue, ...]:
    """The data that a model reads and that were late, those counted by the month first, then the latest.

    What never came is not late: indicators without data are unknown.

    Args:
        came: The newest delivery of each data set, of those known by then.
        contracts: What was promised, by data set.
        catalogue: Indicator declarations.
        scorecard: The model.
        known_until: The first instant no longer known.
    """
    read = {dataset for code in scorecard.codes for dataset in catalogue.datasets_of(code)}
    monthly = by_month(catalogue, scorecard.codes)
    found = []
    for dataset in sorted(read & came.keys() & contracts.keys()):
        known_at, cadence = came[dataset].known_at, contracts[dataset].cadence_days
        if timeliness(known_at, cadence, known_until) == "late":
            # A day that has begun counts: nothing is late by no day at all.
            days = -((known_at + timedelta(days=cadence) - known_until) // _DAY)
            found.append(Overdue(dataset, known_at, cadence, days, monthly=dataset in monthly))
    return tuple(sorted(found, key=lambda each: (not each.monthly, -each.days, each.dataset)))
