"""The indicator catalogue as pages: every indicator is found, explained and shown with its cases, in both languages."""

import html
import re

import pytest
from starlette.testclient import TestClient

from xinqiao.portal.catalogue_view import LONGEST, Wanted, shipped_book

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
MARKED = re.compile(r'<(\w+)[^>]* lang="zh-CN"[^>]*>.*?</\1>', re.DOTALL)
# A query may look for Chinese words in records.
QUERIES = re.compile(r"<pre.*?</pre>", re.DOTALL)
BOOK = shipped_book()
CODES = list(BOOK.catalogue.indicators)


def codes(text: str) -> list[str]:
    """Codes of the indicators that a list shows, in its order."""
    return re.findall(r'<th scope="row"><a href="/catalogue/([A-Z]\d\d)">', text)


def test_the_list_shows_every_indicator_once_with_facts_last(pages: TestClient) -> None:
    text = pages.get("/catalogue").text

    assert sorted(codes(text)) == CODES
    assert f"共 {len(CODES)} 项指标" in text
    assert codes(text)[-1].startswith("V")
    groups = re.findall(r'<section class="shelf" id="(\w+)"', text)
    assert [f'href="#{group}"' in text for group in groups] == [True] * len(groups)


@pytest.mark.parametrize(
    ("query", "found"),
    [("失信被执行人", "J01"), ("dishonest DEBTOR", "J01"), ("j01", "J01"), ("asset_freeze", "J06"), ("法院 限制高消费", "J03")],
)  # fmt: skip
def test_words_find_by_code_name_owner_and_source(pages: TestClient, query: str, found: str) -> None:
    text = pages.get("/catalogue", params={"q": query}).text

    assert found in codes(text)
    assert len(codes(text)) < len(CODES)
    assert "显示全部" in text


def test_a_long_list_of_data_is_cut_short_and_counted(pages: TestClient) -> None:
    row = pages.get("/catalogue?q=X15").text.partition("<tbody>")[2].partition("</tbody>")[0]

    assert row.count('<span class="one">') == 7
    assert "等共 " in row


def test_group_and_data_narrow_the_list_together(pages: TestClient) -> None:
    in_group = codes(pages.get("/catalogue?group=G8").text)
    both = codes(pages.get("/catalogue?group=G8&dataset=bank_loan").text)

    assert in_group == ["F01", "F02", "F03", "F04", "F05", "F06", "F07"]
    assert both == ["F01", "F02", "F03"]
    assert '<option value="G8" selected>' in pages.get("/catalogue?group=G8").text


def test_a_group_or_data_set_that_does_not_exist_is_left_out(pages: TestClient) -> None:
    text = pages.get("/catalogue?group=G99&dataset=;drop").text

    assert sorted(codes(text)) == CODES


def test_words_that_nothing_has_say_what_to_do(pages: TestClient) -> None:
    answer = pages.get("/catalogue?q=没有这样的指标")

    assert answer.status_code == 200
    assert "没有符合条件的指标" in answer.text
    assert codes(answer.text) == []


def test_a_hostile_or_endless_text_is_only_text(pages: TestClient) -> None:
    text = pages.get("/catalogue", params={"q": '"><script>alert(1)</script>' + "x" * 5000}).text

    assert "<script>alert" not in text
    held = re.search(r'name="q" type="search" value="([^"]*)"', text)
    assert held is not None
    assert len(html.unescape(held[1])) == LONGEST


def test_an_indicator_is_shown_with_formula_rows_sources_and_reasons(pages: TestClient) -> None:
    text = pages.get("/catalogue/J01").text

    assert "CASE WHEN max(active) = 1 THEN 0" in text
    assert "截至当日仍在名单上为 1" in text
    assert "评价日之前 24 个月的同一天" in text
    assert 'href="/catalogue?dataset=dishonest_debtor"' in text
    assert "未被公布为失信被执行人" in text
    assert "名单已归集而无记录时按良好计" in text


def test_a_derived_indicator_leads_to_what_it_is_computed_from_and_back(pages: TestClient) -> None:
    derived, read = pages.get("/catalogue/F03").text, pages.get("/catalogue/V16").text

    assert 'href="/catalogue/V16"' in derived
    assert 'href="/catalogue/F03"' in read


