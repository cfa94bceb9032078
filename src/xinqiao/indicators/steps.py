"""What a plan is: objects the engine makes, one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass

from xinqiao.engine.dialect import identifier

RECORDS = "record_"
"""What the name of the view with a data set's records begins with."""


@dataclass(frozen=True, slots=True)
class Step:
    """One object the engine makes.

    Attributes:
        name: Its name.
        sql: The query that fills it.
        view: Whether it is a view; a table otherwise.
    """

    name: str
    sql: str
    view: bool = False

    @property
    def statement(self) -> str:
        """The statement that makes it."""
        kind = "VIEW" if self.view else "TABLE"
        return f"CREATE OR REPLACE {kind} {identifier(self.name)} AS {self.sql}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The statements of an evaluation, in order.

    Attributes:
        steps: What is made; `indicator_sector` and, where they are computed, `sector_measures` come before the
            last, which is `indicator_values`.
        codes: The indicators computed, in order of code.
        datasets: The data sets read, each expected as the view `record_<data set>`.
        reads: The columns of each that its relations read.
        measures: The sector measures the indicators stand on.
        given: The indicators expected in `given_values`.
    """

    steps: tuple[Step, ...]
    codes: tuple[str, ...]
    datasets: tuple[str, ...]
    reads: Mapping[str, frozenset[str]]
    measures: tuple[str, ...]
    given: tuple[str, ...]
