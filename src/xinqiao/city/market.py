"""What the market regulator knows: registration, changes, annual reports and closing."""

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta

from xinqiao.city import names
from xinqiao.city.desk import Desk
from xinqiao.city.enterprise import Enterprise
from xinqiao.city.listings import YEARS_OF_REPORTS, list_abnormal
from xinqiao.city.timeline import Timeline

_SCOPES = (
    "技术服务、技术开发、技术咨询",
    "货物进出口",
    "信息咨询服务（不含许可类信息咨询服务）",
    "普通货物仓储服务",
    "会议及展览服务",
    "非居住房地产租赁",
)


@dataclass(frozen=True, slots=True)
class _State:
    """What the register says of an enterprise at a time."""

    name: str
    representative: str
    shareholder: str
    registered_wan: float
    paid_in_wan: float
    currency: str
    kind: str
    address: str
    scope: str
    status: str = "在营（开业）"


def register(firm: Enterprise, timeline: Timeline, registration: Desk, listings: Desk) -> None:
    """Write an enterprise's registration events and its time on the abnormal list."""
    draw = firm.random.random
    registration.begin(draw)
    listings.begin(draw)
    state = _first_state(firm)
    taken: set[tuple[str, date]] = set()

    def put(event: str, day: date, now: _State, year: str = "", note: str = "") -> None:
        while (event, day) in taken:
            day += timedelta(days=1)
        taken.add((event, day))
        row = _row(firm, event, day, now, year, note)
        delivery = timeline.delivery_on(day)
        # Enterprises are found by their registration, so that the row which brings them in is never lost.
        if event == "设立登记":
            registration.put_plainly(row, delivery)
        else:
            registration.put(row, delivery)

    put("设立登记", firm.established_on, state)
    changes = _changes(firm, timeline)
    reports = _reports(firm, timeline)
    for day, year in sorted([(day, 0) for day in changes] + reports):
        if year:
            state = _paid_up(firm, state)
            put("年报公示", day, state, str(year))
        else:
            state, note = _changed(firm, state)
            put("变更登记", day, state, note=note)
    if firm.closed_on is not None:
        event, status = ("吊销营业执照", "吊销") if firm.revoked else ("注销登记", "注销")
        put(event, firm.closed_on, replace(state, status=status))
    if not firm.is_individual:
        list_abnormal(firm, timeline, reports, listings)


def _first_state(firm: Enterprise) -> _State:
    draw = firm.random.random
    if firm.is_individual:
        kind = "个体工商户"
    elif "股份" in firm.name:
        kind = "股份有限公司(非上市、自然人投资或控股)"
    else:
        kind = "有限责任公司(自然人独资)" if draw() < 0.3 else "有限责任公司(自然人投资或控股)"
    steps = (10, 30, 50, 100, 200, 300, 500, 1000, 2000, 5000)
    size = math.log(max(1.0, firm.monthly_sales / 40_000)) * 1.4 + firm.random.gauss(1.5, 1.3)
    registered = (
        (1, 3, 5, 10, 20)[int(draw() * 5)] if firm.is_individual else steps[min(9, max(0, int(size)))]
    )
    paid = (
        1.0 if firm.is_individual else min(1.0, max(0.0, firm.random.gauss(0.15 + 0.55 * firm.health, 0.25)))
    )
    scope = [firm.line.scope] + [each for each in _SCOPES if draw() < 0.25]
    return _State(
        name=firm.name,
        representative=firm.owner,
        shareholder="" if firm.is_individual else firm.owner if draw() < 0.8 else names.person(draw),
        registered_wan=registered,
        paid_in_wan=round(registered * paid, 2),
        currency="USD" if not firm.is_individual and draw() < 0.006 else "CNY",
        kind=kind,
        address=names.address(draw, firm.county_name),
        scope="；".join(scope) + "。",
    )


