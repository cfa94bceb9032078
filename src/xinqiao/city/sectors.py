"""What the city lives on: its sectors by GB/T 4754-2017 division, and what is usual in each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line of business within a sector.

    Attributes:
        code: GB/T 4754-2017 class, with its section letter: `F5165`.
        word: How company names say it.
        shop: How names of individual businesses say it; empty where there are none.
        scope: How the registered scope begins.
    """

    code: str
    word: str
    shop: str
    scope: str


@dataclass(frozen=True, slots=True)
class Sector:
    """A division of GB/T 4754-2017 as the city has it.

    Attributes:
        division: Section letter and two digits: `F51`.
        share: Its share of enterprises, in relation to the other sectors.
        individual: Share of individual businesses in it.
        monthly_yuan: Median monthly sales of a company in it, yuan.
        tickets: Sales invoices a month of a company with median sales.
        vat_rate: Rate printed on the invoices of a general taxpayer, 0 to 0.13.
        burden: VAT paid on sales by a general taxpayer, 0 to 0.05.
        margin: Usual profit on sales.
        growth: Growth of the whole sector a year.
        seasons: Usual sales of the months January to December in relation to an average month.
        lines: Lines of business in it.
    """

    division: str
    share: float
    individual: float
    monthly_yuan: int
    tickets: float
    vat_rate: float
    burden: float
    margin: float
    growth: float
    seasons: tuple[float, ...]
    lines: tuple[Line, ...]


_LEVEL = (1.0,) * 12
_TRADE = (1.1, 0.8, 0.95, 0.95, 1.0, 1.05, 0.95, 0.95, 1.05, 1.0, 1.1, 1.1)
_SHOPS = (1.25, 1.0, 0.9, 0.95, 1.0, 1.0, 0.95, 0.95, 1.0, 1.05, 1.0, 1.1)
_WORKS = (0.85, 0.6, 0.95, 1.0, 1.05, 1.1, 0.95, 0.95, 1.1, 1.05, 1.15, 1.35)
_PLANT = (1.0, 0.75, 1.05, 1.0, 1.0, 1.05, 0.95, 0.95, 1.05, 1.0, 1.05, 1.15)
_TABLE = (1.1, 1.05, 0.9, 0.95, 1.05, 0.95, 1.0, 1.0, 0.95, 1.1, 0.95, 1.05)
_DESKS = (0.85, 0.75, 1.0, 0.95, 0.95, 1.1, 0.9, 0.95, 1.05, 0.95, 1.1, 1.45)
_CLASS = (0.8, 0.7, 1.25, 1.0, 0.95, 1.0, 1.15, 0.9, 1.4, 1.0, 0.95, 0.9)


def _lines(text: str) -> tuple[Line, ...]:
    """Lines of business written as `code word shop scope`, `-` for no shop."""
    rows = (row.split() for row in text.strip().splitlines())
    return tuple(Line(code, word, "" if shop == "-" else shop, scope) for code, word, shop, scope in rows)


