"""What can be done with weight regimes: propose, approve by a second person, withdraw. Each one audit event."""

from datetime import datetime

from xinqiao import audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import city_date
from xinqiao.kernel.refusals import Refusal
from xinqiao.kernel.spelling import compact
from xinqiao.rating import records as definitions
from xinqiao.rating.events import RegimeApproved, RegimeProposed, RegimeWithdrawn
from xinqiao.rating.regimes import queries, records
from xinqiao.rating.regimes.model import Regime
from xinqiao.rating.regimes.records import Entry
from xinqiao.store import Transaction


class RegimeInThePast(Refusal):
    """A regime would begin before today and so change what was graded already."""

    code = "regime_in_the_past"


class AlreadyProposed(Refusal):
    """This version of the regime was proposed before."""

    code = "regime_already_proposed"


class OverlappingRegime(Refusal):
    """Another regime of the same model and scope applies on some of the same days."""

    code = "overlapping_regime"


class SamePerson(Refusal):
    """Who proposed a regime may not approve it."""

    code = "same_person"


class NotAPerson(Refusal):
    """A regime is proposed, approved and withdrawn by people, not by a part of the system."""

    code = "not_a_person"


class NoReason(Refusal):
    """A regime is not withdrawn without saying why."""

    code = "no_reason"


class VersionNotNamed(Refusal):
    """A regime is approved or withdrawn by its bare name, of which another version may have been proposed meanwhile."""

    code = "version_not_named"


class WrongState(Refusal):
    """The regime has been approved or withdrawn already."""

    code = "wrong_state"


def propose(tx: Transaction, regime: Regime, *, actor: Actor, now: datetime) -> Entry:
    """Put a regime forward; it applies once somebody else has approved it.

    Args:
        tx: The transaction.
        regime: The regime, as `read_regime` gave it.
        actor: Who proposes it.
        now: The time.

    Raises:
        NotAPerson: The actor is no person.
        RegimeInThePast: It begins before today.
        AlreadyProposed: This version is there already.
        OverlappingRegime: Another one with the same scope is proposed or approved for some of the same days.
    """
    _require_person(actor)
    tx.lock("rating:regimes")
    _require_future(regime, now, regime.where)
    if records.find(tx, regime.name, regime.version) is not None:
        raise AlreadyProposed(
            f"方案 {regime.id} 已经提出过，提出后不能修改。",
            where=regime.where,
            remedy="版本号加一后重新提出。",
        )
    for other in records.every(tx):
        if other.state != "withdrawn":
            _require_apart(regime, other, regime.where)
    definitions.define(tx, kind="regime", contents={regime.fingerprint: regime.content}, at=now)
    records.insert(tx, regime, by=actor.name, at=now)
    event = RegimeProposed(
        regime=regime.id,
        model=regime.model,
        from_on=regime.from_on.isoformat(),
        until_on=regime.until_on.isoformat(),
        fingerprint=regime.fingerprint,
    )
    audit.append(tx, event, actor=actor, now=now)
    return queries.entry(tx, regime.id)


def approve(tx: Transaction, named: str, *, actor: Actor, now: datetime) -> Entry:
    """Approve a proposed regime; evaluations as of its days apply it from now on.

    Args:
        tx: The transaction.
        named: Its `name@version`.
        actor: Who approves it, somebody other than the proposer.
        now: The time.

    Raises:
        UnknownRegime: There is no such regime.
        VersionNotNamed: The name does not say which version.
        NotAPerson: The actor is no person.
        SamePerson: The actor proposed it.
        WrongState: It is approved or withdrawn already.
        RegimeInThePast: Its first day has gone by.
    """
    _require_person(actor)
    tx.lock("rating:regimes")
    held = _exactly(tx, named)
    regime = held.regime
    if held.state != "proposed":
        state = "已批准" if held.state == "approved" else "已撤回"
        raise WrongState(
            f"方案 {regime.id} {state}，不能再批准。", where=regime.id, remedy="如需重启，提出新版本。"
        )
    if _same_person(held.proposed_by, actor.name):
        raise SamePerson(
            f"方案 {regime.id} 由 {held.proposed_by} 提出，不能由同一人批准。",
            where=regime.id,
            remedy="请另一位有权限的人批准（--as 姓名）。",
        )
    _require_future(regime, now, regime.id)
    records.approve(tx, regime.name, regime.version, by=actor.name, at=now)
    event = RegimeApproved(regime=regime.id, fingerprint=regime.fingerprint, proposed_by=held.proposed_by)
    audit.append(tx, event, actor=actor, now=now)
    return queries.entry(tx, regime.id)


def withdraw(tx: Transaction, named: str, *, reason: str, actor: Actor, now: datetime) -> Entry:
    """Take a regime back: from today it applies no more; grades given under it stay.

    Args:
        tx: The transaction.
        named: Its `name@version`.
        reason: Why.
        actor: Who takes it back.
        now: The time.

    Raises:
        UnknownRegime: There is no such regime.
        VersionNotNamed: The name does not say which version.
        NotAPerson: The actor is no person.
        NoReason: The reason is blank.
        WrongState: It was withdrawn before.
    """
    _require_person(actor)
    if not reason.strip():
        raise NoReason("没有写明撤回方案的原因。", where="reason", remedy="写明原因，它会记入审计日志。")
    tx.lock("rating:regimes")
    held = _exactly(tx, named)
    regime = held.regime
    if held.state == "withdrawn":
        raise WrongState(f"方案 {regime.id} 已撤回。", where=regime.id, remedy="无需再次撤回。")
    records.withdraw(tx, regime.name, regime.version, by=actor.name, at=now, reason=reason)
    event = RegimeWithdrawn(regime=regime.id, state=held.state, reason=reason)
    audit.append(tx, event, actor=actor, now=now)
    return queries.entry(tx, regime.id)


def _exactly(tx: Transaction, named: str) -> Entry:
    """The regime of a full name: what somebody has read and decided on, not what was put forward since."""
    held = queries.entry(tx, named)
    if held.regime.id != named:
        raise VersionNotNamed(
            f"没有写明是方案 {held.regime.name} 的哪一版，审阅之后可能又提出了新版本。",
            where=named,
            remedy=f"写出名称和版本，例如 {held.regime.id}；先用 xinqiao rating regime show {held.regime.id} 核对内容。",
        )
    return held


def _require_person(actor: Actor) -> None:
    if actor.kind != "person":
        raise NotAPerson("权重调整方案须由人提出、批准或撤回。", remedy="用 --as 写明姓名。")


def _same_person(one: str, other: str) -> bool:
    """Whether two names are one person's, whatever the width, case and blanks they are written with."""
    return compact(one).casefold() == compact(other).casefold()


def _require_future(regime: Regime, now: datetime, where: str) -> None:
    today = city_date(now)
    if regime.from_on < today:
        raise RegimeInThePast(
            f"方案 {regime.id} 的起始日 {regime.from_on} 早于今天（{today}），会改变已经评定的日子。",
            where=where,
            remedy="把 from 改为今天或以后，作为新版本提出。",
        )


def _require_apart(regime: Regime, other: Entry, where: str) -> None:
    held = other.regime
    if regime.overlaps(held):
        state = "已批准" if other.state == "approved" else "已提出"
        raise OverlappingRegime(
            f"方案 {regime.id} 与{state}的 {held.id}（{held.from_on} 起，{held.until_on} 前）范围相同而期间重叠。",
            where=where,
            remedy="错开日期、改变范围，或先撤回原方案。",
        )
