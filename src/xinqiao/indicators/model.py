"""What an indicator is: declared, fused into one pass with its neighbours, and honest about not knowing."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from xinqiao.indicators.terms import Absence, Fact, Measures, Text

Direction = Literal["up", "down"]
HIGHEST_CLASSIFICATION = 3
"""The level of JR/T 0197-2020 up to which scoring reads fields unless an indicator declares more."""
_DIVISION = re.compile(r"[A-T]?([0-9]{2})")
UNITS: Mapping[str, str] = {
    "ratio": "%",
    "ln_yuan": "ln(元)",
    "yuan": "元",
    "years": "年",
    "months": "个月",
    "times": "次",
    "cases": "件",
    "items": "项",
    "points": "分",
    "people": "人",
    "firms": "户",
    "institutions": "家",
    "multiple": "倍",
    "deviations": "个标准差",
    "coefficient": "",
    "status": "",
}


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows that several indicators share.

    Attributes:
        name: Its name.
        source: The data set, computed table or other relation it reads.
        grain: Columns that, with the subject, make a row unique; empty for one row per record.
        columns: Columns it offers beside `subject`, with their meaning.
        sql: A SELECT over `{source}` with `subject` and those columns; placeholders as in `windows`.
        meaning: What a row is.
        reads: Columns of the source that `sql` reads.
    """

    name: str
    source: str
    grain: tuple[str, ...]
    columns: Mapping[str, str]
    sql: str
    meaning: str
    reads: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Computed:
    """A table that an evaluation of everybody computes before the indicators, and that relations read.

    Attributes:
        name: Its name in the session and in the lake.
        columns: Columns it offers beside `subject`, with their SQL types.
        classification: Level of each column: the highest of the fields it is made of.
        datasets: The data sets it is made of; all of them must have been collected for absence from it to be news.
        meaning: What a row is.
    """

    name: str
    columns: Mapping[str, str]
    classification: Mapping[str, int]
    datasets: tuple[str, ...]
    meaning: str


