"""Indicators: the declared catalogue and its computation.

An indicator is an aggregate expression over a declared relation; all indicators of one relation are computed
in one pass over its records. Facts are what several indicators are made of; measures say what is usual in a
sector, computed with everybody and read back when a few are evaluated. `load_catalogue` reads the declarations,
`evaluate` computes them as of a day, `sector_statistics` gives the quantiles that reports compare with.

Invariants: nothing that became known after the as-of day counts; an absent record is never a zero unless the
declaration says so of a list that has been collected where the enterprise is; nothing is read that is classified
higher than an indicator declares; the same records, declarations, measures and day give the same values bit for
bit, whatever the number of threads and whoever else is evaluated.
"""

from xinqiao.indicators.catalogue import from_content, load_catalogue
from xinqiao.indicators.compute import Evaluated, Progress, collected_datasets, evaluate, sector_statistics
from xinqiao.indicators.declaration import Misdeclared
from xinqiao.indicators.model import Case, Catalogue, Indicator, Mark, Relation
from xinqiao.indicators.planning import Collected, Plan, plan
from xinqiao.indicators.sectors import KNOWN_MEASURES, MEASURE_COLUMNS, MEASURES
from xinqiao.indicators.terms import Fact, Measure, Text

__all__ = [
    "KNOWN_MEASURES",
    "MEASURES",
    "MEASURE_COLUMNS",
    "Case",
    "Catalogue",
    "Collected",
    "Evaluated",
    "Fact",
    "Indicator",
    "Mark",
    "Measure",
    "Misdeclared",
    "Plan",
    "Progress",
    "Relation",
    "Text",
    "collected_datasets",
    "evaluate",
    "from_content",
    "load_catalogue",
    "plan",
    "sector_statistics",
]
