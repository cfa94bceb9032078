"""What becomes of rows that come again, differ, contradict each other, or come late."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from xinqiao.audit.queries import events, lineage_events
from xinqiao.intake import queries
from xinqiao.intake.binding import UnmatchedColumns
from xinqiao.intake.landing import UnreadableFile
from xinqiao.intake.model import Delivery, RefusedRow
from xinqiao.intake.operations import NotYetKnown
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.unified_code import UnifiedCode
from xinqiao.workspace import Workspace

Deliver = Callable[..., Delivery]
Records = Callable[..., list[dict[str, Any]]]
Refused = Callable[[int], list[RefusedRow]]
Codes = Callable[[int], UnifiedCode]

INVOICES = "taxpayer_code,invoice_number,issued_on,amount_fen,status\n"
ARREARS = "taxpayer_code,tax_kind,arrears_fen,announced_on\n"


@pytest.fixture
def invoice(codes: Codes) -> Callable[..., str]:
    return lambda number, amount=100_000, status="valid", day="2026-03-01", firm=1: (
        f"{codes(firm).text},{number:08d},{day},{amount},{status}\n"
    )


Invoice = Callable[..., str]


def counts(delivery: Delivery) -> tuple[int, int, int, int]:
    return delivery.accepted, delivery.corrected, delivery.duplicate, delivery.quarantined


def test_the_same_delivery_again_changes_nothing(
    deliver: Deliver, workspace: Workspace, invoice: Invoice
) -> None:
    content = INVOICES + invoice(1) + invoice(2)
    first = deliver("sales_invoice", content)

    again = deliver("sales_invoice", content)

    assert (again.delivery_id, again.repeated) == (first.delivery_id, True)
    assert counts(again) == counts(first) == (2, 0, 0, 0)
    with workspace.store.transaction() as tx:
        assert workspace.lake.versions(tx) == first.versions
        assert len(queries.deliveries(tx)) == 1
        assert len(events(tx, name="delivery.taken")) == 1


@pytest.mark.parametrize(
    "left", [b"", b"taxpayer_code", bytes(1000)], ids=["nothing", "its beginning", "zeros"]
)
def test_kept_bytes_that_a_power_cut_damaged_are_put_right_when_the_file_comes_again(
    deliver: Deliver, workspace: Workspace, invoice: Invoice, left: bytes
) -> None:
    content = INVOICES + invoice(1)
    first = deliver("sales_invoice", content)
    (kept,) = workspace.intake.raw.glob("*/*")
    kept.write_bytes(left[: len(content)])

    again = deliver("sales_invoice", content)

    assert again.files == first.files
    assert kept.read_bytes() == content.encode()
    assert list(workspace.intake.raw.glob("**/*.part")) == []


@pytest.fixture
def corrected(deliver: Deliver, invoice: Invoice, now: datetime) -> str:
    """A file whose invoice another delivery has made void since."""
    for days, status in ((9, "valid"), (6, "void")):
        deliver("sales_invoice", INVOICES + invoice(1, status=status), known_at=now - timedelta(days=days))
    return INVOICES + invoice(1)


def statuses(records: Records) -> list[str]:
    rows = records("sales_invoice", "known_at", "delivery", "status")
    return [row["status"] for row in rows]


def test_an_old_file_sent_again_by_accident_undoes_no_correction(
    deliver: Deliver, records: Records, corrected: str
) -> None:
    again = deliver("sales_invoice", corrected)

    assert (again.repeated, again.overtaken) == (True, True)
    assert statuses(records) == ["valid", "void"]


def test_a_file_dated_after_the_correction_states_its_content_anew(
    deliver: Deliver, records: Records, corrected: str, now: datetime
) -> None:
    back = deliver("sales_invoice", corrected, known_at=now - timedelta(days=3))
    once_more = deliver("sales_invoice", corrected, known_at=now - timedelta(days=3))
    later = deliver("sales_invoice", corrected, known_at=now - timedelta(days=1))

    assert (back.repeated, counts(back)) == (False, (0, 1, 0, 0))
    assert statuses(records) == ["valid", "void", "valid"]
    assert [(each.delivery_id, each.repeated, each.overtaken) for each in (once_more, later)] == [
        (back.delivery_id, True, False)
    ] * 2


@pytest.mark.parametrize("days", [9, 7])
def test_a_file_dated_before_the_correction_is_the_one_known_then(
    deliver: Deliver, records: Records, corrected: str, now: datetime, days: int
) -> None:
    again = deliver("sales_invoice", corrected, known_at=now - timedelta(days=days))

    assert (again.repeated, again.overtaken) == (True, False)
    assert statuses(records) == ["valid", "void"]


def test_history_delivered_twice_in_its_order_is_history_once(
    deliver: Deliver, workspace: Workspace, invoice: Invoice, now: datetime
) -> None:
    history = [(9, "valid"), (6, "void"), (3, "valid")]

    twice = [
        deliver("sales_invoice", INVOICES + invoice(1, status=status), known_at=now - timedelta(days=days))
        for days, status in history * 2
    ]

    assert [each.repeated for each in twice] == [False] * 3 + [True] * 3
    assert [each.delivery_id for each in twice[3:]] == [each.delivery_id for each in twice[:3]]


def test_under_another_mapping_it_is_another_delivery_whose_rows_are_known(
    deliver: Deliver, invoice: Invoice
) -> None:
    content = INVOICES + invoice(1)
    deliver("sales_invoice", content)

    other = deliver("sales_invoice", content, mapping="dataset: sales_invoice\nsource: 某局\n")

    assert not other.repeated
    assert counts(other) == (0, 0, 1, 0)
    assert other.versions == {}


def test_overlapping_files_do_not_double_rows(deliver: Deliver, records: Records, invoice: Invoice) -> None:
    deliver("sales_invoice", INVOICES + invoice(1) + invoice(2))

    second = deliver("sales_invoice", INVOICES + invoice(2) + invoice(3))

    assert counts(second) == (1, 0, 1, 0)
    assert len(records("sales_invoice")) == 3


def test_numbers_that_hash_alike_are_different_records(
    deliver: Deliver, records: Records, codes: Codes
) -> None:
    """The engine's hash gives these two decision numbers one value."""
    head = "party_code,decision_number,decided_on,authority\n"
    first = f"{codes(1)},信交罚〔2023〕11479号,2026-03-01,信桥市交通运输局\n"
    second = f"{codes(1)},信交罚〔2024〕11476号,2026-03-01,信桥市交通运输局\n"

    together = deliver("administrative_penalty", head + first + second)

    assert counts(together) == (2, 0, 0, 0)
    assert len(records("administrative_penalty")) == 2


