"""Indicators: the declared catalogue and its computation.

An indicator is an aggregate expression over a declared relation; all indicators of one relation are computed
in one pass over its records. `load_catalogue` reads the declarations, `evaluate` computes them as of a day,
`sector_statistics` says what is usual in each sector.

Invariants: nothing that became known after the as-of day counts; an absent record is never a zero unless the
declaration says that the list it is absent from has been collected; the same records, declarations and day
give the same values bit for bit, whatever the number of threads.
"""

from xinqiao.indicators.catalogue import from_content, load_catalogue
from xinqiao.indicators.compute import Evaluated, Progress, collected_datasets, evaluate, sector_statistics
from xinqiao.indicators.declaration import Misdeclared
from xinqiao.indicators.model import Case, Catalogue, Indicator, Relation, Text
from xinqiao.indicators.planning import Plan, plan

__all__ = [
    "Case",
    "Catalogue",
    "Evaluated",
    "Indicator",
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
