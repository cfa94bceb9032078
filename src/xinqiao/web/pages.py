"""Pages from templates: Jinja with autoescaping, the request's language and its formats."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from xinqiao.web.formats import Formats
from xinqiao.web.languages import TAGS, Language, language_of, other, remember, switch_address
from xinqiao.web.messages import has_message, message

SHARED_TEMPLATES = Path(__file__).parent / "templates"


class Pages:
    """The templates of one edge, over the shared ones.

    Args:
        templates: Folder of the edge's own templates.
        static: Folder of its static files, served under `/static`.
    """

    def __init__(self, *, templates: Path, static: Path) -> None:
        """Open the templates; nothing is rendered yet."""
        self._static = static
        self._environment = Environment(
            loader=FileSystemLoader([templates, SHARED_TEMPLATES]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._addresses: dict[str, str | None] = {}

    def answer(
        self, request: Request, template: str, values: Mapping[str, Any] | None = None, *, status: int = 200
    ) -> HTMLResponse:
        """A page in the language of the request."""
        language = language_of(request)
        given = {"switch": switch_address(request), "static": self.static_address, "standalone": None}
        text = self._render(template, language, {**given, **(values or {})})
        response = HTMLResponse(text, status_code=status)
        remember(request, response)
        return response

    def standalone(
        self,
        template: str,
        language: Language,
        values: Mapping[str, Any],
        *,
        sheet: str,
        scripts: Sequence[str],
    ) -> str:
        """A page as one file that needs nothing else: its style and scripts inside, no ways to elsewhere.

        Scripts that are not there, because `make setup` has not fetched them, leave the page without any.
        """
        there = [path for path in (self._static / name for name in scripts) if path.is_file()]
        whole = len(there) == len(scripts)
        texts = [_within_page(path.read_text(encoding="utf-8")) for path in there if whole]
        given = {
            "switch": None,
            "static": lambda name: "inline" if whole and name in scripts else None,
            "standalone": Markup(sheet),  # noqa: S704  our own files
            "inlined": [Markup(text) for text in texts],  # noqa: S704  our own files
            # Only these very scripts may run in the file, whatever else should ever get into it.
            "permitted": " ".join(f"'sha256-{_digest(text)}'" for text in texts) or "'none'",
        }
        return self._render(template, language, {**given, **values})

    def sheet(self, name: str) -> str:
        """The text of a style sheet of the edge."""
        return (self._static / name).read_text(encoding="utf-8")

    def _render(self, template: str, language: Language, values: Mapping[str, Any]) -> str:
        return self._environment.get_template(template).render(
            language=language,
            tag=TAGS[language],
            other_tag=TAGS[other(language)],
            t=partial(message, language),
            has_text=has_message,
            f=Formats(language),
            rich=partial(_rich, language),
            **values,
        )

    def static_address(self, name: str) -> str | None:
        """Address of a static file with the hash of its content, so that it may be cached for ever.

        None when the file is not there: pages do without what `make setup` has not yet fetched.
        """
        if name not in self._addresses:
            path = self._static / name
            if not path.is_file():
                return None
            digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            self._addresses[name] = f"/static/{name}?v={digest}"
        return self._addresses[name]


def _within_page(script: str) -> str:
    """A script as it may stand between its tags.

    There `</script` would end it and `<!--` could hide its end, wherever they stand and in whatever case. Within
    a string a backslash before the second character leaves its meaning as it is.
    """
    return re.sub(r"<(/script|!--)", r"<\\\1", script, flags=re.IGNORECASE)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _rich(language: Language, key: str, **values: object) -> Markup:
    """A message whose values may be HTML of ours; anything else in them is escaped."""
    return Markup(message(language, key)).format(**values)  # noqa: S704  the catalogue is ours
