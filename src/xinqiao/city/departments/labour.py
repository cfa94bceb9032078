"""What social insurance, medical insurance, housing fund and labour offices send."""

from functools import partial

from xinqiao.city.layout import LAST, Layout, columns, words

_LABOUR = "信桥市人力资源和社会保障局"
_contribution = partial(
    Layout,
    ends=(("paid_fen", "0.00"), ("paid_on", "")),
    code="account_number",
    happened_on="month_on",
    amount="due_fen",
    amount_required=True,
)

SOCIAL_INSURANCE = _contribution(
    dataset="social_insurance",
    source=_LABOUR,
    columns=columns("""
        单位社保编号=account_number 来源系统=source_system 费款所属期=month_on 缴费人数=insured_count
        缴费工资总额=base_fen 应缴金额=due_fen 实缴金额=paid_fen 缴费日期=paid_on"""),
    mapped=True,
    encoding="gb18030",
    title="信桥市社会保险费征缴明细",
)

MEDICAL_INSURANCE = _contribution(
    dataset="medical_insurance",
    source="信桥市医疗保障局",
    columns=columns("""
        单位编号=account_number 费款所属月份=month_on 参保人数=insured_count 应缴金额=due_fen
        实缴金额=paid_fen 缴费日期=paid_on"""),
    deliveries=LAST,
)

HOUSING_FUND = _contribution(
    dataset="housing_fund",
    source="信桥市住房公积金管理中心",
    columns=columns("""
        单位账号=account_number 缴存月份=month_on 缴存人数=headcount 应缴存额=due_fen 实缴存额=paid_fen
        到账日期=paid_on"""),
    deliveries=LAST,
)

LABOUR_CREDIT = Layout(
    dataset="labour_credit",
    source=_LABOUR,
    columns=columns("""
        统一社会信用代码=party_code 评价年度=assess_year 诚信等级=grade 评价日期=assessed_on"""),
    words=words(grade="A级=A B级=B C级=C"),
    deliveries=LAST,
    happened_on="assessed_on",
    word="grade",
)

WAGE_ARREARS_LIST = Layout(
    dataset="wage_arrears_list",
    source=_LABOUR,
    columns=columns("""
        统一社会信用代码=party_code 列入日期=listed_on 列入机关=authority 涉及人数=worker_count
        拖欠金额=amount_fen 移出日期=removed_on"""),
    ends=(("removed_on", ""),),
    deliveries=LAST,
    happened_on="listed_on",
    amount="amount_fen",
)

LABOUR_ARBITRATION = Layout(
    dataset="labour_arbitration",
    source=_LABOUR,
    columns=columns("""
        统一社会信用代码=party_code 仲裁案号=case_number 仲裁地位=role 裁决日期=decided_on
        裁决金额=amount_fen"""),
    words=words(role="申请人=applicant 被申请人=respondent"),
    deliveries=LAST,
    happened_on="decided_on",
    amount="amount_fen",
    word="role",
    text="case_number",
)