@dataclass(frozen=True, slots=True)
class Case:
    """Records put in and the value that must come out.

    Attributes:
        name: What the case shows.
        as_of: The date the indicator is computed as of.
        given: Per data set, rows in short form: fields by name; `known_on` says when a row became known
            (the day it happened when not given).
        collected: Data sets collected although they hold no row; with the regions, by prefix of their code, that
            they were collected for, or None for everywhere.
        measures: Sector measures as they stand, by name and sector: one value, or one for each calendar month.
        expect: The value; None for unknown.
        where: File and line.
    """

    name: str
    as_of: date
    given: Mapping[str, tuple[Mapping[str, Any], ...]]
    collected: Mapping[str, tuple[str, ...] | None]
    measures: Mapping[str, Mapping[str, tuple[float, ...]]]
    expect: float | None
    where: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that stands for a state, and what the state is called.

    Attributes:
        value: The value.
        word: The state, as `B级`.
        goal: What it is to come to it, as `移出名录`; None where "from this state to that" says it.
    """

    value: float
    word: Text
    goal: Text | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """One declared number about a subject.

    Attributes:
        code: Its code, as `I05`.
        group: Code of its group, `G0` (facts without weight) to `G10`.
        label: Short name.
        meaning: One sentence for a loan officer.
        unit: A key of `UNITS`; ratios are fractions of one.
        direction: Whether a higher value is better.
        relation: The relation that `expression` aggregates; empty for a derived indicator.
        expression: Aggregate SQL over the relation's rows of one subject, or SQL over other indicators.
        when_absent: What holds without rows; a derived indicator is unknown unless its expression says more.
        window: Months looked back on; 0 for the state on the day.
        reference: Clause or document, and where the formula departs from it.
        owner: The department whose records it stands on.
        classification: The highest level of the fields it may stand on.
        good: Reason text when it speaks for the subject.
        bad: Reason text when it speaks against.
        advice: What would lift it, if anything.
        cases: Worked examples.
        where: File and line.
        scale: The states that its values stand for, rising; empty where a value is a quantity.
    """

    code: str
    group: str
    label: Text
    meaning: Text
    unit: str
    direction: Direction
    relation: str
    expression: str
    when_absent: Absence
    window: int
    reference: str
    owner: str
    classification: int
    good: Text
    bad: Text
    advice: Text | None
    cases: tuple[Case, ...]
    where: str
    scale: tuple[Mark, ...] = ()

    @property
    def derived(self) -> bool:
        """Whether it is computed from other indicators instead of records."""
        return not self.relation


Formula = Indicator | Fact


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All relations and indicators of one state of the declarations.

    Attributes:
        relations: By name, each after the one it reads.
        indicators: By code, in order of code.
        facts: By name.
        measures: The sector measures.
        derived_order: Names of derived indicators and facts, each after those it reads.
        reads: What each derived indicator or fact, and each measure, reads.
        measured: The derived indicators and facts that stand on a sector measure.
        groups: Labels of the groups, in order.
        computed: The computed tables that relations read, by name.
        population: Data sets whose subjects are graded.
        sector_relation: Relation the industry of a subject comes from.
        sector_expression: Aggregate SQL that gives a subject's industry code.
        region_relation: Relation the region of a subject comes from; empty when none is declared.
        region_expression: Aggregate SQL that gives a subject's region code.
        sections: First and last division of each section of GB/T 4754-2017.
        new_year: Day of the lunar New Year in each year.
        content: Everything as JSON, less the cases: what a replay needs.
        fingerprint: Hash of `content`.
    """

    relations: Mapping[str, Relation]
    indicators: Mapping[str, Indicator]
    facts: Mapping[str, Fact]
    measures: Measures
    derived_order: tuple[str, ...]
    reads: Mapping[str, frozenset[str]]
    measured: frozenset[str]
    groups: Mapping[str, Text]
    computed: Mapping[str, Computed]
    population: tuple[str, ...]
    sector_relation: str
    sector_expression: str
    region_relation: str
    region_expression: str
    sections: Mapping[str, tuple[int, int]]
    new_year: Mapping[int, date]
    content: Mapping[str, Any] = dataclasses.field(repr=False)
    fingerprint: str

    def dataset_of(self, relation: str) -> str:
        """The data set or computed table at the bottom of a relation."""
        source = self.relations[relation].source
        return self.dataset_of(source) if source in self.relations else source

    def sector_of(self, industry_code: str | None) -> str | None:
        """Section letter and two-digit division of an industry code such as `F5191` or `5191`, as `F51`.

        The division alone decides the section; None when there is no division or GB/T 4754-2017 has no such
        one.
        """
        found = _DIVISION.match((industry_code or "").strip().upper())
        if not found:
            return None
        division = int(found[1])
        return next(
            (
                f"{section}{division:02d}"
                for section, (first, last) in self.sections.items()
                if first <= division <= last
            ),
            None,
        )

    def formula(self, name: str) -> Formula:
        """The indicator or fact of that name."""
        return self.indicators[name] if name in self.indicators else self.facts[name]

    def datasets_of(self, code: str) -> tuple[str, ...]:
        """The data sets behind an indicator, in order of name, those that computed tables are made of among them.

        What is usual in a sector is made of everybody's records and does not count; an indicator that is nothing
        but that stands on what says which sector the subject belongs to.
        """
        found = set(self._records_of(code))
        for each in self.computed_of(code):
            found |= set(self.computed[each].datasets)
        return tuple(sorted(found))

    def own_datasets_of(self, code: str) -> tuple[str, ...]:
        """Those of `datasets_of` whose records of the subject itself the indicator reads, in order of name."""
        return tuple(sorted(self._records_of(code)))

    def computed_of(self, code: str) -> tuple[str, ...]:
        """The computed tables behind an indicator, in order of name."""
        return tuple(sorted(self._sources(code) & self.computed.keys()))

    def _records_of(self, code: str) -> set[str]:
        sources = self._sources(code) or {self.dataset_of(self.sector_relation)}
        return sources - self.computed.keys()

    def _sources(self, name: str) -> set[str]:
        """The data sets and computed tables behind an indicator or fact."""
        if name in self.measures.named:
            return set()
        formula = self.formula(name)
        if not formula.derived:
            return {self.dataset_of(formula.relation)}
        return {source for read in self.reads[name] for source in self._sources(read)}

    @property
    def datasets(self) -> tuple[str, ...]:
        """Every data set an evaluation reads, in order of name."""
        return tuple(sorted({*self.record_datasets, *self.computed_datasets}))

    @property
    def record_datasets(self) -> tuple[str, ...]:
        """The data sets whose records relations and the population are read from, in order of name."""
        read = {*self.population, *map(self.dataset_of, self.relations)}
        return tuple(sorted(read - self.computed.keys()))

    @property
    def computed_datasets(self) -> tuple[str, ...]:
        """The data sets that computed tables are made of, in order of name."""
        return tuple(sorted({dataset for each in self.computed.values() for dataset in each.datasets}))
