"""What the development and reform commission gathers of permits, lists, grades, honours and promises."""

from xinqiao.city.layout import FIRST, LAST, Layout, columns, words

_COMMISSION = "信桥市发展和改革委员会"

ADMINISTRATIVE_PERMIT = Layout(
    dataset="administrative_permit",
    source="信桥市政务服务和数据管理局",
    columns=columns("""
        统一社会信用代码=party_code 许可决定书文号=permit_number 许可机关=authority 许可事项=permit_name
        许可决定日期=decided_on 有效期自=valid_from_on 有效期至=valid_until_on 撤销日期=revoked_on"""),
    ends=(("revoked_on", ""),),
    deliveries=FIRST,
    happened_on="decided_on",
    text="permit_number",
)

DISHONESTY_LIST = Layout(
    dataset="dishonesty_list",
    source=_COMMISSION,
    columns=columns("""
        统一社会信用代码=party_code 名单名称=list_name 列入日期=listed_on 认定单位=authority
        列入事由=listing_reason 移出日期=removed_on"""),
    ends=(("removed_on", ""),),
    deliveries=LAST,
    happened_on="listed_on",
    text="list_name",
)

PUBLIC_CREDIT_GRADE = Layout(
    dataset="public_credit_grade",
    source=_COMMISSION,
    columns=columns("""
        统一社会信用代码=party_code 评价日期=assessed_on 评价等级=grade"""),
    words=words(grade="优=excellent 良=good 中=medium 差=poor"),
    deliveries=LAST,
    happened_on="assessed_on",
    word="grade",
)

HONOUR = Layout(
    dataset="honour",
    source=_COMMISSION,
    columns=columns("""
        统一社会信用代码=party_code 荣誉名称=honour_name 授予日期=awarded_on 荣誉级别=level
        授予机关=authority"""),
    words=words(level="国家级=national 省级=province 市级=city"),
    deliveries=FIRST,
    happened_on="awarded_on",
    word="level",
    word_required=False,
    text="honour_name",
)

POLICY_SUPPORT = Layout(
    dataset="policy_support",
    source=_COMMISSION,
    columns=columns("""
        统一社会信用代码=party_code 项目编号=project_number 拨付日期=paid_on 资金名称=fund_name
        拨付金额=amount_fen"""),
    deliveries=LAST,
    happened_on="paid_on",
    amount="amount_fen",
    amount_required=True,
    text="project_number",
)

PLEDGE_KEEPING = Layout(
    dataset="pledge_keeping",
    source=_COMMISSION,
    columns=columns("""
        统一社会信用代码=party_code 承诺编号=pledge_number 承诺日期=made_on 承诺内容=content
        履约情况=outcome 认定日期=concluded_on"""),
    words=words(outcome="履行中=open 已履约=kept 已违约=broken"),
    ends=(("outcome", "履行中"), ("concluded_on", "")),
    deliveries=LAST,
    happened_on="made_on",
    text="pledge_number",
)
