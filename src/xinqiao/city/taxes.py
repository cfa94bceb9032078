"""What the tax bureau collects from an enterprise, and what it is still owed."""

from dataclasses import dataclass

from xinqiao.city.desk import Desk
from xinqiao.city.enterprise import Enterprise
from xinqiao.city.timeline import Timeline
from xinqiao.city.trade import is_general_taxpayer
from xinqiao.kernel.money import FEN_PER_YUAN

_QUARTER = 3
# Quarterly sales up to which small taxpayers owe no VAT (财政部 税务总局公告2023年第19号 §1), yuan.
_EXEMPT_QUARTER_YUAN = 300_000
# A late fee runs at five ten-thousandths a day (税收征收管理法 §32).
_LATE_FEE_A_DAY = 0.0005
_SURCHARGES = 0.06
_DUE_AFTER_DAYS = 15
_KINDS = {
    "增值税": "增值税",
    "附加税费": "城市维护建设税",
    "企业所得税": "企业所得税",
    "代扣代缴个人所得税": "个人所得税",
    "其他税种": "印花税",
}


@dataclass(frozen=True, slots=True)
class _Unpaid:
    """A tax not paid when it was due; days are offsets from the start of records."""

    kind: str
    fen: int
    due: int
    cleared: int | None


def pay(firm: Enterprise, timeline: Timeline, sales: list[float], payments: Desk, arrears: Desk) -> None:
    """Write an enterprise's tax payments, and its arrears at each delivery."""
    unknown_before = 1 if firm.account_known_late else 0
    payments.begin(firm.random.random, unknown_before=unknown_before, correct=_amended)
    arrears.begin(firm.random.random, unknown_before=unknown_before)
    collector = _Collector(firm, timeline, payments)
    draw = firm.random.random
    general = is_general_taxpayer(firm)
    monthly = general and firm.monthly_sales > 900_000
    margin = firm.sector.margin * (0.2 + 1.4 * firm.health)
    quarter = 0.0
    for index, month in enumerate(timeline.months):
        quarter += sales[index]
        ends_quarter = month.number % _QUARTER == 0
        span = 1 if monthly else _QUARTER
        if monthly or ends_quarter:
            base = sales[index] if monthly else quarter
            vat = _vat(firm, base, general=general)
            if vat:
                collector.collect(index, span, "增值税", vat, also=("附加税费", vat * _SURCHARGES * 2))
        if ends_quarter:
            if not firm.is_individual and quarter > 0:
                profit = quarter * margin * (0.7 + 0.6 * draw())
                collector.collect(index, _QUARTER, "企业所得税", profit * 0.05)
                if firm.monthly_sales > 120_000:
                    collector.collect(index, _QUARTER, "代扣代缴个人所得税", quarter * 0.004 * (0.5 + draw()))
            elif quarter > 0:
                collector.collect(index, _QUARTER, "其他税种", quarter * 0.004)
            quarter = 0.0
    _announce(firm, timeline, collector.unpaid, arrears)


def _vat(firm: Enterprise, sales: float, *, general: bool) -> float:
    draw = firm.random.random()
    if general:
        return sales * firm.sector.burden * (0.75 + 0.5 * draw)
    if sales <= _EXEMPT_QUARTER_YUAN and draw < 0.72:
        return 0.0
    return sales * min(0.01, firm.sector.vat_rate)


