"""A loan officer finds an enterprise by a part of its name and reads why it is graded as it is."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

HERE = Path(__file__).parent
COMMAND = Path(sys.executable).with_name("xinqiao")
GRADES = ["A", "B", "C", "D", "NR"]


def open_report(page: Page, code: str) -> None:
    page.goto(f"/enterprises/{code}")
    expect(page.locator(".answer .letter")).to_be_visible()


def draw_all_charts(page: Page) -> int:
    """Bring every chart of an open section into view and wait until it is drawn."""
    charts = page.locator("details[open] [data-chart], section > figure [data-chart]")
    for place in range(charts.count()):
        charts.nth(place).scroll_into_view_if_needed()
        expect(charts.nth(place)).to_have_class(re.compile("drawn"))
    return charts.count()


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_from_a_part_of_a_name_to_the_report(visit: Any) -> None:
    page = visit.page
    page.goto("/")
    page.get_by_label("代码或名称").fill("信桥市")
    expect(page.locator("#results [role=status]")).to_contain_text("共")
    expect(page).to_have_url(re.compile(r"\?q=%E4%BF%A1"))
    name = page.locator(".hits tbody th").first.inner_text()
    page.get_by_role("link", name=f"查看{name}的报告").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.locator(".one-line")).to_contain_text("数据覆盖率")
    assert visit.complaints == []


def test_the_same_search_works_without_any_script(scriptless: Any) -> None:
    page = scriptless.page
    page.goto("/")
    page.get_by_label("代码或名称").fill("有限公司")
    page.get_by_role("button", name="查询").click()
    expect(page.locator("[role=status]")).to_contain_text("共")
    page.get_by_role("link", name=re.compile("的报告$")).first.click()

    expect(page.locator(".answer .letter")).to_be_visible()
    for pending in page.get_by_text("图表载入中").all():
        expect(pending).to_be_hidden()
    page.locator("#contributions summary").click()
    expect(page.locator("#contributions table")).to_be_visible()
    expect(page.locator("table.groups")).to_be_visible()
    page.locator("#g-G2 > summary").click()
    expect(page.locator("#g-G2 table")).to_be_visible()


def test_a_link_reproduces_the_view(visit: Any) -> None:
    page = visit.page
    page.goto("/?q=有限公司")
    page.locator(".choose summary").click()
    page.get_by_role("checkbox", name="数据覆盖率").check()
    page.get_by_role("button", name="应用").click()
    page.get_by_role("link", name="得分（满分 100）").click()
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("得分")
    shown = page.locator(".hits").inner_text()
    page.goto(page.url)

    assert page.locator(".hits").inner_text() == shown
    scores = [
        float(text)
        for text in page.locator(".hits td.figure:nth-child(3)").all_inner_texts()
        if text[0].isdigit()
    ]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("grade", GRADES)
def test_charts_are_drawn_and_each_has_its_table(visit: Any, codes: dict[str, str], grade: str) -> None:
    if grade not in codes:
        pytest.skip(f"the small city has no enterprise of grade {grade}")
    page = visit.page
    open_report(page, codes[grade])

    assert draw_all_charts(page) >= 1
    for chart in page.locator("[data-chart].drawn").all():
        assert chart.locator("canvas").count() == 1
        twin = chart.locator("xpath=..").locator("table")
        assert twin.locator("tbody tr").count() >= 1
    assert visit.complaints == []


def test_a_drawn_chart_shows_the_colours_of_its_bars(visit: Any, codes: dict[str, str]) -> None:
    page = visit.page
    open_report(page, codes["A"])
    draw_all_charts(page)
    colours = page.evaluate((HERE / "ink.js").read_text(encoding="utf-8"))

    assert len(colours) >= 5
    assert all("29,78,137" in found for found in colours)


def test_the_radar_leaves_open_what_is_unknown(visit: Any, codes: dict[str, str]) -> None:
    page = visit.page
    for grade in ("NR", "C", "A"):
        open_report(page, codes[grade])
        draw_all_charts(page)
        told = page.evaluate("JSON.parse(document.getElementById('chart-groups').textContent).values")
        rows = page.locator("table.groups tbody tr")
        assert rows.count() == len(told) == 10
        for place, points in enumerate(told):
            shown = rows.nth(place).locator("td").nth(1).inner_text()
            assert shown == ("无数据" if points is None else f"{round(points + 1e-9, 1):.1f}")
    assert visit.complaints == []


def test_an_indicator_is_reached_through_its_fold(visit: Any, codes: dict[str, str]) -> None:
    page = visit.page
    open_report(page, codes["A"])
    reason = page.locator("#reasons li a").first
    code = (reason.get_attribute("href") or "").removeprefix("#")
    expect(page.locator(f"#{code}")).not_to_be_visible()
    reason.focus()
    page.keyboard.press("Enter")

    expect(page.locator(f"#{code}")).to_be_visible()
    expect(page.locator(f"#{code}")).to_be_in_viewport()


def test_related_parties_are_drawn_and_lead_to_their_reports(visit: Any, codes: dict[str, str]) -> None:
    page = visit.page
    for code in codes.values():
        open_report(page, code)
        if page.locator("#related [data-chart]").count():
            break
    chart = page.locator("#related [data-chart]")
    chart.scroll_into_view_if_needed()
    expect(chart).to_have_class(re.compile("drawn"))
    page.locator("#related summary").click()

    nodes = page.evaluate("JSON.parse(document.getElementById('chart-related').textContent).nodes")
    assert 2 <= len(nodes) <= 60
    expect(page.locator("#related tbody tr").first).to_contain_text("本企业")
    persons = [node["name"] for node in nodes if node["kind"] == "person"]
    assert all("*" in name for name in persons)


def test_no_request_leaves_the_machine(visit: Any, codes: dict[str, str]) -> None:
    page = visit.page
    page.goto("/?q=有限公司")
    open_report(page, codes["A"])
    draw_all_charts(page)

    assert len(visit.requested) > 6
    assert {urlsplit(address).hostname for address in visit.requested} == {"127.0.0.1"}


def test_the_chart_library_is_fetched_only_when_a_chart_comes_near(visit: Any, codes: dict[str, str]) -> None:
    page = visit.page
    page.goto("/?q=有限公司")

    assert not any("echarts" in address for address in visit.requested)


def test_a_saved_report_draws_its_charts_without_any_server(
    visit: Any, city: Any, codes: dict[str, str], tmp_path: Path
) -> None:
    saved = tmp_path / "report.html"
    subprocess.run(
        [COMMAND, "report", codes["A"], "--format", "html", "--output", saved],
        env={**os.environ, "XINQIAO_HOME": str(city.home)},
        check=True,
        capture_output=True,
        timeout=60,
    )
    visit.page.context.set_offline(True)
    visit.page.goto(saved.as_uri())
    drawn = draw_all_charts(visit.page)
    colours = visit.page.evaluate((HERE / "ink.js").read_text(encoding="utf-8"))

    assert drawn >= 4
    assert len(colours) == drawn
    assert all("29,78,137" in found for found in colours)
    visit.page.evaluate("addEventListener('beforeprint', () => { document.title = 'printing'; })")
    visit.page.get_by_role("button", name="打印全文").click()
    expect(visit.page).to_have_title("printing")
    assert visit.requested == [saved.as_uri()]
    assert visit.complaints == []


def test_everything_is_reached_by_keyboard(visit: Any) -> None:
    page = visit.page
    page.goto("/")
    page.keyboard.type("有限公司")
    page.keyboard.press("Enter")
    expect(page.locator(".hits")).to_be_visible()
    page.goto(page.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
        if reached[-1] == "查看报告":
            break
    page.keyboard.press("Enter")

    expect(page.locator(".answer .letter")).to_be_visible()
    page.locator("#contributions summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#contributions table")).to_be_visible()


def test_the_focus_is_always_visible(visit: Any, codes: dict[str, str]) -> None:
    page = visit.page
    open_report(page, codes["A"])
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", page.evaluate("document.activeElement.outerHTML")


@pytest.mark.parametrize("path", ["/", "/?q=有限公司", "/?q=没有这家", "/nope", "/enterprises/{code}"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_wider_than_the_narrowest_phone(
    phone: Any, codes: dict[str, str], path: str, language: str
) -> None:
    page = phone.page
    address = path.format(code=codes["A"])
    page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")

    assert overflow(page) == 0


def test_at_twice_the_size_nothing_is_cut_off(visit: Any, codes: dict[str, str]) -> None:
    """200 % zoom of a 1280-pixel window leaves 640 pixels."""
    visit.page.set_viewport_size({"width": 640, "height": 450})
    open_report(visit.page, codes["A"])

    assert overflow(visit.page) == 0


def test_the_other_language_is_the_same_page(visit: Any, codes: dict[str, str]) -> None:
    page = visit.page
    open_report(page, codes["A"])
    name = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name="English").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("heading", name="What made the score")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(
    browser: Browser, city: Any, codes: dict[str, str], scheme: Any
) -> None:
    """WCAG 2.2 AA: 4.5 to 1, for every piece of text on the page."""
    context = browser.new_context(base_url=city.address, color_scheme=scheme)
    page = context.new_page()
    contrast = (HERE / "contrast.js").read_text(encoding="utf-8")
    low = []
    for path in ("/?q=有限公司", f"/enterprises/{codes['D' if 'D' in codes else 'C']}"):
        page.goto(path)
        low += page.evaluate(contrast)
    context.close()

    assert low == []


def printed_sheets(page: Page, to: Path) -> list[str]:
    """The pages of what is open, printed on A4, as texts."""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext to read the paper with; install it with: apt-get install poppler-utils")
    page.pdf(path=to, prefer_css_page_size=True)
    told = subprocess.run(["pdfinfo", to], capture_output=True, text=True, check=True).stdout
    pages = subprocess.run(["pdftotext", "-layout", to, "-"], capture_output=True, text=True, check=True)
    assert "(A4)" in told
    return [sheet for sheet in pages.stdout.split("\f") if sheet.strip()]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("grade", GRADES)
def test_the_summary_of_a_report_prints_on_two_to_four_pages(
    visit: Any, codes: dict[str, str], grade: str, language: str, tmp_path: Path
) -> None:
    if grade not in codes:
        pytest.skip(f"the small city has no enterprise of grade {grade}")
    page = visit.page
    page.goto(f"/enterprises/{codes[grade]}?lang={language}")
    expect(page.locator("#groups [data-chart]")).to_have_class(re.compile("drawn"))
    sheets = printed_sheets(page, tmp_path / "summary.pdf")
    text = "".join("\n".join(sheets).split())

    assert 2 <= len(sheets) <= 4
    told = {
        "zh": ("（摘要）", "主要理由", "如何提升等级", "各组得分", "等级历史", "基本信息", "数据来源与时效", "使用说明"),
        "en": ("(summary)", "Mainreasons", "Whatwouldraisethegrade", "Scorebygroup", "Gradehistory", "Identity"),
    }  # fmt: skip
    assert [word for word in told[language] if word not in text] == []
    assert ("指标与同业位置" if language == "zh" else "Recordsbehindthereport") not in text
    assert visit.complaints == []


def test_the_report_prints_on_a4_with_its_number_on_every_page(
    browser: Browser, city: Any, codes: dict[str, str], tmp_path: Path
) -> None:
    context = browser.new_context(base_url=city.address, color_scheme="dark")
    page = context.new_page()
    open_report(page, f"{codes['A']}?print=full")
    draw_all_charts(page)
    number = page.locator(".kicker b").inner_text()
    sheets = printed_sheets(page, tmp_path / "report.pdf")
    context.close()

    assert len(sheets) > 8
    for place, sheet in enumerate(sheets, 1):
        assert number in sheet
        assert "（摘要）" not in sheet
        assert re.search(rf"第\s*{place}\s*页，共\s*{len(sheets)}\s*页", sheet)
    text = "\n".join(sheets)
    assert "数据来源与时效" in text
    assert "指标与同业位置" in text
    assert "English" not in text


@pytest.mark.parametrize(("button", "form"), [("打印摘要", "short"), ("打印全文", "full")])
def test_either_form_is_printed_by_its_button(
    visit: Any, codes: dict[str, str], button: str, form: str
) -> None:
    page = visit.page
    open_report(page, codes["C"])
    page.evaluate(
        "addEventListener('beforeprint', () => { document.title = document.querySelector('.report').dataset.paper; })"
    )
    page.get_by_role("button", name=button).click()

    expect(page).to_have_title(form)
    # A browser without a window prints nothing and does not say that it is done.
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".report")).to_have_attribute("data-paper", "short")


def test_an_industry_prints_with_its_figures_and_not_shrunk_to_fit(visit: Any, tmp_path: Path) -> None:
    page = visit.page
    page.goto("/outlook")
    page.locator("table.outlook tbody th a").first.click()
    expect(page.locator("[data-chart]")).to_have_class(re.compile("drawn"))
    sheets = printed_sheets(page, tmp_path / "industry.pdf")

    assert len(sheets) == 1
    assert len(re.findall(r"^\s*20\d\d年第\d季度\s+\S", sheets[0], flags=re.MULTILINE)) >= 3
    width = page.evaluate(
        "() => { dispatchEvent(new Event('beforeprint')); return document.querySelector('[data-chart] canvas').clientWidth; }"
    )
    assert width == 640
