"""What the tax bureau sends of invoices, payments and arrears."""

from dataclasses import replace

from xinqiao.city.layout import Layout, columns, words
from xinqiao.kernel.money import FEN_PER_YUAN

_TAX = "国家税务总局信桥市税务局"
_INVOICE = columns("""
    发票代码=invoice_code 发票号码=invoice_number 开票日期=issued_on 购方识别号=counterparty_code
    不含税金额=amount_fen 税额=tax_fen 发票状态=status""")


def _amended(row: list[str]) -> list[str] | None:
    """A correction that settles a payment at four fifths of what was first reported."""
    yuan, fen = row[-1].split(".")
    total = (int(yuan) * FEN_PER_YUAN + int(fen)) * 4 // 5
    return [*row[:-1], f"{total // FEN_PER_YUAN}.{total % FEN_PER_YUAN:02d}"] if total else None


def _voided(row: list[str]) -> list[str] | None:
    """A correction that turns a valid invoice into a void one."""
    void = {"正常": "已作废", "valid": "void"}.get(row[-1])
    return [*row[:-1], void] if void else None


SALES = Layout(
    dataset="sales_invoice",
    source=_TAX,
    columns=(*columns("销方识别号=taxpayer_code"), *_INVOICE),
    words=words(status="正常=valid 已作废=void"),
    mapped=True,
    code="taxpayer_code",
    happened_on="issued_on",
    amount="amount_fen",
    amount_required=True,
    amount_signed=True,
    word="status",
    repeats=True,
    correct=_voided,
    text="invoice_number",
)

LEGACY_SALES = replace(
    SALES,
    name="sales_invoice_legacy",
    source=f"{_TAX}（金税历史系统）",
    columns=(*columns("纳税人内码=taxpayer_code"), *_INVOICE),
    constants=(("source_system", "tax-legacy"),),
)

PURCHASES = replace(
    SALES,
    dataset="purchase_invoice",
    columns=columns("""
        taxpayer_code source_system invoice_code invoice_number issued_on counterparty_code amount_fen tax_fen
        status"""),
    words=(),
    unit="分",
    mapped=False,
)

PAYMENTS = Layout(
    dataset="tax_payment",
    source=_TAX,
    columns=columns("""
        纳税人识别号=taxpayer_code 来源系统=source_system 税票号码=voucher_number 税种=tax_kind
        缴款类型=payment_kind 所属期起=period_from 所属期止=period_to 缴款日期=paid_on 实缴金额=amount_fen"""),
    words=words(
        tax_kind="增值税=vat 附加税费=surcharge 企业所得税=corporate_income 代扣代缴个人所得税=withholding 其他税种=other",
        payment_kind="缴款=payment 滞纳金=late_fee 退税=refund",
    ),
    code="taxpayer_code",
    happened_on="paid_on",
    amount="amount_fen",
    amount_required=True,
    word="tax_kind",
    repeats=True,
    correct=_amended,
    text="voucher_number",
)

ARREARS = Layout(
    dataset="tax_arrears",
    source=_TAX,
    columns=columns("""
        纳税人识别号=taxpayer_code 来源系统=source_system 纳税人名称=taxpayer_name 税种=tax_kind
        欠税余额=arrears_fen 公告日期=announced_on"""),
    form="xlsx",
    is_snapshot=True,
    title="国家税务总局信桥市税务局欠税公告",
    code="taxpayer_code",
    happened_on="announced_on",
    amount="arrears_fen",
    amount_required=True,
)
