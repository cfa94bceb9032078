"""The portal as an application: its routes, guards and failures."""

import os
import re
from collections.abc import Callable

from fastapi import FastAPI
from fastapi.middleware import Middleware
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from xinqiao.outlook import Outlook
from xinqiao.portal.catalogue_pages import add_catalogue
from xinqiao.portal.catalogue_view import Book, shipped_book
from xinqiao.portal.desk import Desk, WorkspaceDesk
from xinqiao.portal.document import PAPERS, STATIC, TEMPLATES, page_margins
from xinqiao.portal.outlook_pages import add_outlook
from xinqiao.portal.outlook_view import newest_outlook, no_outlook
from xinqiao.portal.searching import OPTIONAL_COLUMNS, PAGE_SIZE, SORTABLE, export_rows, read_query
from xinqiao.portal.view import View
from xinqiao.products import HitPage, TextTooLong, TextTooShort
from xinqiao.products.numbering import is_report_number
from xinqiao.products.search import LONGEST, MOST_HITS
from xinqiao.web.callers import called_by, require_callers
from xinqiao.web.downloads import csv_response
from xinqiao.web.guards import LoopbackHost, SecurityHeaders
from xinqiao.web.languages import language_of
from xinqiao.web.pages import Pages
from xinqiao.web.problems import RefuseForeignHost, answer_failures
from xinqiao.web.statuses import NoSuchPage, UnreadableRequest
from xinqiao.workspace import Workspace

START_NOTICE = "页面仅在本机提供（127.0.0.1）：登录功能启用前不对外服务。"
"""To be said when the portal starts."""

_FOR_EVER = "public, max-age=31536000, immutable"
_ONE_HOUR = "public, max-age=3600"
_LARGEST_ID = 2**63 - 1


def create_app(workspace: Workspace) -> FastAPI:
    """The portal over a workspace; the caller binds it to 127.0.0.1 and says `START_NOTICE`."""
    return create_portal(
        WorkspaceDesk(workspace),
        lambda: Book(workspace.catalogue, workspace.contracts),
        newest_outlook(workspace),
    )


def create_portal(
    desk: Desk,
    book: Callable[[], Book] = shipped_book,
    outlook: Callable[[], Outlook | None] = no_outlook,
) -> FastAPI:
    """The portal over a desk, with the indicator catalogue of a book and the outlook of industries.

    Raises:
        RuntimeError: A route declares no caller.
    """
    pages = Pages(templates=TEMPLATES, static=STATIC)
    app = FastAPI(
        title="Xinqiao portal",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(LoopbackHost, refuse=RefuseForeignHost(pages)),
        ],
    )
    answer_failures(app, pages)
    _add_search(app, desk, pages)
    _add_reports(app, desk, pages)
    add_catalogue(app, book, pages)
    add_outlook(app, outlook, pages)
    _add_health(app, desk)
    app.mount("/static", called_by("local")(_CachedFiles(directory=STATIC)), name="static")
    _answer_heads(app)
    require_callers(app.routes)
    return app


def _answer_heads(app: FastAPI) -> None:
    """Let monitors and link checkers ask for the head of whatever can be read; the server leaves the body out."""
    for route in app.routes:
        if isinstance(route, APIRoute) and route.methods and "GET" in route.methods:
            route.methods.add("HEAD")


class _CachedFiles(StaticFiles):
    """Static files; those asked for by the hash of their content never change."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = _FOR_EVER if b"v=" in scope["query_string"] else _ONE_HOUR
        return response


def _add_search(app: FastAPI, desk: Desk, pages: Pages) -> None:
    @app.get("/")
    @called_by("local")
    def search_page(request: Request) -> Response:
        query = read_query(request.query_params)
        found, refused = None, None
        if query.text:
            try:
                found = desk.search(text=query.text, limit=PAGE_SIZE, after=query.after, order=query.order)
            except TextTooShort:
                # While someone is still typing this is no failure, only a hint.
                refused = "search.too_short"
            except TextTooLong:
                refused = "search.too_long"
        values = {
            "query": query,
            "page": found or HitPage((), 0, False, None, 0),
            "refusal": refused,
            "city": None if query.text else desk.city(),
            "address": query.address,
            "optional_columns": OPTIONAL_COLUMNS,
            "sortable": SORTABLE,
            "longest": LONGEST,
        }
        return pages.answer(request, "search.html", values)

    @app.get("/enterprises.csv")
    @called_by("local")
    def export(request: Request) -> Response:
        query = read_query(request.query_params)
        found = desk.search(text=query.text, limit=MOST_HITS, after=None, order=query.order)
        header, rows = export_rows(found.hits, query.columns, language_of(request))
        return csv_response(name="enterprises.csv", header=header, rows=rows)


def _add_reports(app: FastAPI, desk: Desk, pages: Pages) -> None:
    @app.get("/enterprises/{code}.json")
    @called_by("local")
    def report_json(request: Request, code: str) -> Response:
        asked = _evaluation(request)
        report = desk.report(unified_code=code, evaluation_id=asked)
        return JSONResponse(report.to_json())

    @app.get("/enterprises/{code}")
    @called_by("local")
    def report_page(request: Request, code: str) -> Response:
        asked = _evaluation(request)
        report = desk.report(unified_code=code, evaluation_id=asked)
        newest = report.history[-1].evaluation_id if report.history else report.rating.evaluation_id
        values = {
            "report": report,
            "view": View(report, language_of(request)),
            "past": report.rating.evaluation_id != newest,
            "paper": asked_paper
            if (asked_paper := request.query_params.get("print")) in PAPERS
            else PAPERS[0],
            "papers": PAPERS,
        }
        return pages.answer(request, "report.html", values)

    @app.get("/reports/{number}.css")
    @called_by("local")
    def report_margins(request: Request, number: str) -> Response:
        if not is_report_number(number):
            raise NoSuchPage("没有这个报告编号。", remedy="请核对报告编号。")
        return PlainTextResponse(page_margins(number, language_of(request)), media_type="text/css")


def _add_health(app: FastAPI, desk: Desk) -> None:
    @app.get("/healthz")
    @called_by("local")
    def health() -> Response:
        city = desk.city()
        return JSONResponse({"status": "ok", "evaluated_as_of": city.as_of.isoformat() if city else None})


def _evaluation(request: Request) -> int | None:
    """The evaluation that the address names, if it names one."""
    text = request.query_params.get("evaluation")
    if not text:
        return None
    if not re.fullmatch(r"\d{1,19}", text, re.ASCII) or int(text) > _LARGEST_ID:
        raise UnreadableRequest("评价编号不正确。", where="evaluation", remedy="请从报告页面的等级历史进入。")
    return int(text)