def test_a_number_that_hashes_like_a_known_one_does_not_replace_it(
    deliver: Deliver, records: Records, codes: Codes
) -> None:
    head = "party_code,decision_number,decided_on,authority\n"
    deliver("administrative_penalty", f"{head}{codes(1)},信交罚〔2023〕11479号,2026-03-01,信桥市交通运输局\n")

    later = deliver(
        "administrative_penalty", f"{head}{codes(1)},信交罚〔2024〕11476号,2026-03-01,信桥市交通运输局\n"
    )

    assert counts(later) == (1, 0, 0, 0)
    assert len(records("administrative_penalty")) == 2


def test_two_files_of_one_delivery_may_overlap_too(
    deliver: Deliver, records: Records, invoice: Invoice
) -> None:
    delivery = deliver(
        "sales_invoice", INVOICES + invoice(1) + invoice(2), INVOICES + invoice(2) + invoice(3)
    )

    assert counts(delivery) == (3, 0, 1, 0)
    assert [len(file.sha256) for file in delivery.files] == [64, 64]
    assert len(records("sales_invoice")) == 3


def test_a_row_in_quarantine_names_the_file_it_stood_in(
    deliver: Deliver, refused: Refused, invoice: Invoice, tmp_path: Path
) -> None:
    (tmp_path / "三月.csv").write_text(INVOICES + invoice(1))
    (tmp_path / "四月.csv").write_text(INVOICES + invoice(2) + invoice(3, status="红冲"))

    delivery = deliver("sales_invoice", tmp_path / "三月.csv", tmp_path / "四月.csv")

    assert [(row.file, row.row) for row in refused(delivery.delivery_id)] == [("四月.csv", 2)]