SECTORS = (
    Sector("F51", 17, 0.12, 260_000, 2.6, 0.13, 0.012, 0.035, 0.03, _TRADE, _lines("""
        F5121 粮油贸易 粮油批发部 食用农产品批发
        F5123 果蔬贸易 果蔬批发部 新鲜蔬菜批发
        F5131 纺织品 布料批发部 针纺织品及原料销售
        F5165 建材 建材经营部 建筑材料销售
        F5174 五金机电 五金经营部 五金产品批发
        F5175 电气设备 - 电气设备销售
        F5176 数码科技 - 计算机软硬件及辅助设备批发
        F5164 金属材料 - 金属材料销售""")),
    Sector("F52", 20, 0.62, 90_000, 1.9, 0.13, 0.011, 0.05, 0.02, _SHOPS, _lines("""
        F5211 百货 百货店 日用百货销售
        F5213 便利连锁 便利店 食品销售
        F5232 服饰 服装店 服装服饰零售
        F5251 大药房 药店 药品零售
        F5263 汽车配件 汽配店 汽车零配件零售
        F5272 家用电器 电器店 家用电器销售
        F5283 家居 家具店 家具销售
        F5292 电子商务 网店 互联网销售""")),
    Sector("C18", 2.0, 0.15, 240_000, 1.8, 0.13, 0.022, 0.06, -0.02, _PLANT, _lines("""
        C1819 制衣 制衣厂 服装制造
        C1821 针织 针织加工厂 针织或钩针编织物制造""")),
    Sector("C14", 1.6, 0.2, 220_000, 2.2, 0.13, 0.02, 0.07, 0.03, _SHOPS, _lines("""
        C1411 食品 糕点加工坊 食品生产
        C1432 速冻食品 - 食品生产""")),
    Sector("C21", 1.4, 0.2, 190_000, 1.5, 0.13, 0.024, 0.07, -0.01, _PLANT, _lines("""
        C2110 木业 木器厂 家具制造
        C2130 金属家具 - 家具制造""")),
    Sector("C29", 2.0, 0.05, 330_000, 1.9, 0.13, 0.024, 0.06, 0.02, _PLANT, _lines("""
        C2926 塑料包装 塑料加工厂 塑料制品制造
        C2913 橡胶制品 - 橡胶制品制造""")),
    Sector("C33", 3.0, 0.08, 340_000, 1.9, 0.13, 0.025, 0.06, 0.01, _PLANT, _lines("""
        C3312 门窗 门窗加工部 金属门窗制造
        C3311 钢结构 - 金属结构制造
        C3360 表面处理 - 金属表面处理及热处理加工""")),
    Sector("C34", 2.4, 0.02, 420_000, 1.8, 0.13, 0.027, 0.07, 0.04, _PLANT, _lines("""
        C3484 机械 机械加工部 机械零件加工
        C3443 阀门 - 普通阀门和旋塞制造
        C3491 智能装备 - 工业机器人制造""")),
    Sector("C38", 1.8, 0.0, 480_000, 1.8, 0.13, 0.026, 0.07, 0.06, _PLANT, _lines("""
        C3823 电气 - 配电开关控制设备制造
        C3841 新能源 - 电池制造
        C3872 照明 - 照明器具制造""")),
    Sector("C39", 1.8, 0.0, 560_000, 2.0, 0.13, 0.022, 0.08, 0.08, _PLANT, _lines("""
        C3982 电路科技 - 电子元器件制造
        C3983 传感技术 - 仪器仪表制造""")),
    Sector("E47", 1.6, 0.0, 720_000, 1.0, 0.09, 0.022, 0.03, -0.06, _WORKS, _lines("""
        E4710 建筑工程 - 建设工程施工
        E4790 建设 - 建设工程施工""")),
    Sector("E49", 2.2, 0.05, 330_000, 1.3, 0.09, 0.023, 0.05, -0.01, _WORKS, _lines("""
        E4910 机电安装 水电安装部 建筑物机电设备安装
        E4920 管道工程 - 管道和设备安装""")),
    Sector("E50", 3.4, 0.2, 240_000, 1.2, 0.09, 0.024, 0.06, -0.04, _WORKS, _lines("""
        E5011 装饰工程 - 建筑装饰装修工程施工
        E5012 家装设计 装修部 住宅室内装饰装修""")),
    Sector("G54", 3.2, 0.25, 230_000, 2.0, 0.09, 0.02, 0.04, 0.02, _TRADE, _lines("""
        G5431 物流 货运部 道路货物运输
        G5432 冷链物流 - 道路货物运输（网络货运除外）
        G5437 城市配送 配送部 道路货物运输""")),
    Sector("G59", 0.8, 0.05, 190_000, 1.5, 0.06, 0.02, 0.06, 0.03, _TRADE, _lines("""
        G5920 仓储 仓储部 普通货物仓储服务""")),
    Sector("H61", 1.0, 0.45, 110_000, 2.2, 0.06, 0.016, 0.06, 0.03, _TABLE, _lines("""
        H6121 酒店管理 宾馆 住宿服务
        H6130 文旅 民宿 住宿服务""")),
    Sector("H62", 9.0, 0.72, 85_000, 1.7, 0.06, 0.014, 0.07, 0.02, _TABLE, _lines("""
        H6210 餐饮管理 菜馆 餐饮服务
        H6220 餐饮连锁 快餐店 餐饮服务
        H6291 食品 面馆 餐饮服务
        H6232 咖啡 咖啡馆 餐饮服务""")),
    Sector("I64", 1.4, 0.05, 170_000, 1.6, 0.06, 0.024, 0.1, 0.07, _DESKS, _lines("""
        I6432 网络科技 网络工作室 互联网信息服务
        I6450 数据 - 互联网数据服务""")),
    Sector("I65", 6.0, 0.0, 210_000, 1.5, 0.06, 0.026, 0.12, 0.09, _DESKS, _lines("""
        I6513 软件 - 软件开发
        I6531 信息技术 - 信息系统集成服务
        I6532 智联科技 - 物联网技术服务
        I6560 信息咨询 - 信息技术咨询服务""")),
    Sector("K70", 2.0, 0.1, 180_000, 1.3, 0.06, 0.025, 0.07, -0.05, _LEVEL, _lines("""
        K7020 物业管理 - 物业管理
        K7030 房地产经纪 房产中介部 房地产经纪""")),
    Sector("L72", 8.5, 0.08, 130_000, 1.5, 0.06, 0.022, 0.09, 0.04, _DESKS, _lines("""
        L7241 财税咨询 - 财务咨询
        L7263 人力资源 - 劳务派遣服务
        L7251 广告传媒 广告部 广告制作
        L7224 供应链管理 - 供应链管理服务
        L7284 会展服务 - 会议及展览服务""")),
    Sector("M74", 2.6, 0.02, 190_000, 1.1, 0.06, 0.026, 0.1, 0.04, _DESKS, _lines("""
        M7484 工程设计 - 建设工程设计
        M7452 检测技术 - 检验检测服务
        M7491 工业设计 设计工作室 工业设计服务""")),
    Sector("M75", 2.6, 0.0, 150_000, 1.2, 0.06, 0.024, 0.1, 0.06, _DESKS, _lines("""
        M7514 节能科技 - 节能技术推广服务
        M7512 生物科技 - 生物技术推广服务
        M7516 环保科技 - 环保技术推广服务""")),
    Sector("N78", 0.6, 0.0, 210_000, 1.0, 0.06, 0.024, 0.07, 0.03, _LEVEL, _lines("""
        N7820 环境服务 - 城市生活垃圾清运
        N7840 园林绿化 - 园林绿化工程施工""")),
    Sector("O80", 3.0, 0.78, 45_000, 1.1, 0.06, 0.012, 0.1, 0.02, _SHOPS, _lines("""
        O8010 家政服务 家政服务部 家政服务
        O8040 美容美发 理发店 理发服务
        O8053 健康管理 养生馆 养生保健服务（非医疗）""")),
    Sector("O81", 2.6, 0.6, 70_000, 1.5, 0.13, 0.014, 0.08, 0.03, _LEVEL, _lines("""
        O8111 汽车服务 汽修厂 机动车修理和维护
        O8121 电脑维修 电脑维修部 计算机及办公设备维修""")),
    Sector("P83", 1.6, 0.15, 80_000, 1.0, 0.06, 0.016, 0.1, 0.01, _CLASS, _lines("""
        P8391 职业培训 - 职业技能培训
        P8393 文化艺术 艺术培训部 文艺培训""")),
    Sector("Q84", 1.0, 0.35, 120_000, 1.2, 0.0, 0.0, 0.1, 0.05, _LEVEL, _lines("""
        Q8425 医疗 口腔诊所 医疗服务""")),
    Sector("R90", 1.2, 0.4, 75_000, 1.1, 0.06, 0.015, 0.06, 0.0, _TABLE, _lines("""
        R9051 文化传播 - 组织文化艺术交流活动
        R9013 娱乐 网吧 互联网上网服务""")),
    Sector("A01", 1.8, 0.2, 110_000, 0.9, 0.0, 0.0, 0.09, 0.03, _TRADE, _lines("""
        A0141 农业 种植园 蔬菜种植
        A0152 生态农业 葡萄园 水果种植
        A0164 茶业 茶园 茶叶种植""")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Climate:
    """What else is usual in a sector, besides its trade.

    Attributes:
        cycle: How far its sales swing with the business cycle, as a share.
        epidemic: Share of its sales that the epidemic takes.
        yuan_a_head: Monthly sales of one insured employee, yuan.
        wage: Usual monthly contribution base of an employee, yuan.
        kwh: Electricity for a thousand yuan of sales, kWh.
        water: Water for a thousand yuan of sales, cubic metres.
        gas: Share of enterprises that burn gas.
        exports: Share of companies that export.
        leverage: Usual liabilities by assets.
    """

    cycle: float
    epidemic: float
    yuan_a_head: int
    wage: int
    kwh: float
    water: float
    gas: float
    exports: float
    leverage: float


_CLIMATES = {
    "A": Climate(0.03, 0.05, 28_000, 4_300, 14.0, 1.9, 0.01, 0.03, 0.50),
    "C": Climate(0.09, 0.08, 42_000, 5_600, 52.0, 0.55, 0.22, 0.16, 0.58),
    "E": Climate(0.14, 0.10, 60_000, 5_900, 9.0, 0.12, 0.01, 0.01, 0.68),
    "F51": Climate(0.08, 0.08, 68_000, 5_100, 5.0, 0.08, 0.01, 0.08, 0.62),
    "F52": Climate(0.05, 0.30, 40_000, 4_400, 13.0, 0.14, 0.03, 0.01, 0.60),
    "G": Climate(0.08, 0.16, 46_000, 5_300, 9.0, 0.10, 0.02, 0.03, 0.62),
    "H": Climate(0.05, 0.58, 22_000, 4_200, 36.0, 1.25, 0.66, 0.0, 0.64),
    "I": Climate(0.06, 0.03, 36_000, 8_600, 7.0, 0.05, 0.0, 0.03, 0.45),
    "K": Climate(0.10, 0.10, 30_000, 5_000, 12.0, 0.40, 0.02, 0.0, 0.66),
    "L": Climate(0.06, 0.12, 30_000, 5_900, 6.0, 0.06, 0.0, 0.01, 0.52),
    "M": Climate(0.05, 0.06, 33_000, 7_200, 8.0, 0.07, 0.01, 0.02, 0.46),
    "N": Climate(0.03, 0.04, 32_000, 4_500, 14.0, 0.60, 0.02, 0.0, 0.52),
    "O": Climate(0.04, 0.36, 18_000, 4_300, 16.0, 0.42, 0.12, 0.0, 0.55),
    "P": Climate(0.02, 0.34, 19_000, 5_200, 13.0, 0.18, 0.03, 0.0, 0.48),
    "Q": Climate(0.01, 0.10, 26_000, 6_600, 18.0, 0.30, 0.04, 0.0, 0.45),
    "R": Climate(0.05, 0.55, 21_000, 4_900, 24.0, 0.28, 0.02, 0.0, 0.58),
}


def climate(division: str) -> Climate:
    """The climate of a division: its own, or that of its section."""
    return _CLIMATES.get(division) or _CLIMATES[division[0]]
