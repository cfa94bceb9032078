"""Questions about weight regimes; nothing here changes anything."""

from collections.abc import Sequence
from datetime import date

from xinqiao.kernel.refusals import NotFound
from xinqiao.rating.regimes import records
from xinqiao.rating.regimes.model import Regime
from xinqiao.rating.regimes.records import Entry
from xinqiao.store import Transaction


class UnknownRegime(NotFound):
    """No weight regime of that name and version was proposed."""

    code = "unknown_regime"


def entries(tx: Transaction) -> Sequence[Entry]:
    """All regimes ever proposed, those that begin last first."""
    return records.every(tx)


def entry(tx: Transaction, named: str) -> Entry:
    """The regime named `name@version`, or the newest version of a bare name.

    Raises:
        UnknownRegime: There is none.
    """
    name, _, version = named.partition("@")
    known = [each for each in records.every(tx) if each.regime.name == name]
    for each in sorted(known, key=lambda held: -held.regime.version):
        if not version or str(each.regime.version) == version:
            return each
    listed = "、".join(each.regime.id for each in known)
    remedy = f"可用的版本：{listed}。" if known else "用 xinqiao rating regime list 查看已提出的方案。"
    raise UnknownRegime(f"没有权重调整方案 {named}。", remedy=remedy)


def in_force(tx: Transaction, *, model: str, as_of: date) -> tuple[Regime, ...]:
    """The approved regimes of a model that apply on a day, in order of their `name@version`."""
    found = (each.regime for each in records.in_force(tx, model=model, as_of=as_of))
    return tuple(sorted(found, key=lambda each: each.id))
