"""What spreadsheets and portals do to the values they export: spellings, formulas, rounded numbers, empty rows."""

from collections.abc import Callable
from typing import Any

import pytest

from xinqiao.intake.model import Delivery, RefusedRow
from xinqiao.kernel.unified_code import UnifiedCode

Deliver = Callable[..., Delivery]
Records = Callable[..., list[dict[str, Any]]]
Refused = Callable[[int], list[RefusedRow]]
Codes = Callable[[int], UnifiedCode]

PAYMENTS = "纳税人识别号,税票号码,税种,缴款类型,缴款日期,实缴金额\n"
PENALTIES = "统一社会信用代码,处罚决定书文号,处罚决定日期,处罚机关,罚款金额（元）\n"
CODE = "91371000MA63THNW38"


def payment(number: str, *, code: str = CODE, amount: str = "100") -> str:
    return f"{code},{number},增值税,缴款,2019-03-01,{amount}\n"


def penalty(number: str, amount: str = "1000") -> str:
    return f"{CODE},{number},2019-03-01,某局,{amount}\n"


def test_one_decision_in_five_spellings_is_one_penalty(deliver: Deliver, records: Records) -> None:
    spelt = [
        "威罚〔2019〕1号",
        "威罚[2019]1号",
        "威罚（2019）1号",
        "威罚〔2019〕 1号",
        "威罚〔２０１９〕１号",
    ]

    taken = deliver("administrative_penalty", PENALTIES + "".join(map(penalty, spelt)))

    assert (taken.accepted, taken.duplicate, taken.quarantined) == (1, 4, 0)
    assert records("administrative_penalty", "decision_number") == [{"decision_number": "威罚〔2019〕1号"}]


def test_one_voucher_in_three_spellings_is_one_payment(deliver: Deliver, records: Records) -> None:
    taken = deliver("tax_payment", PAYMENTS + "".join(map(payment, ["'0001", "0001", "０００１"])))

    assert (taken.accepted, taken.duplicate) == (1, 2)
    assert records("tax_payment", "voucher_number") == [{"voucher_number": "0001"}]


def test_a_fine_in_foreign_money_is_not_taken_for_yuan(deliver: Deliver, refused: Refused) -> None:
    taken = deliver("administrative_penalty", PENALTIES + penalty("威罚〔2019〕1号", "100万美元"))

    assert [row.reasons for row in refused(taken.delivery_id)] == [("unparseable:fine_fen",)]


def test_a_capital_in_foreign_money_is_taken_with_its_currency(deliver: Deliver, records: Records) -> None:
    table = f"统一社会信用代码,成立日期,核准日期,注册资金\n{CODE},2010-01-01,2019-03-01,100万美元\n"
    amount = "  registered_capital_fen: {from: 注册资金, unit: 万元}\n"
    currency = "  registered_capital_currency: {from: 注册资金, take: currency}\n"
    mapping = f"dataset: business_registration\ncolumns:\n  approved_on: 核准日期\n{amount}"

    without = deliver("business_registration", table, mapping=mapping)
    whole = deliver("business_registration", table, mapping=mapping + currency)

    assert without.reasons == {"unparseable:registered_capital_fen": 1}
    assert whole.accepted == 1
    assert records("business_registration", "registered_capital_fen", "registered_capital_currency") == [
        {"registered_capital_fen": 100_000_000, "registered_capital_currency": "USD"}
    ]


FORMULAS = (
    f'="{CODE}",="X001",增值税,缴款,="2019-03-01",="100"\n',
    f'"=""{CODE}""","=""X001""",增值税,缴款,"=""2019-03-01""","=""100"""\n',
)


@pytest.mark.parametrize("row", FORMULAS, ids=["bare", "quoted"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_a_text_formula_is_the_text_within(deliver: Deliver, records: Records, row: str, ends: str) -> None:
    plain = payment("X002")

    taken = deliver("tax_payment", (PAYMENTS + row + plain).replace("\n", ends))

    assert (taken.accepted, taken.quarantined) == (2, 0)
    assert records("tax_payment", "voucher_number", "amount_fen") == [
        {"voucher_number": "X001", "amount_fen": 10_000},
        {"voucher_number": "X002", "amount_fen": 10_000},
    ]


def test_what_only_looks_like_a_formula_stays(deliver: Deliver, records: Records) -> None:
    deliver("tax_payment", PAYMENTS + payment('"A=""1"""'))

    assert records("tax_payment", "voucher_number") == [{"voucher_number": 'A="1"'}]


def test_numbers_that_a_spreadsheet_rounded_are_no_keys(deliver: Deliver, refused: Refused) -> None:
    rounded = ["1.10E+20", "1.1e+20", "9E+15"]
    others = ["1E20", "A1.10E+20", "E+20"]

    taken = deliver("tax_payment", PAYMENTS + "".join(map(payment, [*rounded, *others])))

    rows = refused(taken.delivery_id)
    assert taken.accepted == len(others)
    assert [row.reasons for row in rows] == [("unparseable:voucher_number",)] * len(rounded)
    assert "科学计数法" in rows[0].explanations[0]


def test_a_code_that_a_spreadsheet_rounded_names_nobody_and_says_so(
    deliver: Deliver, refused: Refused
) -> None:
    taken = deliver("tax_payment", PAYMENTS + payment("1", code="9.1371E+17") + payment("2", code="9137"))

    assert [row.reasons for row in refused(taken.delivery_id)] == [
        ("unparseable:taxpayer_code",),
        ("invalid_code:taxpayer_code",),
    ]


def test_rows_without_anything_are_no_rows_and_keep_their_numbers(deliver: Deliver, refused: Refused) -> None:
    mapping = "dataset: tax_payment\nignore: [备注]\n"
    heading = PAYMENTS.replace("\n", ",备注\n")
    good, empty = payment("1").replace("\n", ",\n"), ",,, \u3000,,,\n"
    total, dashes = ",,,,,,合计\n", ",-,,,,,\n"

    taken = deliver(
        "tax_payment", heading + good + empty + total + empty + dashes + empty * 3, mapping=mapping
    )

    assert (taken.accepted, taken.quarantined) == (1, 2)
    assert [row.row for row in refused(taken.delivery_id)] == [3, 5]
