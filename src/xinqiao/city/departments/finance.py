"""What lenders, guarantors and credit offices send."""

from functools import partial

from xinqiao.city.layout import LAST, Layout, columns, words

_BANKS = "信桥市银行业金融机构数据报送平台"
_REGULATOR = "信桥市地方金融管理局"
_loan = partial(
    Layout,
    words=words(loan_class="正常=normal 关注=special_mention 次级=substandard 可疑=doubtful 损失=loss"),
    happened_on="month_on",
    amount="granted_fen",
    amount_required=True,
    word="loan_class",
    word_required=False,
    text="loan_number",
)

BANK_LOAN = _loan(
    dataset="bank_loan",
    source=_BANKS,
    columns=columns("""
        统一社会信用代码=party_code 借据编号=loan_number 所属月份=month_on 银行代码=lender_code
        银行名称=lender_name 发放日期=granted_on 到期日期=due_on 放款金额（万元）=granted_fen
        期末余额（万元）=outstanding_fen 风险分类=loan_class 逾期天数=overdue_days"""),
    mapped=True,
    unit="万元",
)

MICROLOAN = _loan(
    dataset="microloan",
    source=_REGULATOR,
    columns=columns("""
        统一社会信用代码=party_code 借据编号=loan_number 所属月份=month_on 小额贷款公司代码=lender_code
        小额贷款公司名称=lender_name 发放日期=granted_on 到期日期=due_on 发放金额=granted_fen
        贷款余额=outstanding_fen 五级分类=loan_class 逾期天数=overdue_days"""),
    deliveries=LAST,
)

PAWN_LOAN = _loan(
    dataset="pawn_loan",
    source=_REGULATOR,
    columns=columns("""
        统一社会信用代码=party_code 借据编号=loan_number 所属月份=month_on 典当行代码=lender_code
        典当行名称=lender_name 发放日期=granted_on 到期日期=due_on 发放金额=granted_fen
        贷款余额=outstanding_fen 五级分类=loan_class 逾期天数=overdue_days 当物=collateral"""),
    deliveries=LAST,
)

FINANCING_GUARANTEE = Layout(
    dataset="financing_guarantee",
    source=_REGULATOR,
    columns=columns("""
        统一社会信用代码=party_code 担保合同编号=contract_number 担保公司代码=guarantor_code
        担保公司名称=guarantor_name 担保起始日期=from_on 担保到期日期=due_on 担保金额=guaranteed_fen
        在保余额=outstanding_fen 担保状态=status 解除日期=closed_on"""),
    words=words(status="在保=in_force 已解除=released 已代偿=compensated"),
    ends=(("status", "在保"), ("closed_on", "")),
    deliveries=LAST,
    happened_on="from_on",
    amount="guaranteed_fen",
    amount_required=True,
    text="contract_number",
)

GUARANTEE_GIVEN = Layout(
    dataset="guarantee_given",
    source=_BANKS,
    columns=columns("""
        统一社会信用代码=party_code 担保合同编号=contract_number 被担保企业代码=guaranteed_code
        被担保企业名称=guaranteed_name 担保起始日期=from_on 担保到期日期=due_on 担保金额=amount_fen
        解除日期=released_on"""),
    ends=(("released_on", ""),),
    deliveries=LAST,
    happened_on="from_on",
    amount="amount_fen",
    amount_required=True,
    text="contract_number",
)

CREDIT_INQUIRY = Layout(
    dataset="credit_inquiry",
    source="信桥市融资信用服务平台",
    columns=columns("""
        统一社会信用代码=party_code 查询编号=inquiry_number 查询机构代码=institution_code
        查询日期=inquired_on 查询用途=purpose"""),
    words=words(purpose="贷款审批=loan_application 贷后管理=monitoring 其他=other"),
    deliveries=LAST,
    happened_on="inquired_on",
    word="purpose",
    text="inquiry_number",
)

PERSONAL_CREDIT = Layout(
    dataset="personal_credit",
    source="信桥市征信中心",
    columns=columns("""
        统一社会信用代码=party_code 自然人标识=person_token 股东姓名=person_name 出资比例=share_ratio
        评价日期=assessed_on 个人信用等级=grade"""),
    words=words(grade="AAA级=AAA AA级=AA A级=A B级=B C级=C D级=D"),
    deliveries=LAST,
    happened_on="assessed_on",
    word="grade",
    text="person_token",
)
