"""The drawing around one enterprise: parties as nodes, holdings, positions and guarantees as edges."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal

from xinqiao.catalogue.masking import AmountBand, amount_band

NodeKind = Literal["enterprise", "person", "other"]
EdgeKind = Literal["holding", "position", "guarantee", "financing_guarantee"]

_EDGE_KINDS: Mapping[EdgeKind, tuple[str, str]] = {
    "holding": ("持股", "Holds"),
    "position": ("任职", "Serves"),
    "guarantee": ("对外担保", "Guarantees"),
    "financing_guarantee": ("融资担保", "Guarantees financing"),
}
_POSITIONS: Mapping[str, tuple[str, str]] = {
    "legal_representative": ("法定代表人", "Legal representative"),
    "executive_director": ("执行董事", "Executive director"),
    "director": ("董事", "Director"),
    "supervisor": ("监事", "Supervisor"),
    "manager": ("经理", "Manager"),
    "other": ("其他主要人员", "Other"),
}


@dataclass(frozen=True, slots=True)
class Node:
    """A party.

    Attributes:
        id: Its name in this drawing: an enterprise's unified code (organisation code where no unified code is known),
            `P1` … for persons, `O1` … for others. Persons have no name that holds in another drawing.
        kind: What it is.
        name: Its name; a person's is masked.
        hops: Links from the enterprise in the middle, which has 0.
        subject: Subject key of an enterprise that has one.
        is_cut: Whether it has more relations than are followed.
    """

    id: str
    kind: NodeKind
    name: str
    hops: int
    subject: int | None
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation, from who holds, serves or guarantees to whom.

    Attributes:
        source: Id of the node it begins at.
        target: Id of the node it leads to.
        kind: What it is.
        ratio: Share held, as a fraction of one.
        amount_fen: Amount guaranteed.
        position: The position served in.
        from_on: Since when.
        count: Contracts behind it, for guarantees; else 1.
    """

    source: str
    target: str
    kind: EdgeKind
    ratio: float | None
    amount_fen: int | None
    position: str | None
    from_on: date | None
    count: int

    def touches(self, node: str) -> bool:
        """Whether it begins at or leads to a node."""
        return node in (self.source, self.target)

    def amount_shown(self, centre: str) -> AmountBand | None:
        """The amount as whoever asks about `centre` may see it: by its size, and between others not even by that."""
        if self.amount_fen is None or not self.touches(centre):
            return None
        return amount_band(self.amount_fen)

    @property
    def words(self) -> tuple[str, str]:
        """The relation in Chinese and English; of a position, the post."""
        if self.kind == "position":
            return _POSITIONS.get(self.position or "other", _POSITIONS["other"])
        return _EDGE_KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class Graph:
    """What is known around one enterprise.

    Attributes:
        as_of: The day it holds for.
        nodes: The enterprise first, then by links away and id.
        edges: All relations between them, in order of source, target and kind.
        is_cut: Whether there are more parties than are shown.
    """

    as_of: date
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    is_cut: bool

    def shown(self) -> "Graph":
        """The drawing without financing guarantees between others, and without whom only those lead to.

        Whom a guarantee company or a bank's client guarantees besides is not this enterprise's to show.
        """
        centre = self.nodes[0].id
        edges = tuple(
            edge for edge in self.edges if edge.kind != "financing_guarantee" or edge.touches(centre)
        )
        drawn = {centre, *(end for edge in edges for end in (edge.source, edge.target))}
        return replace(self, edges=edges, nodes=tuple(node for node in self.nodes if node.id in drawn))

    def to_json(self) -> dict[str, Any]:
        """What may be shown as JSON values; what does not apply is left out, what is unknown or hidden is null."""
        shown, centre = self.shown(), self.nodes[0].id
        return {
            "as_of": self.as_of.isoformat(),
            "is_cut": self.is_cut,
            "nodes": [
                {
                    "id": n.id,
                    "kind": n.kind,
                    "name": n.name,
                    "hops": n.hops,
                    "is_cut": n.is_cut,
                }
                for n in shown.nodes
            ],
            "edges": [_edge_json(edge, centre) for edge in shown.edges],
        }


def _edge_json(edge: Edge, centre: str) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "source": edge.source,
        "target": edge.target,
        "kind": edge.kind,
        "label_zh": edge.words[0],
        "label_en": edge.words[1],
        "from_on": edge.from_on.isoformat() if edge.from_on else None,
    }
    if edge.kind == "holding":
        plain["ratio"] = edge.ratio
    elif edge.kind == "position":
        plain["position"] = edge.position
    else:
        amount = edge.amount_shown(centre)
        plain |= {"amount_fen": asdict(amount) if amount else None, "count": edge.count}
    return plain
