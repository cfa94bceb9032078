"""Finds what is around one enterprise, link by link: among links that an evaluation kept, or in the records."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any

from xinqiao.engine import Session
from xinqiao.engine.dialect import within
from xinqiao.lake import Lake
from xinqiao.parties.graph import Edge, Graph, Node, NodeKind
from xinqiao.parties.kept import keeps_links, links_sql, register_links
from xinqiao.parties.links import HOLDING, POSITION, make_guarantees, make_holdings, make_positions
from xinqiao.parties.names import REGISTRATION, call
from xinqiao.parties.rules import MILLION, Rules
from xinqiao.parties.scope import NAMING, Scope

DATASETS = (REGISTRATION, *sorted(NAMING))
_FEW = 10_000
"""Links that are put in order outside the engine, at most."""
Link = Mapping[str, Any]
"""A link seen from one party, with the columns of `kept.LINK_COLUMNS`."""


@dataclass(slots=True)
class _Records:
    """Finds links in the records: whose rows must be read is found out first, then they are read in one go."""

    scope: Scope
    companies: set[int] = field(default_factory=set)
    crowded: set[int] = field(default_factory=set)

    def links(self, parties: Collection[int]) -> Sequence[Link]:
        """Links of parties; of one that too many companies name, no more than are known anyway."""
        session, scope = self.scope.session, self.scope
        tokens = self._tokens(parties)
        enterprises = {party for party in parties if party >= 0}
        self.companies |= enterprises
        named = scope.naming(NAMING, enterprises=enterprises, tokens=list(tokens))
        for key, found in named.items():
            if len(found) > scope.rules.most_linked:
                self.crowded.add(key if isinstance(key, int) else tokens[key])
            else:
                self.companies |= found
        narrowed = scope.narrowed(self.companies)
        make_holdings(session, contracts=scope.contracts, views=narrowed, as_of=scope.as_of)
        make_positions(session, contracts=scope.contracts, views=narrowed, as_of=scope.as_of)
        make_guarantees(
            session, rules=scope.rules, contracts=scope.contracts, views=narrowed, as_of=scope.as_of
        )
        return _selected(session, f"({links_sql()})", parties, scope.rules)

    def _tokens(self, parties: Collection[int]) -> dict[str, int]:
        """Keyed hashes of persons among parties found before."""
        persons = {party for party in parties if party < 0}
        if not persons:
            return {}
        rows = self.scope.session.rows(
            f"SELECT DISTINCT holder AS party, token FROM {HOLDING} WHERE token IS NOT NULL"
            f" UNION SELECT person, token FROM {POSITION} WHERE token IS NOT NULL"
        )
        return {token: party for party, token in rows if party in persons}


def neighbourhood(scope: Scope, subject: int) -> Graph:
    """Everybody within two links of an enterprise as known by the end of the day, from the records.

    A party with more than `most_linked` links is shown and marked, and not followed.

    Args:
        scope: What is read; of `DATASETS` those without a view count as never delivered.
        subject: The enterprise in the middle.
    """
    records = _Records(scope)
    return _drawn(scope, records.links, records.crowded, subject)


def kept_neighbourhood(
    scope: Scope, lake: Lake, *, versions: Mapping[str, int], evaluation_id: int, subject: int
) -> Graph | None:
    """The same from the links that an evaluation kept, which takes two short reads; None when it kept none.

    Of the scope's views only the registrations are read, for names.
    """
    session = scope.session

    def links(parties: Collection[int]) -> Sequence[Link]:
        relation = register_links(
            session, lake, versions=versions, evaluation_id=evaluation_id, subjects=parties
        )
        return _selected(session, relation, parties, scope.rules)

    if not keeps_links(session, lake, versions=versions, evaluation_id=evaluation_id):
        return None
    return _drawn(scope, links, set(), subject)


def _selected(session: Session, relation: str, parties: Collection[int], rules: Rules) -> Sequence[Link]:
    """Links of parties, of each party no more than tell that it has too many.

    A few are put in order here, because the engine plans the ranking for longer than it reads them.
    """
    plain = f"SELECT * FROM {relation} WHERE {within(parties)}"
    few = session.records(f"{plain} LIMIT {_FEW:d}")
    if len(few) == _FEW:
        return session.records(
            f"SELECT * EXCLUDE (place) FROM (SELECT *, row_number() OVER ("
            "PARTITION BY subject ORDER BY other, kind, is_source, position) AS place"
            f" FROM ({plain})) WHERE place <= {rules.most_linked + 1:d}"
            " ORDER BY subject, other, kind, is_source, position"
        )
    few.sort(key=_place)
    of_each = groupby(few, key=lambda link: link["subject"])
    return [link for _, links in of_each for link in islice(links, rules.most_linked + 1)]


def _place(link: Link) -> tuple[Any, ...]:
    """The order of links that the engine gives too."""
    position = link["position"]
    return link["subject"], link["other"], link["kind"], link["is_source"], position is None, position or ""


def _drawn(
    scope: Scope,
    links: Callable[[Collection[int]], Sequence[Link]],
    crowded: set[int],
    subject: int,
) -> Graph:
    first = links([subject])
    hops = {subject: 0} | {link["other"]: 1 for link in first}
    second = links([party for party in hops if party != subject]) if first else ()
    counted: dict[int, int] = {}
    for link in (*first, *second):
        counted[link["subject"]] = counted.get(link["subject"], 0) + 1
    crowded |= {party for party, count in counted.items() if count > scope.rules.most_linked}
    followed = [*first, *(link for link in second if link["subject"] not in crowded)]
    for link in followed:
        hops.setdefault(link["other"], 2)
    shown = sorted(hops, key=lambda party: (hops[party], party < 0, abs(party)))
    kept = shown[: scope.rules.most_nodes]
    told: dict[int, tuple[str, NodeKind]] = {}
    for link in followed:
        if link["name"] and link["other"] not in told:
            told[link["other"]] = (link["name"], _kind(link["party_kind"]))
    nodes = {
        party: Node(
            id=who.id,
            kind=who.kind,
            name=who.name,
            hops=hops[party],
            subject=party if party >= 0 else None,
            is_cut=party in crowded,
        )
        for party, who in call(scope, kept, told).items()
    }
    return Graph(
        as_of=scope.as_of,
        nodes=tuple(nodes.values()),
        edges=_edges(followed, nodes),
        is_cut=len(kept) < len(shown) or not crowded.isdisjoint(nodes),
    )


def _kind(text: str | None) -> NodeKind:
    return "enterprise" if text == "enterprise" else "person" if text == "person" else "other"


def _edges(links: Sequence[Link], nodes: Mapping[int, Node]) -> tuple[Edge, ...]:
    """Each link once, whichever of its parties it was found under."""
    edges = set()
    for link in links:
        ends = (link["subject"], link["other"]) if link["is_source"] else (link["other"], link["subject"])
        if ends[0] in nodes and ends[1] in nodes:
            edges.add(
                Edge(
                    source=nodes[ends[0]].id,
                    target=nodes[ends[1]].id,
                    kind=link["kind"],
                    ratio=None if link["share"] is None else link["share"] / MILLION,
                    amount_fen=link["amount_fen"],
                    position=link["position"],
                    from_on=link["from_on"],
                    count=link["contracts"],
                )
            )
    return tuple(sorted(edges, key=_edge_order))


def _edge_order(edge: Edge) -> tuple[Any, ...]:
    """One order whatever the order in which edges were found, also of a post held twice."""
    began = "" if edge.from_on is None else edge.from_on.isoformat()
    return (
        edge.source,
        edge.target,
        edge.kind,
        edge.position or "",
        began,
        edge.ratio or 0.0,
        edge.amount_fen or 0,
    )
