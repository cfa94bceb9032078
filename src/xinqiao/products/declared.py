"""The declarations an evaluation was made with, although those of today may have moved on."""

from collections.abc import Mapping

from xinqiao.catalogue import Contract
from xinqiao.indicators import Catalogue
from xinqiao.rating import Scorecard, Scorecards, declarations
from xinqiao.rating.evaluation import Evaluation, Rating
from xinqiao.store import Transaction


def declared(
    tx: Transaction,
    evaluation: Evaluation,
    rating: Rating,
    *,
    contracts: Mapping[str, Contract],
    catalogue: Catalogue,
    scorecards: Scorecards,
) -> tuple[Catalogue, Scorecard]:
    """The indicators and the scorecard of a grade: today's where they are the same, else those kept.

    The scorecard has the weights that the grade was given under, those of a regime where one applied.

    Raises:
        DeclarationLost: Today's differ and those were not kept.
    """
    today = {card.fingerprint: card for versions in scorecards.versions.values() for card in versions}
    scorecard = today.get(evaluation.model_fingerprint)
    if catalogue.fingerprint != evaluation.catalogue_fingerprint or scorecard is None:
        catalogue, scorecard = declarations.kept(tx, evaluation, contracts=contracts)
    return catalogue, declarations.applied(tx, evaluation, rating, catalogue=catalogue, scorecard=scorecard)
