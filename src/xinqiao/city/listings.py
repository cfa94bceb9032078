"""The list of abnormal operation: who is put on it, and who gets off it again."""

from datetime import date, timedelta

from xinqiao.city.desk import Desk
from xinqiao.city.enterprise import Enterprise
from xinqiao.city.timeline import Timeline
from xinqiao.kernel.period import MONTHS_PER_YEAR

# Years before the last day of records whose annual reports the records speak of.
YEARS_OF_REPORTS = 4
_BUREAU = "信桥市{county}市场监督管理局"
_NO_REPORT = "未在规定的期限公示年度报告"
_NO_CONTACT = "通过登记的住所或者经营场所无法联系"


def list_abnormal(
    firm: Enterprise, timeline: Timeline, reports: list[tuple[date, int]], listings: Desk
) -> None:
    """Listing for reports that were not filed by 30 June, and for being out of reach; removal when mended."""
    draw = firm.random.random
    filed = {year: day for day, year in reports}
    spells: list[tuple[date, str, date | None]] = []
    for year in range(timeline.until.year - YEARS_OF_REPORTS, timeline.until.year):
        listed = date(year + 1, 7, 4 + int(draw() * 10))
        if firm.established_on.year > year or (firm.closed_on and firm.closed_on <= listed):
            continue
        day = filed.get(year)
        if day is None or day > listed:
            spells.append((listed, _NO_REPORT, day + timedelta(days=3 + int(draw() * 20)) if day else None))
    rate = 0.22 * (1 - firm.health) ** 2.5
    for month in range(0, len(timeline.months), MONTHS_PER_YEAR):
        distress = firm.distress(month + 6, timeline)
        hit, offset, length = draw() < rate + 0.5 * distress, int(draw() * 360), 40 + int(draw() * 400)
        listed = timeline.start + timedelta(days=timeline.months[month].offset + offset)
        if (
            hit
            and listed > firm.established_on + timedelta(days=90)
            and not (firm.closed_on and firm.closed_on <= listed)
        ):
            mended = listed + timedelta(days=length) if draw() < 0.35 + 0.5 * firm.health - distress else None
            spells.append((listed, _NO_CONTACT, mended))
    for listed, reason, removed in {spell[0]: spell for spell in spells}.values():
        _put_spell(firm, timeline, listings, listed, reason, removed)


def _put_spell(
    firm: Enterprise, timeline: Timeline, listings: Desk, listed: date, reason: str, removed: date | None
) -> None:
    old_number = firm.registration_number and firm.random.random() < 0.25
    code = firm.registration_number if old_number else firm.code
    bureau = _BUREAU.format(county=firm.county_name)
    row = [code, firm.name, listed.isoformat(), reason, bureau, "", ""]
    delivery = timeline.delivery_on(listed)
    if removed is None or removed > timeline.until:
        listings.put(row, delivery)
        return
    mended = "已补报年度报告并公示" if reason == _NO_REPORT else "可以通过登记的住所或者经营场所重新取得联系"
    closed = [*row[:5], removed.isoformat(), mended]
    listings.revise(row, delivery, closed, timeline.delivery_on(removed))
