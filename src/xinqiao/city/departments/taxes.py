"""What the tax bureau sends of filings and grades."""

from xinqiao.city.layout import LAST, Layout, columns, words

VAT_FILING = Layout(
    slug="vat_filing",
    dataset="vat_filing",
    source="国家税务总局信桥市税务局",
    columns=columns("""
        纳税人识别号=taxpayer_code 来源系统=source_system 所属月份=month_on 申报周期=frequency
        申报期限=due_on 申报日期=filed_on 申报销售额=sales_fen 应纳税额=payable_fen"""),
    words=words(
        frequency="按月=monthly 按季=quarterly",
    ),
    mapped=False,
    code="taxpayer_code",
    happened_on="filed_on",
    amount="sales_fen",
    amount_required=True,
    amount_signed=True,
    word="frequency",
    word_required=False,
)

CORPORATE_INCOME_FILING = Layout(
    slug="corporate_income_filing",
    dataset="corporate_income_filing",
    source="国家税务总局信桥市税务局",
    columns=columns("""
        纳税人识别号=taxpayer_code 来源系统=source_system 所属年度=tax_year 申报日期=filed_on
        营业收入=revenue_fen 净利润=net_profit_fen 应纳所得税额=tax_fen"""),
    mapped=False,
    deliveries=LAST,
    code="taxpayer_code",
    happened_on="filed_on",
    amount="revenue_fen",
)

FINANCIAL_STATEMENT = Layout(
    slug="financial_statement",
    dataset="financial_statement",
    source="国家税务总局信桥市税务局",
    columns=columns("""
        纳税人识别号=taxpayer_code 来源系统=source_system 报表期末=period_to_on 报送日期=filed_on
        营业收入=revenue_fen 净利润=net_profit_fen 资产总计=total_assets_fen
        负债合计=total_liabilities_fen 研发费用=research_fen"""),
    mapped=False,
    deliveries=LAST,
    code="taxpayer_code",
    happened_on="filed_on",
    amount="revenue_fen",
)

TAX_CREDIT_GRADE = Layout(
    slug="tax_credit_grade",
    dataset="tax_credit_grade",
    source="国家税务总局信桥市税务局",
    columns=columns("""
        纳税人识别号=taxpayer_code 来源系统=source_system 评价年度=tax_year 纳税信用级别=grade
        公布日期=published_on"""),
    words=words(
        grade="A级=A B级=B M级=M C级=C D级=D",
    ),
    mapped=False,
    deliveries=LAST,
    code="taxpayer_code",
    happened_on="published_on",
    word="grade",
)

MAJOR_TAX_CASE = Layout(
    slug="major_tax_case",
    dataset="major_tax_case",
    source="国家税务总局信桥市税务局",
    columns=columns("""
        纳税人识别号=taxpayer_code 案件编号=case_number 公布日期=published_on 案件性质=case_kind
        涉案金额=amount_fen 停止公布日期=removed_on"""),
    mapped=False,
    ends=(("removed_on", ""),),
    deliveries=LAST,
    code="taxpayer_code",
    happened_on="published_on",
    amount="amount_fen",
    text="case_number",
)
