"""A report as a document: its page margins on paper, and the whole of it as one file."""

from pathlib import Path

from xinqiao.portal.view import View
from xinqiao.products import Report
from xinqiao.web.languages import Language
from xinqiao.web.messages import message
from xinqiao.web.pages import Pages

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
PAPERS = ("short", "full")
"""Forms of a report on paper, the usual one first."""

SCRIPTS = ("vendor/echarts.min.js", "report.js", "tables.js")


def render_report(report: Report, language: Language) -> str:
    """A report as one HTML page that needs nothing else: style, charts and the library that draws them inside."""
    pages = Pages(templates=TEMPLATES, static=STATIC)
    values = {
        "report": report,
        "view": View(report, language),
        "past": False,
        "paper": PAPERS[0],
        "papers": PAPERS,
    }
    sheet = pages.sheet("site.css") + page_margins(report.number, language)
    return pages.standalone("report.html", language, values, sheet=sheet, scripts=SCRIPTS)


def page_margins(number: str, language: Language) -> str:
    """Page margins of a printed report: its number on every page, whether it is the summary, and page of pages.

    A style sheet of its own, because inline styles are forbidden and CSS cannot read the page's text.
    """
    kind, summary = message(language, "report.kind"), message(language, "report.kind_short")
    page = message(language, "report.page_of")
    before, between, after = (f'"{part}"' for part in page.split("|"))
    font = 'font: 8pt system-ui, "Noto Sans SC", "Noto Sans CJK SC", sans-serif; color: #333;'
    return (
        "@page { size: A4; margin: 18mm 15mm 18mm;"
        f' @top-left {{ content: "{kind}"; {font} }}'
        f' @top-right {{ content: "{number}"; {font} }}'
        f" @bottom-right {{ content: {before} counter(page) {between} counter(pages) {after}; {font} }} }}\n"
        f'@page summary {{ @top-left {{ content: "{summary}"; {font} }} }}\n'
    )
