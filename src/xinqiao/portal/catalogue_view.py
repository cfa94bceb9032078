"""The indicator catalogue as its pages lay it out: shelves of a search, and everything about one indicator.

Labels and meanings are in both languages; what departments and lawyers wrote (owners, references, names of cases,
meanings of rows) is data in Chinese, which an English page marks as such.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from markupsafe import Markup
from starlette.datastructures import QueryParams

from xinqiao.catalogue import Contract, load_contracts
from xinqiao.indicators import Case, Catalogue, Indicator, Relation, Text, load_catalogue
from xinqiao.indicators.terms import Fact, Measure
from xinqiao.kernel.money import format_yuan
from xinqiao.web.formats import Formats
from xinqiao.web.languages import Language
from xinqiao.web.messages import has_message, message

LONGEST = 100
_FACTS = "G0"
_CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
# YAML joins folded lines by a blank, which between Chinese characters is none.
_FOLDED = re.compile(
    r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])\s(?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])"
)
_PLACEHOLDER = re.compile(r"\{([a-z_]+?)(?:_(\d+))?\}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address of the catalogue asks for; empty texts ask for everything.

    Attributes:
        text: Words that must all occur in an indicator's code, names, owner or sources.
        group: Code of a group.
        dataset: Name of a data set the indicator stands on.
    """

    text: str
    group: str
    dataset: str

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.text or self.group or self.dataset)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The indicators of one group that were asked for, in order of code."""

    group: str
    label: Text
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """The records a case puts in of one data set.

    Attributes:
        dataset: Its name.
        fields: Fields given in any of the records, in order of appearance.
        rows: The records.
    """

    dataset: str
    fields: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Book:
    """The declarations that the pages show.

    Attributes:
        catalogue: Indicators and relations.
        contracts: Contracts by data set.
    """

    catalogue: Catalogue
    contracts: Mapping[str, Contract]

    def wanted(self, parameters: QueryParams) -> Wanted:
        """What an address asks for; groups and data sets that do not exist are left out."""
        group, dataset = parameters.get("group", ""), parameters.get("dataset", "")
        return Wanted(
            text=" ".join(parameters.get("q", "")[:LONGEST].split()),
            group=group if group in self.catalogue.groups else "",
            dataset=dataset if dataset in self.catalogue.datasets else "",
        )

    def shelves(self, wanted: Wanted) -> tuple[Shelf, ...]:
        """The indicators asked for by group, in the order of reports: facts come last."""
        words = wanted.text.casefold().split()
        found: dict[str, list[Indicator]] = {group: [] for group in self.catalogue.groups}
        for each in self.catalogue.indicators.values():
            sources = self.catalogue.datasets_of(each.code)
            if wanted.group in ("", each.group) and (not wanted.dataset or wanted.dataset in sources):
                told = self._told_of(each, sources)
                if all(word in told for word in words):
                    found[each.group].append(each)
        order = sorted(found, key=lambda group: group == _FACTS)
        return tuple(
            Shelf(group, self.catalogue.groups[group], tuple(found[group])) for group in order if found[group]
        )

    def _told_of(self, each: Indicator, sources: tuple[str, ...]) -> str:
        texts = (each.label, each.meaning, self.catalogue.groups[each.group])
        told = [each.code, each.owner, *(part for text in texts for part in (text.zh, text.en))]
        told += [part for name in sources for part in (name, self.contracts[name].label)]
        return " ".join(told).casefold()

    def sources(self, code: str) -> tuple[Contract, ...]:
        """Contracts of the data sets that an indicator stands on."""
        return tuple(self.contracts[name] for name in self.catalogue.datasets_of(code))

    def relations(self, code: str) -> tuple[Relation, ...]:
        """The relations that an indicator or its parts aggregate, each followed by the one it reads."""
        found: dict[str, Relation] = {}
        pending = [self.catalogue.indicators[code].relation, *(part.relation for part in self.parts(code))]
        while pending:
            name = pending.pop(0)
            if name in self.catalogue.relations:
                found[name] = self.catalogue.relations[name]
                pending.insert(0, found[name].source)
        return tuple(found.values())

    def reads(self, code: str) -> tuple[Indicator, ...]:
        """The indicators that a derived one is computed from, itself or through its parts."""
        return tuple(
            self.catalogue.indicators[name]
            for name in self._behind(code)
            if name in self.catalogue.indicators
        )

    def parts(self, code: str) -> tuple[Fact, ...]:
        """The facts without a page of their own that a derived indicator is composed of."""
        return tuple(
            self.catalogue.facts[name] for name in self._behind(code) if name in self.catalogue.facts
        )

    def measures(self, code: str) -> tuple[Measure, ...]:
        """What is usual in a sector, as far as an indicator stands on it."""
        named = self.catalogue.measures.named
        return tuple(named[name] for name in self._behind(code) if name in named)

    def readers(self, code: str) -> tuple[Indicator, ...]:
        """The indicators derived from one."""
        return tuple(each for each in self.catalogue.indicators.values() if code in self._behind(each.code))

    def _behind(self, code: str) -> tuple[str, ...]:
        """Names of what an indicator reads, through its parts down to indicators and measures."""
        found: dict[str, None] = {}
        pending = sorted(self.catalogue.reads.get(code, ()))
        while pending:
            name = pending.pop(0)
            if name not in found and name in self.catalogue.facts:
                pending += sorted(self.catalogue.reads.get(name, ()))
            found[name] = None
        return tuple(found)

    def given(self, case: Case) -> tuple[Given, ...]:
        """The records of a case as tables."""
        return tuple(
            Given(dataset, tuple(dict.fromkeys(name for row in rows for name in row)), rows)
            for dataset, rows in case.given.items()
        )


@cache
def shipped_book() -> Book:
    """The declarations that come with the program."""
    contracts = load_contracts()
    return Book(load_catalogue(contracts=contracts), contracts)


@dataclass(frozen=True, slots=True)
class Words:
    """How the pages say things in one language."""

    book: Book
    language: Language

    def text(self, text: Text) -> str:
        """A declared text."""
        return text.zh if self.language == "zh" else text.en

    def written(self, text: str) -> Markup | str:
        """What is only there in Chinese; an English page says so to whoever reads it aloud."""
        text = _FOLDED.sub("", text)
        if self.language == "zh" or not _CHINESE.search(text):
            return text
        return Markup('<span lang="zh-CN">{}</span>').format(text)

    def unit(self, unit: str) -> str:
        """What an indicator is counted in."""
        key = f"catalogue.unit.{unit}"
        return message(self.language, key) if has_message(key) else unit

    def dataset(self, name: str) -> str:
        """A data set: the contract's label, in English its name in words."""
        if self.language == "zh":
            return self.book.contracts[name].label
        return name.replace("_", " ").capitalize()

    def field(self, dataset: str, name: str) -> str:
        """A field of a record in a case, or what the case says of the record itself."""
        if has_message(f"catalogue.case_field.{name}"):
            return message(self.language, f"catalogue.case_field.{name}")
        if self.language == "zh":
            return self.book.contracts[dataset].field(name).label
        return name.removesuffix("_fen").replace("_", " ").capitalize()

    def is_figure(self, dataset: str, name: str) -> bool:
        """Whether a field holds numbers, which stand under each other at the right."""
        return any(
            each.name == name and each.kind in ("amount", "integer", "decimal")
            for each in self.book.contracts[dataset].fields
        )

    def cell(self, formats: Formats, dataset: str, name: str, value: Any) -> Markup | str:
        """A value of a record in a case."""
        known = {each.name: each for each in self.book.contracts[dataset].fields}.get(name)
        match value:
            case None:
                return ""
            case bool():
                return message(self.language, "format.yes" if value else "format.no")
            case date():
                return formats.month(value) if name.endswith("month_on") else formats.day(value)
            case int() if known is not None and known.kind == "amount":
                # Invented amounts are small, and in 万元 many would read as nothing.
                return f"{format_yuan(value)} {message(self.language, 'catalogue.yuan')}"
        text = str(value)
        if known is not None and text in known.values:
            return known.values[text] if self.language == "zh" else text.replace("_", " ").capitalize()
        return self.written(text)

    def placeholders(self, sql: str) -> tuple[tuple[str, str], ...]:
        """The placeholders of a formula with their meaning, in order of appearance."""
        found: dict[str, str] = {}
        for match in _PLACEHOLDER.finditer(sql):
            key = f"catalogue.placeholder.{match[1]}"
            if has_message(key):
                found[match[0]] = message(self.language, key, months=match[2] or "")
        return tuple(found.items())
