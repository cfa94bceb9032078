"""The report page: the answer first, then why; every chart with its table; nothing from elsewhere."""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from xinqiao.catalogue.masking import AmountBand
from xinqiao.portal import render_report
from xinqiao.portal.report_charts import related_chart
from xinqiao.products.numbering import report_number
from xinqiao.web.languages import Language
from xinqiao.web.pages import Pages

CHARTS = ("groups", "contributions", "history", "related", "monthly-sales_invoice")
KINDS = [name.partition("-")[0] for name in CHARTS]
HOSTILE = "</script><script>alert(1)</script>"


@pytest.fixture
def text(pages: TestClient, code: str) -> str:
    return pages.get(f"/enterprises/{code}").text


def test_the_first_line_is_the_answer(text: str) -> None:
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text))

    assert "C 一般，67.93 分（满分 100），截至 2026-06-30；数据覆盖率 67.3%，可靠性低。" in words.replace(
        "100 分", "100"
    )


def test_the_limits_on_the_grade_are_told(text: str) -> None:
    assert "目前在经营异常名录中，等级不高于 C" in text
    assert "按得分为 B 级" in text


def test_reasons_stand_for_and_against_with_what_they_moved(text: str) -> None:
    assert text.index("近12个月每月都有开票") < text.index("老客户流失较多")
    assert "+8.00" in text
    assert "−2.00" in text


def test_every_chart_has_a_table_that_says_the_same(text: str) -> None:
    charts = re.findall(r'data-chart="([^"]+)"', text)

    assert charts == [f"chart-{name}" for name in CHARTS]
    figures = re.findall(r'<figure class="chart[^"]*">.*?</figure>', text, flags=re.DOTALL)
    assert len(figures) == len(CHARTS)
    for figure in figures:
        assert "<table" in figure
        assert "<caption" in figure
        data = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', figure, flags=re.DOTALL)
        assert data is not None
        assert json.loads(data[1])["kind"] in KINDS


def test_indicators_are_grouped_and_an_unknown_one_says_why(text: str) -> None:
    found = [re.search(rf'<details class="fold" id="g-{code}">\s*<summary><h3>{group}</h3>', text)
             for code, group in (("G1", "主体基础"), ("G2", "纳税"), ("G3", "发票"))]  # fmt: skip
    assert all(found)
    row = re.search(r'<tr id="i-T06">.*?</tr>', text, flags=re.DOTALL)
    assert row is not None
    assert row[0].count(">无数据</span>") == 5
    assert "不加分也不减分" in row[0]
    assert ">0" not in row[0].replace(">0.0</data>", "")


def test_data_that_never_came_is_unknown_and_not_zero(text: str) -> None:
    brief = re.search(r'<p class="brief">((?!</p>).)*尚未归集：欠税公告</p>', text, flags=re.DOTALL)

    assert brief is not None
    assert "无数据" in brief[0]
    assert 'id="s-tax_arrears"' not in text


def test_a_list_the_firm_is_not_on_is_told_briefly(text: str) -> None:
    assert "已归集，没有该企业的记录：失信被执行人</p>" in text


@pytest.mark.parametrize(
    ("language", "told", "clear"),
    [
        ("zh", "已归集，但未覆盖该企业所在地区：失信被执行人</p>", "没有该企业的记录：失信"),
        (
            "en",
            "Collected, but not for this enterprise&#39;s region: Dishonest judgment debtor</p>",
            "without a record",
        ),
    ],
)
def test_a_list_of_other_regions_is_told_as_such(desk: Any, language: Any, told: str, clear: str) -> None:
    elsewhere = tuple(
        replace(each, covered=False, summary={"listed_now": None})
        if each.dataset == "dishonest_debtor"
        else each
        for each in desk.sample.sections
    )
    page = render_report(replace(desk.sample, sections=elsewhere), language)

    assert told in page
    assert clear not in page


def test_a_list_with_a_refused_row_of_the_firm_is_not_one_it_is_not_on(desk: Any, text: str) -> None:
    sections = [replace(each, withheld=each.dataset == "dishonest_debtor") for each in desk.sample.sections]

    page = render_report(replace(desk.sample, sections=tuple(sections)), language="zh")

    assert "没有该企业的记录：失信被执行人" not in page
    assert "有记录被拒收，尚待更正：失信被执行人</p>" in page
    assert "尚待更正" not in text


