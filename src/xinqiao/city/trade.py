"""An enterprise's trade: its sales month by month, and the invoices they leave behind."""

import math
from bisect import bisect
from collections.abc import Callable
from itertools import accumulate

from xinqiao.city.codes import OUTSIDERS, outsiders
from xinqiao.city.desk import Desk
from xinqiao.city.enterprise import Enterprise, identify
from xinqiao.city.timeline import Month, Timeline
from xinqiao.kernel.money import FEN_PER_YUAN
from xinqiao.kernel.period import MONTHS_PER_YEAR

# Enterprises of the city that others in it trade with are among the first so many.
_HUBS = 1_500
_IN_CITY = 0.3
# Fully digital invoices have a number of 20 digits and no code; the city issued no others from this year on.
_DIGITAL_SINCE = 2024
_HALF_YEAR = 6
# Yearly sales above which an enterprise is a general taxpayer (财税〔2018〕33号 §1), yuan.
_GENERAL_TAXPAYER_YUAN = 5_000_000
_SMALL_TAXPAYER_RATE = 0.01
_STANDSTILL = 0.68
_OPEN_AT_NEW_YEAR = {"F52", "H61", "H62", "O80"}


def is_general_taxpayer(firm: Enterprise) -> bool:
    """Whether the enterprise pays value-added tax as a general taxpayer."""
    return firm.monthly_sales * MONTHS_PER_YEAR > _GENERAL_TAXPAYER_YUAN


def monthly_sales(firm: Enterprise, timeline: Timeline) -> list[float]:
    """Net sales of each month of the timeline in yuan; 0 for a month without any or outside its life."""
    draw, gauss = firm.random.random, firm.random.gauss
    born = timeline.month_of(firm.established_on)
    died = timeline.month_of(firm.closed_on) if firm.closed_on else len(timeline.months)
    busy = firm.sector.division in _OPEN_AT_NEW_YEAR
    sales = []
    for index, month in enumerate(timeline.months):
        chance, noise = draw(), gauss(0.0, firm.volatility)
        if index <= born or index >= died:
            sales.append(0.0)
            continue
        distress = firm.distress(index, timeline)
        rest = _STANDSTILL if month.is_lunar_new_year and not busy else 1.0
        idle = firm.gap_share * (2.0 if rest < 1 else 1.0) + 0.55 * distress**2
        if chance < idle:
            sales.append(0.0)
            continue
        trend = max(0.15, 1 + firm.growth) ** (index / MONTHS_PER_YEAR)
        warming = min(1.0, 0.35 + 0.13 * (index - born))
        level = (
            firm.monthly_sales * trend * warming * firm.sector.seasons[month.number - 1] * rest * month.share
        )
        sales.append(level * math.exp(noise) * (1 - 0.85 * distress))
    return sales


def trade(
    firm: Enterprise, timeline: Timeline, sales: list[float], *, seed: int, out: Desk, into: Desk
) -> None:
    """Write the invoices of an enterprise's sales and of the purchases behind them."""
    unknown_before = 1 if firm.account_known_late else 0
    draw = firm.random.random
    out.begin(draw, unknown_before=unknown_before, correct=_voided(at=7, valid="正常", void="已作废"))
    into.begin(draw, unknown_before=unknown_before, correct=_voided(at=8, valid="valid", void="void"))
    buyers = _Partners(firm, seed, count=3 + int(draw() * (4 + 5 * firm.health)))
    sellers = _Partners(firm, seed, count=2 + int(draw() * 5))
    books = _Books(firm, timeline, out, into)
    usual = max(1.0, firm.sector.monthly_yuan)
    tickets = firm.sector.tickets * (0.6 if firm.is_individual else 1.4)
    cash = 0.45 if firm.is_individual else 0.06
    cost = 1 - firm.sector.margin - 0.25 * draw()
    for index, (month, amount) in enumerate(zip(timeline.months, sales, strict=True)):
        if index % _HALF_YEAR == 0:
            buyers.churn(0.03 + 0.34 * (1 - firm.health))
            sellers.churn(0.08)
        if not amount:
            continue
        expected = tickets * min(4.0, max(0.5, (amount / usual) ** 0.35))
        count = max(1, int(expected + draw()))
        books.sell(month, amount, count, buyers, cash)
        bought = int(count * 0.4 + draw() * 0.95)
        if bought:
            books.buy(month, amount * cost * (0.75 + 0.5 * draw()), bought, sellers)


class _Partners:
    """The enterprises one trades with, a few of them for the most part."""

    def __init__(self, firm: Enterprise, seed: int, *, count: int) -> None:
        self._draw = firm.random.random
        self._own = firm.index
        self._seed = seed
        self._outsiders = outsiders(seed)
        self.codes = [self._another() for _ in range(count)]
        ratio = 0.55 + 0.4 * firm.health * (0.5 + 0.5 * self._draw())
        self.shares = list(accumulate(ratio**place for place in range(count)))

    def churn(self, share: float) -> None:
        """Replace each partner with this probability."""
        for place in range(len(self.codes)):
            if self._draw() < share:
                self.codes[place] = self._another()

    def pick(self) -> str:
        """The code of the other side of one invoice."""
        at = bisect(self.shares, self._draw() * self.shares[-1])
        return self.codes[min(at, len(self.codes) - 1)]

    def _another(self) -> str:
        draw = self._draw
        # Only enterprises with a smaller index exist however many there are.
        if draw() < _IN_CITY and self._own:
            return identify(self._seed, int(draw() * min(self._own, _HUBS)))[0].code.text
        return self._outsiders[int(draw() * OUTSIDERS)]


