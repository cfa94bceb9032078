"""A clerk sorts the tables of a page, takes them along as a file, and reads them on a phone."""

import csv
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect


def column(table: Locator, place: int) -> list[str]:
    return table.locator(f"tbody td:nth-child({place})").all_inner_texts()


def exported(page: Page, section: str) -> tuple[str, list[list[str]]]:
    """Name and rows of the file that the first export of a section gives."""
    with page.expect_download() as download:
        page.locator(f"{section} .tools button").first.click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    return download.value.suggested_filename, list(csv.reader(text.splitlines()))


def test_a_heading_sorts_and_sorts_back_with_the_unknown_last(visit: Any, codes: dict[str, str]) -> None:
    page = visit.page
    page.goto(f"/enterprises/{codes['NR']}")
    table = page.locator("table.groups")
    before = column(table, 3)
    table.get_by_role("button", name="分值").click()
    expect(table.locator("th[aria-sort=descending]")).to_contain_text("分值")
    falling = column(table, 3)
    table.get_by_role("button", name="分值").focus()
    page.keyboard.press("Enter")
    expect(table.locator("th[aria-sort=ascending]")).to_contain_text("分值")
    rising = column(table, 3)

    known = [float(text) for text in before if text != "无数据"]
    assert [float(text) for text in falling[: len(known)]] == sorted(known, reverse=True)
    assert [float(text) for text in rising[: len(known)]] == sorted(known)
    assert set(falling[len(known) :]) == set(rising[len(known) :]) <= {"无数据"}
    assert visit.complaints == []


def test_sources_can_be_sorted_though_units_stand_over_several(visit: Any, codes: dict[str, str]) -> None:
    page = visit.page
    page.goto(f"/enterprises/{codes['A']}")
    name, before = exported(page, "#sources")
    table = page.locator("table.sources")
    table.get_by_role("button", name="时效").click()
    _, after = exported(page, "#sources")

    assert re.fullmatch(r"XQ-[\w-]+-sources\.csv", name)
    assert before[0] == after[0]
    assert len(before) > 30
    assert {len(row) for row in before} == {len(row) for row in after} == {8}
    assert sorted(before[1:]) == sorted(after[1:])
    states = [row[6] for row in after[1:]]
    assert states == sorted(states, key=states.index)
    assert len(set(states)) == 2


def test_an_exported_number_is_a_number_and_an_unknown_one_empty(visit: Any, codes: dict[str, str]) -> None:
    page = visit.page
    page.goto(f"/enterprises/{codes['D']}")
    shown = column(page.locator("table.groups"), 5)
    _, rows = exported(page, "#groups")

    assert [row[0] for row in rows[1:3]] == ["主体基础", "纳税"]
    expected = ["" if text == "无数据" else text.replace("−", "-") for text in shown]
    assert [row[4] for row in rows[1:]] == expected
    assert any(text.startswith("-") for text in expected)


def test_a_text_that_a_spreadsheet_would_run_is_made_plain(visit: Any, codes: dict[str, str]) -> None:
    page = visit.page
    page.goto(f"/enterprises/{codes['D']}")
    page.evaluate("document.querySelector('table.groups tbody th').textContent = '=HYPERLINK(\"x\")'")
    _, rows = exported(page, "#groups")

    assert rows[1][0] == '\'=HYPERLINK("x")'


def test_industries_can_be_sorted_with_the_withheld_last(visit: Any) -> None:
    page = visit.page
    page.goto("/outlook")
    table = page.locator("table.outlook").first
    table.get_by_role("button", name="同比").click()
    expect(table.locator("th[aria-sort]")).to_contain_text("同比")
    rows = table.locator("tbody tr").all_inner_texts()
    withheld = ["不予公布" in row for row in rows]

    assert withheld == sorted(withheld)
    assert visit.complaints == []


def test_a_firm_found_takes_a_few_lines_on_a_phone(phone: Any) -> None:
    page = phone.page
    page.goto("/?q=有限公司")
    rows = page.locator(".hits tbody tr")
    heights = [row.bounding_box()["height"] for row in rows.all()]
    scroll = page.locator(".scroll").first

    assert len(heights) > 5
    assert max(heights) < 200
    assert scroll.evaluate("box => box.scrollWidth - box.clientWidth") == 0


def test_a_mistyped_code_can_be_put_right_where_it_is_refused(visit: Any, codes: dict[str, str]) -> None:
    page = visit.page
    right = codes["A"]
    page.goto(f"/enterprises/{right[:-1]}{'0' if right[-1] != '0' else '1'}")
    expect(page.get_by_role("heading", level=1)).to_have_text("代码不正确")
    page.get_by_label("代码或名称").fill(right)
    page.keyboard.press("Enter")

    expect(page.locator(".hits tbody tr")).to_have_count(1)
