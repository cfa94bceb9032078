"""Refused rows are a place to work: listed, shown without personal data, exported, mended and judged again."""

import csv
import stat
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from xinqiao.audit.queries import events, lineage_events
from xinqiao.intake import queries
from xinqiao.intake.landing import UnreadableFile
from xinqiao.intake.model import Delivery, RefusedRow, Replay
from xinqiao.kernel.spelling import compact
from xinqiao.kernel.unified_code import UnifiedCode
from xinqiao.workspace import Workspace, commands

Deliver = Callable[..., Delivery]
Records = Callable[..., list[dict[str, Any]]]
Refused = Callable[[int], list[RefusedRow]]
Codes = Callable[[int], UnifiedCode]
Held = Callable[..., list[queries.Held]]
Again = Callable[..., Replay]
Export = Callable[[int], Path]

INVOICES = "taxpayer_code,invoice_number,issued_on,amount_fen,status\n"


@pytest.fixture
def held(workspace: Workspace) -> Held:
    def asking(dataset: str | None = None) -> list[queries.Held]:
        with workspace.engine.session() as session, workspace.store.transaction() as tx:
            return queries.held(tx, lake=workspace.lake, session=session, dataset=dataset)

    return asking


@pytest.fixture
def again(workspace: Workspace) -> Again:
    def replaying(delivery: Delivery, *, mended: Path | None = None, mapping: Path | None = None) -> Replay:
        return commands.replay(
            workspace, delivery_id=delivery.delivery_id, mapping=mapping, mended=mended, known_at=None
        )

    return replaying


@pytest.fixture
def export(workspace: Workspace, tmp_path: Path) -> Export:
    def writing(delivery_id: int) -> Path:
        path = tmp_path / "修正.csv"
        with workspace.engine.session() as session, workspace.store.transaction() as tx:
            contract = workspace.contracts[queries.delivery(tx, delivery_id).dataset]
            queries.export_refused(
                tx,
                lake=workspace.lake,
                session=session,
                contract=contract,
                delivery_id=delivery_id,
                path=path,
            )
        return path

    return writing


def change(path: Path, row: int, **values: str) -> None:
    """Mend one line of an export, as somebody does in a spreadsheet."""
    with path.open(encoding="utf-8", newline="") as reader:
        rows = list(csv.DictReader(reader))
    for line in rows:
        if line["_行"] == str(row):
            line.update(values)
    with path.open("w", encoding="utf-8", newline="") as writer:
        sheet = csv.DictWriter(writer, fieldnames=list(rows[0]))
        sheet.writeheader()
        sheet.writerows(rows)


@pytest.fixture
def delivery(deliver: Deliver, codes: Codes) -> Delivery:
    """One good row and three refused ones."""
    return deliver(
        "sales_invoice",
        INVOICES
        + f"{codes(1).text},00000001,2026-03-01,100,valid\n"
        + f"{codes(1).text},00000002,2026-03-01,100,红冲\n"
        + f"{codes(1).text},00000003,2026-03-32,100,valid\n"
        + "太短\n",
    )


def test_what_is_held_is_listed_newest_first_with_its_reasons(
    deliver: Deliver, delivery: Delivery, held: Held, now: datetime
) -> None:
    later = deliver("tax_arrears", "taxpayer_code,tax_kind,arrears_fen,announced_on\n,增值税,1,2026-03-31\n")

    found = held()

    assert [each.delivery_id for each in found] == [later.delivery_id, delivery.delivery_id]
    assert found[1].rows == 3
    assert found[1].known_at == now
    assert found[1].reasons == {"malformed_row": 1, "unknown_value:status": 1, "unparseable:issued_on": 1}
    assert [each.dataset for each in held("tax_arrears")] == ["tax_arrears"]
    assert held("tax_payment") == []


def test_a_row_with_two_reasons_counts_once_as_a_row_and_under_each_reason(
    deliver: Deliver, held: Held, codes: Codes
) -> None:
    wrong = "".join(f"{codes(1).text},{number},2026-03-32,100,红冲\n" for number in range(4))

    deliver("sales_invoice", INVOICES + wrong + f"{codes(1).text},9,2026-03-31,100,红冲\n")

    (found,) = held()
    assert (found.rows, found.reasons) == (5, {"unknown_value:status": 5, "unparseable:issued_on": 4})


def test_a_row_is_shown_as_delivered_with_sentences_and_personal_data_masked(
    deliver: Deliver, refused: Refused, codes: Codes
) -> None:
    delivery = deliver(
        "business_registration",
        "unified_code,name,approved_on,established_on,法定代表人\n"
        f"{codes(1).text},甲公司,2026-03-01,2027-03-01,欧阳建国\n",
    )

    (row,) = refused(delivery.delivery_id)

    assert "欧阳建国" not in str(row)
    assert row.raw["name"] == "甲公司"
    assert len(row.explanations) == len(row.reasons) >= 1