def _row(firm: Enterprise, event: str, day: date, now: _State, year: str, note: str) -> list[str]:
    return [
        firm.code,
        firm.registration_number,
        now.name,
        event,
        day.isoformat(),
        firm.established_on.isoformat(),
        now.kind,
        firm.line.code,
        firm.identity.county,
        now.representative,
        now.shareholder,
        f"{now.registered_wan:g}",
        now.currency,
        f"{now.paid_in_wan:g}",
        now.address,
        now.scope,
        now.status,
        year,
        note,
    ]


def _changes(firm: Enterprise, timeline: Timeline) -> list[date]:
    """Days of changes over the records and the year before them; the unsound change more."""
    draw = firm.random.random
    first = max(firm.established_on + timedelta(days=40), timeline.start - timedelta(days=365))
    last = min(firm.closed_on or timeline.until, timeline.until)
    span = (last - first).days
    if span <= 0:
        return []
    rate = (0.1 + 0.5 * (1 - firm.health) ** 1.3) * (0.35 if firm.is_individual else 1.0)
    days = []
    at = -math.log(1 - draw()) * 365 / rate
    while at < span:
        days.append(first + timedelta(days=int(at)))
        at += 1 - math.log(1 - draw()) * 365 / rate
    if firm.defaulted_on is not None and draw() < 0.45:
        day = firm.defaulted_on - timedelta(days=20 + int(draw() * 150))
        days += [day] if first < day < last else []
    return days


def _changed(firm: Enterprise, state: _State) -> tuple[_State, str]:
    draw = firm.random.random
    kind = draw()
    if kind < 0.24:
        return replace(state, representative=names.person(draw)), "变更：法定代表人"
    if kind < 0.4 and not firm.is_individual:
        return replace(state, shareholder=names.person(draw)), "变更：股东及出资比例"
    if kind < 0.5:
        trade, shop = names.trade_name(draw), firm.line.shop
        name = (
            f"信桥市{firm.county_name}{trade}{shop}"
            if firm.is_individual
            else f"信桥市{trade}{firm.line.word}有限公司"
        )
        return replace(state, name=name), "变更：名称"
    if kind < 0.75:
        return replace(state, address=names.address(draw, firm.county_name)), "变更：住所"
    extra = _SCOPES[int(draw() * len(_SCOPES))]
    scope = state.scope.rstrip("。")
    scope = f"{scope}；{extra}。" if extra not in scope else f"{firm.line.scope}；{extra}。"
    return replace(state, scope=scope), "变更：经营范围"


def _paid_up(firm: Enterprise, state: _State) -> _State:
    """Now and then an annual report shows more of the capital paid in."""
    if state.paid_in_wan >= state.registered_wan or firm.random.random() > 0.12 * firm.health:
        return state
    return replace(state, paid_in_wan=round((state.paid_in_wan + state.registered_wan) / 2, 2))


def _reports(firm: Enterprise, timeline: Timeline) -> list[tuple[date, int]]:
    """Days on which annual reports were filed, each with its year; those never filed are absent.

    The report of a year is due by 30 June of the next (企业信息公示暂行条例 §8).
    """
    draw = firm.random.random
    reports = []
    for year in range(timeline.until.year - YEARS_OF_REPORTS, timeline.until.year):
        opens, due = date(year + 1, 1, 1), date(year + 1, 6, 30)
        punctual = 0.7 + 0.36 * firm.health - 0.8 * firm.distress(timeline.month_of(due), timeline)
        on_time, never, when = draw() < punctual, draw() < 0.45 * (1 - firm.health), draw()
        if firm.established_on.year > year or (firm.closed_on and firm.closed_on <= due):
            continue
        if on_time:
            reports.append((opens + timedelta(days=int(181 * when**0.5)), year))
        elif not never:
            day = due + timedelta(days=6 + int(300 * when**1.5))
            if not firm.closed_on or day < firm.closed_on:
                reports.append((day, year))
    return [(day, year) for day, year in reports if day <= timeline.until and day > firm.established_on]
