"""The pages of the indicator catalogue: a list to browse and search, and one page for each indicator."""

from collections.abc import Callable

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from xinqiao.portal.catalogue_view import LONGEST, Book, Words
from xinqiao.web.callers import called_by
from xinqiao.web.languages import language_of
from xinqiao.web.pages import Pages
from xinqiao.web.statuses import NoSuchPage


def add_catalogue(app: FastAPI, book: Callable[[], Book], pages: Pages) -> None:
    """Add the pages; the declarations are asked for when the first of them is."""

    @app.get("/catalogue")
    @called_by("local")
    def catalogue_page(request: Request) -> Response:
        opened = book()
        wanted = opened.wanted(request.query_params)
        shelves = opened.shelves(wanted)
        values = {
            "book": opened,
            "words": Words(opened, language_of(request)),
            "wanted": wanted,
            "shelves": shelves,
            "found": sum(len(shelf.indicators) for shelf in shelves),
            "longest": LONGEST,
        }
        return pages.answer(request, "catalogue.html", values)

    @app.get("/catalogue/{code}")
    @called_by("local")
    def indicator_page(request: Request, code: str) -> Response:
        opened = book()
        indicator = opened.catalogue.indicators.get(code.upper())
        if indicator is None:
            raise NoSuchPage("没有这个指标。", remedy="请核对指标代码，或从指标目录查找。")
        values = {
            "book": opened,
            "words": Words(opened, language_of(request)),
            "indicator": indicator,
        }
        return pages.answer(request, "indicator.html", values)