@pytest.mark.parametrize(
    "number",
    [
        "110101199003077758",
        "１１０１０１１９９００３０７７７５８",
        "110101 19900307 7758",
        "L110101199003077758",
    ],
    ids=["plain", "full width", "in groups", "an old tax code"],
)
def test_an_identity_number_is_hidden_in_the_reason_as_in_the_row(
    deliver: Deliver, refused: Refused, number: str
) -> None:
    delivery = deliver("sales_invoice", INVOICES + f"{number},1,2026-03-01,100,valid\n")

    (row,) = refused(delivery.delivery_id)

    assert row.reasons == ("invalid_code:taxpayer_code",)
    assert "110101**" in row.explanations[0] or "1101**" in row.explanations[0]
    assert "19900307" not in compact(str(row))


def test_a_code_that_is_public_is_quoted_whole_in_its_reason(
    deliver: Deliver, refused: Refused, codes: Codes
) -> None:
    wrong = codes(1).text[:17] + ("1" if codes(1).text[17] != "1" else "2")

    (row,) = refused(deliver("sales_invoice", INVOICES + f"{wrong},1,2026-03-01,100,valid\n").delivery_id)

    assert row.raw["taxpayer_code"] == wrong
    assert f"“{wrong}”" in row.explanations[0]


def test_a_conflict_says_what_a_conflict_is(deliver: Deliver, refused: Refused, codes: Codes) -> None:
    line = f"{codes(1).text},1,2026-03-01,100,valid\n"

    delivery = deliver("sales_invoice", INVOICES + line + line.replace("valid", "void"))

    assert "最后一行为准" in refused(delivery.delivery_id)[0].explanations[0]


def test_mended_rows_become_records_and_the_others_stay(
    delivery: Delivery, again: Again, export: Export, records: Records, refused: Refused
) -> None:
    path = export(delivery.delivery_id)
    change(path, 2, status="void")

    replay = again(delivery, mended=path)

    assert (replay.accepted, replay.still_refused) == (1, 2)
    assert replay.reasons == {"malformed_row": 1, "unparseable:issued_on": 1}
    assert [row["status"] for row in records("sales_invoice", "invoice_number", "status")] == [
        "valid",
        "void",
    ]
    assert [row.row for row in refused(delivery.delivery_id)] == [3, 4]


def test_an_export_is_closed_to_others(delivery: Delivery, export: Export) -> None:
    """It holds personal data as it was delivered."""
    path = export(delivery.delivery_id)
    whole = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    path.write_text("of another kind, and longer than what takes its place" * 1000)
    assert export(delivery.delivery_id).read_bytes() == whole


def test_only_some_rows_of_an_export_may_come_back(delivery: Delivery, again: Again, export: Export) -> None:
    path = export(delivery.delivery_id)
    change(path, 3, issued_on="2026-03-31")
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], lines[2]]) + "\n", encoding="utf-8")

    replay = again(delivery, mended=path)

    assert (replay.accepted, replay.still_refused) == (1, 2)


def test_a_line_that_could_not_be_split_can_be_filled_in(
    delivery: Delivery, again: Again, export: Export, codes: Codes, records: Records
) -> None:
    path = export(delivery.delivery_id)
    change(
        path, 4, taxpayer_code=codes(2).text, invoice_number="00000004", issued_on="2026-03-04",
        amount_fen="400", status="valid", _原始行="",
    )  # fmt: skip

    replay = again(delivery, mended=path)

    assert replay.accepted == 1
    assert [row["amount_fen"] for row in records("sales_invoice", "amount_fen")] == [100, 400]


def test_an_export_may_come_back_with_an_empty_column_behind(
    delivery: Delivery, again: Again, export: Export
) -> None:
    path = export(delivery.delivery_id)
    change(path, 2, status="void")
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("".join(f"{line},\n" for line in lines), encoding="utf-8")

    assert again(delivery, mended=path).accepted == 1


def test_a_second_replay_finds_only_what_is_left(
    delivery: Delivery, again: Again, export: Export, held: Held
) -> None:
    first = export(delivery.delivery_id)
    change(first, 2, status="void")
    change(first, 3, issued_on="2026-03-31")
    again(delivery, mended=first)
    second = again(delivery)

    assert (second.accepted, second.still_refused) == (0, 1)
    assert [(each.rows, each.reasons) for each in held()] == [(1, {"malformed_row": 1})]


