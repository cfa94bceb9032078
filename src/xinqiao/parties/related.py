"""Enterprises within two links of ownership of one another, and which of them are in trouble with the courts."""

from collections.abc import Collection, Mapping
from datetime import date

from xinqiao.catalogue import Contract
from xinqiao.catalogue.known import Views, in_regions, is_collected, known_records, known_regions
from xinqiao.engine import Session
from xinqiao.engine.dialect import literal
from xinqiao.parties.links import HOLDING
from xinqiao.parties.rules import MILLION, Rules

RELATED = "related_party"
RELATED_COLUMNS: Mapping[str, str] = {
    "subject": "BIGINT",
    "related_subject": "BIGINT",
    "hops": "INTEGER",
    "kind": "VARCHAR",
    "is_dishonest": "BOOLEAN",
    "is_bankrupt": "BOOLEAN",
    "is_enforced": "BOOLEAN",
    "in_trouble": "BOOLEAN",
}
KINDS: Mapping[str, tuple[str, str]] = {
    "shareholder": ("股东", "Shareholder"),
    "investee": ("对外投资", "Investee"),
    "upstream": ("股东的股东", "Shareholder's shareholder"),
    "downstream": ("所投企业的对外投资", "Investee's investee"),
    "common_shareholder": ("同一股东所投企业", "Same shareholder"),
    "co_investor": ("共同投资方", "Co-investor"),
}
COURT_DATASETS = ("bankruptcy", "dishonest_debtor", "enforcement_case")
_DISHONEST = {"subject": "BIGINT", "removed_on": "DATE"}
_BANKRUPT = {"subject": "BIGINT", "closed_on": "DATE"}
_ENFORCED = {"subject": "BIGINT", "status": "VARCHAR", "concluded_on": "DATE"}


def make_related(
    session: Session,
    *,
    rules: Rules,
    contracts: Mapping[str, Contract],
    views: Views,
    as_of: date,
    regions: Mapping[str, Collection[str]],
) -> None:
    """Make `related_party`, one row per pair of enterprises and direction, from `party_holding`.

    Columns as in `RELATED_COLUMNS`. Links are holdings from `significant_share` on, by enterprises or persons; a
    party with more than `most_linked` of them relates nobody through it. The nearest kind is told. `is_…` is
    whether the related enterprise is a dishonest debtor, in bankruptcy, or under enforcement that is open or was
    ended for want of property, as known by the end of `as_of`; null where it is on no list and the list was never
    delivered, or in `regions` for other regions alone. `in_trouble` is any of them, null where all are.
    """
    least = round(rules.significant_share * MILLION)
    session.run(
        f"CREATE OR REPLACE TABLE party_strong AS SELECT company, holder FROM {HOLDING} WHERE share >= {least}"
    )
    session.run(
        "CREATE OR REPLACE TABLE party_between AS SELECT node FROM"
        " (SELECT company AS node FROM party_strong UNION ALL SELECT holder FROM party_strong)"
        f" GROUP BY node HAVING count(*) <= {rules.most_linked:d}"
    )
    session.run(f"CREATE OR REPLACE TABLE {RELATED} AS {_PAIRS}")
    for table in ("party_strong", "party_between"):
        session.run(f"DROP TABLE {table}")
    trouble = _trouble(session, contracts, views, as_of, regions)
    session.run(f"CREATE OR REPLACE TABLE {RELATED} AS {_TOLD.format(trouble=trouble)}")


