"""Chinese first, English complete: every text in both, and no Chinese on an English page but data."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import xinqiao.portal
import xinqiao.web
from xinqiao.products.model import Report
from xinqiao.web.messages import UnknownMessage, catalogue, message

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
# The switch names the other language in that language.
SWITCH = re.compile(r'<a [^>]*hreflang="zh-CN"[^>]*>中文</a>')


def plain(value: Any) -> Any:
    """The same data without Chinese, so that what Chinese is left on a page is the page's own."""
    if isinstance(value, str):
        return CHINESE.sub("x", value)
    return value


def in_latin(report: Report) -> Report:
    """A report whose data are all in Latin letters."""
    identity = replace(
        report.identity,
        **{
            name: plain(getattr(report.identity, name))
            for name in ("name", "legal_representative", "region", "industry", "enterprise_type")
        },
        former_names=tuple(map(plain, report.identity.former_names)),
    )
    gates = tuple(
        replace(
            gate,
            source=plain(gate.source),
            records=tuple(replace(each, owner=plain(each.owner)) for each in gate.records),
        )
        for gate in report.rating.gates
    )
    in_force = tuple(replace(each, source=plain(each.source)) for each in report.rating.in_force)
    related = report.related
    parties = tuple(replace(each, name=plain(each.name)) for each in related.parties) if related else ()
    return replace(
        report,
        identity=identity,
        rating=replace(report.rating, gates=gates, in_force=in_force),
        related=replace(related, parties=parties) if related else None,
        sources=tuple(replace(each, owner=plain(each.owner)) for each in report.sources),
    )


def test_every_message_is_in_both_languages_and_takes_the_same_values() -> None:
    fields = re.compile(r"\{(\w+)\}")
    for key, texts in catalogue().items():
        assert texts["zh"].strip() or key.startswith("unit."), key
        assert sorted(fields.findall(texts["zh"])) == sorted(fields.findall(texts["en"])), key
        if key not in ("site.switch", "site.switch_label"):
            assert not CHINESE.search(texts["en"]), key


def test_every_text_that_templates_ask_for_by_name_exists() -> None:
    asked = set()
    for package in (xinqiao.portal, xinqiao.web):
        for template in Path(str(package.__file__)).parent.rglob("*.html"):
            asked |= set(re.findall(r"(?:\bt|rich)\('([\w.]+)'[,)]", template.read_text(encoding="utf-8")))

    assert len(asked) > 80
    assert asked - catalogue().keys() == set()


def test_an_unknown_text_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(UnknownMessage):
        message("zh", "no.such.text")


@pytest.mark.parametrize(
    "path", ["/", "/?q=zz", "/?q=z", "/nope", "/enterprises/{code}", "/enterprises/{code}?evaluation=4"]
)
def test_an_english_page_has_no_chinese_but_data(pages: TestClient, desk: Any, code: str, path: str) -> None:
    desk.sample = in_latin(desk.sample)
    desk.hits = tuple(
        replace(hit, name=plain(hit.name), region=plain(hit.region), industry=plain(hit.industry))
        for hit in desk.hits
    )
    separator = "&" if "?" in path else "?"
    text = pages.get(path.format(code=code) + f"{separator}lang=en").text

    if "evaluation" not in path:  # Chart data repeat what tables say; both are looked at.
        assert "application/json" in text or "enterprises" not in path
    chinese_data = re.compile(r'"(label|title)_zh": "[^"]*"')
    left = CHINESE.findall(chinese_data.sub("", SWITCH.sub("", text)))
    assert left == []
    assert '<html lang="en">' in text


def test_the_language_chosen_in_the_address_stays_for_the_pages_that_follow(pages: TestClient) -> None:
    assert '<html lang="zh-CN">' in pages.get("/").text
    assert '<html lang="en">' in pages.get("/?lang=en").text
    assert '<html lang="en">' in pages.get("/").text
    assert '<html lang="zh-CN">' in pages.get("/?lang=zh").text
    assert '<html lang="zh-CN">' in pages.get("/?lang=xx").text


def test_the_switch_stays_on_the_page(pages: TestClient) -> None:
    text = pages.get("/?q=海川&sort=-score").text

    assert 'href="/?q=%E6%B5%B7%E5%B7%9D&amp;sort=-score&amp;lang=en"' in text
