"""The outlook of industries as its pages lay it out, and where the portal gets it from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from xinqiao.outlook import Outlook, SectorQuarter, city_outlook
from xinqiao.outlook.queries import SectorLine
from xinqiao.outlook.rules import load_rules
from xinqiao.portal.sparks import Paper
from xinqiao.rating.queries import current_evaluation
from xinqiao.web.languages import Language
from xinqiao.web.messages import message
from xinqiao.workspace import Workspace

_MONTHS_PER_QUARTER = 3
_PAPER = Paper(96.0, 24.0, 2.0)


def no_outlook() -> Outlook | None:
    """The outlook before the first evaluation."""
    return None


def newest_outlook(workspace: Workspace) -> Callable[[], Outlook | None]:
    """A question for the outlook of the city's newest evaluation; it is kept until there is a newer one."""
    # Replaced as a whole and never changed, since pages are asked for by several threads at once.
    kept: tuple[int, Outlook] | None = None

    def asked() -> Outlook | None:
        nonlocal kept
        with workspace.store.transaction() as tx:
            evaluation = current_evaluation(tx)
            if evaluation is None:
                return None
            known = kept
            if known is not None and known[0] == evaluation.evaluation_id:
                return known[1]
            versions = {**workspace.lake.versions(tx), **evaluation.versions}
            with workspace.engine.session() as session:
                made = city_outlook(
                    session,
                    workspace.lake,
                    contracts=workspace.contracts,
                    versions=versions,
                    as_of=evaluation.as_of,
                    evaluation_id=evaluation.evaluation_id,
                )
            kept = evaluation.evaluation_id, made
            return made

    return asked


@dataclass(frozen=True, slots=True)
class OutlookView:
    """What the templates ask about the outlook, in one language."""

    outlook: Outlook
    language: Language

    @property
    def rules(self) -> Mapping[str, object]:
        """What the messages about withheld figures name: the fewest firms, and the largest share of one."""
        rules = load_rules().value
        return {"firms": rules.fewest_firms, "share": f"{rules.largest_share:.0%}"}

    def quarter(self, row: SectorQuarter) -> str:
        """A quarter as people call it."""
        number = (row.quarter_on.month - 1) // _MONTHS_PER_QUARTER + 1
        return message(self.language, "outlook.quarter", year=row.quarter_on.year, number=number)

    @property
    def newest(self) -> str:
        """The newest settled quarter as people call it; empty when there is none."""
        rows = (line.newest for line in self.outlook.sectors)
        return next((self.quarter(row) for row in rows if row.quarter_on == self.outlook.quarter_on), "")

    def spark(self, line: SectorLine) -> tuple[str, ...]:
        """Points of small lines through the index of each quarter, one line for each unbroken stretch."""
        values = [row.index_value for row in line.quarters]
        known = [value for value in values if value is not None]
        found = _PAPER.stretches(values, min(known), max(known)) if known else ()
        return tuple(" ".join(points) for points in found if len(points) > 1)

    def chart(self, line: SectorLine) -> Mapping[str, Any]:
        """Data of the chart of a sector's quarters."""
        return {
            "kind": "outlook",
            "rows": None,
            "quarters": [self.quarter(row) for row in line.quarters],
            "index": [row.index_value for row in line.quarters],
            "growth": [row.growth for row in line.quarters],
            "axis": message(self.language, "outlook.index_unit"),
            "names": [message(self.language, f"outlook.{name}") for name in ("index", "growth")],
            "unknown": message(self.language, "outlook.suppressed"),
        }