def test_a_list_of_other_regions_that_refused_a_row_of_the_firm_is_told_once(desk: Any) -> None:
    sections = tuple(
        replace(each, covered=False, withheld=True, total=0) if each.dataset == "dishonest_debtor" else each
        for each in desk.sample.sections
    )

    page = render_report(replace(desk.sample, sections=sections), language="zh")

    assert "有记录被拒收，尚待更正：失信被执行人</p>" in page
    assert "未覆盖该企业所在地区：失信被执行人" not in page


def test_a_limit_names_the_newest_record_it_rests_on_and_folds_the_others(text: str) -> None:
    limits = text[text.index('<div class="gates">') : text.index('<nav class="contents"')]

    first, rest = limits.split("<details", 1)
    assert "依据市场监督管理局“经营异常名录”，列入日期：2026-05-01" in re.sub(r"<[^>]+>", "", first)
    assert "列入日期：2025-03-01" in re.sub(r"<[^>]+>", "", rest)
    assert "<code>" not in first
    assert "企业经营异常名录管理办法" in limits


def test_a_group_without_data_is_a_gap_and_not_zero(text: str) -> None:
    section = text[text.index('<section id="groups"') : text.index('<section id="contributions"')]
    data = re.search(r'id="chart-groups">(.*?)</script>', section, flags=re.DOTALL)
    row = re.search(r'<tr><th scope="row"><a href="#g-G4">.*?</tr>', section, flags=re.DOTALL)

    assert data is not None
    assert json.loads(data[1])["values"] == [76.7, 61.0, 69.0, None]
    assert row is not None
    assert row[0].count(">无数据</span>") == 2
    assert "社保公积金无数据，图中留空，不按零计" in section


def test_weights_that_were_adjusted_are_named_with_their_days(text: str) -> None:
    words = re.sub(r"<[^>]+>", "", text)

    assert "疫情期间纳税权重调低 epidemic@1，自 2026-01-01 起，至 2027-01-01 前" in words


def test_reasons_stand_on_their_grounds(text: str) -> None:
    assert "本企业为0个月，得100分" in text


def test_what_would_raise_the_grade_comes_with_its_score_and_is_no_promise(text: str) -> None:
    section = text[text.index('<section id="raising"') : text.index('<section id="groups"')]
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", section))

    order = [
        words.index(part) for part in ("须先解除的等级限制", "最省力的做法", "单项改善中最有效的", "承诺")
    ]
    assert order == sorted(order)
    assert "其余指标不变时，得分为 70.12 分（现为 67.93 分）" in words
    assert "由3次降到不超过1次" in words
    assert "60 → 100" in words
    assert "+2.19" in words
    assert "缺少哪些部门的数据" not in words


def test_where_a_change_betters_more_than_itself_the_score_is_told_as_the_least(
    pages: TestClient, desk: Any, code: str
) -> None:
    """What comes along is named and not counted."""
    told = desk.sample.rating.raising
    way = replace(told.way, lifts=("L03",), lifts_zh=("社保缴费连续性",), lifts_en=("Continuity",))
    rating = replace(desk.sample.rating, raising=replace(told, way=way, singles=(way,)))
    desk.sample = replace(desk.sample, rating=rating)

    zh = re.sub(r"<[^>]+>", "", pages.get(f"/enterprises/{code}").text)
    en = re.sub(r"<[^>]+>", "", pages.get(f"/enterprises/{code}?lang=en").text)

    assert "得分至少为 70.12 分（现为 67.93 分）" in zh
    assert zh.count("随之改善、未计入得分的指标：社保缴费连续性") == 2
    assert "至少 70.12" in zh
    assert "the score would be at least 70.12" in en
    assert "Betters besides, not counted in the score: Continuity" in en


