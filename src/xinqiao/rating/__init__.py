"""Ratings: dated scorecards, grades with their reasons, published evaluations and their replay.

`model` scores one subject, `compute` everybody with the same numbers; `operations.evaluate` computes
indicators and grades from recorded versions and publishes them; `replay` computes a published grade again
from what was recorded.

Invariants: a published evaluation never changes; a score, its contributions and the neutral score add up
exactly; every grade names the model version, the declarations and the table versions it was made of.
"""

from xinqiao.rating.catalogue import Scorecards, load_scorecards
from xinqiao.rating.compute import score_all
from xinqiao.rating.model import Contribution, Result, Scorecard, score_one
from xinqiao.rating.reasons import Reason, reasons

__all__ = [
    "Contribution",
    "Reason",
    "Result",
    "Scorecard",
    "Scorecards",
    "load_scorecards",
    "reasons",
    "score_all",
    "score_one",
]
