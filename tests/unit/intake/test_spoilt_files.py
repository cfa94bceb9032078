"""What stands in the way of reading a file is told as it is, with its place and what to do."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from xinqiao.intake.landing import UnreadableFile
from xinqiao.intake.model import Delivery
from xinqiao.kernel.unified_code import UnifiedCode

Deliver = Callable[..., Delivery]
Codes = Callable[[int], UnifiedCode]

HEADING = "纳税人识别号,纳税人名称,税种,arrears_fen,announced_on\n"
MAPPING = "dataset: tax_arrears\ncolumns: {taxpayer_name: 纳税人名称}\n"
DECLARED = MAPPING + "read: {encoding: %s}\n"


@pytest.fixture
def line(codes: Codes) -> Callable[..., str]:
    """A line of the list with that firm's name."""
    return lambda firm, name="某公司": f"{codes(firm).text},{name},增值税,500000,2026-03-31\n"


Line = Callable[..., str]


@pytest.mark.parametrize(
    "length", [131_073, 1_500_000], ids=["longer than csv allows", "longer than a sample"]
)
def test_a_very_long_cell_in_the_first_row_is_read(deliver: Deliver, line: Line, length: int) -> None:
    delivery = deliver("tax_arrears", HEADING + line(1, "x" * length), mapping=MAPPING)

    assert (delivery.accepted, delivery.quarantined) == (1, 0)


def test_a_cell_too_long_for_the_engine_refuses_its_row_only(deliver: Deliver, line: Line) -> None:
    content = HEADING + line(1, "x" * 5_000_000) + line(2)

    delivery = deliver("tax_arrears", content, mapping=MAPPING)

    assert (delivery.accepted, delivery.reasons) == (1, {"malformed_row": 1})


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_wide_text_without_a_mark_is_refused_until_its_byte_order_is_declared(
    deliver: Deliver, line: Line, encoding: str
) -> None:
    content = (HEADING + line(1)).encode(f"{encoding}-le")

    with pytest.raises(UnreadableFile, match=f"{encoding}-le.*或 {encoding}-be"):
        deliver("tax_arrears", content, mapping=DECLARED % encoding)

    assert deliver("tax_arrears", content, mapping=DECLARED % f"{encoding}-le").accepted == 1


@pytest.mark.parametrize(
    ("encoding", "mapping"),
    [("gb18030", MAPPING), ("utf-8", DECLARED % "utf-8")],
    ids=["found out", "declared"],
)
def test_bytes_that_are_no_character_are_told_where_they_stand(
    deliver: Deliver, line: Line, encoding: str, mapping: str
) -> None:
    content = (HEADING + line(1) + line(2, "@")).encode(encoding).replace(b"@", b"\xff\xff")

    with pytest.raises(UnreadableFile, match="第 3 行，第 20 字节起"):
        deliver("tax_arrears", content, mapping=mapping)


@pytest.mark.parametrize(("encoding", "said"), [("punycode", "不是PUNYCODE"), ("undefined", "不认识的编码")])
def test_an_encoding_that_is_for_other_things_is_refused_too(
    deliver: Deliver, line: Line, encoding: str, said: str
) -> None:
    with pytest.raises(UnreadableFile, match=said):
        deliver("tax_arrears", HEADING + line(1), mapping=DECLARED % encoding)


def test_such_bytes_far_into_a_file_are_told_by_their_line(deliver: Deliver, line: Line) -> None:
    many = [HEADING, *(line(firm) for firm in range(1, 30_000))]
    content = "".join(many).encode("gb18030") + line(30_000, "@").encode("gb18030").replace(b"@", b"\xff\xff")

    with pytest.raises(UnreadableFile, match=r"GB18030.*第 30001 行"):
        deliver("tax_arrears", content, mapping=MAPPING)


def test_a_pipe_is_no_file_to_keep(deliver: Deliver, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "管道")

    with pytest.raises(UnreadableFile, match="不是普通文件"):
        deliver("tax_arrears", tmp_path / "管道")
