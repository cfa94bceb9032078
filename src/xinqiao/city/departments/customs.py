"""What the customs send."""

from xinqiao.city.layout import FIRST, LAST, Layout, columns, words

CUSTOMS_DECLARATION = Layout(
    slug="customs_declaration",
    dataset="customs_declaration",
    source="信桥海关",
    columns=columns("""
        统一社会信用代码=party_code 报关单号=declaration_number 申报日期=declared_on 进出口标志=direction
        申报总价（万元）=amount_fen 是否代理报关=is_agent"""),
    words=words(
        direction="出口=export 进口=import",
    ),
    deliveries=LAST,
    unit="万元",
    code="party_code",
    happened_on="declared_on",
    amount="amount_fen",
    amount_required=True,
    word="direction",
    text="declaration_number",
)

CUSTOMS_CREDIT = Layout(
    slug="customs_credit",
    dataset="customs_credit",
    source="信桥海关",
    columns=columns("""
        统一社会信用代码=party_code 认定日期=assessed_on 信用等级=grade"""),
    words=words(
        grade="高级认证企业=advanced 常规管理企业=ordinary 失信企业=dishonest",
    ),
    mapped=False,
    deliveries=FIRST,
    code="party_code",
    happened_on="assessed_on",
    word="grade",
)

CUSTOMS_PENALTY = Layout(
    slug="customs_penalty",
    dataset="customs_penalty",
    source="信桥海关",
    columns=columns("""
        统一社会信用代码=party_code 处罚决定书文号=decision_number 处罚决定日期=decided_on
        罚款金额=fine_fen"""),
    mapped=False,
    deliveries=LAST,
    code="party_code",
    happened_on="decided_on",
    amount="fine_fen",
    text="decision_number",
)
