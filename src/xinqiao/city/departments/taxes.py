"""What the tax bureau sends of filings and grades."""

from functools import partial

from xinqiao.city.layout import LAST, Layout, columns, words

_filing = partial(Layout, source="国家税务总局信桥市税务局", code="taxpayer_code")

VAT_FILING = _filing(
    dataset="vat_filing",
    columns=columns("""
        纳税人识别号=taxpayer_code 来源系统=source_system 所属月份=month_on 申报周期=frequency
        申报期限=due_on 申报日期=filed_on 更正日期=corrected_on 申报销售额=sales_fen 应纳税额=payable_fen"""),
    words=words(frequency="按月=monthly 按季=quarterly"),
    ends=(("corrected_on", ""),),
    happened_on="filed_on",
    amount="sales_fen",
    amount_required=True,
    amount_signed=True,
    word="frequency",
    word_required=False,
)

CORPORATE_INCOME_FILING = _filing(
    dataset="corporate_income_filing",
    columns=columns("""
        纳税人识别号=taxpayer_code 来源系统=source_system 所属年度=tax_year 申报日期=filed_on
        营业收入=revenue_fen 净利润=net_profit_fen 应纳所得税额=tax_fen"""),
    deliveries=LAST,
    happened_on="filed_on",
    amount="revenue_fen",
)

FINANCIAL_STATEMENT = _filing(
    dataset="financial_statement",
    columns=columns("""
        纳税人识别号=taxpayer_code 来源系统=source_system 报表期末=period_to_on 报送日期=filed_on
        营业收入=revenue_fen 净利润=net_profit_fen 资产总计=total_assets_fen
        负债合计=total_liabilities_fen 研发费用=research_fen"""),
    deliveries=LAST,
    happened_on="filed_on",
    amount="revenue_fen",
)

TAX_CREDIT_GRADE = _filing(
    dataset="tax_credit_grade",
    columns=columns("""
        纳税人识别号=taxpayer_code 来源系统=source_system 评价年度=tax_year 纳税信用级别=grade
        公布日期=published_on"""),
    words=words(grade="A级=A B级=B M级=M C级=C D级=D"),
    deliveries=LAST,
    happened_on="published_on",
    word="grade",
)

MAJOR_TAX_CASE = _filing(
    dataset="major_tax_case",
    columns=columns("""
        纳税人识别号=taxpayer_code 案件编号=case_number 公布日期=published_on 案件性质=case_kind
        涉案金额=amount_fen 停止公布日期=removed_on"""),
    ends=(("removed_on", ""),),
    deliveries=LAST,
    happened_on="published_on",
    amount="amount_fen",
    text="case_number",
)