def test_nothing_changed_makes_a_replay_of_nothing(
    delivery: Delivery, again: Again, refused: Refused
) -> None:
    before = refused(delivery.delivery_id)

    replay = again(delivery)

    assert (replay.accepted, replay.corrected, replay.duplicate, replay.still_refused) == (0, 0, 0, 3)
    assert refused(delivery.delivery_id) == before


def test_rows_of_other_deliveries_stay_where_they_are(
    deliver: Deliver, delivery: Delivery, again: Again, export: Export, refused: Refused
) -> None:
    other = deliver("sales_invoice", INVOICES + ",9,2026-03-01,100,valid\n")
    path = export(delivery.delivery_id)
    change(path, 2, status="void")

    again(delivery, mended=path)

    assert [row.reasons for row in refused(other.delivery_id)] == [("missing:taxpayer_code",)]


def test_a_better_mapping_lets_rows_in(deliver: Deliver, again: Again, codes: Codes, tmp_path: Path) -> None:
    plain = "dataset: sales_invoice\n"
    delivery = deliver("sales_invoice", INVOICES + f"{codes(1).text},1,2026-03-01,100,开了\n", mapping=plain)
    better = tmp_path / "better.yaml"
    better.write_text(
        plain
        + "columns: {status: {from: status, values: {开了: valid}}, amount_fen: {from: amount_fen, unit: 分}}\n",
        encoding="utf-8",
    )

    assert again(delivery, mapping=better).accepted == 1


@pytest.mark.parametrize("days_between", [0, 30])
def test_a_row_that_waited_does_not_overrule_what_came_after_its_delivery(
    deliver: Deliver,
    again: Again,
    refused: Refused,
    codes: Codes,
    now: datetime,
    tmp_path: Path,
    days_between: int,
) -> None:
    row = f"{codes(1).text},1,2026-03-01,100"
    march, april = now - timedelta(days=60), now - timedelta(days=60 - days_between)
    delivery = deliver("sales_invoice", INVOICES + f"{row},废票\n", known_at=march)
    deliver("sales_invoice", INVOICES + f"{row},valid\n", known_at=april)
    better = tmp_path / "better.yaml"
    better.write_text(
        "dataset: sales_invoice\ncolumns: {status: {from: status, values: {废票: void}}}\n", encoding="utf-8"
    )

    replay = again(delivery, mapping=better)

    assert (replay.accepted, replay.corrected, replay.still_refused) == (0, 0, 1)
    assert [each.reasons for each in refused(delivery.delivery_id)] == [("stale",)]


def test_a_row_that_waited_overrules_what_came_before_its_delivery(
    deliver: Deliver, again: Again, codes: Codes, now: datetime, tmp_path: Path
) -> None:
    row = f"{codes(1).text},1,2026-03-01,100"
    deliver("sales_invoice", INVOICES + f"{row},valid\n", known_at=now - timedelta(days=60))
    delivery = deliver("sales_invoice", INVOICES + f"{row},废票\n", known_at=now - timedelta(days=30))
    better = tmp_path / "better.yaml"
    better.write_text(
        "dataset: sales_invoice\ncolumns: {status: {from: status, values: {废票: void}}}\n", encoding="utf-8"
    )

    assert again(delivery, mapping=better).corrected == 1


def test_a_row_that_somebody_corrected_is_the_newest_word(
    deliver: Deliver, again: Again, export: Export, codes: Codes, now: datetime
) -> None:
    row = f"{codes(1).text},1,2026-03-01,100"
    delivery = deliver("sales_invoice", INVOICES + f"{row},废票\n", known_at=now - timedelta(days=60))
    deliver("sales_invoice", INVOICES + f"{row},valid\n", known_at=now - timedelta(days=30))
    mended = export(delivery.delivery_id)
    mended.write_text(mended.read_text(encoding="utf-8").replace("废票", "void"), encoding="utf-8")

    assert again(delivery, mended=mended).corrected == 1


def test_rows_known_meanwhile_are_duplicates_and_leave_quarantine(
    deliver: Deliver, again: Again, held: Held, codes: Codes
) -> None:
    wrong = INVOICES + f"{codes(1).text},1,2026-03-01,100,开了\n"
    delivery = deliver("sales_invoice", wrong)
    deliver("sales_invoice", wrong.replace("开了", "valid"))

    replay = again(delivery, mapping=None, mended=None)
    assert replay.still_refused == 1

    assert [each.rows for each in held()] == [1]


