"""Who is around an enterprise, as a report shows it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from xinqiao.catalogue.masking import AmountBand

PartyKind = Literal["enterprise", "person", "other"]
LinkKind = Literal["holding", "position", "guarantee", "financing_guarantee"]


@dataclass(frozen=True, slots=True)
class Party:
    """A party of the drawing.

    Attributes:
        id: Its name in this drawing: an enterprise's unified code, `P1` … for persons, `O1` … for others.
        kind: What it is.
        name: Its name; a person's is masked.
        hops: Links from the enterprise of the report, which has 0.
        code: Unified code under which its own report is found; None when there is none.
        grade: Its published grade as of the report's day; None when there is none.
        is_cut: Whether it has more relations than are followed.
    """

    id: str
    kind: PartyKind
    name: str
    hops: int
    code: str | None
    grade: str | None
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A relation, from who holds, serves or guarantees to whom.

    Attributes:
        source: Id of the party it begins at.
        target: Id of the party it leads to.
        kind: What it is.
        zh: The relation in Chinese.
        en: The relation in English.
        ratio: Share held, as a fraction of one; None when unknown or no holding.
        amount: Band of the amount guaranteed; None when unknown, no guarantee, or one between others.
        count: Contracts behind it.
        from_on: Since when.
    """

    source: str
    target: str
    kind: LinkKind
    zh: str
    en: str
    ratio: float | None
    amount: AmountBand | None
    count: int
    from_on: date | None


@dataclass(frozen=True, slots=True)
class Related:
    """Everybody within two links of an enterprise; financing guarantees only where it is a party to them.

    Attributes:
        as_of: The day it holds for.
        parties: The enterprise first, then by links away.
        links: All relations between them.
        is_cut: Whether there are more parties than are shown.
        collected: Datasets about relations that had been delivered by then.
    """

    as_of: date
    parties: tuple[Party, ...]
    links: tuple[Link, ...]
    is_cut: bool
    collected: tuple[str, ...]
