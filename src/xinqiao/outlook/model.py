"""From sums of sectors to what is published: suppression, growth, the chained index and z. No engine, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from xinqiao.outlook.rules import Rules

QUARTERS_PER_YEAR = 4
_MONTHS_PER_QUARTER = 3
_SECTION_LENGTH = 1


@dataclass(frozen=True, slots=True)
class Sums:
    """The matched firms of a sector in a quarter.

    Attributes:
        sector: Division (`F51`) or section (`F`).
        quarter: The quarter, counted from year 0: year × 4 + 0…3.
        firms: How many firms have turnover in it and a year before.
        now_fen: Their turnover.
        before_fen: Their turnover a year before.
        largest_now_fen: The largest firm's.
        largest_before_fen: The largest firm's a year before.
    """

    sector: str
    quarter: int
    firms: int
    now_fen: int
    before_fen: int
    largest_now_fen: int
    largest_before_fen: int

    def joined(self, other: "Sums") -> "Sums":
        """These firms and those of another division, which has none of them."""
        return Sums(
            sector=self.sector,
            quarter=self.quarter,
            firms=self.firms + other.firms,
            now_fen=self.now_fen + other.now_fen,
            before_fen=self.before_fen + other.before_fen,
            largest_now_fen=max(self.largest_now_fen, other.largest_now_fen),
            largest_before_fen=max(self.largest_before_fen, other.largest_before_fen),
        )

    def is_safe(self, rules: Rules) -> bool:
        """Whether figures of these firms tell nothing about one of them."""
        return (
            self.firms >= rules.fewest_firms
            and self.largest_now_fen <= rules.largest_share * self.now_fen
            and self.largest_before_fen <= rules.largest_share * self.before_fen
        )


@dataclass(frozen=True, slots=True)
class SectorQuarter:
    """What is published of a sector in a quarter.

    Attributes:
        sector: Division (`F51`) or section (`F`).
        quarter_on: First day of the quarter.
        firms: Matched firms; None when suppressed.
        suppressed: Whether the figures are withheld.
        growth: Turnover against the same quarter a year before, less one; None when suppressed.
        index_value: The chained index; None when suppressed, or when the chain to it is broken.
        base_on: First day of the quarter in which the chain stands at the base value.
        z: Deviation from the median sector of the same level; None when suppressed or not comparable.
    """

    sector: str
    quarter_on: date
    firms: int | None
    suppressed: bool
    growth: float | None
    index_value: float | None
    base_on: date | None
    z: float | None

    @property
    def is_section(self) -> bool:
        """Whether it is about a whole section."""
        return len(self.sector) == _SECTION_LENGTH


def quarter_number(day: date) -> int:
    """The quarter of a day, counted from year 0."""
    return day.year * QUARTERS_PER_YEAR + (day.month - 1) // _MONTHS_PER_QUARTER


def first_day(quarter: int) -> date:
    """The first day of a quarter counted from year 0."""
    return date(quarter // QUARTERS_PER_YEAR, quarter % QUARTERS_PER_YEAR * _MONTHS_PER_QUARTER + 1, 1)


def publish(sums: Iterable[Sums], rules: Rules) -> tuple[SectorQuarter, ...]:
    """What may be published of the sums, by sector and quarter."""
    given = sorted(sums, key=lambda each: (each.sector, each.quarter))
    withheld = suppressed(given, rules)
    growth = {
        (each.sector, each.quarter): each.now_fen / each.before_fen - 1
        for each in given
        if (each.sector, each.quarter) not in withheld
    }
    index = chained(growth, rules)
    z = deviations(growth, rules)
    return tuple(
        SectorQuarter(
            sector=each.sector,
            quarter_on=first_day(each.quarter),
            firms=each.firms if (key := (each.sector, each.quarter)) in growth else None,
            suppressed=key in withheld,
            growth=growth.get(key),
            index_value=index[key][0] if key in index else None,
            base_on=first_day(index[key][1]) if key in index else None,
            z=z.get(key),
        )
        for each in given
    )


def suppressed(sums: Sequence[Sums], rules: Rules) -> set[tuple[str, int]]:
    """Sectors and quarters whose figures are withheld.

    First those that are not safe by themselves. Then, in every section that is published, the next smallest
    divisions until what the section's figures less its published divisions' would tell is about two divisions at
    least and safe as a whole.
    """
    withheld = {(each.sector, each.quarter) for each in sums if not each.is_safe(rules)}
    divisions: dict[tuple[str, int], list[Sums]] = {}
    for each in sums:
        if len(each.sector) > _SECTION_LENGTH:
            divisions.setdefault((each.sector[:_SECTION_LENGTH], each.quarter), []).append(each)
    for section, members in divisions.items():
        if section in withheld:
            continue
        hidden = [each for each in members if (each.sector, each.quarter) in withheld]
        shown = sorted(
            (each for each in members if (each.sector, each.quarter) not in withheld),
            key=lambda each: (each.firms, each.now_fen, each.sector),
        )
        while hidden and shown and (len(hidden) == 1 or not _joined(hidden).is_safe(rules)):
            hidden.append(shown.pop(0))
        withheld |= {(each.sector, each.quarter) for each in hidden}
    return withheld


def chained(
    growth: Mapping[tuple[str, int], float], rules: Rules
) -> dict[tuple[str, int], tuple[float, int]]:
    """Index of each sector and quarter, with the quarter in which its chain stands at the base value.

    Each quarter stands on the same quarter a year before, so a chain has no season in it. The year before the
    first growth known is the base. Where a growth is withheld the chain ends, and the next begins on the withheld
    quarter: going on would tell it.
    """
    index: dict[tuple[str, int], tuple[float, int]] = {}
    for sector, quarter in sorted(growth, key=lambda key: key[1]):
        year_before = quarter - QUARTERS_PER_YEAR
        value, base = index.get((sector, year_before), (rules.base_value, year_before))
        index[sector, quarter] = (value * (1 + growth[sector, quarter]), base)
    return index


def deviations(growth: Mapping[tuple[str, int], float], rules: Rules) -> dict[tuple[str, int], float]:
    """Standing (z) of each sector and quarter among the published sectors of its level in that quarter.

    Median and median absolute deviation, so that one sector's leap does not hide the others' differences; only
    published growth enters, so that z tells nothing that is withheld.
    """
    grouped: dict[tuple[int, int], list[tuple[str, float]]] = {}
    for (sector, quarter), value in sorted(growth.items()):
        grouped.setdefault((len(sector), quarter), []).append((sector, value))
    found: dict[tuple[str, int], float] = {}
    for (_, quarter), members in grouped.items():
        middle = median(value for _, value in members)
        deviation = rules.deviation_scale * median(abs(value - middle) for _, value in members)
        if len(members) < rules.fewest_sectors or deviation < rules.smallest_deviation:
            continue
        for sector, value in members:
            z = (value - middle) / deviation
            found[sector, quarter] = max(-rules.largest_z, min(rules.largest_z, z))
    return found


def _joined(sums: Sequence[Sums]) -> Sums:
    whole = sums[0]
    for each in sums[1:]:
        whole = whole.joined(each)
    return whole
