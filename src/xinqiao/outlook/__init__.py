"""The outlook of industries: how each sector's turnover moves against a year before, and nobody given away.

`compute` aggregates every firm's invoicing and VAT sales by quarter once, matches each firm with itself a year
before, and leaves the table `sector_outlook` by division (`F51`) and section (`F`).

Invariants: only what was known by the end of the day counts; a sector of too few firms, or one that a single firm
dominates, carries no figures, and neither does one from which they could be worked out; the chain of the index
breaks rather than tell a withheld growth.
"""

from xinqiao.outlook.compute import DATASETS, OUTLOOK, OUTLOOK_COLUMNS, compute
from xinqiao.outlook.model import SectorQuarter
from xinqiao.outlook.queries import Outlook, city_outlook, published_columns, published_sql, restore
from xinqiao.outlook.rules import Rules, load_rules

__all__ = [
    "DATASETS",
    "OUTLOOK",
    "OUTLOOK_COLUMNS",
    "Outlook",
    "Rules",
    "SectorQuarter",
    "city_outlook",
    "compute",
    "load_rules",
    "published_columns",
    "published_sql",
    "restore",
]
