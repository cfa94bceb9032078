"""What the market regulator and other registers send."""

from dataclasses import replace

from xinqiao.city.layout import FIRST, LAST, Layout, columns, words

_MARKET = "信桥市市场监督管理局"
_REGISTERED = """
    登记事项=event_kind 核准日期=approved_on 成立日期=established_on 法定代表人=legal_representative
    登记状态=operating_status 行政区划代码=region_code"""

SHAREHOLDER = Layout(
    dataset="shareholder",
    source=_MARKET,
    columns=columns("""
        统一社会信用代码=party_code 股东（发起人）=shareholder_name 股东代码=shareholder_code
        股东类型=shareholder_kind 自然人标识=person_token 持股比例=share_ratio 认缴出资（万元）=subscribed_fen
        实缴出资（万元）=paid_in_fen 持股起始日期=from_on 持股截止日期=to_on"""),
    words=words(shareholder_kind="企业法人=enterprise 自然人=person 其他=other"),
    mapped=True,
    ends=(("to_on", ""),),
    deliveries=LAST,
    unit="万元",
    encoding="gb18030",
    title="信桥市企业股东及出资信息",
    happened_on="from_on",
    amount="subscribed_fen",
    word="shareholder_kind",
    word_required=False,
    text="shareholder_name",
)

KEY_PERSONNEL = Layout(
    dataset="key_personnel",
    source=_MARKET,
    columns=columns("""
        统一社会信用代码=party_code 姓名=person_name 自然人标识=person_token 职务=position
        任职起始日期=from_on 任职截止日期=to_on"""),
    words=words(
        position="法定代表人=legal_representative 执行董事=executive_director 董事=director 监事=supervisor 经理=manager 其他=other"
    ),
    deliveries=FIRST,
    happened_on="from_on",
    word="position",
    text="person_name",
)

ANNUAL_REPORT = Layout(
    dataset="annual_report",
    source=_MARKET,
    columns=columns("""
        统一社会信用代码=party_code 年报年度=report_year 报送日期=filed_on 营业总收入（万元）=revenue_fen
        净利润（万元）=net_profit_fen 资产总额（万元）=total_assets_fen 负债总额（万元）=total_liabilities_fen 纳税总额（万元）=tax_fen
        从业人数=employee_count 参保人数=insured_count 认缴出资额（万元）=subscribed_fen 实缴出资额（万元）=paid_in_fen"""),
    mapped=True,
    deliveries=LAST,
    unit="万元",
    encoding="gb18030",
    happened_on="filed_on",
    amount="revenue_fen",
)

EQUITY_PLEDGE = Layout(
    dataset="equity_pledge",
    source=_MARKET,
    columns=columns("""
        统一社会信用代码=party_code 登记编号=registration_number 登记日期=registered_on
        出质人=pledgor_name 质权人=pledgee_name 出质股权数额=pledged_fen 出质比例=share_ratio
        注销日期=discharged_on"""),
    ends=(("discharged_on", ""),),
    deliveries=FIRST,
    happened_on="registered_on",
    amount="pledged_fen",
    text="registration_number",
)

MOVABLE_SECURITY = Layout(
    dataset="movable_security",
    source=_MARKET,
    columns=columns("""
        统一社会信用代码=party_code 登记证明编号=registration_number 登记日期=registered_on
        担保权人=creditor_name 担保财产=collateral 担保债权数额=secured_fen 登记到期日=expires_on
        注销日期=discharged_on"""),
    ends=(("discharged_on", ""),),
    deliveries=FIRST,
    happened_on="registered_on",
    amount="secured_fen",
    text="registration_number",
)

SERIOUS_VIOLATION = Layout(
    dataset="serious_violation",
    source=_MARKET,
    columns=columns("""
        统一社会信用代码=party_code 列入日期=listed_on 作出决定机关=authority 列入原因=listing_reason
        移出日期=removed_on 移出原因=removal_reason"""),
    ends=(("removed_on", ""), ("removal_reason", "")),
    deliveries=LAST,
    happened_on="listed_on",
)

SPOT_INSPECTION = Layout(
    dataset="spot_inspection",
    source=_MARKET,
    columns=columns("""
        统一社会信用代码=party_code 抽查编号=inspection_number 抽查日期=inspected_on 检查机关=authority
        抽查事项=subject_matter 抽查结果=result"""),
    words=words(result="合格=passed 不合格=failed 已改正=corrected"),
    deliveries=LAST,
    happened_on="inspected_on",
    word="result",
    text="inspection_number",
)

SOCIAL_ORGANISATION = Layout(
    dataset="social_organisation",
    source="信桥市民政局",
    columns=columns(f"统一社会信用代码=unified_code 社会组织名称=name {_REGISTERED}"),
    words=words(
        event_kind="设立=establishment 变更=change 注销=cancellation",
        operating_status="正常=active 注销=cancelled 撤销=revoked",
    ),
    deliveries=FIRST,
    code="unified_code",
    happened_on="approved_on",
    word="event_kind",
    word_required=False,
)

PUBLIC_INSTITUTION = replace(
    SOCIAL_ORGANISATION,
    dataset="public_institution",
    source="信桥市机构编制委员会办公室",
    columns=columns(f"统一社会信用代码=unified_code 事业单位名称=name {_REGISTERED}"),
)
