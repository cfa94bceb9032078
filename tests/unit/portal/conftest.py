"""A portal over a desk that answers from values, so that pages can be judged without a city."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import pytest
from starlette.testclient import TestClient

from xinqiao.catalogue.masking import AmountBand
from xinqiao.kernel.clock import CITY_TIME
from xinqiao.kernel.refusals import ProductError
from xinqiao.portal import create_portal
from xinqiao.portal.desk import CityLine
from xinqiao.products.model import (
    Column,
    Gate,
    GateRecord,
    Grounds,
    GroupScore,
    Hit,
    HitPage,
    Identity,
    IndicatorLine,
    Label,
    Link,
    Month,
    Party,
    PastRating,
    Provenance,
    Raising,
    Rating,
    Reason,
    Regime,
    Related,
    Report,
    Section,
    Series,
    Size,
    SizeFigure,
    Source,
    Theme,
)
from xinqiao.products.model.advice import Binding, Lacking, Step, Way
from xinqiao.products.numbering import report_number
from xinqiao.products.search import Order, TextTooShort

CODE = "91440300MA5ABCDE7Q"
AS_OF = date(2026, 6, 30)


def line(
    code: str,
    labels: tuple[str, str],
    unit: str,
    value: float | None,
    points: float | None,
    weight: float,
    move: float | None,
) -> IndicatorLine:
    group, zh, en = {"E": ("G1", "主体基础", "Identity and stability"), "T": ("G2", "纳税", "Tax")}.get(
        code[0], ("G3", "发票", "Invoicing")
    )
    return IndicatorLine(
        code=code,
        label_zh=labels[0],
        label_en=labels[1],
        group=group,
        group_zh=zh,
        group_en=en,
        unit=unit,
        value=value,
        points=points,
        weight=weight,
        contribution=move,
        percentile=None if value is None else 0.625,
        sector_firms=None if value is None else 128,
        compared_with=None if value is None else "F51",
        when_absent_zh="没有记录时为“无数据”，不加分也不减分",
        when_absent_en="Unknown without records; counts neither for nor against",
        direction="up",
        meaning_zh="一句话说明",
        meaning_en="One sentence",
        median=None if value is None else value / 2,
        changeable=True,
    )


INDICATORS = (
    line("E01", ("存续年限", "Years since foundation"), "years", 7.3, 85, 4, 1.87),
    line("E03", ("法定代表人变更", "Changes of legal representative"), "times", 1.0, 60, 2, 0.27),
    line("T03", ("近12个月纳税总额", "Tax paid in 12 months"), "ln_yuan", 11.51, 75, 7, 2.33),
    line("T05", ("欠税比", "Arrears to tax paid"), "ratio", 0.043, 50, 9, 0.0),
    line("T06", ("滞纳金次数", "Late fees"), "times", None, None, 3, None),
    line("I01", ("近12个月有效开票金额", "Valid invoicing in 12 months"), "ln_yuan", 15.81, 75, 13, 4.33),
    line("I02", ("开票金额动量", "Momentum of invoicing"), "ratio", -0.31, 40, 6, -0.8),
    line("I05", ("断票月数", "Months without invoices"), "months", 0.0, 100, 12, 8.0),
    line("I06", ("最大购方占比", "Share of the largest buyer"), "ratio", 0.91, 30, 4, -1.07),
    line("I08", ("购方留存率", "Buyers retained"), "ratio", 0.36, 35, 10, -2.0),
)


def months() -> tuple[Month, ...]:
    return tuple(
        Month(
            date(2025 + (6 + place) // 12, (6 + place) % 12 + 1, 1),
            61_234_567 + 9_111_111 * (place * 7 % 12),
            None if place < 3 else 55_000_000 + 8_765_432 * (place * 5 % 11),
        )
        for place in range(12)
    )


LISTED = GateRecord(
    dataset="abnormal_operation",
    label_zh="经营异常名录",
    label_en="Abnormal operation",
    owner="市场监督管理局",
    columns=(Column("listed_on", "列入日期", "date", {}),),
    rows=({"listed_on": date(2026, 5, 1)}, {"listed_on": date(2025, 3, 1)}),
    total=2,
    named_zh=("列入日期：2026-05-01", "列入日期：2025-03-01"),
    named_en=("listed: 2026-05-01", "listed: 2025-03-01"),
)
REMOVAL = Step(
    indicator="E03",
    label_zh="法定代表人变更",
    label_en="Changes of legal representative",
    value=1.0,
    test="below",
    threshold=1.0,
    goal_zh="由3次降到不超过1次",
    goal_en="from 1 time to below 1 time",
    advice_zh="保持法定代表人稳定",
    advice_en="Keep the legal representative",
    points=60,
    points_then=100,
    months=12,
    effort=3,
    clears=("listed",),
)
RAISING = Raising(
    goal="B",
    obstacle=None,
    obstacle_zh=None,
    obstacle_en=None,
    first=(
        Binding(
            "listed", "目前在经营异常名录中，等级不高于 C", "On the list: C at best", REMOVAL, None, None
        ),
    ),
    way=Way((REMOVAL,), 70.12, "B", 12, 3, (), (), ()),
    singles=(Way((REMOVAL,), 70.12, "B", 12, 3, (), (), ()),),
    idle_zh=None,
    idle_en=None,
    lacking=(
        Lacking("住房公积金管理中心", 4.0, ("T06",), ("滞纳金次数",), ("Late fees",), ("housing_fund",)),
    ),
    enough=0,
    notice_zh="不构成对等级的承诺。",
    notice_en="No promise of a grade.",
)
GROUPS = (
    GroupScore("G1", "主体基础", "Identity and stability", 6, 1.0, 76.7, 2.14, 2, 2),
    GroupScore("G2", "纳税", "Tax", 19, 0.842, 61.0, 2.33, 2, 3),
    GroupScore("G3", "发票", "Invoicing", 45, 1.0, 69.0, 8.46, 5, 5),
    GroupScore("G4", "社保公积金", "Labour", 12, 0.0, None, 0.0, 0, 7),
)
RELATED = Related(
    as_of=AS_OF,
    parties=(
        Party(CODE, "enterprise", "信桥市海川餐饮管理有限公司", 0, CODE, "C", False),
        Party("P1", "person", "欧阳**", 1, None, None, False),
        Party("91440300MA5BBBBB0X", "enterprise", "海川供应链有限公司", 2, "91440300MA5BBBBB0X", "B", True),
    ),
    links=(
        Link("P1", "91440300MA5BBBBB0X", "guarantee", "对外担保", "Guarantees", None, None, 2, None),
        Link("P1", CODE, "holding", "持股", "Holds", 0.6, None, 1, date(2019, 3, 5)),
        Link(CODE, "91440300MA5BBBBB0X", "guarantee", "对外担保", "Guarantees", None,
             AmountBand(10_000_000, 100_000_000), 1, date(2025, 3, 5)),
    ),
    is_cut=False,
    collected=("shareholder",),
)  # fmt: skip
TWO_YEARS = tuple(date(2024 + (6 + place) // 12, (6 + place) % 12 + 1, 1) for place in range(24))
INSURANCE = Section(
    code="social_insurance",
    title_zh="社会保险费缴纳",
    title_en="Social insurance",
    dataset="social_insurance",
    collected=True,
    covered=True,
    summary={"short_12m": 2},
    monthly=(),
    columns=(Column("month_on", "费款所属期", "date", {}), Column("paid_fen", "实缴金额", "amount", {})),
    rows=({"month_on": date(2026, 5, 1), "paid_fen": 218_281},),
    total=20,
    theme="labour",
    labels={"short_12m": Label("近12个月未足额缴费月数", "Months not paid in full, of 12")},
    months=TWO_YEARS,
    series=(
        Series("insured_count", "参保人数", "integer", (None,) * 4 + (9,) * 9 + (None,) + (10,) * 10),
        Series("paid_fen", "实缴金额", "amount", (None,) * 4 + (200_000,) * 20),
    ),
)


def sample_report() -> Report:
    return Report(
        number=report_number(subject=1234567, evaluation_id=12, as_of=AS_OF),
        made_at=datetime(2026, 7, 1, 9, 30, tzinfo=CITY_TIME),
        as_of=AS_OF,
        identity=Identity(
            subject=1234567,
            unified_code=CODE,
            name="信桥市海川餐饮管理有限公司",
            former_names=("信桥市海川小吃店",),
            legal_representative="欧阳**",
            region="信桥市桥东区",
            industry="正餐服务",
            industry_code="H6210",
            sector="H62",
            enterprise_type="有限责任公司（自然人投资或控股）",
            established_on=date(2019, 3, 5),
            operating_status="active",
            registered_capital_fen=100_000_000,
            registered_capital_currency="CNY",
            address=None,
            size=Size(
                "small",
                "小型",
                "Small",
                "餐饮业",
                "Catering",
                (
                    SizeFigure("staff", 36, "企业年报", "Annual reports", date(2025, 12, 31)),
                    SizeFigure("revenue", None, None, None, None),
                ),
                "工信部联企业〔2011〕300号",
            ),
        ),
        rating=Rating(
            grade="C",
            word_zh="一般",
            word_en="Fair",
            score=67.93,
            score_max=100,
            neutral=50,
            coverage=0.6725,
            reliability="low",
            model="core@2026-11-01",
            evaluation_id=12,
            as_of=AS_OF,
            ungated="B",
            gates=(
                Gate(
                    "listed",
                    "目前在经营异常名录中，等级不高于 C",
                    "On the abnormal-operation list: C at best",
                    indicator="R02",
                    source="企业经营异常名录管理办法",
                    records=(LISTED,),
                ),
            ),
            reasons=(
                Reason(
                    "I05+",
                    "I05",
                    "+",
                    "近12个月每月都有开票，经营持续",
                    "Invoices in every month",
                    8.0,
                    Grounds(
                        0.0,
                        100,
                        None,
                        1.0,
                        1.0,
                        "H62",
                        date(2026, 6, 28),
                        "本企业为0个月，得100分",
                        "0 months here",
                    ),
                ),
                Reason(
                    "I01+", "I01", "+", "近12个月开票规模较大，经营体量充足", "Substantial invoicing", 4.33
                ),
                Reason("T03+", "T03", "+", "近12个月纳税较多", "Substantial tax paid", 2.33),
                Reason("I08-", "I08", "-", "老客户流失较多", "Many buyers did not come back", -2.0),
                Reason("I06-", "I06", "-", "对单一购方依赖高", "Depends on one buyer", -1.07),
            ),
            groups=GROUPS,
            raising=RAISING,
            regimes=("epidemic@1",),
            in_force=(
                Regime(
                    "epidemic@1",
                    "疫情期间纳税权重调低",
                    "Tax counts for less",
                    "停业期间",
                    "While closed",
                    date(2026, 1, 1),
                    date(2027, 1, 1),
                    "示例文件",
                ),
            ),
        ),
        history=(
            PastRating(date(2025, 12, 31), None, "NR", "NR", 4),
            PastRating(date(2026, 3, 31), 61.2, "B", "B", 8),
            PastRating(AS_OF, 67.93, "C", "B", 12),
        ),
        indicators=INDICATORS,
        sections=(
            Section(
                code="sales_invoice",
                title_zh="销项发票",
                title_en="Sales invoices",
                dataset="sales_invoice",
                collected=True,
                covered=True,
                summary={"net_12m_fen": 734_814_804, "valid_12m": 1234, "counterparties_12m": 17},
                monthly=months(),
                columns=(
                    Column("issued_on", "开票日期", "date", {}),
                    Column("invoice_number", "发票号码", "string", {}),
                    Column("counterparty_code", "购方代码", "string", {}),
                    Column("amount_fen", "金额", "amount", {}),
                    Column("status", "发票状态", "string", {"valid": "有效", "void": "作废"}),
                ),
                rows=(
                    {
                        "issued_on": date(2026, 6, 28),
                        "invoice_number": "01234567",
                        "counterparty_code": "9144**********5X",
                        "amount_fen": 1_234_567,
                        "status": "valid",
                    },
                    {
                        "issued_on": date(2026, 6, 21),
                        "invoice_number": "01234566",
                        "counterparty_code": None,
                        "amount_fen": -5_000,
                        "status": "void",
                    },
                ),
                total=1250,
                theme="invoice",
                labels={
                    "net_12m_fen": Label("近12个月有效净额", "Valid net amount in 12 months"),
                    "valid_12m": Label("近12个月有效发票", "Valid invoices in 12 months"),
                    "counterparties_12m": Label("近12个月交易对手", "Counterparties in 12 months"),
                },
            ),
            INSURANCE,
            Section(
                code="dishonest_debtor",
                title_zh="失信被执行人",
                title_en="Dishonest judgment debtor",
                dataset="dishonest_debtor",
                collected=True,
                covered=True,
                summary={"listed_now": 0},
                monthly=(),
                columns=(),
                rows=(),
                total=0,
                theme="invoice",
                counted=True,
            ),
            Section(
                code="tax_arrears",
                title_zh="欠税公告",
                title_en="Tax arrears",
                dataset="tax_arrears",
                collected=False,
                covered=False,
                summary={"arrears_fen": None, "announced_on": None},
                monthly=(),
                columns=(Column("tax_kind", "税种", "string", {}),),
                rows=(),
                total=0,
                theme="invoice",
            ),
        ),
        sources=(
            Source(
                dataset="sales_invoice",
                label_zh="销项发票",
                label_en="Sales invoices",
                owner="税务局",
                last_known_at=datetime(2026, 5, 3, 8, 0, tzinfo=CITY_TIME),
                last_occurred_on=date(2026, 6, 28),
                records_total=1250,
                delivery_id=31,
                cadence_days=31,
                stale=True,
            ),
            Source(
                dataset="tax_arrears",
                label_zh="欠税公告",
                label_en="Tax arrears",
                owner="税务局",
                last_known_at=None,
                last_occurred_on=None,
                records_total=0,
                delivery_id=None,
                cadence_days=90,
                stale=True,
            ),
        ),
        provenance=Provenance(12, {"records/sales_invoice": 7}, "c" * 64, "m" * 64),
        notice_zh="本报告供授信审查参考。",
        notice_en="For a lender's own judgement.",
        themes=(Theme("invoice", "发票", "Invoicing"), Theme("labour", "社保公积金", "Labour")),
        related=RELATED,
    )


def sample_hit(number: int, name: str) -> Hit:
    grade = ("A", "B", "C", "D", "NR", None)[number % 6]
    known = grade not in ("NR", None)
    return Hit(
        subject=number,
        unified_code=CODE,
        name=name,
        region="信桥市桥东区",
        industry="正餐服务",
        operating_status="active",
        grade=grade,  # type: ignore[arg-type]  # mypy widens the tuple
        score=90.0 - number if known else None,
        coverage=0.8 if grade else None,
        as_of=AS_OF if grade else None,
    )


@dataclass
class SampleDesk:
    """Answers from values; remembers what it was asked."""

    sample: Report = field(default_factory=sample_report)
    hits: tuple[Hit, ...] = tuple(sample_hit(number, f"海川餐饮{number}号店") for number in range(1, 8))
    failure: Exception | None = None
    asked: list[object] = field(default_factory=list)

    def city(self) -> CityLine | None:
        if self.failure:
            raise self.failure
        return CityLine(AS_OF, 2000, (("A", 180), ("B", 780), ("C", 720), ("D", 220), ("NR", 100)))

    def search(self, *, text: str, limit: int, after: int | None, order: Order) -> HitPage:
        self.asked.append((text, limit, after, order))
        if self.failure:
            raise self.failure
        if len(text) < 2:
            raise TextTooShort("查询内容过短。")
        start = 0 if after is None else [hit.subject for hit in self.hits].index(after) + 1
        page = self.hits[start : start + min(limit, 5)] if limit < 1000 else self.hits
        more = start + len(page) < len(self.hits)
        return HitPage(
            page, len(self.hits), False, page[-1].subject if more else None, start + 1 if page else 0
        )

    def report(self, *, unified_code: str, evaluation_id: int | None) -> Report:
        self.asked.append((unified_code, evaluation_id))
        if isinstance(self.failure, ProductError):
            raise self.failure
        if self.failure:
            raise self.failure
        if evaluation_id not in (None, 12):
            past = next(each for each in self.sample.history if each.evaluation_id == evaluation_id)
            rating = replace(
                self.sample.rating, evaluation_id=past.evaluation_id, grade=past.grade, score=past.score
            )
            return replace(self.sample, rating=rating, as_of=past.as_of)
        return self.sample


@pytest.fixture
def desk() -> SampleDesk:
    return SampleDesk()


@pytest.fixture
def pages(desk: SampleDesk) -> Iterator[TestClient]:
    """A client of the portal, under a loopback name as a browser would call it."""
    with TestClient(
        create_portal(desk), base_url="http://127.0.0.1:8000", raise_server_exceptions=False
    ) as client:
        yield client


@pytest.fixture
def code() -> str:
    return CODE
