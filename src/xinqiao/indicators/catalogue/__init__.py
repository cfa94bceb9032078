"""The declared catalogue of indicators, and its strict loader.

`relations/<relation>.yaml` declares rows that indicators share; `<group>/<code>.yaml` an indicator with its
cases; `groups.yaml` the groups; `population.yaml` who is graded and where their industry stands;
`sectors.yaml` and `calendar.yaml` reference tables. Anything unknown, missing or contradictory is refused
with its file and line.
"""

from xinqiao.indicators.catalogue.loader import SHIPPED, from_content, load_catalogue

__all__ = ["SHIPPED", "from_content", "load_catalogue"]
