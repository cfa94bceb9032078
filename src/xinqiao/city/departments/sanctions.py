"""Penalties, and the list of abnormal operation."""

from xinqiao.city.layout import Layout, columns, words


def _reduced(row: list[str]) -> list[str] | None:
    """A correction that halves a fine after review."""
    if not row[7]:
        return None
    return [*row[:7], f"{round(float(row[7]) / 2, 2):g}", *row[8:]]


PENALTIES = Layout(
    dataset="administrative_penalty",
    source="信桥市发展和改革委员会",
    columns=columns("""
        相对人统一代码=party_code 相对人名称=party_name 决定书文号=decision_number 决定日期=decided_on
        处罚机关=authority 处罚类别=penalty_kind 违法行为类型=violation 罚款金额(万元)=fine_fen 处罚程度=severity
        公示截止日期=published_until 数据来源单位=~authority"""),
    words=words(severity="轻微违法=minor 一般违法=general 严重违法=serious"),
    mapped=True,
    unit="万元",
    encoding="utf-8-sig",
    correct=_reduced,
    happened_on="decided_on",
    amount="fine_fen",
    word="severity",
    word_required=False,
    text="decision_number",
)

LISTINGS = Layout(
    dataset="abnormal_operation",
    source="信桥市市场监督管理局",
    columns=columns("""
        统一社会信用代码/注册号=party_code 企业名称=party_name 列入日期=listed_on 列入原因=listing_reason
        作出决定机关（列入）=authority 移出日期=removed_on 移出原因=removal_reason"""),
    mapped=True,
    encoding="gb18030",
    title="信桥市企业经营异常名录",
    ends=(("removed_on", ""), ("removal_reason", "")),
    happened_on="listed_on",
)
