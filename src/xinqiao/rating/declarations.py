"""The declarations an evaluation was made with, as they were kept when it was published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinqiao.catalogue import Contract
from xinqiao.catalogue.content import sealed
from xinqiao.catalogue.contracts import SUFFIX
from xinqiao.catalogue.contracts import from_content as contract_from
from xinqiao.catalogue.declared import from_content as declared_from
from xinqiao.indicators import Catalogue, from_content
from xinqiao.kernel.refusals import Fault
from xinqiao.rating import facts, records
from xinqiao.rating.catalogue.loader import from_content as scorecard_from
from xinqiao.rating.evaluation import PARTIES, Evaluation, Rating
from xinqiao.rating.model import Scorecard
from xinqiao.rating.regimes import Regime, effective
from xinqiao.rating.regimes import from_content as regime_from
from xinqiao.sizing import Scheme
from xinqiao.store import Transaction


class DeclarationLost(Fault):
    """What an evaluation was made with was not kept."""

    code = "declaration_lost"


class DeclarationAltered(Fault):
    """What an evaluation was made with was changed after it was kept."""

    code = "declaration_altered"


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything declared that an evaluation was made with.

    Attributes:
        contracts: Contracts by data set.
        catalogue: The indicators.
        scorecard: The scorecard.
        regimes: The weight regimes in force, in order.
        scheme: The table of size classes; None when no regime asked for one.
    """

    contracts: Mapping[str, Contract]
    catalogue: Catalogue
    scorecard: Scorecard
    regimes: Sequence[Regime]
    scheme: Scheme | None


def kept(
    tx: Transaction, evaluation: Evaluation, *, contracts: Mapping[str, Contract]
) -> tuple[Catalogue, Scorecard]:
    """The indicators and the scorecard of an evaluation; see `everything`.

    Raises:
        DeclarationLost: One of them was not kept.
    """
    found = everything(tx, evaluation, contracts=contracts)
    return found.catalogue, found.scorecard


def everything(tx: Transaction, evaluation: Evaluation, *, contracts: Mapping[str, Contract]) -> Kept:
    """Everything declared that an evaluation was made with.

    Args:
        tx: The transaction.
        evaluation: The evaluation.
        contracts: Today's contracts, taken where they are still the same, to spare the reading.

    Raises:
        DeclarationLost: Something was not kept.
        DeclarationAltered: Something was changed after it was kept.
    """
    today = {dataset: contract.fingerprint for dataset, contract in contracts.items()}
    changed = {
        dataset: fingerprint
        for dataset, fingerprint in evaluation.contracts.items()
        if today.get(dataset) != fingerprint
    }
    declared = (evaluation.catalogue_fingerprint, evaluation.model_fingerprint)
    wanted = {*declared, *changed.values(), *evaluation.regimes.values()}
    found = records.definitions(tx, wanted)
    if missing := sorted(fingerprint[:12] for fingerprint in wanted - found.keys()):
        raise DeclarationLost(
            f"找不到当时的声明 {'、'.join(missing)}。",
            where=f"第 {evaluation.evaluation_id} 号评价",
            remedy="请通知平台运维从备份恢复。",
        )
    _require_unaltered(found, evaluation)
    then = {
        dataset: contract_from(found[changed[dataset]], origin=_origin(dataset, contracts))
        if dataset in changed
        else contracts[dataset]
        for dataset in evaluation.contracts or contracts
    }
    catalogue = from_content(found[evaluation.catalogue_fingerprint], contracts=then)
    scheme = evaluation.regimes.get(facts.SIZE_CLASSES)
    return Kept(
        contracts=then,
        catalogue=catalogue,
        scorecard=scorecard_from(found[evaluation.model_fingerprint], catalogue=catalogue),
        regimes=[
            regime_from(found[fingerprint])
            for name, fingerprint in sorted(evaluation.regimes.items())
            # Tables made by the rules were kept, so that the rules are told and not applied again.
            if name not in (facts.SIZE_CLASSES, PARTIES)
        ],
        scheme=None if scheme is None else declared_from(Scheme, found[scheme]).value,
    )


def applied(
    tx: Transaction, evaluation: Evaluation, rating: Rating, *, catalogue: Catalogue, scorecard: Scorecard
) -> Scorecard:
    """The scorecard with the weights one grade was given under; the scorecard itself outside of any regime.

    Raises:
        DeclarationLost: A regime was not kept.
        DeclarationAltered: A regime was changed after it was kept.
    """
    if not rating.regimes:
        return scorecard
    wanted = {name: evaluation.regimes.get(name, "") for name in rating.regimes}
    found = records.definitions(tx, wanted.values())
    if missing := [name for name, fingerprint in wanted.items() if fingerprint not in found]:
        raise DeclarationLost(
            f"找不到当时的权重调整方案 {'、'.join(missing)}。",
            where=f"第 {evaluation.evaluation_id} 号评价",
            remedy="请通知平台运维从备份恢复。",
        )
    _require_unaltered(found, evaluation)
    groups = {code: each.group for code, each in catalogue.indicators.items()}
    return effective(scorecard, [regime_from(found[wanted[name]]) for name in rating.regimes], groups)


def _require_unaltered(found: Mapping[str, Any], evaluation: Evaluation) -> None:
    """Every text must still have the fingerprint it was kept under: nothing of the product ever changes one."""
    if altered := sorted(
        fingerprint for fingerprint, content in found.items() if sealed(content)[1] != fingerprint
    ):
        raise DeclarationAltered(
            f"数据库中留存的声明已被改动，与指纹不符：{'、'.join(each[:12] for each in altered)}。",
            where=f"第 {evaluation.evaluation_id} 号评价",
            remedy="请勿使用这些等级；核查谁改动了表 definition，并从备份恢复。",
        )


def _origin(dataset: str, contracts: Mapping[str, Contract]) -> Path:
    return contracts[dataset].path if dataset in contracts else Path(f"{dataset}{SUFFIX}")
