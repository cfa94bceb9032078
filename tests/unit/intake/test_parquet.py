"""Values of a Parquet file have types of their own; they say what the same values say as text."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from xinqiao.intake.landing import UnreadableFile
from xinqiao.intake.model import Delivery, RefusedRow
from xinqiao.kernel.unified_code import UnifiedCode
from xinqiao.workspace import Workspace, commands

Deliver = Callable[..., Delivery]
Records = Callable[..., list[dict[str, Any]]]
Refused = Callable[[int], list[RefusedRow]]
Codes = Callable[[int], UnifiedCode]
Parquet = Callable[..., Path]


INVOICE = ("纳税人识别号", "发票号码", "开票日期", "金额", "发票状态")
REST = ("DATE '2025-03-01'", "100.5", "'有效'")


@pytest.fixture
def parquet(workspace: Workspace, tmp_path: Path) -> Parquet:
    """Write a Parquet file of rows given as SQL values."""

    def write(columns: tuple[str, ...], *rows: tuple[str, ...]) -> Path:
        path = tmp_path / "来件.parquet"
        names = ", ".join(f'"{column}"' for column in columns)
        values = ", ".join(f"({', '.join(row)})" for row in rows)
        with workspace.engine.session() as session:
            session.write(f"SELECT * FROM (VALUES {values}) t({names})", path)
        return path

    return write


@pytest.fixture
def invoices(parquet: Parquet, codes: Codes) -> Callable[..., Path]:
    """A Parquet file of invoices that differ in their days, given as SQL values."""

    def of(*days: str) -> Path:
        return parquet(
            INVOICE,
            *((f"'{codes(1).text}'", f"'{n:08d}'", day, "100.5", "'有效'") for n, day in enumerate(days, 1)),
        )

    return of


def days_of(records: Records) -> list[date]:
    return [row["issued_on"] for row in records("sales_invoice", "invoice_number", "issued_on")]


@pytest.mark.parametrize("kind", ["TIMESTAMPTZ", "TIMESTAMPTZ_NS"], ids=["microseconds", "nanoseconds"])
@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2025-03-01 00:00:00+08", date(2025, 3, 1)),
        ("2025-03-01 23:59:59.999999+08", date(2025, 3, 1)),
        ("2025-02-28 16:00:00+00", date(2025, 3, 1)),
        ("2025-02-28 15:59:59+00", date(2025, 2, 28)),
    ],
)
def test_an_instant_is_of_the_day_that_the_citys_calendar_showed(
    deliver: Deliver, records: Records, invoices: Callable[..., Path], kind: str, instant: str, day: date
) -> None:
    deliver("sales_invoice", invoices(f"'{instant}'::{kind}"))

    assert days_of(records) == [day]


def test_an_instant_in_quarantine_shows_the_citys_time_and_keeps_its_day_when_read_again(
    workspace: Workspace,
    tmp_path: Path,
    deliver: Deliver,
    records: Records,
    refused: Refused,
    parquet: Parquet,
    codes: Codes,
) -> None:
    instant = "TIMESTAMPTZ '2025-03-01 00:00:00+08'"
    file = parquet(
        INVOICE,
        (f"'{codes(1).text}'", "'00000001'", instant, "100.5", "'红冲'"),
    )

    delivery = deliver("sales_invoice", file)

    (row,) = refused(delivery.delivery_id)
    assert row.raw["开票日期"] == "2025-03-01 00:00:00"
    mapping = tmp_path / "红冲.yaml"
    mapping.write_text(
        "dataset: sales_invoice\ncolumns: {status: {from: 发票状态, values: {红冲: valid}}}\n",
        encoding="utf-8",
    )
    commands.replay(workspace, delivery_id=delivery.delivery_id, mapping=mapping, mended=None, known_at=None)
    assert days_of(records) == [date(2025, 3, 1)]


@pytest.mark.parametrize(
    "day",
    ["20250301::INTEGER", "20250301::BIGINT", "20250301.0::DOUBLE", "20250301::DECIMAL(10,2)", "'20250301'"],
)
def test_a_day_written_as_a_number_is_the_day_its_digits_say(
    deliver: Deliver, records: Records, invoices: Callable[..., Path], day: str
) -> None:
    deliver("sales_invoice", invoices(day))

    assert days_of(records) == [date(2025, 3, 1)]


@pytest.mark.parametrize(
    "number", ["20251301::INTEGER", "46082::INTEGER", "20250301.5::DOUBLE", "20250304::FLOAT"]
)
def test_a_number_that_is_no_day_or_may_have_been_rounded_is_not_guessed(
    deliver: Deliver, invoices: Callable[..., Path], number: str
) -> None:
    delivery = deliver("sales_invoice", invoices(number))

    assert delivery.reasons == {"unparseable:issued_on": 1}


def test_a_null_character_refuses_its_row_only(
    deliver: Deliver, records: Records, refused: Refused, parquet: Parquet, codes: Codes
) -> None:
    rows = [(f"'{codes(n).text}'", name, "DATE '2025-01-01'", "DATE '2020-01-01'")
            for n, name in enumerate(["'甲公司'", "'乙' || chr(0) || '公司'", "'丙公司'"], 1)]  # fmt: skip
    file = parquet(("统一社会信用代码", "企业名称", "核准日期", "成立日期"), *rows)

    delivery = deliver("business_registration", file)

    assert (delivery.accepted, delivery.reasons) == (2, {"unparseable:name": 1})
    assert [row["name"] for row in records("business_registration", "name")] == ["丙公司", "甲公司"]
    (row,) = refused(delivery.delivery_id)
    assert (row.row, row.raw["企业名称"]) == (2, "乙\x00公司")


def test_far_down_a_csv_too_a_null_character_refuses_its_row_only(
    deliver: Deliver, refused: Refused, codes: Codes
) -> None:
    """Near its beginning it would tell that the file is no text at all."""
    lines = [f"{codes(1).text},{n:08d},2025-03-01,{'客户' * 20},10.00,有效\n" for n in range(8_000)]
    lines[7_999] = lines[7_999].replace("客户", "客\x00户", 1)
    headings = "纳税人识别号,发票号码,开票日期,购方识别号,金额,发票状态\n"

    delivery = deliver("sales_invoice", headings + "".join(lines))

    assert (delivery.accepted, delivery.reasons) == (7_999, {"unparseable:counterparty_code": 1})
    assert [row.row for row in refused(delivery.delivery_id)] == [8_000]


@pytest.mark.parametrize(("persons", "accepted"), [("12", 1), ("12.0::DOUBLE", 1), ("2025.5::DOUBLE", 0)])
def test_a_count_that_is_no_whole_number_is_not_rounded(
    deliver: Deliver, parquet: Parquet, codes: Codes, persons: str, accepted: int
) -> None:
    headings = ("account_number", "month_on", "insured_count", "due_fen", "paid_fen")
    firm = f"'{codes(1).text}'"

    delivery = deliver("medical_insurance", parquet(headings, (firm, "'2025-01'", persons, "100", "100")))

    assert delivery.accepted == accepted
    assert delivery.reasons.get("unparseable:insured_count", 0) == 1 - accepted


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("12345678::DOUBLE", "12345678"),
        ("1.5::DOUBLE", "1.5"),
        ("9007199254740991::DOUBLE", "9007199254740991"),
    ],
)
def test_a_number_of_a_document_is_told_digit_by_digit(
    deliver: Deliver, records: Records, parquet: Parquet, codes: Codes, number: str, told: str
) -> None:
    deliver("sales_invoice", parquet(INVOICE, (f"'{codes(1).text}'", number, *REST)))

    assert records("sales_invoice", "invoice_number") == [{"invoice_number": told}]


@pytest.mark.parametrize("number", ["9007199254740993::DOUBLE", "-1e300::DOUBLE", "16777217::FLOAT"])
def test_one_of_more_digits_than_its_type_keeps_refuses_the_delivery(
    deliver: Deliver, parquet: Parquet, codes: Codes, number: str
) -> None:
    file = parquet(INVOICE, (f"'{codes(1).text}'", number, *REST))

    with pytest.raises(UnreadableFile, match="“发票号码”按浮点数"):
        deliver("sales_invoice", file)
