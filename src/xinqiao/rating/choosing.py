"""Which model grades when nobody names one: the platform's own, or one that what was collected allows.

A city that begins with invoices and the register would otherwise get nothing but NR from a model that weighs 66
indicators. As soon as enough is collected for the platform's own model, that one grades.
"""

from collections.abc import Collection
from datetime import date

from xinqiao.indicators import Catalogue
from xinqiao.lake import Lake
from xinqiao.rating import inputs
from xinqiao.rating.catalogue.loader import Scorecards
from xinqiao.rating.evaluation import MODEL
from xinqiao.rating.model import TOTAL_WEIGHT, Scorecard
from xinqiao.store import Transaction


def choose(
    tx: Transaction, *, lake: Lake, catalogue: Catalogue, scorecards: Scorecards, as_of: date
) -> Scorecard:
    """The scorecard for a day: the platform's own where it can grade anybody, else the one that can by most of its weight.

    A model can where the indicators all of whose data sets have been collected reach the coverage it asks for.
    """
    versions = inputs.read_versions(catalogue.datasets, lake.versions(tx))
    known = inputs.collected(inputs.first_known(lake, catalogue=catalogue, versions=versions), as_of)
    own = scorecards.model_for(as_of, MODEL)
    if coverable(own, catalogue, known) >= own.least_coverage:
        return own
    others = [scorecards.model_for(as_of, model) for model in sorted(scorecards.versions)]
    able = [each for each in others if coverable(each, catalogue, known) >= each.least_coverage]
    return max(able, key=lambda each: coverable(each, catalogue, known), default=own)


def coverable(scorecard: Scorecard, catalogue: Catalogue, collected: Collection[str]) -> float:
    """Share of a scorecard's weight, 0 to 1, whose indicators stand on nothing but what has been collected."""
    known = sum(
        each.weight
        for each in scorecard.indicators
        if set(catalogue.datasets_of(each.code)) <= set(collected)
    )
    return known / TOTAL_WEIGHT
