"""Whatever goes wrong is told as what happened, what to do and a code; never as a stack trace."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from xinqiao.kernel.refusals import Fault, NotFound, ProductError, Refusal, Transient
from xinqiao.products import UnknownEnterprise
from xinqiao.rating.queries import Ungraded, UnknownEvaluation
from xinqiao.web.statuses import ForeignHost, NoSuchPage, UnreadableRequest, status_of


class SomeRefusal(Refusal):
    code = "some_refusal"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Refusal, 422),
        (SomeRefusal, 422),
        (NotFound, 404),
        (NoSuchPage, 404),
        (Transient, 503),
        (Fault, 500),
        (ForeignHost, 421),
        (UnreadableRequest, 400),
        (ProductError, 500),
    ],
)
def test_each_kind_of_failure_has_its_status(kind: type[ProductError], status: int) -> None:
    assert status_of(kind("x")) == status


def test_an_unknown_page_is_a_designed_refusal(pages: TestClient) -> None:
    answer = pages.get("/nope")

    assert answer.status_code == 404
    assert "没有这个页面" in answer.text
    assert "no_such_page" in answer.text
    assert '<form class="search" action="/" method="get" role="search">' in answer.text


def test_an_evaluation_that_is_not_there_leads_to_the_history_and_not_to_a_command(
    pages: TestClient, desk: Any, code: str
) -> None:
    desk.failure = UnknownEvaluation("没有编号为 99 的评价。", remedy="查看评价列表中的编号。")
    zh, en = (pages.get(f"/enterprises/{code}?evaluation=99&lang={each}").text for each in ("zh", "en"))

    assert "没有编号为 99 的评价。" in zh
    assert "等级历史" in zh
    assert "评价列表" not in zh
    assert "No such evaluation" in en


@pytest.mark.parametrize(
    "failure",
    [
        UnknownEnterprise("平台没有代码为 X 的企业。", remedy="请核对代码，或按名称查询。"),
        Ungraded("该企业尚未参加过评价。", remedy="待下一次评价。"),
        SomeRefusal("规则不允许。", where="某字段", remedy="请改正。"),
        Transient("磁盘空间不足。"),
    ],
)
def test_a_failure_is_told_in_both_languages_with_its_code(
    pages: TestClient, desk: Any, code: str, failure: ProductError
) -> None:
    desk.failure = failure
    zh, en = pages.get(f"/enterprises/{code}"), pages.get(f"/enterprises/{code}?lang=en")

    assert zh.status_code == en.status_code == status_of(failure)
    assert failure.message in zh.text
    assert failure.remedy in zh.text
    assert failure.code in zh.text
    assert failure.code in en.text
    assert "What to do" in en.text


def test_an_unforeseen_failure_keeps_its_details_to_the_log(
    pages: TestClient, desk: Any, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    desk.failure = ZeroDivisionError("secret detail")
    answer = pages.get(f"/enterprises/{code}")

    assert answer.status_code == 500
    assert "unforeseen" in answer.text
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    assert "secret detail" in caplog.text
    assert answer.headers["x-frame-options"] == "DENY"


def test_a_program_gets_a_problem_document(pages: TestClient, desk: Any, code: str) -> None:
    desk.failure = UnknownEnterprise("平台没有代码为 X 的企业。", remedy="请核对代码，或按名称查询。")
    answer = pages.get(f"/enterprises/{code}.json")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:xinqiao:problem:unknown_enterprise",
        "title": "没有找到该企业",
        "status": 404,
        "detail": "平台没有代码为 X 的企业。",
        "instance": f"/enterprises/{code}.json",
        "code": "unknown_enterprise",
        "where": "",
        "remedy": "请核对代码，或按名称查询。",
    }


@pytest.mark.parametrize(
    "path", ["/?q=海川&after=x", "/?q=海川&after=99999999999999999999", "/enterprises/x?evaluation=-1"]
)
def test_a_parameter_that_makes_no_sense_is_refused(pages: TestClient, path: str) -> None:
    answer = pages.get(path)

    assert answer.status_code == 400
    assert "unreadable_request" in answer.text


def test_another_method_is_refused(pages: TestClient) -> None:
    answer = pages.post("/")

    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert "method_not_allowed" in answer.text


def test_a_message_is_escaped(pages: TestClient, desk: Any, code: str) -> None:
    desk.failure = SomeRefusal("<script>alert(1)</script>", where="<b>", remedy="<i>")
    answer = pages.get(f"/enterprises/{code}")

    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_a_program_that_reads_english_gets_an_english_problem(
    pages: TestClient, desk: Any, code: str
) -> None:
    desk.failure = UnknownEnterprise("平台没有代码为 X 的企业。", remedy="请核对代码，或按名称查询。")

    told = pages.get(f"/enterprises/{code}.json?lang=en").json()

    assert told["title"] == "No such enterprise"
    assert told["detail"] == "The platform knows no enterprise with this code."
    assert told["remedy"].startswith("Check the code")
