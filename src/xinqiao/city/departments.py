"""The departments of the city and how each writes its files, in the order in which they deliver."""

from xinqiao.city.layout import Layout

_TAX = "国家税务总局信桥市税务局"
_MARKET = "信桥市市场监督管理局"
_INVOICES = (
    ("发票代码", "invoice_code"),
    ("发票号码", "invoice_number"),
    ("开票日期", "issued_on"),
    ("购方识别号", "counterparty_code"),
    ("不含税金额", "amount_fen"),
    ("税额", "tax_fen"),
    ("发票状态", "status"),
)
_STATUS = (("status", (("正常", "valid"), ("已作废", "void"))),)

REGISTRATION = Layout(
    slug="business_registration",
    dataset="business_registration",
    source=_MARKET,
    minute=0,
    columns=(
        ("统一社会信用代码", "unified_code"),
        ("原注册号", "registration_number"),
        ("市场主体名称", "name"),
        ("业务类型", "event_kind"),
        ("核准日期", "approved_on"),
        ("成立日期", "established_on"),
        ("市场主体类型", "enterprise_type"),
        ("行业代码", "industry_code"),
        ("登记机关区划", "region_code"),
        ("法定代表人（负责人）", "legal_representative"),
        ("控股股东", "controlling_shareholder"),
        ("注册资本（万元）", "registered_capital_fen"),
        ("币种", "registered_capital_currency"),
        ("实缴资本（万元）", "paid_in_capital_fen"),
        ("住所（经营场所）", "address"),
        ("经营范围", "business_scope"),
        ("登记状态", "operating_status"),
        ("年报年度", "annual_report_year"),
        ("备注", ""),
    ),
    words=(
        (
            "event_kind",
            (
                ("设立登记", "establishment"),
                ("变更登记", "change"),
                ("年报公示", "annual_report"),
                ("注销登记", "cancellation"),
                ("吊销营业执照", "revocation"),
            ),
        ),
        ("operating_status", (("在营（开业）", "active"), ("注销", "cancelled"), ("吊销", "revoked"))),
    ),
    unit="万元",
    encoding="gb18030",
    title="信桥市市场主体登记信息共享表（内部资料）",
    code="unified_code",
    happened_on="approved_on",
    word="operating_status",
    word_required=False,
)
CROSSWALK = Layout(
    slug="code_crosswalk",
    dataset="code_crosswalk",
    source="信桥市政务服务和数据管理局",
    minute=10,
    columns=tuple(
        (name, name) for name in ("source_system", "source_code", "unified_code", "name", "valid_from")
    ),
    mapped=False,
    code="unified_code",
)
SALES = Layout(
    slug="sales_invoice",
    dataset="sales_invoice",
    source=_TAX,
    minute=30,
    columns=(("销方识别号", "taxpayer_code"), *_INVOICES),
    words=_STATUS,
    happened_on="issued_on",
    amount="amount_fen",
    amount_required=True,
    amount_signed=True,
    word="status",
    text="invoice_number",
)
LEGACY_SALES = Layout(
    slug="sales_invoice_legacy",
    dataset="sales_invoice",
    source=f"{_TAX}（金税历史系统）",
    minute=40,
    columns=(("纳税人内码", "taxpayer_code"), *_INVOICES),
    words=_STATUS,
    constants=(("source_system", "tax-legacy"),),
    happened_on="issued_on",
    amount="amount_fen",
    amount_required=True,
    amount_signed=True,
    word="status",
    text="invoice_number",
)
PURCHASES = Layout(
    slug="purchase_invoice",
    dataset="purchase_invoice",
    source=_TAX,
    minute=50,
    columns=tuple(
        (name, name)
        for name in (
            "taxpayer_code",
            "source_system",
            "invoice_code",
            "invoice_number",
            "issued_on",
            "counterparty_code",
            "amount_fen",
            "tax_fen",
            "status",
        )
    ),
    unit="分",
    mapped=False,
    happened_on="issued_on",
    amount="amount_fen",
    amount_required=True,
    amount_signed=True,
    word="status",
    text="invoice_number",
)
PAYMENTS = Layout(
    slug="tax_payment",
    dataset="tax_payment",
    source=_TAX,
    minute=60,
    columns=(
        ("纳税人识别号", "taxpayer_code"),
        ("来源系统", "source_system"),
        ("税票号码", "voucher_number"),
        ("税种", "tax_kind"),
        ("缴款类型", "payment_kind"),
        ("所属期起", "period_from"),
        ("所属期止", "period_to"),
        ("缴款日期", "paid_on"),
        ("实缴金额", "amount_fen"),
    ),
    mapped=False,
    happened_on="paid_on",
    amount="amount_fen",
    amount_required=True,
    word="tax_kind",
    text="voucher_number",
)
PENALTIES = Layout(
    slug="administrative_penalty",
    dataset="administrative_penalty",
    source="信桥市发展和改革委员会",
    minute=70,
    columns=(
        ("相对人统一代码", "party_code"),
        ("相对人名称", "party_name"),
        ("决定书文号", "decision_number"),
        ("决定日期", "decided_on"),
        ("处罚机关", "authority"),
        ("处罚类别", "penalty_kind"),
        ("违法行为类型", "violation"),
        ("罚款金额(万元)", "fine_fen"),
        ("处罚程度", "severity"),
        ("公示截止日期", "published_until"),
        ("数据来源单位", ""),
    ),
    words=(("severity", (("轻微违法", "minor"), ("一般违法", "general"), ("严重违法", "serious"))),),
    unit="万元",
    encoding="utf-8-sig",
    code="party_code",
    happened_on="decided_on",
    amount="fine_fen",
    word="severity",
    word_required=False,
    text="decision_number",
)
LISTINGS = Layout(
    slug="abnormal_operation",
    dataset="abnormal_operation",
    source=_MARKET,
    minute=80,
    columns=(
        ("统一社会信用代码/注册号", "party_code"),
        ("企业名称", "party_name"),
        ("列入日期", "listed_on"),
        ("列入原因", "listing_reason"),
        ("作出决定机关（列入）", "authority"),
        ("移出日期", "removed_on"),
        ("移出原因", "removal_reason"),
    ),
    encoding="gb18030",
    title="信桥市企业经营异常名录",
    code="party_code",
    happened_on="listed_on",
)
ARREARS = Layout(
    slug="tax_arrears",
    dataset="tax_arrears",
    source=_TAX,
    minute=90,
    columns=(
        ("纳税人识别号", "taxpayer_code"),
        ("来源系统", "source_system"),
        ("纳税人名称", "taxpayer_name"),
        ("税种", "tax_kind"),
        ("欠税余额", "arrears_fen"),
        ("公告日期", "announced_on"),
    ),
    mapped=False,
    form="xlsx",
    is_snapshot=True,
    title="国家税务总局信桥市税务局欠税公告",
    happened_on="announced_on",
    amount="arrears_fen",
    amount_required=True,
)

# In the order of delivery: who is who comes before what they did.
LAYOUTS = (REGISTRATION, CROSSWALK, SALES, LEGACY_SALES, PURCHASES, PAYMENTS, PENALTIES, LISTINGS, ARREARS)
