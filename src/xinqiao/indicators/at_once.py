"""A plan as one query whose records are given to it as texts, so that the engine plans it once.

For one firm the engine takes far longer to prepare a plan's statements than to run them. Here the steps of the plan
are parts of one query that reads nothing but its parameters: as long as the declarations, the day and what has been
collected stay the same, it answers for any firm (`Session.prepare`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from xinqiao.catalogue import Contract
from xinqiao.catalogue.model import LIST_COLUMNS
from xinqiao.engine.dialect import identifier
from xinqiao.engine.packing import unpacked
from xinqiao.indicators.model import Catalogue
from xinqiao.indicators.planning import plan
from xinqiao.indicators.sectors import KNOWN_MEASURES, MEASURE_COLUMNS, SECTORS
from xinqiao.indicators.steps import RECORDS
from xinqiao.indicators.values import GIVEN, Collected
from xinqiao.indicators.windows import substitute

SECTOR_COLUMNS: Mapping[str, str] = {"subject": "BIGINT", "sector": "VARCHAR"}
"""Columns of the text that says which sector the firm belongs to."""
_VERSION = ("occurred_on", "known_at")
_REPLACEMENT = ("delivery", "supersedes")


@dataclass(frozen=True, slots=True)
class Question:
    """One query for some indicators of the firms whose records it is given.

    Attributes:
        sql: The query; its parameters are texts as `engine.packing` makes them.
        records: The columns to give of each data set, in the order of the parameters. Of a snapshot data set the
            rows of the newest delivery are given, which shows only in everybody's.
        given: The indicators whose values are given.
        measures: The sector measures read. The last three parameters are the firms' sectors (`SECTOR_COLUMNS`), these
            measures (`MEASURE_COLUMNS`), and a line with subject and the values given.
    """

    sql: str
    records: Mapping[str, tuple[str, ...]]
    given: tuple[str, ...]
    measures: tuple[str, ...]


def ask(
    catalogue: Catalogue,
    contracts: Mapping[str, Contract],
    *,
    as_of: date,
    collected: Collected,
    codes: Collection[str],
    corrected: Collection[str] = (),
    given: Collection[str] = (),
) -> Question:
    """The query for some indicators as of a day.

    Args:
        catalogue: The declarations.
        contracts: Contracts by data set.
        as_of: The day looked at; nothing that became known later counts.
        collected: Data sets of which something was known by then, as for `plan`.
        codes: The indicators; none that stands on computed tables.
        corrected: Data sets in which some row given replaces another.
        given: Indicators whose values are known and need not be computed where others read them.

    Raises:
        Misdeclared: A declared table does not reach `as_of`.
    """
    planned = plan(
        catalogue,
        contracts,
        as_of=as_of,
        collected=collected,
        corrected=corrected,
        codes=codes,
        measures=KNOWN_MEASURES,
        given=given,
    )
    records = {
        dataset: _given(contracts[dataset], planned.reads[dataset], replaced=dataset in corrected)
        for dataset in planned.datasets
    }
    parts = {
        RECORDS + dataset: unpacked(number, records[dataset], contracts[dataset].record_columns())
        for number, dataset in enumerate(planned.datasets, 1)
    }
    values = {"subject": "BIGINT", **dict.fromkeys(planned.given, "DOUBLE")}
    for name, columns in ((SECTORS, SECTOR_COLUMNS), (KNOWN_MEASURES, MEASURE_COLUMNS), (GIVEN, values)):
        parts[name] = unpacked(len(parts) + 1, tuple(columns), columns)
    *steps, last = planned.steps
    parts |= {step.name: step.sql for step in steps}
    named = ",\n".join(f"{identifier(name)} AS ({sql})" for name, sql in parts.items())
    return Question(
        sql=f"WITH {named}\n{last.sql}", records=records, given=planned.given, measures=planned.measures
    )


def _given(contract: Contract, read: Collection[str], *, replaced: bool) -> tuple[str, ...]:
    """What a data set's rows must say: what its relations read, and which of them hold."""
    wanted = {*read, *_VERSION}
    if replaced or contract.mode == "snapshot":
        wanted |= {*_REPLACEMENT, *contract.key, *LIST_COLUMNS}
    return tuple(name for name in contract.record_columns() if name in wanted)


def derivation(catalogue: Catalogue, codes: Collection[str], *, as_of: date) -> tuple[str, tuple[str, ...]]:
    """A query for indicators that are made of other indicators alone, and which those are.

    Its one parameter is a text with one row of the others' values (`engine.packing.pack`), in the order given.
    """
    read = tuple(sorted({each for code in codes for each in catalogue.reads[code]} - set(codes)))
    sql = unpacked(1, read, dict.fromkeys(read, "DOUBLE") or {"nothing": "DOUBLE"})
    ordered = [code for code in catalogue.derived_order if code in codes]
    for code in ordered:
        formula = catalogue.indicators[code].expression
        expression = substitute(formula, as_of=as_of, new_year=catalogue.new_year).strip()
        sql = f"SELECT *, CAST({expression} AS DOUBLE) AS {identifier(code)} FROM ({sql})"
    return f"SELECT {', '.join(identifier(code) for code in ordered)} FROM ({sql})", read
