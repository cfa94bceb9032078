"""What the courts send."""

from functools import partial

from xinqiao.city.layout import LAST, Layout, columns, words

_case = partial(Layout, source="信桥市中级人民法院", text="case_number")

JUDGMENT = _case(
    dataset="judgment",
    columns=columns("""
        统一社会信用代码=party_code 案号=case_number 诉讼地位=role 案由=cause 裁判日期=decided_on
        审理法院=court 涉案金额=amount_fen 对方当事人=counterparty_name"""),
    words=words(
        role="原告=plaintiff 被告=defendant 第三人=third_party",
        cause="金融借款合同纠纷=financial_loan 民间借贷纠纷=private_lending 劳动争议=labour 买卖合同纠纷=sale_contract 其他=other",
    ),
    happened_on="decided_on",
    amount="amount_fen",
    word="role",
)

ENFORCEMENT_CASE = _case(
    dataset="enforcement_case",
    columns=columns("""
        统一社会信用代码=party_code 案号=case_number 立案日期=filed_on 执行法院=court 执行标的=target_fen
        已履行金额=performed_fen 案件状态=status 结案日期=concluded_on"""),
    words=words(status="执行中=open 已结案=concluded 终结本次执行=terminated"),
    ends=(("performed_fen", "0.00"), ("status", "执行中"), ("concluded_on", "")),
    happened_on="filed_on",
    amount="target_fen",
)

DISHONEST_DEBTOR = _case(
    dataset="dishonest_debtor",
    columns=columns("""
        统一社会信用代码=party_code 案号=case_number 公布日期=published_on 执行法院=court
        被执行人的履行情况=performance 移出日期=removed_on"""),
    words=words(performance="全部未履行=none 部分履行=partial 全部履行=full"),
    mapped=True,
    ends=(("performance", "全部未履行"), ("removed_on", "")),
    encoding="gb18030",
    title="信桥市失信被执行人名单",
    happened_on="published_on",
)

CONSUMPTION_LIMIT = _case(
    dataset="consumption_limit",
    columns=columns("""
        统一社会信用代码=party_code 案号=case_number 发令日期=issued_on 限制对象=limited_party
        解除日期=lifted_on"""),
    words=words(limited_party="单位=enterprise 法定代表人=legal_representative"),
    ends=(("lifted_on", ""),),
    deliveries=LAST,
    happened_on="issued_on",
    word="limited_party",
    word_required=False,
)

BANKRUPTCY = _case(
    dataset="bankruptcy",
    columns=columns("""
        统一社会信用代码=party_code 案号=case_number 受理日期=accepted_on 案件类型=kind
        终结日期=closed_on"""),
    words=words(kind="破产清算=liquidation 破产重整=reorganisation 破产和解=settlement"),
    ends=(("closed_on", ""),),
    deliveries=LAST,
    happened_on="accepted_on",
    word="kind",
    word_required=False,
)

ASSET_FREEZE = _case(
    dataset="asset_freeze",
    columns=columns("""
        统一社会信用代码=party_code 执行通知文号=notice_number 冻结日期=frozen_on 财产类型=kind
        冻结金额=amount_fen 冻结期限至=until_on 解除日期=lifted_on"""),
    words=words(kind="股权冻结=equity 账户冻结=account 不动产查封=real_estate 司法拍卖=auction"),
    ends=(("lifted_on", ""),),
    deliveries=LAST,
    happened_on="frozen_on",
    amount="amount_fen",
    word="kind",
    text="notice_number",
)
