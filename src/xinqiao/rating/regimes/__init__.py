"""Weight regimes: named, dated, approved changes of a model's weights within a scope.

In an epidemic a city wants tax to count for less for a while, or for some sectors only. A regime says so as declared
data: multipliers on weights, from a day until a day, for sectors, regions and size classes, with its reason. A second
person approves it. The weights are brought back to 100 exactly; bins, caps and cut-offs stay.

Invariants: nothing applies that was not approved by somebody other than its proposer; a regime never begins before
the day it is approved, so no grade given earlier changes; every grade names the regimes it was made under.
"""

from xinqiao.rating.regimes.catalogue import from_content, read_regime
from xinqiao.rating.regimes.model import Regime, Scope, effective
from xinqiao.rating.regimes.queries import UnknownRegime, in_force

__all__ = ["Regime", "Scope", "UnknownRegime", "effective", "from_content", "in_force", "read_regime"]