def test_the_parts_of_an_indicator_are_shown_where_they_are_used(pages: TestClient) -> None:
    text = pages.get("/catalogue/J05").text

    assert "<code>labour_arbitrations</code>" in text
    assert "近24个月作为被申请人的每件劳动仲裁" in text
    assert pages.get("/catalogue/labour_arbitrations").status_code == 404


def test_every_case_is_shown_with_its_records_and_its_value(pages: TestClient) -> None:
    text = pages.get("/catalogue/V12").text
    cases = BOOK.catalogue.indicators["V12"].cases

    assert text.count('<section class="case"') == len(cases)
    assert '<td class="figure">50,000.00 元</td>' in text
    assert "终结本次执行" in text
    assert "得知日期" in text
    assert "已归集而无记录的数据：执行案件" in text
    assert 'title="按声明，此时没有数值">无数据' in text


def test_a_month_in_a_case_is_a_month_and_not_its_first_day(pages: TestClient) -> None:
    text = pages.get("/catalogue/T04").text

    assert ">2024-07</td>" in text
    assert "2024-07-01</time>" not in text


def test_a_code_in_small_letters_finds_its_page_and_an_unknown_one_does_not(pages: TestClient) -> None:
    assert "失信被执行人" in pages.get("/catalogue/j01").text
    refused = pages.get("/catalogue/Q99")

    assert refused.status_code == 404
    assert "没有这个指标" in refused.text
    assert "请核对指标代码" in refused.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_the_catalogue_opens(pages: TestClient, language: str) -> None:
    opened = [pages.get(f"/catalogue/{code}?lang={language}").status_code for code in CODES]

    assert opened == [200] * len(CODES)


@pytest.mark.parametrize(
    "path", ["/catalogue", "/catalogue?q=zzz", *(f"/catalogue/{code}" for code in CODES)]
)
def test_an_english_page_has_no_chinese_but_what_is_marked_as_such(pages: TestClient, path: str) -> None:
    text = pages.get(f"{path}{'&' if '?' in path else '?'}lang=en").text

    assert CHINESE.findall(MARKED.sub("", QUERIES.sub("", text))) == []


@pytest.mark.parametrize("path", ["/catalogue", "/catalogue/J05"])
def test_the_pages_need_no_script_and_no_inline_style(pages: TestClient, path: str) -> None:
    text = pages.get(path).text

    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text)
    assert not re.search(r'\s(style|on\w+)="', text)
    if path == "/catalogue":
        assert '<form class="search narrow" action="/catalogue" method="get"' in text


def test_ids_on_a_page_are_not_repeated(pages: TestClient) -> None:
    for code in CODES:
        found = re.findall(r'\sid="([^"]+)"', pages.get(f"/catalogue/{code}").text)
        assert len(found) == len(set(found)), code


def test_every_group_and_unit_of_the_catalogue_has_its_word(pages: TestClient) -> None:
    text = pages.get("/catalogue?lang=en").text

    for each in BOOK.catalogue.indicators.values():
        assert f">{each.unit}<" not in text, each.code


def test_the_navigation_leads_to_the_catalogue(pages: TestClient) -> None:
    assert '<a href="/catalogue">指标目录</a>' in pages.get("/").text


def test_what_stands_behind_an_indicator_is_told_apart_by_kind() -> None:
    assert [each.name for each in BOOK.relations("J01")] == ["dishonest_listing"]
    assert (BOOK.reads("J01"), BOOK.parts("J01")) == ((), ())
    assert [each.code for each in BOOK.reads("J07")] == ["V13"]
    assert [each.name for each in BOOK.parts("J07")] == ["enforcement_stayed"]
    assert [each.name for each in BOOK.relations("J07")] == ["enforcement"]
    assert "F03" in [each.code for each in BOOK.readers("V10")]


def test_shelves_hold_what_was_asked_for_and_nothing_twice() -> None:
    everything = BOOK.shelves(Wanted("", "", ""))
    held = [each.code for shelf in everything for each in shelf.indicators]

    assert sorted(held) == CODES
    assert all(each.group == shelf.group for shelf in everything for each in shelf.indicators)
