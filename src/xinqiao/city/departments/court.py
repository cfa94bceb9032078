"""What the courts send."""

from xinqiao.city.layout import LAST, Layout, columns, words

JUDGMENT = Layout(
    slug="judgment",
    dataset="judgment",
    source="信桥市中级人民法院",
    columns=columns("""
        统一社会信用代码=party_code 案号=case_number 诉讼地位=role 案由=cause 裁判日期=decided_on
        审理法院=court 涉案金额=amount_fen 对方当事人=counterparty_name"""),
    words=words(
        role="原告=plaintiff 被告=defendant 第三人=third_party",
        cause="金融借款合同纠纷=financial_loan 民间借贷纠纷=private_lending 劳动争议=labour 买卖合同纠纷=sale_contract 其他=other",
    ),
    mapped=False,
    code="party_code",
    happened_on="decided_on",
    amount="amount_fen",
    word="role",
    text="case_number",
)

ENFORCEMENT_CASE = Layout(
    slug="enforcement_case",
    dataset="enforcement_case",
    source="信桥市中级人民法院",
    columns=columns("""
        统一社会信用代码=party_code 案号=case_number 立案日期=filed_on 执行法院=court 执行标的=target_fen
        已履行金额=performed_fen 案件状态=status 结案日期=concluded_on"""),
    words=words(
        status="执行中=open 已结案=concluded 终结本次执行=terminated",
    ),
    mapped=False,
    ends=(("performed_fen", "0.00"), ("status", "执行中"), ("concluded_on", "")),
    code="party_code",
    happened_on="filed_on",
    amount="target_fen",
    text="case_number",
)

DISHONEST_DEBTOR = Layout(
    slug="dishonest_debtor",
    dataset="dishonest_debtor",
    source="信桥市中级人民法院",
    columns=columns("""
        统一社会信用代码=party_code 案号=case_number 公布日期=published_on 执行法院=court
        被执行人的履行情况=performance 移出日期=removed_on"""),
    words=words(
        performance="全部未履行=none 部分履行=partial 全部履行=full",
    ),
    ends=(("performance", "全部未履行"), ("removed_on", "")),
    encoding="gb18030",
    title="信桥市失信被执行人名单",
    code="party_code",
    happened_on="published_on",
    text="case_number",
)

CONSUMPTION_LIMIT = Layout(
    slug="consumption_limit",
    dataset="consumption_limit",
    source="信桥市中级人民法院",
    columns=columns("""
        统一社会信用代码=party_code 案号=case_number 发令日期=issued_on 限制对象=limited_party
        解除日期=lifted_on"""),
    words=words(
        limited_party="单位=enterprise 法定代表人=legal_representative",
    ),
    mapped=False,
    ends=(("lifted_on", ""),),
    deliveries=LAST,
    code="party_code",
    happened_on="issued_on",
    word="limited_party",
    word_required=False,
    text="case_number",
)

BANKRUPTCY = Layout(
    slug="bankruptcy",
    dataset="bankruptcy",
    source="信桥市中级人民法院",
    columns=columns("""
        统一社会信用代码=party_code 案号=case_number 受理日期=accepted_on 案件类型=kind
        终结日期=closed_on"""),
    words=words(
        kind="破产清算=liquidation 破产重整=reorganisation 破产和解=settlement",
    ),
    mapped=False,
    ends=(("closed_on", ""),),
    deliveries=LAST,
    code="party_code",
    happened_on="accepted_on",
    word="kind",
    word_required=False,
    text="case_number",
)

ASSET_FREEZE = Layout(
    slug="asset_freeze",
    dataset="asset_freeze",
    source="信桥市中级人民法院",
    columns=columns("""
        统一社会信用代码=party_code 执行通知文号=notice_number 冻结日期=frozen_on 财产类型=kind
        冻结金额=amount_fen 冻结期限至=until_on 解除日期=lifted_on"""),
    words=words(
        kind="股权冻结=equity 账户冻结=account 不动产查封=real_estate 司法拍卖=auction",
    ),
    mapped=False,
    ends=(("lifted_on", ""),),
    deliveries=LAST,
    code="party_code",
    happened_on="frozen_on",
    amount="amount_fen",
    word="kind",
    text="notice_number",
)
