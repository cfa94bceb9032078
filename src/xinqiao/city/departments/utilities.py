"""What suppliers of electricity, water and gas send."""

from functools import partial

from xinqiao.city.layout import LAST, Layout, columns, words

_bill = partial(
    Layout,
    ends=(("paid_on", ""),),
    code="account_number",
    happened_on="month_on",
    amount="amount_fen",
    amount_required=True,
    text="meter_number",
)

ELECTRICITY_BILL = _bill(
    dataset="electricity_bill",
    source="信桥供电局",
    columns=columns("""
        用电户号=account_number 表计资产号=meter_number 所属月份=month_on 用电量=kwh 应收电费（元）=amount_fen
        缴费期限=due_on 缴费日期=paid_on 是否合表=is_shared_meter"""),
    mapped=True,
    constants=(("source_system", "power-grid"),),
    encoding="gb18030",
)

ELECTRICITY_BREACH = Layout(
    dataset="electricity_breach",
    source="信桥供电局",
    columns=columns("""
        户号=account_number 处理单号=breach_number 查实日期=found_on 行为类型=kind
        追补及违约金=penalty_fen"""),
    words=words(kind="违约用电=breach 窃电=theft"),
    mapped=True,
    constants=(("source_system", "power-grid"),),
    deliveries=LAST,
    code="account_number",
    happened_on="found_on",
    amount="penalty_fen",
    word="kind",
    text="breach_number",
)

WATER_BILL = _bill(
    dataset="water_bill",
    source="信桥市自来水有限公司",
    columns=columns("""
        户号=account_number 水表编号=meter_number 所属月份=month_on 用水量=volume_m3 应收水费（元）=amount_fen
        缴费期限=due_on 缴费日期=paid_on 是否合表=is_shared_meter"""),
    mapped=True,
    constants=(("source_system", "water-works"),),
    deliveries=LAST,
    title="信桥市自来水有限公司抄表收费清单",
)

GAS_BILL = _bill(
    dataset="gas_bill",
    source="信桥市燃气有限公司",
    columns=columns("""
        户号=account_number 燃气表编号=meter_number 所属月份=month_on 用气量=volume_m3
        应缴费用=amount_fen 缴费期限=due_on 缴费日期=paid_on 是否合表=is_shared_meter"""),
    deliveries=LAST,
)