def test_without_a_grade_it_tells_whose_data_are_missing(pages: TestClient, desk: Any, code: str) -> None:
    raising = replace(
        desk.sample.rating.raising, goal=None, obstacle="unrated", obstacle_zh="已知数据不足以评分",
        obstacle_en="Too little is known", way=None, singles=(), first=(), enough=1,
    )  # fmt: skip
    desk.sample = replace(
        desk.sample, rating=replace(desk.sample.rating, grade="NR", score=None, raising=raising)
    )
    text = pages.get(f"/enterprises/{code}").text

    assert "已知数据不足以评分" in text
    assert "住房公积金管理中心" in text
    assert "补齐前 1 个单位的数据" in text


def test_the_size_class_stands_with_what_it_was_told_by(text: str) -> None:
    words = re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", text))

    assert "企业规模小型从业人员36人（企业年报，2025-12-31）；营业收入无数据" in words


def test_months_are_lines_with_gaps_and_a_table(text: str) -> None:
    section = re.search(r'id="s-social_insurance">.*?</table>', text, flags=re.DOTALL)

    assert section is not None
    # Two stretches of the headcount with an unknown month between, one of what was paid.
    assert section[0].count("<polyline") == 3
    assert section[0].count('<th scope="row">') == 24
    assert "近12个月未足额缴费月数" in section[0]


def test_related_parties_are_told_nearest_first_and_lead_to_their_reports(text: str) -> None:
    section = text[text.index('<section id="related"') : text.index('<section id="indicators"')]
    rows = re.findall(r"<tr>\s*<td>.*?</tr>", section, flags=re.DOTALL)

    assert ["持股" in rows[0], "对外担保" in rows[1], "不披露" in rows[2]] == [True, True, True]
    assert "60.0%" in rows[0]
    assert "10–100 万元" in rows[1]
    assert '<a href="/enterprises/91440300MA5BBBBB0X">海川供应链有限公司</a>' in rows[1]
    assert "欧阳**" in rows[0]


def test_a_firm_without_related_parties_is_told_so_and_one_of_unknown_ones_too(
    pages: TestClient, desk: Any, code: str
) -> None:
    sample = desk.sample
    desk.sample = replace(
        sample, related=replace(sample.related, parties=sample.related.parties[:1], links=())
    )
    assert "没有该企业的关联方" in pages.get(f"/enterprises/{code}").text
    desk.sample = replace(sample, related=None)
    assert "关联方为“无数据”" in pages.get(f"/enterprises/{code}").text


def test_the_drawing_is_the_same_every_time_and_keeps_the_firm_in_the_middle(desk: Any) -> None:
    first, again = (related_chart(desk.sample.related, "zh") for _ in range(2))

    assert first == again
    assert (first["nodes"][0]["x"], first["nodes"][0]["y"]) == (0, 0)
    places = [(node["x"], node["y"]) for node in first["nodes"]]
    assert len(set(places)) == len(places)
    assert all(x * x + y * y <= 1_002_000 for x, y in places)


def test_late_and_missing_sources_stand_out(text: str) -> None:
    assert "逾期未更新" in text
    assert "从未归集" in text


def test_masked_amounts_are_told_in_the_language_of_the_page(pages: TestClient, desk: Any, code: str) -> None:
    sales = desk.sample.sections[0]
    row = {**sales.rows[0], "amount_fen": AmountBand(100_000, 1_000_000)}
    desk.sample = replace(desk.sample, sections=(replace(sales, rows=(row,)),))

    assert "1,000 元–1 万元" in pages.get(f"/enterprises/{code}").text
    english = pages.get(f"/enterprises/{code}?lang=en").text
    assert "1,000–10,000 CNY" in english
    assert "Amount (CNY)" not in english
    answered = pages.get(f"/enterprises/{code}.json").json()
    assert answered["sections"][0]["rows"][0]["amount_fen"] == {"min": 100_000, "max": 1_000_000}


