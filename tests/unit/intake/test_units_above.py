"""A unit that stands above the headings is not overlooked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xinqiao.intake.landing import UnreadableFile
from xinqiao.intake.model import Delivery
from xinqiao.kernel.unified_code import UnifiedCode

Deliver = Callable[..., Delivery]
Records = Callable[..., list[dict[str, Any]]]
Codes = Callable[[int], UnifiedCode]

SAYING = "dataset: tax_arrears\ncolumns: {arrears_fen: {from: 欠税余额, unit: 万元}}\n"


@pytest.fixture
def table(codes: Codes) -> Callable[[str, str], str]:
    def writing(title: str, heading: str) -> str:
        return f"{title}\n纳税人识别号,税种,{heading},公告日期\n{codes(1).text},增值税,1.5,2026-03-31\n"

    return writing


Table = Callable[[str, str], str]


@pytest.mark.parametrize(
    "title",
    [
        "欠税公告,,,单位：万元",
        "单位: 万元",
        "欠税公告（万元）",
        "金额单位：人民币万元",
        "计量单位：千元",
        "单位：亿元",
        "单位：人民币/万元",
        "单位：人民币、万元",
        "金额：万元",
        "金额单位为万元",
        "注：本表金额以万元为单位",
        "以下金额均为人民币万元",
        "填报：税务局　　　　万元",
    ],
)
def test_a_bare_amount_under_another_unit_refuses_the_delivery(
    deliver: Deliver, table: Table, title: str
) -> None:
    with pytest.raises(UnreadableFile, match=r"列名上方写着单位是.+“欠税余额”没有写明单位"):
        deliver("tax_arrears", table(title, "欠税余额"))


@pytest.mark.parametrize(
    "title",
    [
        "欠税公告",
        "单位：元",
        "填报单位：税务局",
        "数量单位：万人",
        "欠税 1000 万元以上的单位",
        "欠税余额超过100万元",
        "起征额五万元",
    ],
)
def test_titles_that_name_yuan_or_something_else_say_nothing_of_amounts(
    deliver: Deliver, records: Records, table: Table, title: str
) -> None:
    deliver("tax_arrears", table(title, "欠税余额"))

    assert records("tax_arrears", "arrears_fen") == [{"arrears_fen": 150}]


def test_the_mapping_or_the_heading_says_which_unit_counts(
    deliver: Deliver, records: Records, table: Table
) -> None:
    deliver("tax_arrears", table("单位：万元", "欠税余额"), mapping=SAYING)
    assert records("tax_arrears", "arrears_fen") == [{"arrears_fen": 1_500_000}]

    deliver("tax_arrears", table("单位：万元", "欠税余额（元）"))
    assert {"arrears_fen": 150} in records("tax_arrears", "arrears_fen")


def test_a_worksheet_is_read_as_closely(
    deliver: Deliver, workbook: Callable[..., Path], codes: Codes
) -> None:
    rows = [
        ["欠税公告", None, None, None],
        [None, None, None, "单位：万元"],
        ["纳税人识别号", "税种", "欠税余额", "公告日期"],
        [codes(1).text, "增值税", 1.5, "2026-03-31"],
    ]

    with pytest.raises(UnreadableFile, match="单位是万元"):
        deliver("tax_arrears", workbook({"名单": rows}))
    assert deliver("tax_arrears", workbook({"名单": rows}), mapping=SAYING).accepted == 1
