"""What is bought by the government, and what others owe."""

from xinqiao.city.layout import LAST, Layout, columns, words

PROCUREMENT_CONTRACT = Layout(
    dataset="procurement_contract",
    source="信桥市财政局",
    columns=columns("""
        统一社会信用代码=party_code 合同编号=contract_number 签订日期=signed_on 采购人=buyer_name
        合同金额=amount_fen 履约情况=outcome 完成日期=concluded_on"""),
    words=words(outcome="履行中=open 已履约=kept 违约=breached"),
    ends=(("outcome", "履行中"), ("concluded_on", "")),
    deliveries=LAST,
    happened_on="signed_on",
    amount="amount_fen",
    amount_required=True,
    text="contract_number",
)

RECEIVABLE_OVERDUE = Layout(
    dataset="receivable_overdue",
    source="信桥市工业和信息化局",
    columns=columns("""
        统一社会信用代码=party_code 登记编号=report_number 登记日期=reported_on 欠款单位=debtor_name
        欠款单位类型=debtor_kind 逾期金额=amount_fen 逾期天数=overdue_days 清偿日期=settled_on"""),
    words=words(debtor_kind="机关事业单位=government 大型企业=large_enterprise 其他=other"),
    ends=(("settled_on", ""),),
    deliveries=LAST,
    form="xlsx",
    title="信桥市拖欠企业账款登记表",
    happened_on="reported_on",
    amount="amount_fen",
    amount_required=True,
    word="debtor_kind",
    word_required=False,
    text="report_number",
)