def test_a_hostile_name_stays_text_everywhere(pages: TestClient, desk: Any, code: str) -> None:
    report = desk.sample
    desk.sample = replace(
        report,
        identity=replace(report.identity, name=HOSTILE, address=HOSTILE, former_names=(HOSTILE,)),
        indicators=(replace(report.indicators[0], label_zh=HOSTILE), *report.indicators[1:]),
        sections=(
            replace(report.sections[0], rows=({**report.sections[0].rows[0], "invoice_number": HOSTILE},)),
        ),
    )
    text = pages.get(f"/enterprises/{code}").text

    assert HOSTILE not in text
    assert "<script>alert" not in text
    assert "<script>alert" not in render_report(desk.sample, "zh")


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_inline(text: str) -> None:
    addresses = re.findall(r'(?:src|href|action|data-library)="([^"]*)"', text)

    assert len(addresses) > 20
    assert [address for address in addresses if not address.startswith(("/", "#"))] == []
    scripts = re.findall(r"<script([^>]*)>", text)
    assert all("src=" in script or 'type="application/json"' in script for script in scripts)
    assert not re.search(r'\s(style|on\w+)="', text)


def test_every_table_has_a_caption_and_every_heading_a_scope(text: str) -> None:
    tables = re.findall(r"<table.*?</table>", text, flags=re.DOTALL)

    assert len(tables) >= 9
    assert all("<caption" in table for table in tables)
    assert not re.search(r"<th(?![^>]*scope=)[\s>]", text)


def test_a_past_report_says_so_and_leads_to_the_latest(pages: TestClient, code: str) -> None:
    text = pages.get(f"/enterprises/{code}?evaluation=4").text

    assert "历史报告" in text
    assert f'<a href="/enterprises/{code}">' in text
    assert "不给出得分" in text


def test_the_json_is_the_report(pages: TestClient, desk: Any, code: str) -> None:
    answer = pages.get(f"/enterprises/{code}.json")

    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == desk.sample.to_json()
    assert desk.asked[-1] == (code, None)


def test_paper_carries_the_report_number_and_pages(pages: TestClient, desk: Any) -> None:
    answer = pages.get(f"/reports/{desk.sample.number}.css")

    assert answer.headers["content-type"].startswith("text/css")
    assert desk.sample.number in answer.text
    assert "counter(pages)" in answer.text


def test_the_history_says_which_grades_were_held_by_a_limit(text: str) -> None:
    section = text[text.index('<section id="history"') : text.index('<section id="identity"')]
    rows = re.findall(r'<tr><th scope="row".*?</tr>', section, flags=re.S)

    assert ["受等级限制，按得分为 B" in row for row in rows] == [True, False, False]


@pytest.mark.parametrize(
    ("query", "form"),
    [("", "short"), ("?print=short", "short"), ("?print=full", "full"), ("?print=<b>", "short")],
)
def test_the_address_says_which_form_goes_to_paper(
    pages: TestClient, code: str, query: str, form: str
) -> None:
    text = pages.get(f"/enterprises/{code}{query}").text

    assert f'<article class="report" data-paper="{form}">' in text


def test_the_summary_says_in_its_margin_that_it_is_one(pages: TestClient, desk: Any) -> None:
    sheet = pages.get(f"/reports/{desk.sample.number}.css?lang=zh").text

    assert '@page summary { @top-left { content: "企业信用报告（摘要）"' in sheet


def test_the_summary_tells_how_fresh_the_data_of_each_provider_are(text: str) -> None:
    section = text[text.index('<section id="sources"') : text.index('<section id="provenance"')]
    words = re.sub(r"<[^>]+>", "", section)
    owners = re.findall(r"<dt>(.*?)</dt><dd>", section)

    assert "已归集 " in words
    assert owners == ["税务局"]
    assert re.search(r"类（逾期 \d+），20\d\d-", words)


def test_a_number_that_is_none_gets_no_style_sheet(pages: TestClient, desk: Any) -> None:
    number = desk.sample.number
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")

    assert pages.get(f"/reports/{wrong}.css").status_code == 404
    assert pages.get("/reports/%22%7D*%7Bcolor%3Ared.css").status_code == 404


