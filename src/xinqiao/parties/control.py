"""Who controls whom: votes of one's own and of the enterprises one controls, added up until nothing changes."""

from xinqiao.engine import Session
from xinqiao.parties.links import HOLDING
from xinqiao.parties.rules import MILLION, Rules

CONTROL = "party_control"
STAKE = "party_stake"
ACTUAL = "party_actual_controller"
GROUP = "party_group"


def make_control(session: Session, *, rules: Rules) -> None:
    """Make the tables of control from `party_holding`.

    `party_control(company, controller, votes, links)`: everybody who controls a company, directly or through
    others; votes in millionths. The set only grows from round to round, so cross-holdings come to an end; no
    more than `deepest_chain` rounds are made.

    `party_actual_controller(company, controller, votes, links)`: of those the one whom nobody controls. Companies
    that only control one another in a circle have none.

    `party_group(company, root, size)`: enterprises under one actual controller, two at least, the controller
    among them if it is an enterprise. A circle is a group under its smallest member.
    """
    majority = round(rules.control_share * MILLION)
    session.run(
        f"CREATE OR REPLACE TABLE {CONTROL} AS SELECT company, holder AS controller, share AS votes, 1 AS links"
        f" FROM {HOLDING} WHERE share > {majority}"
    )
    # Where nobody but persons holds, no further round can add a vote.
    session.run(
        f"CREATE OR REPLACE TABLE party_indirect AS SELECT h.company, h.holder, h.share FROM {HOLDING} AS h"
        f" WHERE h.share IS NOT NULL AND h.company IN (SELECT company FROM {HOLDING} WHERE holder >= 0)"
    )
    known = _pairs(session)
    for links in range(2, rules.deepest_chain + 1):
        session.run(_ROUND.format(majority=majority, links=links))
        session.run(f"DROP TABLE {CONTROL}")
        session.run(f"ALTER TABLE party_next_control RENAME TO {CONTROL}")
        found = _pairs(session)
        if found == known:
            break
        known = found
    session.run(f"CREATE OR REPLACE TABLE {ACTUAL} AS {_ACTUAL}")
    session.run(f"CREATE OR REPLACE TABLE {GROUP} AS {_GROUPS}")
    session.run("DROP TABLE party_indirect")


def make_stakes(session: Session, *, rules: Rules) -> None:
    """Make `party_stake(company, holder, share)`: what each party holds in the end, in millionths.

    Shares are multiplied along a chain and added up over chains, rounded down link by link; the chains end where they
    come back to the company, after `deepest_chain` links, or where what those of one length add falls below
    `least_stake`. Nobody holds more than the whole: what a circle among the holders would add up to beyond is cut.
    """
    least = round(rules.least_stake * MILLION)
    session.run(
        "CREATE OR REPLACE TABLE party_chain AS SELECT company, holder, share, 1 AS links"
        f" FROM {HOLDING} WHERE share > 0"
    )
    for links in range(2, rules.deepest_chain + 1):
        session.run(f"""INSERT INTO party_chain
SELECT company, holder, share, {links} FROM (
  SELECT c.company, h.holder, CAST(sum(c.share * h.share // {MILLION}) AS BIGINT) AS share
  FROM party_chain AS c JOIN {HOLDING} AS h ON h.company = c.holder
  WHERE c.links = {links - 1} AND h.share > 0 AND h.holder <> c.company
  GROUP BY c.company, h.holder
) WHERE share >= {least}""")
        if not session.scalar(f"SELECT TRUE FROM party_chain WHERE links = {links} LIMIT 1"):
            break
    session.run(
        f"CREATE OR REPLACE TABLE {STAKE} AS SELECT company, holder,"
        f" least(CAST(sum(share) AS BIGINT), {MILLION}) AS share"
        " FROM party_chain WHERE company <> holder GROUP BY company, holder"
    )
    session.run("DROP TABLE party_chain")


def _pairs(session: Session) -> int:
    return int(session.scalar(f"SELECT count(*) FROM {CONTROL}"))


_ROUND = f"""CREATE OR REPLACE TABLE party_next_control AS
SELECT v.company, v.controller, v.votes, coalesce(k.links, {{links}}) AS links
FROM (
  SELECT company, controller, CAST(sum(share) AS BIGINT) AS votes FROM (
    SELECT company, holder AS controller, share FROM party_indirect
    UNION ALL
    SELECT i.company, k.controller, i.share
    FROM party_indirect AS i JOIN {CONTROL} AS k ON k.company = i.holder
    WHERE k.controller <> i.company
  ) GROUP BY company, controller
  HAVING sum(share) > {{majority}}
) AS v
LEFT JOIN {CONTROL} AS k ON k.company = v.company AND k.controller = v.controller
UNION ALL
SELECT company, controller, votes, links FROM {CONTROL}
WHERE NOT EXISTS (SELECT 1 FROM party_indirect AS i WHERE i.company = {CONTROL}.company)"""

_ACTUAL = f"""SELECT company, controller, votes, links FROM (
  SELECT c.*, row_number() OVER (PARTITION BY c.company ORDER BY c.votes DESC, c.controller) AS place
  FROM {CONTROL} AS c
  WHERE NOT EXISTS (SELECT 1 FROM {CONTROL} AS above WHERE above.company = c.controller)
) WHERE place = 1"""

_GROUPS = f"""WITH circular AS (
  SELECT DISTINCT a.company FROM {CONTROL} AS a
  JOIN {CONTROL} AS b ON b.company = a.controller AND b.controller = a.company
), circle AS (
  SELECT c.company, min(c.controller) AS least_member FROM {CONTROL} AS c
  JOIN circular AS m ON m.company = c.controller
  GROUP BY c.company
), root AS (
  SELECT c.company, CASE
    WHEN a.controller IS NOT NULL THEN a.controller
    WHEN m.company IS NOT NULL THEN least(c.company, l.least_member)
    ELSE coalesce(l.least_member, c.company) END AS root
  FROM (SELECT DISTINCT company FROM {CONTROL}) AS c
  LEFT JOIN {ACTUAL} AS a ON a.company = c.company
  LEFT JOIN circular AS m ON m.company = c.company
  LEFT JOIN circle AS l ON l.company = c.company
), member AS (
  SELECT company, root FROM root
  UNION
  SELECT root, root FROM root WHERE root >= 0
)
SELECT company, root, CAST(size AS BIGINT) AS size
FROM (SELECT company, root, count(*) OVER (PARTITION BY root) AS size FROM member)
WHERE size >= 2"""