def test_late_rows_of_a_snapshot_do_not_push_out_the_rest(
    deliver: Deliver, again: Again, workspace: Workspace, codes: Codes, now: datetime
) -> None:
    heading = "taxpayer_code,tax_kind,arrears_fen,announced_on\n"
    registry = "unified_code,registration_number,name,approved_on,established_on\n"
    number = "440301103123452"
    deliver(
        "tax_arrears", heading + f"{codes(9).text},增值税,9,2026-03-31\n", known_at=now - timedelta(days=60)
    )
    delivery = deliver(
        "tax_arrears",
        heading + f"{codes(1).text},增值税,1,2026-03-31\n{number},增值税,2,2026-03-31\n",
        known_at=now - timedelta(days=30),
    )
    assert delivery.reasons == {"unresolved_subject:taxpayer_code": 1}
    deliver("business_registration", registry + f"{codes(2).text},{number},乙公司,2019-03-05,2019-03-05\n")

    assert again(delivery).accepted == 1

    from xinqiao.catalogue.views import current
    from xinqiao.kernel.clock import end_of_day

    contract, day = workspace.contracts["tax_arrears"], now.date()
    with workspace.engine.session() as session, workspace.store.transaction() as tx:
        version = workspace.lake.versions(tx)["records/tax_arrears"]
        workspace.lake.register(session, table="records/tax_arrears", version=version, name="arrears")
        sql = current(contract, "arrears", as_of=day, known_until=end_of_day(day))
        assert sorted(session.rows(f"SELECT subject FROM ({sql})")) == [
            (codes(1).subject,),
            (codes(2).subject,),
        ]


def test_a_replay_is_told_to_the_audit_log_and_to_the_lineage(
    delivery: Delivery, again: Again, workspace: Workspace
) -> None:
    replay = again(delivery)

    with workspace.store.transaction() as tx:
        (event,) = events(tx, name="quarantine.replayed")
        (traced,) = lineage_events(tx, job="intake.replay")
    assert event.payload["replay_id"] == replay.replay_id
    assert event.payload["still_refused"] == 3
    assert event.payload["mended"] is None
    assert traced["eventType"] == "COMPLETE"


def test_mended_rows_are_told_by_the_hash_of_their_file(
    delivery: Delivery, again: Again, export: Export, workspace: Workspace
) -> None:
    path = export(delivery.delivery_id)

    again(delivery, mended=path)

    told = sha256(path.read_bytes()).hexdigest()
    with workspace.store.transaction() as tx:
        (event,) = events(tx, name="quarantine.replayed")
        (traced,) = lineage_events(tx, job="intake.replay")
    assert event.payload["mended"] == told
    assert told in str(traced["inputs"])


def test_a_file_that_is_no_export_is_refused(delivery: Delivery, again: Again, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(INVOICES + "a,b,c,d,e\n", encoding="utf-8")

    with pytest.raises(UnreadableFile, match="_文件"):
        again(delivery, mended=path)


def test_a_row_that_was_never_refused_cannot_be_mended(
    delivery: Delivery, again: Again, export: Export, refused: Refused
) -> None:
    path = export(delivery.delivery_id)
    change(path, 2, _行="1")

    with pytest.raises(UnreadableFile, match="第 1 条"):
        again(delivery, mended=path)

    assert len(refused(delivery.delivery_id)) == 3


def test_an_unknown_delivery_is_not_found(workspace: Workspace, refused: Refused) -> None:
    with pytest.raises(queries.UnknownDelivery):
        refused(77)
    with pytest.raises(queries.UnknownDelivery):
        commands.replay(workspace, delivery_id=77, mapping=None, mended=None, known_at=None)


def test_contradicted_rows_of_an_export_that_nobody_changed_do_not_come_back(
    deliver: Deliver, again: Again, export: Export, records: Records, codes: Codes
) -> None:
    line = f"{codes(1).text},1,2026-03-01,100,valid\n"
    delivery = deliver("sales_invoice", INVOICES + line + line.replace("valid", "void") + "\n")

    replay = again(delivery, mended=export(delivery.delivery_id))

    assert (replay.accepted, replay.corrected, replay.still_refused) == (0, 0, 1)
    assert [row["status"] for row in records("sales_invoice", "status")] == ["void"]


def test_a_column_lost_or_added_in_mending_is_refused(
    delivery: Delivery, again: Again, export: Export
) -> None:
    path = export(delivery.delivery_id)
    whole = path.read_text(encoding="utf-8")

    for spoilt, said in (
        (whole.replace("status", "状态", 1), "缺少列：status"),
        (whole.replace("\n", ",x\n").replace(",x\n", ",备注\n", 1), "备注"),
    ):
        path.write_text(spoilt, encoding="utf-8")
        with pytest.raises(UnreadableFile, match=said):
            again(delivery, mended=path)