class _Collector:
    """Decides of each tax whether it is paid in time, late, or not at all."""

    def __init__(self, firm: Enterprise, timeline: Timeline, payments: Desk) -> None:
        self.unpaid: list[_Unpaid] = []
        self._firm = firm
        self._timeline = timeline
        self._payments = payments
        self._serial = 0
        self._name = firm.account or firm.code
        self._system = "tax-legacy" if firm.account else ""

    def collect(
        self, index: int, span: int, kind: str, yuan: float, also: tuple[str, float] | None = None
    ) -> None:
        """Collect a tax for the `span` months up to month `index`, and `also` another on the same voucher."""
        firm, draw, timeline = self._firm, self._firm.random.random, self._timeline
        month, first = timeline.months[index], timeline.months[max(0, index - span + 1)]
        ends = month.offset + month.days
        due = ends + _DUE_AFTER_DAYS - 1
        unsound, distress = 1 - firm.health, firm.distress(index, timeline)
        unpaid, late, when = draw(), draw(), draw()
        taxes = [(kind, int(yuan * FEN_PER_YUAN))]
        taxes += [(also[0], int(also[1] * FEN_PER_YUAN))] if also else []
        taxes = [(name, fen) for name, fen in taxes if fen > 0]
        period = (timeline.iso[first.offset], timeline.iso[ends - 1])
        if unpaid < 0.07 * unsound**3 + 0.4 * distress:
            cleared = (
                due + 45 + int(when * 320)
                if draw() < min(0.92, 0.6 + 0.5 * firm.health) * (1 - distress)
                else None
            )
            self.unpaid += [_Unpaid(name, fen, due, cleared) for name, fen in taxes]
            if cleared is not None:
                self._receive(taxes, period, cleared, cleared - due)
        elif late < 0.55 * unsound**2.2 + 0.3 * distress:
            delay = 2 + int(when * 40)
            self._receive(taxes, period, due + delay, delay)
        else:
            self._receive(taxes, period, due - int(when * 13), 0)

    def _receive(self, taxes: list[tuple[str, int]], period: tuple[str, str], paid: int, delay: int) -> None:
        of = self._timeline.delivery_of
        if paid >= len(of):
            return
        voucher, delivery, day = self._voucher(), of[paid], self._timeline.iso[paid]
        repeated = paid + 1 < len(of) and of[paid] != of[paid + 1]
        for kind, fen in taxes:
            self._put(voucher, kind, "缴款", period, day, fen, delivery, repeated=repeated)
        fee = int(sum(fen for _, fen in taxes) * _LATE_FEE_A_DAY * delay)
        # A late fee stands on a voucher of its own, as its tax has one there already.
        if fee:
            self._put(self._voucher(), taxes[0][0], "滞纳金", period, day, fee, delivery, repeated=False)
        if delay == 0 and taxes and self._firm.random.random() < 0.004:
            back = max(1, taxes[0][1] // 5)
            self._put(self._voucher(), taxes[0][0], "退税", period, day, back, delivery, repeated=False)

    def _put(
        self,
        voucher: str,
        kind: str,
        payment: str,
        period: tuple[str, str],
        day: str,
        fen: int,
        delivery: int,
        *,
        repeated: bool,
    ) -> None:
        amount = f"{fen // FEN_PER_YUAN}.{fen % FEN_PER_YUAN:02d}"
        row = [self._name, self._system, voucher, kind, payment, *period, day, amount]
        self._payments.put(row, delivery, repeated=repeated)

    def _voucher(self) -> str:
        self._serial += 1
        return f"3449900{self._firm.index % 10**7:07d}{self._serial:04d}"


def _announce(firm: Enterprise, timeline: Timeline, unpaid: list[_Unpaid], arrears: Desk) -> None:
    """Put what is owed on the day of each delivery into it, one row a tax."""
    for delivery, day in enumerate(timeline.deliveries):
        if firm.closed_on is not None and firm.closed_on <= day:
            return
        at = timeline.offset(day)
        owed: dict[str, int] = {}
        for each in unpaid:
            if each.due <= at and (each.cleared is None or each.cleared > at):
                owed[each.kind] = owed.get(each.kind, 0) + each.fen
        for kind, fen in owed.items():
            amount = f"{fen // FEN_PER_YUAN}.{fen % FEN_PER_YUAN:02d}"
            name, system = (firm.account, "tax-legacy") if firm.account else (firm.code, "")
            row = [name, system, firm.name, _KINDS[kind], amount, day.isoformat()]
            arrears.put(row, delivery)


def _amended(row: list[str]) -> list[str] | None:
    """A correction that settles a payment at four fifths of what was first reported."""
    yuan, fen = row[-1].split(".")
    total = (int(yuan) * FEN_PER_YUAN + int(fen)) * 4 // 5
    return [*row[:-1], f"{total // FEN_PER_YUAN}.{total % FEN_PER_YUAN:02d}"] if total else None
