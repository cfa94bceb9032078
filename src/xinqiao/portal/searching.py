"""The state of a search, wholly in the address: text, columns, order and page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from xinqiao.kernel import unified_code
from xinqiao.kernel.spelling import compact
from xinqiao.products import Hit, Order
from xinqiao.products.search import SORT_KEYS, SortKey
from xinqiao.web.languages import Language
from xinqiao.web.messages import has_message, message
from xinqiao.web.statuses import UnreadableRequest

PAGE_SIZE = 20
OPTIONAL_COLUMNS = ("grade", "score", "coverage", "as_of", "region", "industry", "status")
USUAL_COLUMNS = ("grade", "score", "as_of", "region", "industry")
SORTABLE: frozenset[str] = frozenset(SORT_KEYS)
# What people look for at the top first: the best grade, the highest score, the newest day.
_DESCENDING_FIRST = frozenset({"grade", "score", "coverage", "as_of"})


@dataclass(frozen=True, slots=True)
class Query:
    """What an address of the search page says.

    Attributes:
        text: What is looked for; empty for nothing yet.
        sort: Column sorted by, led by `-` for descending; empty for closeness.
        columns: Columns shown beside name and code, in their usual order.
        chosen: Whether the columns were chosen by hand.
        after: Key of the last enterprise of the page before.
    """

    text: str
    sort: str
    columns: list[str]
    chosen: bool
    after: int | None

    @property
    def order(self) -> Order:
        """The order as `products` takes it."""
        name = self.sort.removeprefix("-")
        keys: Mapping[str, SortKey] = {key: key for key in SORT_KEYS}
        return Order(keys.get(name), descending=self.sort.startswith("-"))

    def slip(self) -> str | None:
        """What is wrong with the text as a unified code, in Chinese; None where it is none in length or is right."""
        code = compact(self.text)
        if len(code) != unified_code.LENGTH or not (code.isascii() and code.isalnum()):
            return None
        try:
            unified_code.UnifiedCode.parse(code)
        except unified_code.InvalidCode as error:
            return f"{error.message}。"
        return None

    def order_of(self, column: str) -> Literal["ascending", "descending"] | None:
        """How the table is sorted by a column, for `aria-sort`; None when it is not."""
        if self.sort.removeprefix("-") != column:
            return None
        return "descending" if self.sort.startswith("-") else "ascending"

    def next_sort(self, column: str) -> str:
        """The sort that choosing a column's heading leads to."""
        match self.order_of(column):
            case None:
                return f"-{column}" if column in _DESCENDING_FIRST else column
            case "ascending":
                return f"-{column}"
            case "descending":
                return column

    def address(self, *, sort: str | None = None, after: int | None = None, export: bool = False) -> str:
        """The address of this search, sorted otherwise, at a page, or as a download."""
        sort = self.sort if sort is None else sort
        pairs = [("q", self.text)]
        pairs += [("sort", sort)] if sort else []
        pairs += [("col", column) for column in self.columns] if self.chosen else []
        pairs += [("after", str(after))] if after is not None else []
        return f"{'/enterprises.csv' if export else '/'}?{urlencode(pairs)}"


def read_query(parameters: QueryParams) -> Query:
    """The search that an address describes; columns and orders that do not exist are left out.

    Raises:
        UnreadableRequest: The page asked for is not a number.
    """
    after = parameters.get("after", "")
    # A subject key has at most 13 digits.
    if after and not (after.isascii() and after.isdigit() and len(after) <= len(str(36**8))):
        raise UnreadableRequest("地址中的页码不正确。", where="after", remedy="请从第一页重新查询。")
    sort = parameters.get("sort", "")
    asked = parameters.getlist("col")
    columns = [column for column in OPTIONAL_COLUMNS if column in asked]
    return Query(
        text=" ".join(parameters.get("q", "").split()),
        sort=sort if sort.removeprefix("-") in SORTABLE else "",
        columns=columns or list(USUAL_COLUMNS),
        chosen=bool(columns),
        after=int(after) if after else None,
    )


def export_rows(
    hits: Sequence[Hit], columns: Sequence[str], language: Language
) -> tuple[list[str], list[list[object]]]:
    """Header and rows of a download; unknown cells are empty."""
    header = [message(language, f"column.{column}") for column in ("name", "code", *columns)]
    return header, [
        [hit.name, hit.unified_code, *(_exported(hit, column, language) for column in columns)]
        for hit in hits
    ]


def _exported(hit: Hit, column: str, language: Language) -> object:
    if column == "status":
        key = f"status.{hit.operating_status}"
        return message(language, key) if has_message(key) else hit.operating_status
    value: object = getattr(hit, column)
    return value