def test_a_changed_record_is_a_correction_and_its_past_stays(
    deliver: Deliver, records: Records, invoice: Invoice, now: datetime
) -> None:
    deliver("sales_invoice", INVOICES + invoice(1) + invoice(2), known_at=now - timedelta(days=30))

    later = deliver("sales_invoice", INVOICES + invoice(1, status="void"))

    assert counts(later) == (0, 1, 0, 0)
    assert [
        (row["invoice_number"], row["status"], row["supersedes"])
        for row in records("sales_invoice", "invoice_number", "status", "supersedes")
    ] == [("00000001", "valid", False), ("00000001", "void", True), ("00000002", "valid", False)]


def test_a_record_may_change_back(deliver: Deliver, invoice: Invoice, now: datetime) -> None:
    for days, status in ((9, "valid"), (6, "void")):
        deliver("sales_invoice", INVOICES + invoice(1, status=status), known_at=now - timedelta(days=days))

    back = deliver("sales_invoice", INVOICES + invoice(1) + invoice(5))

    assert counts(back) == (1, 1, 0, 0)


def test_history_that_comes_late_does_not_undo_what_is_known_since(
    deliver: Deliver, refused: Refused, invoice: Invoice, now: datetime
) -> None:
    deliver("sales_invoice", INVOICES + invoice(1, status="void"))

    late = deliver("sales_invoice", INVOICES + invoice(1) + invoice(2), known_at=now - timedelta(days=30))

    assert counts(late) == (1, 0, 0, 1)
    assert [row.reasons for row in refused(late.delivery_id)] == [("stale",)]


def test_of_contradicting_rows_in_one_delivery_the_last_holds(
    deliver: Deliver, records: Records, refused: Refused, invoice: Invoice
) -> None:
    delivery = deliver(
        "sales_invoice",
        INVOICES + invoice(1, status="void") + invoice(2) + invoice(1) + invoice(1, status="void"),
        INVOICES + invoice(1),
    )

    # Two of the rows before say what the last says: they are its duplicates, the other two contradict it.
    assert counts(delivery) == (2, 0, 1, 2)
    assert [(row.row, row.reasons) for row in refused(delivery.delivery_id)] == [
        (1, ("conflict",)),
        (4, ("conflict",)),
    ]
    assert [row["status"] for row in records("sales_invoice", "invoice_number", "status")] == [
        "valid",
        "valid",
    ]


def test_a_blank_key_field_is_a_value_like_any_other(deliver: Deliver, codes: Codes) -> None:
    heading = "taxpayer_code,invoice_code,invoice_number,issued_on,amount_fen,status\n"
    line = f"{codes(1).text},,00000001,2026-03-01,100,valid\n"

    deliver("sales_invoice", heading + line)
    again = deliver("sales_invoice", heading + line + line.replace("valid", "void"))

    assert counts(again) == (0, 1, 0, 1)


def test_a_snapshot_replaces_the_one_before_without_comparing(
    deliver: Deliver, records: Records, codes: Codes, now: datetime
) -> None:
    line = f"{codes(1).text},增值税,500000,2026-03-31\n"
    deliver("tax_arrears", ARREARS + line, known_at=now - timedelta(days=90))

    second = deliver("tax_arrears", ARREARS + line + f"{codes(2).text},增值税,1,2026-06-30\n")

    assert counts(second) == (2, 0, 0, 0)
    assert len(records("tax_arrears")) == 3


def test_the_order_of_rows_makes_no_difference(deliver: Deliver, records: Records, invoice: Invoice) -> None:
    lines = [invoice(n, amount=n * 100, firm=n % 7) for n in range(1, 60)] + [
        invoice(3, status="x"),
        "zu,kurz\n",
    ]
    deliver("sales_invoice", INVOICES + "".join(lines))
    columns = [name for name in records("sales_invoice")[0] if name != "delivery"]
    first = records("sales_invoice", *columns)

    shuffled = deliver("purchase_invoice", INVOICES + "".join(lines[::-1]))

    assert counts(shuffled) == (59, 0, 0, 2)
    assert records("purchase_invoice", *columns) == first


