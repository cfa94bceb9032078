"""Guarantee circles, chains and hubs.

A circle is a strongly connected part of the graph of guarantees: everybody in it stands, through others, for
everybody else. The engine strips parties that cannot be in one; what is left is small and is searched in memory.
"""

from collections.abc import Iterable, Mapping

from xinqiao.engine import Session
from xinqiao.parties.links import GUARANTEE
from xinqiao.parties.rules import Rules

STANDING = "guarantee_standing"
CIRCLE = "party_circle"
_MOST_ROUNDS = 30


def make_guarantee_standing(session: Session, *, rules: Rules) -> None:
    """Make `guarantee_standing` of everybody who guarantees or is guaranteed, from `party_guarantee`.

    Columns: subject, given_count, given_fen, received_count, received_fen, chain_links (the longest chain of
    guarantees that begins at it, see `_make_chains`), circle (smallest member; null outside),
    circle_size, is_hub.
    """
    session.run(
        f"CREATE OR REPLACE TABLE party_edge AS SELECT DISTINCT guarantor, guaranteed FROM {GUARANTEE}"
    )
    _make_circles(session)
    _make_chains(session, rules.longest_chain)
    session.run(f"CREATE OR REPLACE TABLE {STANDING} AS {_STANDING.format(hub=rules.hub_guarantees)}")
    for table in ("party_edge", "party_chain_length"):
        session.run(f"DROP TABLE {table}")


