"""What the customs send."""

from xinqiao.city.layout import FIRST, LAST, Layout, columns, words

_CUSTOMS = "信桥海关"

CUSTOMS_DECLARATION = Layout(
    dataset="customs_declaration",
    source=_CUSTOMS,
    columns=columns("""
        统一社会信用代码=party_code 报关单号=declaration_number 申报日期=declared_on 进出口标志=direction
        申报总价（万元）=amount_fen 是否代理报关=is_agent"""),
    words=words(direction="出口=export 进口=import"),
    mapped=True,
    deliveries=LAST,
    unit="万元",
    happened_on="declared_on",
    amount="amount_fen",
    amount_required=True,
    word="direction",
    text="declaration_number",
)

CUSTOMS_CREDIT = Layout(
    dataset="customs_credit",
    source=_CUSTOMS,
    columns=columns("""
        统一社会信用代码=party_code 认定日期=assessed_on 信用等级=grade"""),
    words=words(grade="高级认证企业=advanced 常规管理企业=ordinary 失信企业=dishonest"),
    deliveries=FIRST,
    happened_on="assessed_on",
    word="grade",
)

CUSTOMS_PENALTY = Layout(
    dataset="customs_penalty",
    source=_CUSTOMS,
    columns=columns("""
        统一社会信用代码=party_code 处罚决定书文号=decision_number 处罚决定日期=decided_on
        罚款金额=fine_fen"""),
    deliveries=LAST,
    happened_on="decided_on",
    amount="fine_fen",
    text="decision_number",
)
