"""Finding an enterprise: by its code, the start of one, an older code, its name or a part of it.

The directory is searched by PostgreSQL (`pg_trgm` finds a part of a name); registration numbers, which it does not
hold, are looked up in the lake's registrations. Grades come from the lake, for the enterprises of the page alone
unless they are sorted by grade. No more than `MOST_HITS` are ever counted:
nobody reads a thousand names, and a part as common as “公司” would otherwise touch every firm of the city.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args
from unicodedata import category, normalize

from xinqiao.catalogue.codes import industry_name, region_name
from xinqiao.engine import Session
from xinqiao.kernel.refusals import Refusal
from xinqiao.kernel.spelling import compact
from xinqiao.lake import Lake
from xinqiao.products.model import Hit, HitPage
from xinqiao.rating import queries as ratings
from xinqiao.resolution import records as directory
from xinqiao.resolution.naming import by_older_code
from xinqiao.store import Transaction

MOST_HITS = 1000
SHORTEST_NAME, SHORTEST_CODE, LONGEST = 2, 4, 100

SortKey = Literal["name", "code", "grade", "score", "coverage", "as_of", "region", "industry", "status"]
SORT_KEYS: tuple[SortKey, ...] = get_args(SortKey)
_FROM_LAKE = frozenset({"grade", "score", "coverage", "as_of"})
_BRACKETS = re.compile(r"[()\[\]〔〕【】]")
_WORST_FIRST = ("NR", "D", "C", "B", "A")


class TextTooShort(Refusal):
    """Too little to search by: a part of a name has two characters, the start of a code four."""

    code = "search_text_too_short"


class TextTooLong(Refusal):
    """Longer than any name."""

    code = "search_text_too_long"


@dataclass(frozen=True, slots=True)
class Order:
    """How hits are sorted; by closeness to the text when `key` is None. Unknowns always come last."""

    key: SortKey | None = None
    descending: bool = False


def search(
    tx: Transaction,
    *,
    session: Session,
    lake: Lake,
    text: str,
    limit: int = 20,
    after: int | None = None,
    order: Order = Order(),
) -> HitPage:
    """One page of the enterprises that a text names.

    Args:
        tx: The transaction.
        session: An engine session of its own.
        lake: The lake.
        text: A unified code or the start of one, an organisation code, a registration number, a name or parts
            of one with blanks between; spelling of width and case does not matter.
        limit: Hits on a page.
        after: Key of the last enterprise of the page before; None for the first page.
        order: How to sort.

    Raises:
        TextTooShort: There is too little to search by.
        TextTooLong: It is longer than `LONGEST` characters.
    """
    wanted = _wanted(text)
    older = by_older_code(tx, session, lake, text, most=MOST_HITS)
    patterns = _patterns(str(wanted["name"]))
    if not patterns and wanted["coded"] is None:
        raise TextTooShort("查询内容过短。", remedy="名称至少输入两个字，代码至少输入四位。")
    # Several questions rather than one with OR: each is answered from an index of its own.
    most = MOST_HITS + 1
    rows = directory.called(tx, code=str(wanted["code"]), name=str(wanted["name"]), limit=most)
    rows += directory.of_subjects(tx, older, limit=most) if older else []
    rows += directory.coded_like(tx, wanted["coded"], limit=most) if wanted["coded"] else []
    rows += directory.named_like(tx, patterns, limit=most) if patterns else []
    found = list({row["subject"]: row for row in rows}.values())
    more = len(found) > MOST_HITS
    found = found[:MOST_HITS]
    grades: Mapping[int, Any] = {}
    if order.key in _FROM_LAKE:
        grades = _grades(tx, session, lake, found)
    ordered = _sorted(found, _key(order, grades, wanted, older), descending=order.descending)
    start = next((place + 1 for place, row in enumerate(ordered) if row["subject"] == after), 0)
    page = ordered[start : start + limit]
    if order.key not in _FROM_LAKE:
        grades = _grades(tx, session, lake, page)
    return HitPage(
        hits=tuple(_hit(row, grades.get(row["subject"])) for row in page),
        total=len(found),
        more=more,
        after=page[-1]["subject"] if start + limit < len(ordered) else None,
        start=start + 1 if page else 0,
    )


def _wanted(text: str) -> dict[str, str | None]:
    """What to look for: the text as a name and as a code, and as a pattern of codes where it may be one."""
    # PostgreSQL takes no null character, and no name has a control character.
    shown = (each for each in text if each.isspace() or category(each) != "Cc")
    name = " ".join("".join(shown).split())
    if len(name) > LONGEST:
        raise TextTooLong(f"查询内容有 {len(name)} 个字，超过 {LONGEST} 个。", remedy="缩短后再查询。")
    code = compact(name)
    may_be_code = code.isascii() and code.isalnum()
    coded = f"{code}%" if may_be_code and len(code) >= SHORTEST_CODE else None
    return {"name": name, "code": code, "coded": coded}


def _patterns(name: str) -> list[str]:
    """What a name must be like to have every part of the text, the longest part first.

    Parts stand apart; single characters apart are a name written with blanks between.
    """
    words = name.split()
    parts = [word for word in words if len(word) >= SHORTEST_NAME] or ["".join(words)]
    return [
        f"%{_escaped(part)}%" for part in sorted(parts, key=len, reverse=True) if len(part) >= SHORTEST_NAME
    ]


def _escaped(text: str) -> str:
    """A text in half width in which LIKE finds no wildcards, but for brackets, which may be of either width."""
    plain = normalize("NFKC", text).replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return _BRACKETS.sub("_", plain)


def _grades(
    tx: Transaction, session: Session, lake: Lake, rows: Sequence[Mapping[str, Any]]
) -> dict[int, Any]:
    subjects = [row["subject"] for row in rows]
    history = ratings.history(tx, session=session, lake=lake, subjects=subjects)
    return {subject: found[0] for subject, found in history.items()}


def _key(
    order: Order, grades: Mapping[int, Any], wanted: Mapping[str, str | None], older: Sequence[int]
) -> Callable[[Mapping[str, Any]], Any]:
    """The sort value of a row; None for unknown."""
    columns = {"name": "name", "code": "unified_code", "status": "operating_status"}
    match order.key:
        case None:
            return lambda row: (
                row["subject"] not in older,
                *_closeness(row, str(wanted["name"]), str(wanted["code"])),
            )
        case "grade":
            # The best grade counts as the highest.
            return lambda row: _rank(grades.get(row["subject"]))
        case "score" | "coverage" | "as_of":
            return lambda row: getattr(grades.get(row["subject"]), str(order.key), None)
        case "region":
            return lambda row: region_name(row["region_code"])
        case "industry":
            return lambda row: industry_name(row["industry_code"])
        case column:
            return lambda row: row[columns[column]]


def _rank(rating: Any) -> int | None:
    return _WORST_FIRST.index(rating.grade) if rating is not None and rating.grade in _WORST_FIRST else None


def _closeness(row: Mapping[str, Any], name: str, code: str) -> tuple[Any, ...]:
    """Exact code, exact name, start of a name, start of a code, then shorter names first."""
    held = row["name"]
    if row["unified_code"] == code:
        rank = 0
    elif held == name:
        rank = 1
    else:
        rank = 2 if held.startswith(name) or row["unified_code"].startswith(code) else 3
    return rank, len(held), held


def _sorted(
    rows: Sequence[Mapping[str, Any]], key: Callable[[Mapping[str, Any]], Any], *, descending: bool
) -> list[Mapping[str, Any]]:
    """Rows by key and then subject, those without a key last whatever the direction."""
    keyed = sorted(((key(row), row) for row in rows), key=lambda pair: pair[1]["subject"])
    known = sorted(
        (pair for pair in keyed if pair[0] is not None), key=lambda pair: pair[0], reverse=descending
    )
    return [row for _, row in [*known, *(pair for pair in keyed if pair[0] is None)]]


def _hit(row: Mapping[str, Any], rating: Any) -> Hit:
    return Hit(
        subject=row["subject"],
        unified_code=row["unified_code"],
        name=row["name"],
        region=region_name(row["region_code"]),
        industry=industry_name(row["industry_code"]),
        operating_status=row["operating_status"],
        grade=rating.grade if rating else None,
        score=rating.score if rating else None,
        coverage=rating.coverage if rating else None,
        as_of=rating.as_of if rating else None,
    )
