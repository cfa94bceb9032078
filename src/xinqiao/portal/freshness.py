"""How fresh the data behind a report are, by dataset and by the unit that answers for them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from xinqiao.kernel.clock import city_date
from xinqiao.products.model import Source


@dataclass(frozen=True, slots=True)
class Owner:
    """A unit whose data came.

    Attributes:
        name: Its name.
        sources: Its datasets that came.
        last_known_on: Day of its last delivery.
        late: Number of its datasets that are overdue.
    """

    name: str
    sources: tuple[Source, ...]
    last_known_on: date | None
    late: int


@dataclass(frozen=True, slots=True)
class Freshness:
    """What the page says about where data come from.

    Attributes:
        owners: Units whose data came, in order of appearance.
        delivered: Datasets that came.
        late: Those of them that are overdue.
        undelivered: Datasets that never came.
    """

    owners: tuple[Owner, ...]
    delivered: tuple[Source, ...]
    late: tuple[Source, ...]
    undelivered: tuple[Source, ...]

    def newest_of(self, datasets: Collection[str]) -> date | None:
        """Day of the last delivery of any of some datasets."""
        return _newest([each for each in self.delivered if each.dataset in datasets])


def freshness(sources: tuple[Source, ...]) -> Freshness:
    """Sort a report's sources into what came, what is late and what never came."""
    delivered = tuple(each for each in sources if each.delivery_id is not None)
    return Freshness(
        owners=tuple(_owner(name, delivered) for name in dict.fromkeys(each.owner for each in delivered)),
        delivered=delivered,
        late=tuple(each for each in delivered if each.stale),
        undelivered=tuple(each for each in sources if each.delivery_id is None),
    )


def _owner(name: str, delivered: tuple[Source, ...]) -> Owner:
    held = tuple(each for each in delivered if each.owner == name)
    return Owner(name, held, _newest(held), sum(each.stale for each in held))


def _newest(sources: Collection[Source]) -> date | None:
    days = [city_date(each.last_known_at) for each in sources if each.last_known_at]
    return max(days, default=None)
