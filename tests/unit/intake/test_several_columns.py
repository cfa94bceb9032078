"""One field, several columns: each row's first that says something counts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xinqiao.intake.binding import UnmatchedColumns
from xinqiao.intake.mapping_files import InvalidMapping
from xinqiao.intake.model import Delivery, RefusedRow
from xinqiao.kernel.unified_code import UnifiedCode
from xinqiao.workspace import Workspace, commands

Deliver = Callable[..., Delivery]
Records = Callable[..., list[dict[str, Any]]]
Refused = Callable[[int], list[RefusedRow]]
Codes = Callable[[int], UnifiedCode]

HEADINGS = "统一社会信用代码,组织机构代码,税种,欠税余额,最近公告日,首次公告日"
MAPPING = """dataset: tax_arrears
columns:
  taxpayer_code: [统一社会信用代码, 组织机构代码]
  announced_on: {from: [最近公告日, 首次公告日]}
"""


def test_the_first_that_says_something_counts(deliver: Deliver, records: Records, codes: Codes) -> None:
    first, second = codes(1), codes(2)
    content = (
        f"{HEADINGS}\n"
        f"{first.text},{second.organisation_code},增值税,1,2026-03-31,2026-01-31\n"
        f"/,{second.organisation_code},增值税,2,无,2026年1月31日\n"
    )

    assert deliver("tax_arrears", content, mapping=MAPPING).accepted == 2

    rows = records("tax_arrears", "arrears_fen", "subject", "announced_on::VARCHAR AS day")
    assert [(row["arrears_fen"], row["day"]) for row in rows] == [(100, "2026-03-31"), (200, "2026-01-31")]
    assert rows[0]["subject"] != rows[1]["subject"]


def test_a_row_in_which_none_says_anything_is_refused_and_judged_again(
    deliver: Deliver, refused: Refused, workspace: Workspace, tmp_path: Path, codes: Codes
) -> None:
    content = f"{HEADINGS}\n,-,增值税,1,2026-03-31,\n"

    delivery = deliver("tax_arrears", content, mapping=MAPPING)

    assert dict(delivery.reasons) == {"missing:taxpayer_code": 1}
    corrected = tmp_path / "修正.csv"
    (row,) = refused(delivery.delivery_id)
    corrected.write_text(
        f"_文件,_行,{HEADINGS}\n{row.file},1,,{codes(1).organisation_code},增值税,1,2026-03-31,\n",
        encoding="utf-8",
    )
    replayed = commands.replay(
        workspace, delivery_id=delivery.delivery_id, mapping=None, mended=corrected, known_at=None
    )
    assert replayed.accepted == 1


def test_every_one_of_them_must_be_in_the_file(deliver: Deliver, codes: Codes) -> None:
    content = f"统一社会信用代码,税种,欠税余额,最近公告日\n{codes(1).text},增值税,1,2026-03-31\n"

    with pytest.raises(UnmatchedColumns, match="不存在：组织机构代码、首次公告日"):
        deliver("tax_arrears", content, mapping=MAPPING)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("[]", "没有写来源列"),
        ("[统一社会信用代码, '']", "写了空的列名"),
        ("[统一社会信用代码, {from: x}]", "写了空的列名"),
        ("{from: [统一社会信用代码, 统一社会信用 代码]}", "写了两次：统一社会信用代码"),
    ],
)
def test_a_list_that_says_nothing_or_one_thing_twice_is_refused(
    deliver: Deliver, said: str, told: str
) -> None:
    mapping = f"dataset: tax_arrears\ncolumns: {{taxpayer_code: {said}}}\n"

    with pytest.raises(InvalidMapping, match=told):
        deliver("tax_arrears", f"{HEADINGS}\n", mapping=mapping)
