"""Runs a plan on an engine session: everybody's indicators, and what is usual in each sector."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from xinqiao.catalogue import Contract
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal, within_often
from xinqiao.indicators import computed
from xinqiao.indicators.model import Catalogue
from xinqiao.indicators.planning import RECORDS, VALUES, Collected, plan
from xinqiao.indicators.sectors import (
    COMPUTED,
    EVERYBODY,
    KNOWN_MEASURES,
    MEASURE_COLUMNS,
    OUTLOOK,
    SECTORS,
)
from xinqiao.indicators.values import covered
from xinqiao.kernel.clock import end_of_day, naive_utc

__all__ = [
    "EVERYBODY",
    "FEWEST_FIRMS",
    "QUANTILES",
    "Evaluated",
    "Progress",
    "collected_datasets",
    "evaluate",
    "sector_statistics",
]

QUANTILES = tuple(step / 20 for step in range(21))
FEWEST_FIRMS = 10

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What an evaluation left in the session.

    Attributes:
        subjects: Rows of `indicator_values`.
        codes: Its columns beside `subject`, in order.
        collected: Data sets of which something was known by then.
    """

    subjects: int
    codes: tuple[str, ...]
    collected: tuple[str, ...]


def evaluate(
    session: Session,
    *,
    catalogue: Catalogue,
    contracts: Mapping[str, Contract],
    as_of: date,
    subjects: Collection[int] | None = None,
    collected: Collected | None = None,
    codes: Collection[str] | None = None,
    measures: str | None = None,
    progress: Progress | None = None,
) -> Evaluated:
    """Compute indicators as of a day into the tables `indicator_values` and `indicator_sector`.

    The caller has registered the records of every data set the catalogue reads as the view `record_<data
    set>`; when only some subjects are evaluated the views may hold those subjects alone, except snapshot data
    sets, whose newest delivery shows only in the whole.

    What is usual in each sector is computed into the table `sector_measures` from the subjects evaluated and,
    where there is one, the table `sector_outlook`; or it is read from a relation of the same columns, so that
    one enterprise gets the values that it got among all. Computed tables are there, or what stands on them is
    unknown.

    Args:
        session: Where to compute.
        catalogue: The declarations.
        contracts: Contracts by data set.
        as_of: The day looked at; nothing that became known later counts.
        subjects: The subjects to evaluate; everybody when None.
        collected: Data sets of which something was known by then, and computed tables made of such, as a mapping
            with the regions they were collected for (None for everywhere); looked up in the views when None.
        codes: The indicators wanted; all when None.
        measures: `compute`, or the relation with the sector measures (columns `MEASURE_COLUMNS`). When None they
            are computed for everybody, and for some subjects read from `known_sector_measures` if there is one.
        progress: Told of each step, in Chinese.

    Raises:
        Misdeclared: A declared table does not reach `as_of`.
    """
    if collected is None:
        collected = dict.fromkeys(collected_datasets(session, catalogue.datasets, as_of=as_of))
        collected |= computed.collected(catalogue, collected)
    absent = {name for name in catalogue.computed if not _exists(session, name)}
    known = {name: regions for name, regions in covered(collected).items() if name not in absent}
    if measures is None:
        measures = COMPUTED if subjects is None else _known_measures(session)
    held = _held(session, catalogue.record_datasets, subjects)
    planned = plan(
        catalogue,
        contracts,
        as_of=as_of,
        collected=known,
        corrected={dataset for dataset, replaced in held.items() if replaced},
        subjects=subjects,
        codes=codes,
        measures=measures,
        outlook=measures == COMPUTED and _exists(session, OUTLOOK),
        empty=absent | (set() if subjects is None else set(catalogue.record_datasets) - held.keys()),
    )
    for number, step in enumerate(planned.steps, 1):
        if progress:
            progress(f"计算指标（{number}/{len(planned.steps)}）")
        session.run(step.statement)
    count = session.scalar(f"SELECT count(*) FROM {VALUES}")
    return Evaluated(
        subjects=count,
        codes=planned.codes,
        collected=tuple(sorted(known.keys() - catalogue.computed.keys())),
    )


def collected_datasets(session: Session, datasets: Collection[str], *, as_of: date) -> tuple[str, ...]:
    """Those of the data sets whose registered views hold anything known by the end of `as_of`."""
    known = f"known_at < {literal(naive_utc(end_of_day(as_of)))}"
    questions = [
        f"(SELECT {literal(dataset)} FROM {identifier(RECORDS + dataset)} WHERE {known} LIMIT 1)"
        for dataset in sorted(datasets)
    ]
    return tuple(sorted(dataset for (dataset,) in session.rows(" UNION ALL ".join(questions))))


def _known_measures(session: Session) -> str:
    """The measures to read; without any, what stands on them is unknown, as those of a few would be no measure."""
    if not _exists(session, KNOWN_MEASURES):
        session.register(KNOWN_MEASURES, (), MEASURE_COLUMNS)
    return KNOWN_MEASURES


def _exists(session: Session, name: str) -> bool:
    named = f"SELECT 1 FROM information_schema.tables WHERE table_name = {literal(name)}"
    return bool(session.rows(named))


def _held(session: Session, datasets: Collection[str], subjects: Collection[int] | None) -> dict[str, bool]:
    """Of each data set whether some row replaces another.

    Asked of everybody the files' own statistics answer. Asked of some subjects, only the data sets that hold
    rows of theirs are in the answer: most enterprises have records in a few data sets, and what is known to be
    empty needs no statement.
    """
    beginning, where = ("", "") if subjects is None else within_often(subjects)
    questions = []
    for dataset in sorted(datasets):
        name, view = literal(dataset), identifier(RECORDS + dataset)
        if subjects is None:
            questions.append(f"(SELECT {name}, TRUE FROM {view} WHERE supersedes LIMIT 1)")
        else:
            questions.append(f"SELECT {name}, max(supersedes) FROM {view} WHERE {where} HAVING count(*) > 0")
    return dict(session.rows(beginning + " UNION ALL ".join(questions)))


def sector_statistics(codes: Collection[str], *, values: str = VALUES, sector_of: str = SECTORS) -> str:
    """A query for the quantiles of each indicator in each sector and among everybody.

    Columns: sector (`F51`, `*` for everybody), indicator, firms (that have the value), quantiles (0, 5 … 100
    %). Sectors with fewer than ten such firms are left out; readers fall back to everybody.

    Args:
        codes: The indicators wanted.
        values: Table with `subject` and a column per indicator.
        sector_of: Table with `subject` and `sector`.
    """
    shares = ", ".join(str(share) for share in QUANTILES)
    taken = ", ".join(
        f"{{'indicator': {literal(code)}, 'firms': count(v.{identifier(code)}),"
        f" 'quantiles': quantile_cont(v.{identifier(code)}, [{shares}])}}"
        for code in sorted(codes)
    )
    return f"""SELECT sector, measure.indicator AS indicator, measure.firms AS firms, measure.quantiles AS quantiles
FROM (
  SELECT CASE WHEN grouping(s.sector) = 1 THEN {literal(EVERYBODY)} ELSE s.sector END AS sector,
    CASE WHEN grouping(s.sector) = 1 THEN 1 ELSE {FEWEST_FIRMS} END AS fewest, unnest([{taken}]) AS measure
  FROM {identifier(values)} AS v
  LEFT JOIN {identifier(sector_of)} AS s ON s.subject = v.subject
  GROUP BY GROUPING SETS ((s.sector), ())
)
WHERE sector IS NOT NULL AND measure.firms >= fewest"""
