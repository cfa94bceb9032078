"""Records of different creditors, or of different persons of one name, are not taken for corrections of each other."""

from collections.abc import Callable
from typing import Any

import pytest

from xinqiao.intake.model import Delivery
from xinqiao.kernel.unified_code import UnifiedCode

Deliver = Callable[..., Delivery]
Records = Callable[..., list[dict[str, Any]]]
Codes = Callable[[int], UnifiedCode]


@pytest.mark.parametrize("dataset", ["bank_loan", "microloan", "pawn_loan"])
def test_two_lenders_may_use_one_number(
    deliver: Deliver, records: Records, codes: Codes, dataset: str
) -> None:
    def loan(lender: int, loan_class: str) -> str:
        return (
            "party_code,loan_number,month_on,lender_code,granted_on,granted_fen,outstanding_fen,loan_class\n"
            f"{codes(1).text},2026001,2026-06-01,{codes(lender).text},2025-01-16,1000,1000,{loan_class}\n"
        )

    deliver(dataset, loan(8, "normal"))
    other = deliver(dataset, loan(9, "substandard"))
    again = deliver(dataset, loan(9, "doubtful"))

    assert (other.accepted, other.corrected) == (1, 0)
    assert (again.accepted, again.corrected) == (0, 1)
    assert {row["loan_class"] for row in records(dataset, "loan_class")} == {
        "normal",
        "substandard",
        "doubtful",
    }


def test_two_shareholders_of_one_name_both_hold(deliver: Deliver, records: Records, codes: Codes) -> None:
    firm = codes(1).text
    content = (
        "party_code,shareholder_name,shareholder_kind,person_token,share_ratio,from_on\n"
        f"{firm},张伟,person,a1,0.6,2020-01-01\n{firm},张伟,person,b2,0.4,2020-01-01\n"
    )

    assert deliver("shareholder", content).accepted == 2
    assert [row["person_token"] for row in records("shareholder", "person_token")] == ["a1", "b2"]


def test_two_officers_of_one_name_both_hold_office(deliver: Deliver, codes: Codes) -> None:
    firm = codes(1).text
    content = (
        "party_code,person_name,person_token,position,from_on\n"
        f"{firm},张伟,a1,监事,2020-01-01\n{firm},张伟,b2,监事,2020-01-01\n"
    )

    assert deliver("key_personnel", content).accepted == 2
