"""Administrative penalties: the unsound break rules more often and worse."""

from datetime import timedelta

from xinqiao.city.desk import Desk
from xinqiao.city.enterprise import Enterprise
from xinqiao.city.timeline import Timeline

# Section letter to what its enterprises are fined for, and by whom; "" for all others.
_OFFENCES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "C": (
        ("信桥市生态环境局", "信环罚", "未按照规定处置危险废物"),
        ("信桥市应急管理局", "信应急罚", "未对从业人员进行安全生产教育和培训"),
        ("信桥市市场监督管理局", "信市监罚", "生产不符合保障人体健康标准的产品"),
    ),
    "E": (
        ("信桥市住房和城乡建设局", "信住建罚", "未取得施工许可证擅自施工"),
        ("信桥市应急管理局", "信应急罚", "施工现场安全防护不到位"),
    ),
    "G": (("信桥市交通运输局", "信交罚", "超限运输货物"), ("信桥市交通运输局", "信交罚", "未按规定维护车辆")),
    "H": (
        ("信桥市市场监督管理局", "信市监罚", "经营的食品不符合食品安全标准"),
        ("信桥市消防救援支队", "信消罚", "占用、堵塞疏散通道"),
    ),
    "": (
        ("信桥市市场监督管理局", "信市监罚", "发布虚假广告"),
        ("信桥市人力资源和社会保障局", "信人社罚", "未按时足额支付劳动报酬"),
        ("国家税务总局信桥市税务局稽查局", "信税稽罚", "未按规定期限办理纳税申报"),
    ),
}
# Source word, what is imposed, and the least and most 万元 of a fine.
_SEVERITIES = (
    ("轻微违法", "罚款", 0.05, 1.0),
    ("一般违法", "罚款", 0.2, 5.0),
    ("严重违法", "罚款、没收违法所得", 3.0, 40.0),
)


def penalise(firm: Enterprise, timeline: Timeline, desk: Desk) -> None:
    """Write the penalties of an enterprise over the records."""
    draw = firm.random.random
    desk.begin(draw, correct=_reduced)
    offences = _OFFENCES.get(firm.sector.division[0], ()) + _OFFENCES[""]
    share = 0.45 if firm.is_individual else 1.0
    for index, month in enumerate(timeline.months):
        distress = firm.distress(index, timeline)
        monthly = share * (0.0015 + 0.03 * (1 - firm.health) ** 2.5 + 0.05 * distress)
        hit, which, worse, day, size = draw(), draw(), draw(), draw(), draw()
        decided = timeline.start + timedelta(days=month.offset + int(day * month.days))
        dead = firm.closed_on is not None and decided >= firm.closed_on
        if hit >= monthly or dead or decided < firm.established_on + timedelta(days=30):
            continue
        authority, mark, violation = offences[int(which * len(offences))]
        grave = 0.55 * (1 - firm.health) + 0.25 * distress
        degree = 2 if worse < 0.22 * grave else 1 if worse < 0.25 + 0.6 * grave else 0
        severity, imposed, least, most = _SEVERITIES[degree]
        fine = round(least + (most - least) * size**2, 2) if degree or size > 0.5 else 0.0
        years = 3 if degree == 2 else 1
        # Numbered within the year by enterprise and month, as no two enterprises share a decision.
        number = f"{mark}〔{decided.year}〕{firm.index * 12 + month.number}号"
        row = [
            firm.code,
            firm.name,
            number,
            decided.isoformat(),
            authority,
            imposed if fine else "警告",
            violation,
            f"{fine:g}" if fine else "",
            severity,
            (decided + timedelta(days=365 * years)).isoformat(),
            authority,
        ]
        desk.put(row, timeline.delivery_on(decided))


def _reduced(row: list[str]) -> list[str] | None:
    """A correction that halves a fine after review."""
    if not row[7]:
        return None
    return [*row[:7], f"{round(float(row[7]) / 2, 2):g}", *row[8:]]
