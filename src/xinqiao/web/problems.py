"""Failures as people and programs read them: an error page, or an RFC 9457 problem document.

Whatever goes wrong is told as what happened, why, what to do, and the code to quote; an unforeseen failure is
logged in full and told as `unforeseen`, without its details.
"""

import logging
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from xinqiao.kernel.refusals import Fault, ProductError
from xinqiao.web.guards import PRIVATE, SECURITY_HEADERS
from xinqiao.web.languages import language_of
from xinqiao.web.messages import has_message, message
from xinqiao.web.pages import Pages
from xinqiao.web.statuses import ForeignHost, MethodNotAllowed, NoSuchPage, UnreadableRequest, status_of

_log = logging.getLogger(__name__)

_NOT_FOUND, _METHOD_NOT_ALLOWED = 404, 405
_OURS = 500


class Unforeseen(Fault):
    """A failure nobody foresaw."""

    code = "unforeseen"


def wants_json(request: Request) -> bool:
    """Whether the caller is a program: it asks for JSON, or for a `.json` address."""
    accepted = request.headers.get("accept", "")
    return request.url.path.endswith(".json") or ("json" in accepted and "text/html" not in accepted)


def problem(request: Request, error: ProductError) -> dict[str, Any]:
    """A failure as an RFC 9457 document; `code` is the part to program against."""
    status = status_of(error)
    detail, remedy = error.message, error.remedy
    if language_of(request) != "zh" and has_message(f"error.{error.code}.detail"):
        detail, remedy = (
            message(language_of(request), f"error.{error.code}.{part}") for part in ("detail", "remedy")
        )
    return {
        "type": f"urn:xinqiao:problem:{error.code}",
        "title": _title(request, error),
        "status": int(status),
        "detail": detail,
        "instance": request.url.path,
        "code": error.code,
        "where": error.where,
        "remedy": remedy,
    }


def refusal(request: Request, error: ProductError, pages: Pages) -> Response:
    """A failure as the page or the document that the caller expects."""
    status = int(status_of(error))
    if wants_json(request):
        return JSONResponse(
            problem(request, error), status_code=status, media_type="application/problem+json"
        )
    known = f"error.{error.code}.detail" if has_message(f"error.{error.code}.detail") else None
    values = {"error": error, "status": status, "title": _title(request, error), "known": known}
    return pages.answer(request, "error.html", values, status=status)


def answer_failures(app: FastAPI, pages: Pages) -> None:
    """Make an application answer every failure with `refusal`."""

    def product_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, ProductError)
        if status_of(error) >= _OURS:
            _log.error("%s %s: %s", request.method, request.url.path, error.code, exc_info=error)
        return refusal(request, error, pages)

    def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == _METHOD_NOT_ALLOWED:
            told: ProductError = MethodNotAllowed(
                "该地址不接受此请求方式。", remedy="请从页面上的链接或按钮进入。"
            )
        elif error.status_code == _NOT_FOUND:
            told = NoSuchPage("没有这个页面。", remedy="请核对地址，或返回首页查询。")
        else:
            told = UnreadableRequest("请求无法处理。", remedy="请返回首页重新操作。")
        response = refusal(request, told, pages)
        # Such as which methods an address does take (RFC 9110, 15.5.6).
        response.headers.update(error.headers or {})
        return response

    def unreadable(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        names = "、".join(str(each["loc"][-1]) for each in error.errors())
        told = UnreadableRequest(f"地址中的参数不正确：{names}。", remedy="请返回首页重新操作。")
        return refusal(request, told, pages)

    def unforeseen(request: Request, error: Exception) -> Response:
        _log.error("%s %s: unforeseen", request.method, request.url.path, exc_info=error)
        told = Unforeseen(
            "系统出现未预料的故障，已记录。", remedy="请稍后重试；仍不成功时，请将代码告知管理员。"
        )
        response = refusal(request, told, pages)
        # The framework answers this outside every middleware, so the guards' headers are added here.
        response.headers.update({**SECURITY_HEADERS, "Cache-Control": PRIVATE})
        return response

    app.add_exception_handler(ProductError, product_error)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(Exception, unforeseen)


class RefuseForeignHost:
    """Answers a request whose Host header names another machine."""

    def __init__(self, pages: Pages) -> None:
        """Answer with these pages."""
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the refusal."""
        # The foreign name is left out of the answer and of everything built from it.
        request = Request(
            {**scope, "headers": [(n, v) for n, v in scope["headers"] if n != b"host"]}, receive
        )
        error = ForeignHost(
            "本页面只在本机提供服务，请求中的主机名不是本机。", remedy="请用 http://127.0.0.1 加端口号打开。"
        )
        response = refusal(request, error, self._pages)
        await response(scope, receive, send)


def problem_title(request: Request, code: str) -> str | None:
    """Title of a failure in the language of the request, if the catalogue has one."""
    key = f"error.{code}.title"
    return message(language_of(request), key) if has_message(key) else None


def _title(request: Request, error: ProductError) -> str:
    known = problem_title(request, error.code)
    return known or message(language_of(request), f"error.status_{int(status_of(error))}")
