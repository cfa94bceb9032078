"""What registers of property, inventions, titles, environment and farming send."""

from xinqiao.city.layout import FIRST, Layout, columns, words

REAL_ESTATE = Layout(
    dataset="real_estate",
    source="信桥市自然资源局",
    columns=columns("""
        统一社会信用代码=party_code 不动产权证号=certificate_number 登记日期=registered_on 面积=area_m2
        用途=use_kind 是否抵押=is_mortgaged 是否查封=is_sealed 注销日期=cancelled_on"""),
    deliveries=FIRST,
    happened_on="registered_on",
    text="certificate_number",
)

PATENT = Layout(
    dataset="patent",
    source="信桥市知识产权局",
    columns=columns("""
        统一社会信用代码=party_code 专利号=patent_number 专利类型=kind 申请日=applied_on
        授权公告日=granted_on 失效日期=lapsed_on"""),
    words=words(kind="发明专利=invention 实用新型专利=utility_model 外观设计专利=design"),
    ends=(("lapsed_on", ""),),
    deliveries=FIRST,
    happened_on="granted_on",
    word="kind",
    text="patent_number",
)

TRADEMARK = Layout(
    dataset="trademark",
    source="信桥市知识产权局",
    columns=columns("""
        统一社会信用代码=party_code 商标注册号=registration_number 注册公告日=registered_on
        国际分类=class_code 专用期限至=expires_on 注销日期=cancelled_on"""),
    deliveries=FIRST,
    happened_on="registered_on",
    text="registration_number",
)

IP_PLEDGE = Layout(
    dataset="ip_pledge",
    source="信桥市知识产权局",
    columns=columns("""
        统一社会信用代码=party_code 质押登记号=registration_number 登记日期=registered_on
        质权人=pledgee_name 质押金额=pledged_fen 解除日期=discharged_on"""),
    ends=(("discharged_on", ""),),
    deliveries=FIRST,
    happened_on="registered_on",
    amount="pledged_fen",
    text="registration_number",
)

COPYRIGHT = Layout(
    dataset="copyright",
    source="信桥市版权局",
    columns=columns("""
        统一社会信用代码=party_code 登记号=registration_number 登记类型=kind 登记日期=registered_on"""),
    words=words(kind="软件著作权=software 作品著作权=work"),
    deliveries=FIRST,
    happened_on="registered_on",
    word="kind",
    text="registration_number",
)

TECHNOLOGY_TITLE = Layout(
    dataset="technology_title",
    source="信桥市科学技术局",
    columns=columns("""
        统一社会信用代码=party_code 资质名称=title 认定日期=granted_on 有效期至=valid_until_on
        撤销日期=revoked_on"""),
    words=words(
        title="专精特新“小巨人”企业=little_giant 高新技术企业=high_tech 专精特新中小企业=specialised 科技型中小企业=technology_sme"
    ),
    ends=(("revoked_on", ""),),
    deliveries=FIRST,
    happened_on="granted_on",
    word="title",
)

ENVIRONMENTAL_CREDIT = Layout(
    dataset="environmental_credit",
    source="信桥市生态环境局",
    columns=columns("""
        统一社会信用代码=party_code 评价年度=assess_year 信用等级=grade 评价日期=assessed_on"""),
    words=words(grade="绿牌=green 蓝牌=blue 黄牌=yellow 红牌=red 黑牌=black"),
    deliveries=FIRST,
    happened_on="assessed_on",
    word="grade",
)

POLLUTION_PERMIT = Layout(
    dataset="pollution_permit",
    source="信桥市生态环境局",
    columns=columns("""
        统一社会信用代码=party_code 许可证编号=permit_number 发证日期=issued_on 有效期至=valid_until_on
        注销日期=revoked_on"""),
    deliveries=FIRST,
    happened_on="issued_on",
    text="permit_number",
)

AGRICULTURAL_OPERATOR = Layout(
    dataset="agricultural_operator",
    source="信桥市农业农村局",
    columns=columns("""
        统一社会信用代码=party_code 主体类型=operator_kind 纳入日期=registered_on 经营面积=land_mu
        补贴金额=subsidy_fen 是否投保=is_insured"""),
    words=words(
        operator_kind="家庭农场=family_farm 农民合作社=cooperative 农业产业化龙头企业=leading_enterprise"
    ),
    deliveries=FIRST,
    happened_on="registered_on",
    amount="subsidy_fen",
    word="operator_kind",
)
