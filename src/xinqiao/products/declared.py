"""The declarations an evaluation was made with, although those of today may have moved on."""

from collections.abc import Mapping

from xinqiao.catalogue import Contract
from xinqiao.indicators import Catalogue, from_content
from xinqiao.kernel.refusals import Fault
from xinqiao.rating import Scorecard, Scorecards, records
from xinqiao.rating.catalogue.loader import from_content as scorecard_from
from xinqiao.rating.evaluation import Evaluation
from xinqiao.store import Transaction


class DeclarationLost(Fault):
    """What an evaluation was made with was not kept."""

    code = "declaration_lost"


def declared(
    tx: Transaction,
    evaluation: Evaluation,
    *,
    contracts: Mapping[str, Contract],
    catalogue: Catalogue,
    scorecards: Scorecards,
) -> tuple[Catalogue, Scorecard]:
    """The indicators and the scorecard of an evaluation: today's where they are the same, else those kept.

    Raises:
        DeclarationLost: Neither today's nor kept.
    """
    today = {card.fingerprint: card for versions in scorecards.versions.values() for card in versions}
    scorecard = today.get(evaluation.model_fingerprint)
    if catalogue.fingerprint == evaluation.catalogue_fingerprint and scorecard is not None:
        return catalogue, scorecard
    wanted = (evaluation.catalogue_fingerprint, evaluation.model_fingerprint)
    kept = records.definitions(tx, wanted)
    if missing := [fingerprint[:12] for fingerprint in wanted if fingerprint not in kept]:
        raise DeclarationLost(
            f"找不到当时的声明 {'、'.join(missing)}，报告未出具。",
            where=f"第 {evaluation.evaluation_id} 号评价",
            remedy="请通知平台运维从备份恢复。",
        )
    then = from_content(kept[evaluation.catalogue_fingerprint], contracts=contracts)
    return then, scorecard_from(kept[evaluation.model_fingerprint], catalogue=then)
