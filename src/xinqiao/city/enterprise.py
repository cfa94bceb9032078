"""One enterprise of the city: what it is, how well it does, and whether and when it fails."""

import math
import random
from bisect import bisect
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from xinqiao.city import names
from xinqiao.city.codes import (
    COUNTIES,
    Identity,
    former_registration_number,
    identity,
    legacy_account,
    mix,
)
from xinqiao.city.sectors import CUMULATIVE_SHARES, SECTORS, Line, Sector
from xinqiao.city.timeline import Timeline

Profile = Literal["full", "tax_only", "registered_only"]

UNIFIED_CODES_SINCE = date(2015, 10, 1)
# The tax bureau opened no accounts in its former system after this day.
_LEGACY_UNTIL = date(2022, 1, 1)
# Months over which a failing enterprise goes down before it defaults.
DECLINE_MONTHS = 9


@dataclass(frozen=True, slots=True)
class Enterprise:
    """One enterprise; amounts in yuan where a float, all else as its records say.

    Attributes:
        index: Its number in the city, from 0.
        identity: Its code and county.
        sector: Its division.
        line: Its line of business within the division.
        health: Hidden soundness, 0 to 1; what a grade should find out.
        profile: Which departments know it.
        established_on: Day of establishment.
        defaulted_on: Day on which it stops paying its debts, up to a year after the records; None if never.
        closed_on: Day of cancellation or revocation; None while it lives.
        revoked: Whether it is closed by revocation.
        name: Full name at establishment.
        owner: Legal representative at establishment.
        monthly_sales: Usual sales a month at the start of records, yuan.
        growth: Own growth of sales a year.
        volatility: Standard deviation of the logarithm of a month's sales.
        gap_share: Share of months without any sale.
        account: Number in the tax bureau's former system, for those not moved over; empty for most.
        account_known_late: Whether the crosswalk names that number only from the second delivery on.
        registration_number: Former registration number; empty for the younger.
        random: The enterprise's own source of chance, after all of the above is drawn.
    """

    index: int
    identity: Identity
    sector: Sector
    line: Line
    health: float
    profile: Profile
    established_on: date
    defaulted_on: date | None
    closed_on: date | None
    revoked: bool
    name: str
    owner: str
    monthly_sales: float
    growth: float
    volatility: float
    gap_share: float
    account: str
    account_known_late: bool
    registration_number: str
    random: random.Random

    @property
    def code(self) -> str:
        """The unified code."""
        return self.identity.code.text

    @property
    def county_name(self) -> str:
        """Name of the county."""
        return COUNTIES[self.identity.county]

    @property
    def is_individual(self) -> bool:
        """Whether it is an individual business."""
        return self.identity.is_individual

    def distress(self, month: int, timeline: Timeline) -> float:
        """How far it has gone down by a month of the timeline: 0 sound, 1 in default."""
        if self.defaulted_on is None:
            return 0.0
        to_go = timeline.month_of(self.defaulted_on) - month
        return min(1.0, max(0.0, 1 - to_go / DECLINE_MONTHS))


def identify(seed: int, index: int) -> tuple[Identity, Sector]:
    """Code, county and sector of an enterprise, without the cost of the rest."""
    draw = mix(seed, index, 3) / 2**64
    sector = SECTORS[min(bisect(CUMULATIVE_SHARES, draw * CUMULATIVE_SHARES[-1]), len(SECTORS) - 1)]
    return identity(seed, index, sector.individual), sector


def enterprise(seed: int, index: int, timeline: Timeline) -> Enterprise:
    """The enterprise with this index in the city of this seed, whatever the number of enterprises."""
    chance = random.Random(mix(seed, index, 4))  # noqa: S311  nothing secret is made here
    draw = chance.random
    who, sector = identify(seed, index)
    shops = [line for line in sector.lines if line.shop] if who.is_individual else list(sector.lines)
    line = shops[int(draw() * len(shops))]
    health = _health(chance)
    age = int(2_900 * (-math.log(1 - draw())) ** 0.7) % 9_000
    established_on = timeline.until - timedelta(days=60 + age)
    owner = names.person(draw)
    county = COUNTIES[who.county]
    name = (
        names.shop_name(draw, line.shop, county, owner)
        if who.is_individual
        else names.company_name(draw, line.word)
    )
    defaulted_on = _default(chance, health, established_on, timeline)
    closed_on, revoked = _closing(chance, health, established_on, defaulted_on, timeline)
    profile = _profile(draw(), is_individual=who.is_individual)
    legacy = draw() < 0.2 and established_on < _LEGACY_UNTIL
    is_old = established_on < UNIFIED_CODES_SINCE
    scale = math.exp(chance.gauss(0.0, 0.85) + 0.5 * (health - 0.6))
    return Enterprise(
        index=index,
        identity=who,
        sector=sector,
        line=line,
        health=health,
        profile=profile,
        established_on=established_on,
        defaulted_on=defaulted_on,
        closed_on=closed_on,
        revoked=revoked,
        name=name,
        owner=owner,
        monthly_sales=sector.monthly_yuan * (0.28 if who.is_individual else 1.0) * scale,
        growth=sector.growth + 0.55 * (health - 0.62) + chance.gauss(0.0, 0.09),
        volatility=0.12 + 0.5 * (1 - health) * (0.6 + 0.8 * draw()),
        gap_share=(0.3 if who.is_individual else 0.16) * (1 - health) ** 1.5,
        account=legacy_account(index) if legacy else "",
        account_known_late=legacy and draw() < 0.04,
        registration_number=former_registration_number(who.county, index) if is_old else "",
        random=chance,
    )


def _health(chance: random.Random) -> float:
    """Most enterprises are sound, few are excellent, a tail is sick."""
    return min(0.99, max(0.01, chance.betavariate(4.2, 2.4)))


def _default(chance: random.Random, health: float, established_on: date, timeline: Timeline) -> date | None:
    """Default over the 27 months from the end of the backlog delivery to a year after the records end."""
    probability = 1 / (1 + math.exp(9.0 * (health - 0.22)))
    hit, when = chance.random() < probability, chance.random()
    first = timeline.deliveries[0]
    span = (timeline.until - first).days + 365
    day = first + timedelta(days=int(when * span))
    return day if hit and day > established_on + timedelta(days=270) else None


def _closing(
    chance: random.Random, health: float, established_on: date, defaulted_on: date | None, timeline: Timeline
) -> tuple[date | None, bool]:
    """Some enterprises close in good order; some of those in default are cancelled or lose their licence."""
    draw, lag, kind = chance.random(), chance.random(), chance.random()
    if defaulted_on is not None:
        day = defaulted_on + timedelta(days=60 + int(lag * 300))
        closes = draw < 0.35
    else:
        day = timeline.start + timedelta(days=int(lag * (timeline.until - timeline.start).days))
        closes = draw < 0.035 * (1.4 - health)
    if not closes or day > timeline.until or day <= established_on + timedelta(days=200):
        return None, False
    return day, kind < (0.5 if defaulted_on else 0.15)


def _profile(draw: float, *, is_individual: bool) -> Profile:
    registered_only, tax_only = (0.22, 0.14) if is_individual else (0.07, 0.05)
    if draw < registered_only:
        return "registered_only"
    return "tax_only" if draw < registered_only + tax_only else "full"
