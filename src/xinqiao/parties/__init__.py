"""Related parties: who holds, controls and guarantees whom, and how near trouble is.

`compute` works out everybody's related parties, controllers, groups and guarantee circles in one go, or those of a
few subjects with the same result; `enterprise_parties` and `neighbourhood` answer for one enterprise.

Invariants: only what was known by the end of the day counts; shares are summed as integers, so that neither
threads nor order move a boundary; chains end, also in cross-holdings; names of persons leave masked.
"""

from xinqiao.parties.circles import components
from xinqiao.parties.compute import DATASETS, STANDING, STANDING_COLUMNS, Progress, compute
from xinqiao.parties.graph import Edge, Graph, Node
from xinqiao.parties.kept import KEPT, LINK, published_columns, published_sql, take
from xinqiao.parties.links import LINKED, POSITION_DATASETS, make_positions
from xinqiao.parties.neighbourhood import kept_neighbourhood, neighbourhood
from xinqiao.parties.queries import EnterpriseParties, enterprise_parties
from xinqiao.parties.related import COURT_DATASETS, RELATED, RELATED_COLUMNS
from xinqiao.parties.rules import Rules, load_rules
from xinqiao.parties.scope import Scope

__all__ = [
    "COURT_DATASETS",
    "DATASETS",
    "KEPT",
    "LINK",
    "LINKED",
    "POSITION_DATASETS",
    "RELATED",
    "RELATED_COLUMNS",
    "STANDING",
    "STANDING_COLUMNS",
    "Edge",
    "EnterpriseParties",
    "Graph",
    "Node",
    "Progress",
    "Rules",
    "Scope",
    "components",
    "compute",
    "enterprise_parties",
    "kept_neighbourhood",
    "load_rules",
    "make_positions",
    "neighbourhood",
    "published_columns",
    "published_sql",
    "take",
]
