"""Whoever a row is about is found under every number the firm ever had, or the row waits."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from xinqiao.intake.model import Delivery, RefusedRow, Replay
from xinqiao.kernel import organisation_code, registration_number
from xinqiao.kernel.unified_code import UnifiedCode
from xinqiao.workspace import Workspace, commands

Deliver = Callable[..., Delivery]
Records = Callable[..., list[dict[str, Any]]]
Refused = Callable[[int], list[RefusedRow]]
Codes = Callable[[int], UnifiedCode]

INVOICES = "taxpayer_code,source_system,invoice_number,issued_on,amount_fen,status\n"
CROSSWALK = "source_system,source_code,unified_code\n"
REGISTRY = "unified_code,registration_number,name,event_kind,approved_on,established_on\n"
FULL_WIDTH = str.maketrans(
    "0123456789ABCDEFGHJKLMNPQRTUWXY", "０１２３４５６７８９ＡＢＣＤＥＦＧＨＪＫＬＭＮＰＱＲＴＵＷＸＹ"
)


def invoice(code: str, *, system: str = "", number: int = 1) -> str:
    return f"{code},{system},{number:08d},2026-03-01,100000,valid\n"


def registration_of(number: int) -> str:
    first = f"4403010{number:07d}"
    return first + registration_number.check_digit(first)


@pytest.fixture
def subjects(deliver: Deliver, records: Records) -> Callable[[str], list[int]]:
    """The subjects that invoices under these codes are put to."""

    def told(lines: str) -> list[int]:
        deliver("sales_invoice", INVOICES + lines)
        return [row["subject"] for row in records("sales_invoice", "subject")]

    return told


@pytest.mark.parametrize(
    "spell",
    [
        lambda code: code.text,
        lambda code: code.text.lower(),
        lambda code: code.text.translate(FULL_WIDTH),
        lambda code: f" {code.text[:6]} {code.text[6:]}\u3000",
        lambda code: f"\u200b{code.text}\t",
        lambda code: code.organisation_code,
        lambda code: f"{code.organisation_code[:8]}-{code.organisation_code[8]}",
        lambda code: f"{code.organisation_code[:8]}－{code.organisation_code[8]}".lower(),
        lambda code: f"440301{code.organisation_code}",
        lambda code: f"440301{code.organisation_code}000",
    ],
    ids=[
        "plain", "small letters", "full width", "blanks", "invisible characters", "organisation code",
        "with hyphen", "full-width hyphen", "old taxpayer number", "old taxpayer number and branch",
    ],
)  # fmt: skip
def test_every_spelling_of_a_national_code_leads_to_its_firm(
    subjects: Callable[[str], list[int]], codes: Codes, spell: Callable[[UnifiedCode], str]
) -> None:
    assert subjects(invoice(spell(codes(7)))) == [codes(7).subject]


def test_what_may_be_a_registration_number_is_not_read_as_an_old_taxpayer_number(deliver: Deliver) -> None:
    both = next(
        number
        for number in (registration_of(each) for each in range(1000))
        if organisation_code.is_valid(number[6:])
    )

    delivery = deliver("sales_invoice", INVOICES + invoice(both))

    assert delivery.reasons == {"unresolved_subject:taxpayer_code": 1}


def test_a_slip_in_a_unified_code_never_leads_to_another_firm(deliver: Deliver, codes: Codes) -> None:
    slips = [
        f"{code.text[:place]}{digit}{code.text[place + 1 :]}"
        for code in map(codes, range(1, 6))
        for place in range(18)
        for digit in "0123456789"
        if digit != code.text[place]
    ]

    delivery = deliver("sales_invoice", INVOICES + "".join(map(invoice, slips)))

    assert (delivery.accepted, delivery.quarantined) == (0, len(slips))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda code: code.text[:-1] + ("0" if code.text[-1] != "0" else "1"),
        lambda code: code.text.replace("0", "O", 1),
        lambda code: code.text[:-1],
        lambda code: code.text + "0",
        lambda code: f"{code.organisation_code[:8]}{'X' if code.organisation_code[8] != 'X' else '0'}",
        lambda code: "0" * 18,
        lambda code: "0" * 15,
        lambda code: "00000000-0",
        lambda code: "某某公司",
        lambda code: "0",
    ],
    ids=[
        "check character",
        "O for 0",
        "too short",
        "too long",
        "organisation check",
        "18 zeros",
        "15 zeros",
        "9 zeros",
        "a name",
        "a zero",
    ],
)
def test_a_code_that_is_none_is_refused_as_such(
    deliver: Deliver, codes: Codes, spoil: Callable[[UnifiedCode], str]
) -> None:
    delivery = deliver("sales_invoice", INVOICES + invoice(spoil(codes(7))))

    assert delivery.reasons == {"invalid_code:taxpayer_code": 1}
    assert (delivery.quarantined, delivery.unresolved) == (1, 0)


def test_the_reason_says_which_character_is_wrong(deliver: Deliver, refused: Refused, codes: Codes) -> None:
    wrong = codes(7).text.replace("0", "O", 1)

    (row,) = refused(deliver("sales_invoice", INVOICES + invoice(wrong)).delivery_id)

    assert "O" in row.explanations[0]


def test_a_registration_number_leads_to_the_firm_that_the_registry_names(
    deliver: Deliver, subjects: Callable[[str], list[int]], codes: Codes
) -> None:
    number = registration_of(12345)
    deliver(
        "business_registration",
        REGISTRY + f"{codes(7).text},{number},甲公司,establishment,2019-03-05,2019-03-05\n",
    )

    assert subjects(invoice(number)) == [codes(7).subject]


def test_a_registration_number_that_nobody_knows_waits_and_one_that_cannot_be_is_refused(
    deliver: Deliver, refused: Refused
) -> None:
    known_shape = registration_of(54321)
    impossible = next(
        number
        for number in (f"44030100005{each:04d}" for each in range(100))
        if not registration_number.is_valid(number) and not organisation_code.is_valid(number[6:])
    )

    delivery = deliver("sales_invoice", INVOICES + invoice(known_shape) + invoice(impossible, number=2))

    assert [row.reasons for row in refused(delivery.delivery_id)] == [
        ("unresolved_subject:taxpayer_code",),
        ("invalid_code:taxpayer_code",),
    ]
    assert delivery.unresolved == 1


def test_a_crosswalk_leads_from_a_systems_own_number(
    deliver: Deliver, subjects: Callable[[str], list[int]], codes: Codes
) -> None:
    deliver("code_crosswalk", CROSSWALK + f"电力,E 0001,{codes(1).text}\n燃气,E 0001,{codes(2).text}\n")

    lines = invoice("E 0001", system="电力") + invoice("E 0001", system="燃气", number=2)

    assert subjects(lines) == [codes(1).subject, codes(2).subject]


def test_a_number_of_another_system_or_without_a_system_is_not_found(
    deliver: Deliver, refused: Refused, codes: Codes
) -> None:
    deliver("code_crosswalk", CROSSWALK + f"电力,E0001,{codes(1).text}\n")

    delivery = deliver(
        "sales_invoice", INVOICES + invoice("E0001", system="供水") + invoice("E0001", number=2)
    )

    assert [row.reasons for row in refused(delivery.delivery_id)] == [
        ("unresolved_subject:taxpayer_code",),
        ("invalid_code:taxpayer_code",),
    ]


def test_an_account_that_passed_on_leads_to_the_firm_it_was_last_reported_for(
    deliver: Deliver, subjects: Callable[[str], list[int]], codes: Codes, now: datetime
) -> None:
    deliver("code_crosswalk", CROSSWALK + f"电力,E0001,{codes(1).text}\n", known_at=now - timedelta(days=9))
    deliver("code_crosswalk", CROSSWALK + f"电力,E0001,{codes(2).text}\n", known_at=now - timedelta(days=1))

    assert subjects(invoice("E0001", system="电力")) == [codes(2).subject]


def test_rows_that_wait_are_found_once_their_crosswalk_has_come(
    deliver: Deliver, workspace: Workspace, records: Records, refused: Refused, codes: Codes
) -> None:
    waiting = deliver(
        "sales_invoice",
        INVOICES + invoice("E0001", system="电力") + invoice("E0002", system="电力", number=2),
    )
    assert (waiting.accepted, waiting.unresolved) == (0, 2)
    deliver("code_crosswalk", CROSSWALK + f"电力,E0001,{codes(1).text}\n")

    replayed = commands.replay(
        workspace, delivery_id=waiting.delivery_id, mapping=None, mended=None, known_at=None
    )

    assert (replayed.accepted, replayed.still_refused) == (1, 1)
    assert [(row["subject"], row["delivery"]) for row in records("sales_invoice", "subject", "delivery")] == [
        (codes(1).subject, waiting.delivery_id)
    ]
    assert [row.row for row in refused(waiting.delivery_id)] == [2]
    assert isinstance(replayed, Replay)


def test_a_unified_code_is_known_by_itself_whatever_system_is_named(
    subjects: Callable[[str], list[int]], codes: Codes
) -> None:
    assert subjects(invoice(codes(1).text, system="water")) == [codes(1).subject]
