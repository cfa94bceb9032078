"""The declarations an evaluation was made with, as they were kept when it was published."""

from collections.abc import Mapping

from xinqiao.catalogue import Contract
from xinqiao.indicators import Catalogue, from_content
from xinqiao.kernel.refusals import Fault
from xinqiao.rating import records
from xinqiao.rating.catalogue.loader import from_content as scorecard_from
from xinqiao.rating.evaluation import Evaluation
from xinqiao.rating.model import Scorecard
from xinqiao.store import Transaction


class DeclarationLost(Fault):
    """What an evaluation was made with was not kept."""

    code = "declaration_lost"


def kept(
    tx: Transaction, evaluation: Evaluation, *, contracts: Mapping[str, Contract]
) -> tuple[Catalogue, Scorecard]:
    """The indicators and the scorecard of an evaluation.

    Raises:
        DeclarationLost: One of them was not kept.
    """
    wanted = (evaluation.catalogue_fingerprint, evaluation.model_fingerprint)
    found = records.definitions(tx, wanted)
    if missing := [fingerprint[:12] for fingerprint in wanted if fingerprint not in found]:
        raise DeclarationLost(
            f"找不到当时的声明 {'、'.join(missing)}。",
            where=f"第 {evaluation.evaluation_id} 号评价",
            remedy="请通知平台运维从备份恢复。",
        )
    catalogue = from_content(found[evaluation.catalogue_fingerprint], contracts=contracts)
    return catalogue, scorecard_from(found[evaluation.model_fingerprint], catalogue=catalogue)
