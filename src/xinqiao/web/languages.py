"""Which language a request is answered in: `?lang=`, else the cookie, else Chinese."""

from typing import Literal, get_args

from starlette.requests import Request
from starlette.responses import Response

Language = Literal["zh", "en"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = "zh"
TAGS = {"zh": "zh-CN", "en": "en"}
"""BCP 47 tags, for the `lang` attribute and the Content-Language header."""

_PARAMETER = "lang"
_COOKIE = "xinqiao_lang"
_ONE_YEAR = 365 * 24 * 3600


def language_of(request: Request) -> Language:
    """The language of a request."""
    for choice in (request.query_params.get(_PARAMETER), request.cookies.get(_COOKIE)):
        for language in LANGUAGES:
            if choice == language:
                return language
    return DEFAULT


def other(language: Language) -> Language:
    """The language a switch leads to."""
    return "en" if language == "zh" else "zh"


def switch_address(request: Request) -> str:
    """The address of the same page in the other language."""
    url = request.url.include_query_params(**{_PARAMETER: other(language_of(request))})
    return f"{url.path}?{url.query}"


def remember(request: Request, response: Response) -> None:
    """Name the language of the answer, and keep a choice made in the address for the pages that follow."""
    language = language_of(request)
    response.headers["Content-Language"] = TAGS[language]
    if request.query_params.get(_PARAMETER) == language:
        response.set_cookie(_COOKIE, language, max_age=_ONE_YEAR, httponly=True, samesite="lax", path="/")
