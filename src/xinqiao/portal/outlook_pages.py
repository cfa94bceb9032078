"""The pages of the outlook of industries: all sectors by rank, and one sector over time."""

from collections.abc import Callable

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from xinqiao.outlook import Outlook
from xinqiao.portal.outlook_view import OutlookView
from xinqiao.web.callers import called_by
from xinqiao.web.languages import language_of
from xinqiao.web.pages import Pages
from xinqiao.web.statuses import NoSuchPage


def add_outlook(app: FastAPI, outlook: Callable[[], Outlook | None], pages: Pages) -> None:
    """Add the pages; the outlook is asked for by each request."""

    @app.get("/outlook")
    @called_by("local")
    def outlook_page(request: Request) -> Response:
        found = outlook()
        view = OutlookView(found, language_of(request)) if found is not None else None
        return pages.answer(request, "outlook.html", {"view": view})

    @app.get("/outlook/{sector}")
    @called_by("local")
    def sector_page(request: Request, sector: str) -> Response:
        found = outlook()
        if found is None:
            raise NoSuchPage("还没有行业景气数据。", remedy="请先完成一次全市评价。")
        values = {"view": OutlookView(found, language_of(request)), "line": found.sector(sector)}
        return pages.answer(request, "sector.html", values)
