"""What a delivery warns of, and what the quarantine shows and exports, on the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Xinqiao = Callable[..., Any]

LIST = "taxpayer_code,tax_kind,arrears_fen,announced_on\n"


def listed(path: Path, *rows: str) -> Path:
    """A list of arrears with lines of code and amount."""
    lines = [
        f"{code},增值税,{amount},2026-03-31\n" for code, _, amount in (row.partition(" ") for row in rows)
    ]
    path.write_text(LIST + "".join(lines), encoding="utf-8")
    return path


def test_a_delivery_of_refused_rows_alone_says_so(xinqiao: Xinqiao, tmp_path: Path, firm: str) -> None:
    path = listed(tmp_path / "q1.csv", f"{firm} 一千")

    told = xinqiao("deliver", "tax_arrears", path, "--known-at", "2026-04-01")
    machine = xinqiao("deliver", "tax_arrears", path, "--known-at", "2026-04-02", "--json")

    assert (told.status, machine.status) == (0, 0)
    assert "没有一行入库" in told.err
    assert machine.json["wholly_refused"] is True
    assert "没有一行入库" not in machine.err


def test_a_list_with_refused_rows_says_of_how_many_firms_it_is_now_unknown(
    xinqiao: Xinqiao, tmp_path: Path, firm: str
) -> None:
    path = listed(tmp_path / "q1.csv", f"{firm} 1000", f"{firm} 5oo")

    told = xinqiao("deliver", "tax_arrears", path, "--known-at", "2026-04-01")
    again = xinqiao("deliver", "tax_arrears", path, "--known-at", "2026-04-02", "--json").json
    path = listed(path, f"{firm} 2000", f"{firm} 6oo")
    machine = xinqiao("deliver", "tax_arrears", path, "--known-at", "2026-04-03", "--json").json

    assert "1 家企业的行被拒收" in told.err
    assert "quarantine show" in told.err
    assert (machine["wholly_refused"], machine["withheld"]) == (False, 1)
    assert (again["repeated"], again["withheld"]) == (True, None)


def test_a_list_without_refused_rows_warns_of_nothing(xinqiao: Xinqiao, tmp_path: Path, firm: str) -> None:
    told = xinqiao("deliver", "tax_arrears", listed(tmp_path / "q1.csv", f"{firm} 1000"))

    assert (told.status, "⚠" in told.err) == (0, False)


@pytest.mark.usefixtures("delivered")
def test_history_delivered_after_a_later_file_is_warned_of(
    xinqiao: Xinqiao, tmp_path: Path, firm: str
) -> None:
    heading = "taxpayer_code,invoice_number,issued_on,amount_fen,status\n"
    known, new = (f"{firm},{number},2026-03-01,100000,valid\n" for number in (1, 3))
    path = tmp_path / "更早.csv"
    path.write_text(heading + known + new, encoding="utf-8")

    earlier = xinqiao("deliver", "sales_invoice", path, "--known-at", "2026-03-05", "--json").json
    path.write_text(heading + known, encoding="utf-8")
    told = xinqiao("deliver", "sales_invoice", path, "--known-at", "2026-03-06")
    later = xinqiao(
        "deliver", "sales_invoice", path, "--known-at", "2026-04-01", "--covers", "4499", "--json"
    ).json

    assert (earlier["accepted"], earlier["duplicate"], earlier["known_later"]) == (1, 1, 1)
    assert "1 行早已入库，但得知时间晚于本批" in told.err
    assert (later["duplicate"], later["known_later"]) == (1, 0)


@pytest.mark.usefixtures("delivered")
def test_an_export_that_may_have_been_worked_on_is_left_as_it_is(xinqiao: Xinqiao, tmp_path: Path) -> None:
    path = tmp_path / "mend.csv"
    assert xinqiao("quarantine", "show", "2", "--export", path).status == 0
    path.write_text("修正过", encoding="utf-8")

    refused = xinqiao("quarantine", "show", "2", "--export", path)

    assert (refused.status, "would_overwrite" in refused.err) == (2, True)
    assert path.read_text(encoding="utf-8") == "修正过"
    assert xinqiao("quarantine", "show", "2", "--export", path, "--force").status == 0
    assert "红冲" in path.read_text(encoding="utf-8")


@pytest.mark.usefixtures("delivered")
def test_a_refused_row_is_found_where_a_spreadsheet_shows_it(xinqiao: Xinqiao) -> None:
    assert "第 2 条记录（文件第 3 行）" in xinqiao("quarantine", "show", "2").out
    assert xinqiao("quarantine", "show", "2", "--json").json[0]["line"] == 3


@pytest.mark.parametrize("moment", ["0001-01-01", "1900-01-01", "1989-12-31T23:59", "9999-12-31"])
def test_a_time_that_nobody_can_mean_is_refused(
    xinqiao: Xinqiao, tmp_path: Path, firm: str, moment: str
) -> None:
    path = listed(tmp_path / "q1.csv", f"{firm} 1000")

    answers = [
        xinqiao("deliver", "tax_arrears", path, "--known-at", moment, "--json"),
        xinqiao("quarantine", "replay", "1", "--known-at", moment, "--json"),
        xinqiao("evaluate", "--as-of", moment[:10], "--json"),
        xinqiao("outlook", "--as-of", moment[:10], "--json"),
    ]

    assert [each.status for each in answers] == [2] * 4
    assert all("unreadable_moment" in each.err and "1990-01-01" in each.err for each in answers)


@pytest.mark.usefixtures("delivered")
@pytest.mark.parametrize("day", ["2026-2-28", "2026/02/28", "2026/2/28", "20260228"])
def test_a_day_is_read_however_people_write_it(xinqiao: Xinqiao, day: str) -> None:
    assert xinqiao("evaluate", "--as-of", day, "--json").json["as_of"] == "2026-02-28"


@pytest.mark.usefixtures("delivered")
@pytest.mark.parametrize("day", ["2026-2/28", "26/2/28", "2026.2.28", "2026/2/30", "2026/2/281"])
def test_other_writings_of_a_day_are_refused(xinqiao: Xinqiao, day: str) -> None:
    assert xinqiao("evaluate", "--as-of", day).status == 2


def test_the_system_s_words_about_a_file_are_chinese(xinqiao: Xinqiao, tmp_path: Path) -> None:
    loop = tmp_path / "圈.csv"
    loop.symlink_to(loop)

    answers = [xinqiao("deliver", "tax_arrears", path) for path in (loop, tmp_path / ("长" * 200))]

    assert [each.status for each in answers] == [2, 2]
    assert "符号链接" in answers[0].err
    assert "文件名过长" in answers[1].err
    assert all("核对路径" in each.err for each in answers)
