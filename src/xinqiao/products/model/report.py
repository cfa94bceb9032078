"""The whole report; `Report.to_json` is its published shape."""

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from xinqiao.kernel.clock import CITY_TIME
from xinqiao.products.model.evidence import Provenance, Section, Source, Theme
from xinqiao.products.model.identity import Identity
from xinqiao.products.model.judgement import IndicatorLine, PastRating, Rating
from xinqiao.products.model.related import Related


@dataclass(frozen=True, slots=True)
class Report:
    """The credit report of one enterprise from one evaluation.

    Attributes:
        number: Number printed on every page; `numbering` says how it is made.
        made_at: When this copy was made.
        as_of: The day its facts hold for.
        identity: Who it is about.
        rating: The grade.
        history: Grades by day, oldest first, the present one last.
        indicators: Every indicator, in the order of groups and codes.
        sections: Records behind it, by dataset.
        sources: Sources and their freshness.
        provenance: What it was made from.
        notice_zh: Terms of reading it, in Chinese.
        notice_en: The same in English.
        themes: Headings of the sections, in order.
        related: Who is around it; None when nothing was delivered that could say.
    """

    number: str
    made_at: datetime
    as_of: date
    identity: Identity
    rating: Rating
    history: tuple[PastRating, ...]
    indicators: tuple[IndicatorLine, ...]
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    provenance: Provenance
    notice_zh: str
    notice_en: str
    themes: tuple[Theme, ...] = ()
    related: Related | None = None

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values: dates and city times in ISO 8601, decimals as text, unknowns as null.

        A masked amount is `{"min": …, "max": …}`, the ends of its band in fen; see `catalogue.masking.AmountBand`.
        """
        plain: dict[str, Any] = _plain(dataclasses.asdict(self))
        return plain


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case datetime():
            return value.astimezone(CITY_TIME).isoformat()
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case _:
            return value