def components(edges: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Smallest member of the strongly connected part that each node of a circle belongs to.

    Tarjan's algorithm without recursion; nodes in no circle are left out.
    """
    following: dict[int, list[int]] = {}
    for source, target in edges:
        following.setdefault(source, []).append(target)
        following.setdefault(target, [])
    found: dict[int, int] = {}
    for part in _strong_parts(following):
        if len(part) > 1:
            least = min(part)
            found.update(dict.fromkeys(part, least))
    return found


def _strong_parts(following: Mapping[int, list[int]]) -> Iterable[list[int]]:
    order: dict[int, int] = {}
    lowest: dict[int, int] = {}
    waiting: list[int] = []
    on_path: set[int] = set()
    for start in sorted(following):
        if start in order:
            continue
        path = [(start, iter(following[start]))]
        order[start] = lowest[start] = len(order)
        waiting.append(start)
        on_path.add(start)
        while path:
            node, rest = path[-1]
            step = next(rest, None)
            if step is None:
                path.pop()
                if path:
                    above = path[-1][0]
                    lowest[above] = min(lowest[above], lowest[node])
                if lowest[node] == order[node]:
                    place = _last(waiting, node)
                    part = waiting[place:]
                    del waiting[place:]
                    on_path.difference_update(part)
                    yield part
            elif step not in order:
                order[step] = lowest[step] = len(order)
                waiting.append(step)
                on_path.add(step)
                path.append((step, iter(following[step])))
            elif step in on_path:
                lowest[node] = min(lowest[node], order[step])


def _last(waiting: list[int], node: int) -> int:
    place = len(waiting) - 1
    while waiting[place] != node:
        place -= 1
    return place


def _make_circles(session: Session) -> None:
    """Make `party_circle(subject, circle)`."""
    session.run("CREATE OR REPLACE TABLE party_core AS SELECT guarantor, guaranteed FROM party_edge")
    left = int(session.scalar("SELECT count(*) FROM party_core"))
    for _ in range(_MOST_ROUNDS):
        # Who guarantees nobody, or is guaranteed by nobody, is in no circle; nor then are its guarantees.
        session.run(
            "CREATE OR REPLACE TABLE party_core AS SELECT guarantor, guaranteed FROM party_core AS e"
            " WHERE EXISTS (SELECT 1 FROM party_core AS i WHERE i.guaranteed = e.guarantor)"
            " AND EXISTS (SELECT 1 FROM party_core AS o WHERE o.guarantor = e.guaranteed)"
        )
        still = int(session.scalar("SELECT count(*) FROM party_core"))
        if still == left:
            break
        left = still
    circles = components(session.rows("SELECT guarantor, guaranteed FROM party_core ORDER BY 1, 2"))
    session.run("DROP TABLE party_core")
    session.run(f"CREATE OR REPLACE TABLE {CIRCLE} (subject BIGINT, circle BIGINT)")
    if circles:
        session.run(
            f"INSERT INTO {CIRCLE} SELECT unnest($subjects), unnest($circles)",
            {"subjects": list(circles), "circles": list(circles.values())},
        )


def _make_chains(session: Session, longest: int) -> None:
    """Make `party_chain_length(subject, links)`, no more than `longest` links.

    Nobody stands twice in a chain. One that meets a circle is taken to pass all its members once; the longest way
    that truly does may be shorter where a circle is more than a ring, and to find it would cost more than it tells.
    """
    session.run(f"""CREATE OR REPLACE TABLE party_part AS
SELECT subject, part, count(*) OVER (PARTITION BY part) - 1 AS within FROM (
  SELECT n.subject, coalesce(c.circle, n.subject) AS part
  FROM (SELECT guarantor AS subject FROM party_edge UNION SELECT guaranteed FROM party_edge) AS n
  LEFT JOIN {CIRCLE} AS c ON c.subject = n.subject
)""")
    session.run(
        "CREATE OR REPLACE TABLE party_way AS SELECT DISTINCT g.part AS giver, t.part AS taker, g.within FROM party_edge AS e"
        " JOIN party_part AS g ON g.subject = e.guarantor JOIN party_part AS t ON t.subject = e.guaranteed"
        " WHERE g.part <> t.part"
    )
    session.run(
        "CREATE OR REPLACE TABLE party_reach AS"
        f" SELECT DISTINCT part, least(within, {longest:d}) AS links FROM party_part"
    )
    for _ in range(longest):
        session.run(f"""CREATE OR REPLACE TABLE party_reach AS
SELECT r.part, greatest(r.links, least(coalesce(max(w.within + 1 + n.links), 0), {longest:d})) AS links
FROM party_reach AS r LEFT JOIN party_way AS w ON w.giver = r.part LEFT JOIN party_reach AS n ON n.part = w.taker
GROUP BY r.part, r.links""")
    session.run(
        "CREATE OR REPLACE TABLE party_chain_length AS SELECT subject, links FROM party_part JOIN party_reach USING (part)"
    )
    for table in ("party_part", "party_way", "party_reach"):
        session.run(f"DROP TABLE {table}")


_STANDING = f"""WITH given AS (
  SELECT guarantor AS subject, count(*) AS given_count, CAST(sum(amount_fen) AS BIGINT) AS given_fen
  FROM {GUARANTEE} GROUP BY guarantor
), received AS (
  SELECT guaranteed AS subject, count(*) AS received_count, CAST(sum(amount_fen) AS BIGINT) AS received_fen
  FROM {GUARANTEE} GROUP BY guaranteed
), sized AS (
  SELECT subject, circle, count(*) OVER (PARTITION BY circle) AS size FROM {CIRCLE}
)
SELECT e.subject, coalesce(g.given_count, 0) AS given_count, g.given_fen,
  coalesce(r.received_count, 0) AS received_count, r.received_fen,
  coalesce(CAST(c.links AS BIGINT), 0) AS chain_links, s.circle, coalesce(s.size, 0) AS circle_size,
  coalesce(g.given_count, 0) >= {{hub}} AS is_hub
FROM (SELECT subject FROM given UNION SELECT subject FROM received) AS e
LEFT JOIN given AS g ON g.subject = e.subject
LEFT JOIN received AS r ON r.subject = e.subject
LEFT JOIN party_chain_length AS c ON c.subject = e.subject
LEFT JOIN sized AS s ON s.subject = e.subject
WHERE e.subject >= 0"""