def test_what_a_delivery_says_is_what_happened_when_it_was_known(
    deliver: Deliver, records: Records, invoice: Invoice, now: datetime
) -> None:
    known = now - timedelta(days=100)

    deliver("sales_invoice", INVOICES + invoice(1) + invoice(2, day="2026-06-01"), known_at=known)

    (row,) = records("sales_invoice", "known_at", "occurred_on", "delivery")
    assert row["known_at"] == datetime(2026, 3, 23, 1, 0)
    assert str(row["occurred_on"]) == "2026-03-01"


def test_nothing_may_be_known_before_it_is(deliver: Deliver, invoice: Invoice, now: datetime) -> None:
    with pytest.raises(NotYetKnown):
        deliver("sales_invoice", INVOICES + invoice(1), known_at=now + timedelta(seconds=1))


def test_one_bad_file_refuses_the_whole_delivery(
    deliver: Deliver, records: Records, workspace: Workspace, invoice: Invoice
) -> None:
    for bad, refusal in ((b"", UnreadableFile), ("a,b\n1,2\n", UnmatchedColumns)):
        with pytest.raises(refusal):
            deliver("sales_invoice", INVOICES + invoice(1), bad)

    assert records("sales_invoice") == []
    with workspace.store.transaction() as tx:
        assert queries.deliveries(tx) == []
        assert events(tx) == []


def test_a_delivery_is_told_to_the_audit_log_and_to_the_lineage(
    deliver: Deliver, workspace: Workspace, invoice: Invoice, actor: Actor
) -> None:
    delivery = deliver("sales_invoice", INVOICES + invoice(1) + invoice(2, status="红冲"))

    with workspace.store.transaction() as tx:
        (event,) = events(tx, name="delivery.taken")
        (traced,) = lineage_events(tx)
    assert event.actor == actor
    assert event.payload["delivery_id"] == delivery.delivery_id
    assert event.payload["files"] == [delivery.files[0].sha256]
    assert (event.payload["accepted"], event.payload["quarantined"]) == (1, 1)
    assert event.payload["versions"] == {"records/sales_invoice": 0, "quarantine/sales_invoice": 0}
    assert (traced["job"]["name"], traced["eventType"]) == ("intake.deliver", "COMPLETE")
    assert len(traced["inputs"]) == 1
    assert len(traced["outputs"]) == 2


def test_a_delivery_can_be_looked_up_again(deliver: Deliver, workspace: Workspace, invoice: Invoice) -> None:
    first = deliver("sales_invoice", INVOICES + invoice(1))
    second = deliver("sales_invoice", INVOICES + invoice(2))

    with workspace.store.transaction() as tx:
        assert queries.delivery(tx, first.delivery_id) == first
        assert [each.delivery_id for each in queries.deliveries(tx)] == [
            second.delivery_id,
            first.delivery_id,
        ]
        assert queries.deliveries(tx, dataset="tax_arrears") == []
        with pytest.raises(queries.UnknownDelivery, match="没有编号为 999 的批次"):
            queries.delivery(tx, 999)


def test_warnings_are_counted_and_the_row_is_taken(deliver: Deliver, codes: Codes) -> None:
    heading = "taxpayer_code,invoice_number,issued_on,amount_fen,tax_fen,status\n"

    delivery = deliver("sales_invoice", heading + f"{codes(1).text},1,2026-03-01,100000000,20000000,valid\n")

    assert counts(delivery) == (1, 0, 0, 0)
    assert delivery.reasons == {"warning:tax_rate_exists": 1}


def test_a_row_is_refused_with_all_its_reasons(deliver: Deliver, refused: Refused, codes: Codes) -> None:
    heading = "taxpayer_code,invoice_number,issued_on,amount_fen,tax_fen,status\n"

    delivery = deliver("sales_invoice", heading + "91,,2099-01-01,100,-13,开错\n")

    (row,) = refused(delivery.delivery_id)
    assert row.reasons == (
        "missing:invoice_number",
        "in_the_future:issued_on",
        "unknown_value:status",
        "invalid_code:taxpayer_code",
        "rule:tax_has_sign_of_amount",
    )
    assert all(row.explanations)
    assert row.raw["invoice_number"] == ""