def _trouble(
    session: Session,
    contracts: Mapping[str, Contract],
    views: Views,
    as_of: date,
    regions: Mapping[str, Collection[str]],
) -> str:
    """SQL joined to the pairs: the columns `is_…` of each related enterprise."""
    day = literal(as_of)
    standing = {
        "dishonest_debtor": (_DISHONEST, f"removed_on IS NULL OR removed_on > {day}"),
        "bankruptcy": (_BANKRUPT, f"closed_on IS NULL OR closed_on > {day}"),
        "enforcement_case": (
            _ENFORCED,
            f"coalesce(status, 'open') <> 'concluded' OR concluded_on > {day}",
        ),
    }
    parts = []
    for place, (dataset, (columns, active)) in enumerate(standing.items()):
        known = known_records(session, contracts, views, dataset, columns=columns, as_of=as_of)
        parts.append(f"SELECT subject, {place} AS list FROM {known} WHERE {active}")
    flags, placed = [], ""
    for place, (dataset, name) in enumerate(
        zip(standing, ("is_dishonest", "is_bankrupt", "is_enforced"), strict=True)
    ):
        clear = "FALSE"
        if dataset not in contracts or not is_collected(session, views, dataset, as_of=as_of):
            clear = "CAST(NULL AS BOOLEAN)"
        elif dataset in regions:
            # Absence from a list of some regions says nothing about an enterprise of another one.
            clear = f"CASE WHEN {in_regions('any_value(p.region_code)', regions[dataset])} THEN FALSE END"
            known = known_regions(session, contracts, views, as_of=as_of)
            placed = f"LEFT JOIN {known} AS p ON p.subject = r.related_subject"
        flags.append(f"CASE WHEN bool_or(t.list = {place}) THEN TRUE ELSE {clear} END AS {name}")
    flagged = ", ".join(flags)
    return f"""SELECT r.related_subject AS party, {flagged}
  FROM (SELECT DISTINCT related_subject FROM {RELATED}) AS r
  LEFT JOIN ({" UNION ALL ".join(parts)}) AS t ON t.subject = r.related_subject
  {placed}
  GROUP BY r.related_subject"""


# Every step goes through a party in between with few enough links. Two firms may be related in several ways;
# fewer links come first, then the order of KINDS.
_PAIRS = """WITH step AS (
  SELECT company AS subject, holder AS related_subject, 1 AS hops, 1 AS rank FROM party_strong
  UNION ALL SELECT holder, company, 1, 2 FROM party_strong
  UNION ALL SELECT l.company, h.holder, 2, 3 FROM party_strong AS l
    JOIN party_between AS b ON b.node = l.holder JOIN party_strong AS h ON h.company = l.holder
  UNION ALL SELECT h.holder, l.company, 2, 4 FROM party_strong AS l
    JOIN party_between AS b ON b.node = l.holder JOIN party_strong AS h ON h.company = l.holder
  UNION ALL SELECT l.company, h.company, 2, 5 FROM party_strong AS l
    JOIN party_between AS b ON b.node = l.holder JOIN party_strong AS h ON h.holder = l.holder
  UNION ALL SELECT l.holder, h.holder, 2, 6 FROM party_strong AS l
    JOIN party_between AS b ON b.node = l.company JOIN party_strong AS h ON h.company = l.company
)
SELECT subject, related_subject, min(hops) AS hops,
  CASE min(rank) WHEN 1 THEN 'shareholder' WHEN 2 THEN 'investee' WHEN 3 THEN 'upstream' WHEN 4 THEN 'downstream'
    WHEN 5 THEN 'common_shareholder' ELSE 'co_investor' END AS kind
FROM step
WHERE subject >= 0 AND related_subject >= 0 AND subject <> related_subject
GROUP BY subject, related_subject"""

_TOLD = f"""WITH trouble AS (
  {{trouble}}
)
SELECT n.subject, n.related_subject, CAST(n.hops AS INTEGER) AS hops, n.kind,
  t.is_dishonest, t.is_bankrupt, t.is_enforced,
  CASE WHEN t.is_dishonest OR t.is_bankrupt OR t.is_enforced THEN TRUE
    WHEN t.is_dishonest IS NULL AND t.is_bankrupt IS NULL AND t.is_enforced IS NULL THEN NULL
    ELSE FALSE END AS in_trouble
FROM {RELATED} AS n LEFT JOIN trouble AS t ON t.party = n.related_subject"""
