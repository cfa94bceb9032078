"""The search page: works as a plain form, keeps its state in the address, exports safely."""

import csv
import io
import re
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from xinqiao.products import Order

HOSTILE = "<script>alert(1)</script>"


def test_the_first_page_asks_and_says_how_the_city_stands(pages: TestClient) -> None:
    text = pages.get("/").text

    assert '<form class="search" action="/" method="get"' in text
    assert "共评价 2,000 家企业" in text
    assert "39.0%" in text


def test_results_say_how_many_and_lead_to_the_reports(pages: TestClient, code: str) -> None:
    text = pages.get("/?q=海川").text

    assert "共 7 条" in text
    assert "本页第 1–5 条" in text
    assert f'href="/enterprises/{code}"' in text
    assert text.count("<tr>") == 6


def test_the_next_page_and_the_first_are_links(pages: TestClient) -> None:
    first = pages.get("/?q=海川").text
    after = re.search(r'rel="next" href="([^"]+)"', first)
    assert after is not None
    second = pages.get(after[1].replace("&amp;", "&")).text

    assert "本页第 6–7 条" in second
    assert 'rel="next"' not in second
    assert "回到第一页" in second


def test_a_heading_sorts_the_other_way_when_chosen_again(pages: TestClient, desk: Any) -> None:
    assert "sort=-score" in pages.get("/?q=海川").text
    text = pages.get("/?q=海川&sort=-score").text

    assert 'aria-sort="descending"' in text
    assert "sort=score" in text
    assert desk.asked[-1][3] == Order("score", descending=True)


def test_an_order_or_column_that_does_not_exist_is_left_out(pages: TestClient, desk: Any) -> None:
    assert pages.get("/?q=海川&sort=;drop&col=nope").status_code == 200
    assert desk.asked[-1][3] == Order()


def test_columns_can_be_chosen_and_stay_in_the_links(pages: TestClient) -> None:
    text = pages.get("/?q=海川&col=coverage").text

    assert "80.0%" in text
    assert "信桥市桥东区" not in text
    assert "&amp;col=coverage&amp;after=" in text


def test_what_is_unknown_is_said_so_and_never_zero(pages: TestClient, desk: Any) -> None:
    desk.hits = tuple(hit for hit in desk.hits if hit.grade is None)
    text = pages.get("/?q=海川").text

    assert "未评价" in text
    assert "无数据" in text
    assert ">0.0<" not in text


def test_too_little_text_is_a_hint_and_not_an_error(pages: TestClient) -> None:
    answer = pages.get("/?q=海")

    assert answer.status_code == 200
    assert "名称至少输入两个字" in answer.text


def test_nothing_found_says_what_to_do(pages: TestClient, desk: Any) -> None:
    desk.hits = ()

    text = pages.get("/?q=海川").text

    assert "没有找到“海川”" in text
    assert text[text.index('<ul class="helps">') :].count("<li>") == 4


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("9144O300708461136T", "第 5 位"),
        ("91440300708461136X", "校验码（第 18 位）为“X”，按前 17 位应为“T”"),
        ("９１４４０３００７０８４６１１３６Ｘ", "应为“T”"),
    ],
)
def test_a_code_that_cannot_be_one_is_told_what_is_wrong_with_it(
    pages: TestClient, desk: Any, text: str, told: str
) -> None:
    desk.hits = ()

    assert told in pages.get("/", params={"q": text}).text
    assert "no valid unified code" in pages.get("/", params={"q": text, "lang": "en"}).text


@pytest.mark.parametrize("text", ["91440300708461136T", "9144030070846113", "海川"])
def test_a_right_code_and_what_is_none_is_told_nothing_of_the_kind(
    pages: TestClient, desk: Any, text: str
) -> None:
    desk.hits = ()

    assert "校验码" not in pages.get("/", params={"q": text}).text


def test_a_hostile_name_or_text_is_only_text(pages: TestClient, desk: Any) -> None:
    desk.hits = (replace(desk.hits[0], name=HOSTILE),)
    text = pages.get("/", params={"q": HOSTILE}).text

    assert HOSTILE not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_the_export_is_whole_and_runs_nothing(pages: TestClient, desk: Any) -> None:
    desk.hits = (replace(desk.hits[0], name="=cmd()|' /C calc'!A0", region="@SUM(1)"), *desk.hits[1:])
    answer = pages.get("/enterprises.csv?q=海川&sort=-score")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="enterprises.csv"' in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert rows[0][:3] == ["企业名称", "统一社会信用代码", "等级"]
    assert len(rows) == 8
    assert rows[1][0] == "'=cmd()|' /C calc'!A0"
    assert "'@SUM(1)" in rows[1]
    assert rows[4][3] == ""


@pytest.mark.parametrize("path", ["/", "/?q=海川"])
def test_the_page_is_light_and_needs_no_inline_script(pages: TestClient, path: str) -> None:
    text = pages.get(path).text
    loaded = re.findall(r'(?:src|href)="(/static/[^"]+)"', text)
    weight = len(text.encode()) + sum(len(pages.get(address).content) for address in set(loaded))

    assert weight < 300_000
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text)
    assert not re.search(r'\s(style|on\w+)="', text)