@pytest.mark.parametrize(("language", "word"), [("zh", "数据来源与时效"), ("en", "Sources and freshness")])
def test_the_report_as_one_file_needs_nothing_else(desk: Any, language: Any, word: str) -> None:
    page = render_report(desk.sample, language)

    assert word in page
    assert "@page" in page
    # The charts' library and our own scripts are inside, each once, and nothing else may run.
    assert page.count("<script>") == page.count("sha256-") == 3
    around = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert re.findall(r'(?:src|href)="(?!#)', around) == []
    assert report_number(subject=1234567, evaluation_id=12, as_of=desk.sample.as_of) in page
    assert page.count("<table") >= 9


def test_a_saved_report_carries_each_chart_with_its_data_and_the_library_once(desk: Any) -> None:
    page = render_report(desk.sample, "zh")

    blocks = re.findall(r'<script type="application/json" id="([^"]+)">(.*?)</script>', page, flags=re.DOTALL)
    charts = [(name, data) for name, data in blocks if name != "table-words"]
    assert [name for name, _ in charts] == re.findall(r'data-chart="([^"]+)"', page)
    assert [json.loads(data)["kind"] for _, data in charts] == KINDS
    library, own, tables = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    assert "Apache Software Foundation" in library
    assert page.count(library) == 1
    assert "IntersectionObserver" in own
    assert "data-sheet" in tables
    for script in (library, own, tables):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert page.count(f"sha256-{digest}") == 1


def test_a_saved_report_has_no_column_for_ways_to_elsewhere(desk: Any, text: str) -> None:
    assert '<th scope="col" class="act" data-plain>操作</th>' in text
    assert ">操作</th>" not in render_report(desk.sample, "zh")


def test_a_saved_report_can_be_printed_and_leads_nowhere_else(desk: Any) -> None:
    page = render_report(desk.sample, "zh")

    # The script that is inside shows the buttons; without scripts they stay hidden.
    assert re.findall(r'data-print="(\w+)" hidden', page) == ["short", "full"]
    assert "下载 JSON" not in page


def saved(templates: Path, scripts: Sequence[str]) -> str:
    """A page of one template that shows its scripts, as one file; its static files stand beside it."""
    shown = "{{ static('a.js') }} {{ permitted }} {% for each in inlined %}<script>{{ each }}</script>{% endfor %}"
    (templates / "page.html").write_text(shown, encoding="utf-8")
    return Pages(templates=templates, static=templates).standalone(
        "page.html", "zh", {}, sheet="", scripts=scripts
    )


def test_without_its_library_a_saved_page_has_no_script_at_all(tmp_path: Path) -> None:
    (tmp_path / "own.js").write_text("draw()", encoding="utf-8")

    assert unescape(saved(tmp_path, ("a.js", "own.js"))) == "None 'none' "


@pytest.mark.parametrize("tag", ["</script>", "</SCRIPT >", "<!--<script>"])
def test_a_script_cannot_end_or_hide_its_own_end(tmp_path: Path, tag: str) -> None:
    (tmp_path / "a.js").write_text(f"const a = '{tag}';", encoding="utf-8")
    page = saved(tmp_path, ("a.js",))

    assert page.endswith(f"<script>const a = '<\\{tag[1:]}';</script>")


@pytest.mark.parametrize("path", ["/", "/catalogue", "/healthz"])
def test_whoever_asks_for_the_head_alone_gets_it(pages: TestClient, path: str) -> None:
    head = pages.head(path)

    assert (head.status_code, head.headers["content-type"]) == (200, pages.get(path).headers["content-type"])


def test_health_says_what_is_served(pages: TestClient) -> None:
    assert pages.get("/healthz").json() == {"status": "ok", "evaluated_as_of": "2026-06-30"}


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "没有交付的月份会被当作没有开票"), ("en", "may be worse than it should be")],
)
def test_a_grade_on_overdue_data_says_so_once_beside_the_grade(
    desk: Any, language: Language, words: str
) -> None:
    """What stopped being delivered looks like business that stopped."""
    rating = replace(desk.sample.rating, overdue=("sales_invoice",))

    page = render_report(replace(desk.sample, rating=rating), language)

    assert page.count(words) == 1
    note = re.search(rf'<p class="note">[^<]*{words}[^<]*', page)
    assert note is not None
    assert "2026-05-03" in note[0]
    assert page.index(words) < page.index('class="answer ')
    assert words not in render_report(desk.sample, language)