class _Books:
    """Writes invoices with running numbers."""

    def __init__(self, firm: Enterprise, timeline: Timeline, out: Desk, into: Desk) -> None:
        self._draw = firm.random.random
        self._timeline = timeline
        self._out, self._into = out, into
        self._name = firm.account or firm.code
        self._system = "tax-legacy" if firm.account else ""
        self._index = firm.index
        self._serial = 0
        general = is_general_taxpayer(firm)
        self._rate = firm.sector.vat_rate if general else min(_SMALL_TAXPAYER_RATE, firm.sector.vat_rate)
        unsound = 1 - firm.health
        self._red, self._void = 0.004 + 0.035 * unsound**1.5, 0.008 + 0.045 * unsound**1.5
        self._first_day = timeline.offset(firm.established_on)

    def sell(self, month: Month, amount: float, count: int, buyers: _Partners, cash: float) -> None:
        """Invoices of one month's sales, with now and then a void or a red one."""
        draw, put, iso = self._draw, self._out.put, self._timeline.iso
        red, void = self._red, self._void
        code, head, year_digits = self._head(month, "449900")
        for fen in self._split(amount, count):
            day = month.offset + int(draw() * month.days)
            self._serial += 1
            number = f"{head}{self._serial:0{year_digits}d}"
            buyer = "" if draw() < cash else buyers.pick()
            kind = draw()
            status = "已作废" if kind < void else "正常"
            tax = int(fen * self._rate)
            row = [self._name, code, number, iso[day], buyer, _yuan(fen), _yuan(tax), status]
            put(row, self._timeline.delivery_of[day], repeated=self._is_tail(day))
            if kind > 1 - red:
                self._serial += 1
                back = -int(fen * (0.2 + 0.8 * draw()))
                later = min(day + int(draw() * 20), len(self._timeline.delivery_of) - 1)
                number = f"{head}{self._serial:0{year_digits}d}"
                tax = -int(-back * self._rate)
                row = [self._name, code, number, iso[later], buyer, _yuan(back), _yuan(tax), "正常"]
                put(row, self._timeline.delivery_of[later])

    def buy(self, month: Month, amount: float, count: int, sellers: _Partners) -> None:
        """Invoices of one month's purchases."""
        draw, put, iso = self._draw, self._into.put, self._timeline.iso
        code, head, year_digits = self._head(month, "449800")
        for fen in self._split(amount, count):
            day = month.offset + int(draw() * month.days)
            self._serial += 1
            number = f"{head}{self._serial:0{year_digits}d}"
            kind = draw()
            status = "void" if kind < 0.012 else "valid"
            signed = -fen if kind > 0.992 else fen
            tax = int(signed * 0.13) if draw() < 0.7 else int(signed * 0.01)
            row = [
                self._name,
                self._system,
                code,
                number,
                iso[day],
                sellers.pick(),
                str(signed),
                str(tax),
                status,
            ]
            put(row, self._timeline.delivery_of[day], repeated=self._is_tail(day))

    def _split(self, amount: float, count: int) -> list[int]:
        """An amount of yuan cut into uneven invoices of whole fen, at least one yuan each."""
        draw = self._draw
        parts = [0.2 + draw() for _ in range(count)]
        unit = amount * FEN_PER_YUAN / sum(parts)
        # Most prices are whole yuan.
        return [
            max(
                FEN_PER_YUAN,
                int(part * unit) // FEN_PER_YUAN * FEN_PER_YUAN if draw() < 0.6 else int(part * unit),
            )
            for part in parts
        ]

    def _head(self, month: Month, issuer: str) -> tuple[str, str, int]:
        """Invoice code, beginning of the number, and how many digits run on."""
        year = month.year % 100
        if month.year >= _DIGITAL_SINCE:
            return "", f"{year:02d}{issuer}{self._index % 10**7:07d}", 5
        return f"0440{year:02d}{issuer[:4]}13", "", 8

    def _is_tail(self, day: int) -> bool:
        """Whether the next delivery repeats this day, as it does the last day of each delivery."""
        of = self._timeline.delivery_of
        return day + 1 < len(of) and of[day] != of[day + 1]


def _voided(*, at: int, valid: str, void: str) -> Callable[[list[str]], list[str] | None]:
    """A correction that turns a valid invoice into a void one."""
    return lambda row: [*row[:at], void] if row[at] == valid else None


def _yuan(fen: int) -> str:
    whole, rest = divmod(abs(fen), FEN_PER_YUAN)
    return f"{'-' if fen < 0 else ''}{whole}.{rest:02d}"
