"""Enterprises found by a search."""

from dataclasses import dataclass
from datetime import date

from xinqiao.products.model.judgement import Grade


@dataclass(frozen=True, slots=True)
class Hit:
    """One enterprise found.

    Attributes:
        subject: The platform's key of the enterprise.
        unified_code: 统一社会信用代码.
        name: Registered name.
        region: Full name of the registered district; None when unknown.
        industry: Name of the industry; None when unknown.
        operating_status: As in `Identity`.
        grade: The newest grade; None when it was never evaluated.
        score: Its score; None when there is none.
        coverage: Its coverage; None when it was never evaluated.
        as_of: The day the grade holds for.
    """

    subject: int
    unified_code: str
    name: str
    region: str | None
    industry: str | None
    operating_status: str | None
    grade: Grade | None
    score: float | None
    coverage: float | None
    as_of: date | None


@dataclass(frozen=True, slots=True)
class HitPage:
    """One page of enterprises found.

    Attributes:
        hits: The enterprises.
        total: How many there are in all, counted up to `search.MOST_HITS`.
        more: Whether there are more than were counted.
        after: Where the next page starts; None on the last.
        start: Place of the first hit among all, from 1; 0 when there is none.
    """

    hits: tuple[Hit, ...]
    total: int
    more: bool
    after: int | None
    start: int
