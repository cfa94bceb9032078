"""Who is who: registrations, and whose numbers the accounts in other systems are."""

from xinqiao.city.layout import Layout, columns, words

REGISTRATION = Layout(
    dataset="business_registration",
    source="信桥市市场监督管理局",
    columns=columns("""
        统一社会信用代码=unified_code 原注册号=registration_number 市场主体名称=name 业务类型=event_kind
        核准日期=approved_on 成立日期=established_on 市场主体类型=enterprise_type 行业代码=industry_code
        登记机关区划=region_code 法定代表人（负责人）=legal_representative 控股股东=controlling_shareholder
        注册资本（万元）=registered_capital_fen 币种=registered_capital_currency 实缴资本（万元）=paid_in_capital_fen
        住所（经营场所）=address 经营范围=business_scope 登记状态=operating_status 年报年度=annual_report_year
        备注=~note"""),
    words=words(
        event_kind="设立登记=establishment 变更登记=change 年报公示=annual_report 注销登记=cancellation 吊销营业执照=revocation",
        operating_status="在营（开业）=active 注销=cancelled 吊销=revoked",
    ),
    mapped=True,
    unit="万元",
    encoding="gb18030",
    title="信桥市市场主体登记信息共享表（内部资料）",
    code="unified_code",
    happened_on="approved_on",
    word="operating_status",
    word_required=False,
)

CROSSWALK = Layout(
    dataset="code_crosswalk",
    source="信桥市政务服务和数据管理局",
    columns=columns("source_system source_code unified_code name valid_from"),
    code="unified_code",
)
