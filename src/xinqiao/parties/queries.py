"""One enterprise's related parties, put together to be told."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xinqiao.catalogue.masking import amount_band
from xinqiao.engine import Session
from xinqiao.kernel.refusals import NotFound
from xinqiao.kernel.subject import organisation_code
from xinqiao.parties.circles import CIRCLE
from xinqiao.parties.compute import DATASETS as COMPUTED_FROM
from xinqiao.parties.compute import STANDING, compute
from xinqiao.parties.control import ACTUAL, CONTROL, GROUP, STAKE
from xinqiao.parties.graph import Graph, NodeKind
from xinqiao.parties.links import GUARANTEE, HOLDING
from xinqiao.parties.names import Called, call, is_registered
from xinqiao.parties.neighbourhood import DATASETS as DRAWN
from xinqiao.parties.neighbourhood import neighbourhood
from xinqiao.parties.related import RELATED
from xinqiao.parties.rules import MILLION
from xinqiao.parties.scope import Scope


class UnknownParty(NotFound):
    """Nothing is known of an enterprise with this code."""

    code = "unknown_enterprise"


DATASETS = tuple(sorted({*COMPUTED_FROM, *DRAWN}))


@dataclass(frozen=True, slots=True)
class Controller:
    """Who controls an enterprise.

    Attributes:
        name: The name; a person's is masked.
        kind: `enterprise`, `person` or `other`.
        code: An enterprise's code.
        votes: Votes of its own and of the enterprises it controls.
        stake: What it holds in the end: shares multiplied along chains and added up; None below what is followed.
        links: Links of the chain of control.
        is_actual: Whether nobody controls it in turn.
    """

    name: str
    kind: str
    code: str | None
    votes: float
    stake: float | None
    links: int
    is_actual: bool


@dataclass(frozen=True, slots=True)
class RelatedParty:
    """An enterprise within two links of ownership.

    Attributes:
        name: Its name.
        code: Its code.
        hops: Links away.
        kind: How it is related, a key of `related.KINDS`.
        is_dishonest: Whether it is a dishonest debtor; None when the list was never delivered.
        is_bankrupt: Whether it is in bankruptcy.
        is_enforced: Whether it is under enforcement.
    """

    name: str
    code: str
    hops: int
    kind: str
    is_dishonest: bool | None
    is_bankrupt: bool | None
    is_enforced: bool | None


@dataclass(frozen=True, slots=True)
class EnterpriseParties:
    """An enterprise's related parties as known on a day.

    Attributes:
        as_of: The day.
        subject: Whose.
        controllers: Everybody who controls it, the actual controller first.
        group: Names and codes of the other enterprises under the same actual controller.
        circle: Names and codes of the other members of its guarantee circle.
        given_count: Guarantees it has given that are in force.
        given_fen: Their amounts.
        received_count: Guarantees given for it.
        received_fen: Their amounts.
        chain_links: Links of the longest chain of guarantees that begins at it.
        is_hub: Whether it guarantees so many that it is a hub.
        related: Enterprises within two links of ownership.
        graph: The drawing around it.
    """

    as_of: date
    subject: int
    controllers: tuple[Controller, ...]
    group: tuple[tuple[str, str], ...]
    circle: tuple[tuple[str, str], ...]
    given_count: int
    given_fen: int | None
    received_count: int
    received_fen: int | None
    chain_links: int
    is_hub: bool
    related: tuple[RelatedParty, ...]
    graph: Graph

    def to_json(self) -> dict[str, Any]:
        """What may be shown as JSON values: persons masked and without any number of theirs, amounts as bands."""
        plain = dataclasses.asdict(self)
        del plain["subject"]
        return {
            **plain,
            "given_fen": _banded(self.given_fen),
            "received_fen": _banded(self.received_fen),
            "holders_known": self.holders_known,
            "as_of": self.as_of.isoformat(),
            "graph": self.graph.to_json(),
        }

    @property
    def holders_known(self) -> bool:
        """Whether anybody is known to hold it; otherwise who controls it is unknown."""
        centre = self.graph.nodes[0].id
        return any(edge.kind == "holding" and edge.target == centre for edge in self.graph.edges)

    @property
    def actual_controller(self) -> Controller | None:
        """The actual controller; None when nobody controls it, or only enterprises that control one another."""
        return next((each for each in self.controllers if each.is_actual), None)


def _banded(fen: int | None) -> dict[str, Any] | None:
    return None if fen is None else dataclasses.asdict(amount_band(fen))


def enterprise_parties(scope: Scope, subject: int) -> EnterpriseParties:
    """The related parties of one enterprise as known by the end of the day.

    Args:
        scope: What is read; of `DATASETS` those without a view count as never delivered.
        subject: The enterprise.

    Raises:
        UnknownParty: It was neither registered nor named in any relation by then.
    """
    session, as_of = scope.session, scope.as_of
    compute(
        session,
        rules=scope.rules,
        contracts=scope.contracts,
        views=scope.views,
        as_of=as_of,
        regions=scope.regions,
        subjects=[subject],
    )
    standing = session.records(f"SELECT * FROM {STANDING}")
    row: Mapping[str, Any] = standing[0] if standing else {}
    controllers = session.records(_CONTROLLERS.format(subject=subject))
    members = {
        table: [
            party
            for (party,) in session.rows(
                f"SELECT b.{column} FROM {table} AS a JOIN {table} AS b ON b.{key} = a.{key}"
                f" WHERE a.{column} = {subject:d} AND b.{column} <> {subject:d} AND b.{column} >= 0 ORDER BY 1"
            )
        ]
        for table, column, key in ((GROUP, "company", "root"), (CIRCLE, "subject", "circle"))
    }
    related = session.records(f"SELECT * FROM {RELATED} ORDER BY hops, kind, related_subject")
    parties = {each["controller"] for each in controllers} | {each["related_subject"] for each in related}
    parties = parties.union(*members.values())
    named = call(scope, sorted(parties, key=lambda party: (party < 0, abs(party))), _told(session))
    graph = neighbourhood(scope, subject)
    if not graph.edges and not is_registered(scope, subject):
        raise UnknownParty(
            f"截至 {as_of}，平台没有组织机构代码为 {organisation_code(subject)} 的企业。",
            remedy="请核对代码，或改晚日期。",
        )
    return EnterpriseParties(
        as_of=as_of,
        subject=subject,
        controllers=tuple(_controller(each, named) for each in controllers),
        group=tuple(_called(party, named) for party in members[GROUP]),
        circle=tuple(_called(party, named) for party in members[CIRCLE]),
        given_count=row.get("given_count") or 0,
        given_fen=row.get("given_fen"),
        received_count=row.get("received_count") or 0,
        received_fen=row.get("received_fen"),
        chain_links=row.get("chain_links") or 0,
        is_hub=bool(row.get("is_hub")),
        related=tuple(_related(each, named) for each in related),
        graph=graph,
    )


def _told(session: Session) -> dict[int, tuple[str, NodeKind]]:
    """What holdings and guarantees call the parties in them."""
    return {
        party: (name, kind)
        for party, name, kind in session.rows(
            "SELECT party, min(name), min(kind) FROM ("
            f"SELECT holder AS party, name, kind FROM {HOLDING}"
            f" UNION ALL SELECT guarantor, guarantor_name, 'other' FROM {GUARANTEE}"
            f" UNION ALL SELECT guaranteed, guaranteed_name, 'other' FROM {GUARANTEE}"
            ") WHERE name IS NOT NULL GROUP BY party"
        )
    }


def _called(party: int, named: Mapping[int, Called]) -> tuple[str, str]:
    node = named.get(party)
    return (node.name, node.id) if node else (organisation_code(party), organisation_code(party))


def _controller(row: Mapping[str, Any], named: Mapping[int, Called]) -> Controller:
    node = named[row["controller"]]
    return Controller(
        name=node.name,
        kind=node.kind,
        code=node.id if node.kind == "enterprise" else None,
        votes=row["votes"] / MILLION,
        stake=None if row["stake"] is None else row["stake"] / MILLION,
        links=row["links"],
        is_actual=row["is_actual"],
    )


def _related(row: Mapping[str, Any], named: Mapping[int, Called]) -> RelatedParty:
    name, code = _called(row["related_subject"], named)
    return RelatedParty(
        name=name,
        code=code,
        hops=row["hops"],
        kind=row["kind"],
        is_dishonest=row["is_dishonest"],
        is_bankrupt=row["is_bankrupt"],
        is_enforced=row["is_enforced"],
    )


_CONTROLLERS = f"""SELECT c.controller, c.votes, c.links, s.share AS stake, a.controller IS NOT NULL AS is_actual
FROM {CONTROL} AS c
LEFT JOIN {STAKE} AS s ON s.company = c.company AND s.holder = c.controller
LEFT JOIN {ACTUAL} AS a ON a.company = c.company AND a.controller = c.controller
WHERE c.company = {{subject}}
ORDER BY is_actual DESC, c.links DESC, c.controller"""
