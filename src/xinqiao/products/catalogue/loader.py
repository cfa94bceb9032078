"""Reads the declared product, and refuses what its contracts do not have, with file and line."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict

from xinqiao.catalogue import Contract
from xinqiao.catalogue.declared import STRICT, Declared, read_declared, refused_at
from xinqiao.engine.dialect import UnreadableSQL, columns_of
from xinqiao.kernel.period import months_before, window

SHIPPED = Path(__file__).parent / "credit_report.yaml"
SYSTEM = frozenset({"occurred_on", "known_at"})
_SINCE = (3, 12, 24, 36)
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure told above a table of records.

    Attributes:
        name: Its name; the ending says the unit.
        zh: Its label in Chinese.
        en: Its label in English.
        sql: Aggregate over the firm's rows of the dataset.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    name: str
    zh: str
    en: str
    sql: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure told by month.

    Attributes:
        name: The field it sums up, which names and measures it.
        sql: Aggregate over the firm's rows of a month.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Section:
    """How the records of one dataset are shown; `credit_report.yaml` says what each entry means."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    dataset: str
    title_en: str
    counted: bool = False
    facts: tuple[Fact, ...] = ()
    compared: str = ""
    month: str = ""
    series: tuple[Figure, ...] = ()
    hidden: tuple[str, ...] = ()
    rows: int = 10


@dataclass(frozen=True, slots=True)
class Theme:
    """Sections shown together.

    Attributes:
        code: Its code.
        zh: Its heading in Chinese.
        en: Its heading in English.
        sections: The sections.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    code: str
    zh: str
    en: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """A declared product.

    Attributes:
        product: Its name.
        version: Day it holds from.
        themes: What it shows.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    product: str
    version: str
    themes: tuple[Theme, ...]

    def sections(self) -> Iterator[tuple[Theme, Section]]:
        """Every section with its theme, in order."""
        return ((theme, section) for theme in self.themes for section in theme.sections)


@cache
def load_product(path: Path = SHIPPED) -> Declared[Product]:
    """Read a declared product.

    Raises:
        InvalidDeclaration: It does not have its shape.
    """
    return read_declared(Product, path)


def check(product: Product, contracts: Mapping[str, Contract], path: Path = SHIPPED) -> None:
    """See that a product reads only what its contracts have.

    Raises:
        InvalidDeclaration: A dataset, a field or an expression is wrong; at its line.
    """
    seen: set[str] = set()
    for place, section in _placed(product):
        found = _wrong(section, contracts, seen)
        if found is not None:
            what, remedy, entry = found
            raise refused_at(path, (*place, entry), what, remedy)
        seen.add(section.dataset)


def _placed(product: Product) -> Iterator[tuple[tuple[str | int, ...], Section]]:
    for outer, theme in enumerate(product.themes):
        for inner, section in enumerate(theme.sections):
            yield ("themes", outer, "sections", inner), section


def _wrong(
    section: Section, contracts: Mapping[str, Contract], seen: Collection[str]
) -> tuple[str, str, str] | None:
    """What is wrong with a section, what to do, and the entry it stands in; None when it is sound."""
    if section.dataset not in contracts:
        return f"没有数据集 {section.dataset}。", "核对数据集名称。", "dataset"
    if section.dataset in seen:
        return f"数据集 {section.dataset} 重复。", "每个数据集只列一次。", "dataset"
    if section.compared and section.series:
        return "compared 与 series 不能同时声明。", "一个数据集只按月列示一种。", "series"
    for name, sql, entry in _expressions(section):
        unknown = _unknown(sql, contracts[section.dataset])
        if unknown is None:
            return f"{name} 不是一个可读的表达式。", "检查 SQL。", entry
        if unknown:
            return f"{name} 用到没有的字段：{'、'.join(unknown)}。", "核对契约中的字段。", entry
    return None


def _expressions(section: Section) -> Iterator[tuple[str, str, str]]:
    """Every expression and field that a section names: what it is called, its SQL, the entry it stands in."""
    yield from ((fact.name, fact.sql, "facts") for fact in section.facts)
    yield from ((figure.name, figure.sql, "series") for figure in section.series)
    yield from ((figure.name, figure.name, "series") for figure in section.series)
    yield from ((name, name, "hidden") for name in section.hidden)
    if section.compared:
        yield "compared", section.compared, "compared"
    if section.series:
        yield "month", section.month or "occurred_on", "series"


def _unknown(sql: str, contract: Contract) -> list[str] | None:
    """Columns that neither the contract nor the report has, in order; None when it does not parse."""
    try:
        read = columns_of(sql)
    except UnreadableSQL:
        return None
    known = {each.name for each in contract.stored_fields} | SYSTEM | set(days(date(2000, 1, 1)))
    return sorted(read - known)


def days(as_of: date) -> dict[str, date]:
    """The days that expressions may name, for a report as of a day."""
    year = window(as_of, _YEAR)
    since = {f"since_{months}": window(as_of, months).start for months in _SINCE}
    return {**since, "until": year.end, "before_12": months_before(year.start, _YEAR), "as_of": as_of}
