"""Everybody's relations on the engine, or a few subjects' as exactly: what an evaluation calls."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from types import MappingProxyType

from xinqiao.catalogue import Contract
from xinqiao.catalogue.known import Views
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, within
from xinqiao.parties.circles import STANDING as GUARANTEES
from xinqiao.parties.circles import make_guarantee_standing
from xinqiao.parties.control import ACTUAL, GROUP, STAKE, make_control, make_stakes
from xinqiao.parties.links import (
    GUARANTEE_DATASETS,
    OWNERSHIP_DATASETS,
    make_guarantees,
    make_holdings,
    make_positions,
)
from xinqiao.parties.related import COURT_DATASETS, RELATED, make_related
from xinqiao.parties.rules import MILLION, Rules
from xinqiao.parties.scope import Scope

STANDING = "party_standing"
STANDING_COLUMNS: Mapping[str, str] = {
    "subject": "BIGINT",
    "controller": "BIGINT",
    "controller_votes": "DOUBLE",
    "controller_stake": "DOUBLE",
    "controller_links": "BIGINT",
    "group_root": "BIGINT",
    "group_size": "BIGINT",
    "given_count": "BIGINT",
    "given_fen": "BIGINT",
    "received_count": "BIGINT",
    "received_fen": "BIGINT",
    "chain_links": "BIGINT",
    "circle": "BIGINT",
    "circle_size": "BIGINT",
    "is_hub": "BOOLEAN",
}
DATASETS = (*COURT_DATASETS, *GUARANTEE_DATASETS, *OWNERSHIP_DATASETS)

Progress = Callable[[str], None]


def compute(
    session: Session,
    *,
    rules: Rules,
    contracts: Mapping[str, Contract],
    views: Views,
    as_of: date,
    regions: Mapping[str, Collection[str]] = MappingProxyType({}),
    subjects: Collection[int] | None = None,
    progress: Progress | None = None,
) -> int:
    """Make the tables `related_party` and `party_standing` as known by the end of `as_of`.

    `related_party` has the columns of `RELATED_COLUMNS`. `party_standing` has one row per enterprise that somebody
    controls, that is in a group, or that guarantees or is guaranteed, with the columns of `STANDING_COLUMNS`; shares
    are fractions of one, `controller` and `group_root` party numbers (a subject key, or negative for a person).
    What they were made of stays in the session: `party_holding`, `party_position`, `party_guarantee`,
    `party_control`, `party_stake`, `party_group`, `party_circle`.

    Args:
        session: Where the histories are registered.
        rules: The declared rules.
        contracts: Contracts by dataset.
        views: The registered views; of `DATASETS` those that are missing count as never delivered.
        as_of: The day looked at.
        regions: Data sets collected for some regions only, with the beginnings of their codes; where a court list is
            among them, the views hold the registrations too.
        subjects: Whose rows are wanted; everybody's when None. The rows are the same either way.
        progress: Told of each step, in Chinese.

    Returns:
        Number of rows of `party_standing`.
    """
    tell = progress or _say_nothing
    tell("识别持股关系")
    owned = views
    if subjects is not None:
        scope = Scope(session, rules, contracts, views, as_of)
        owned = scope.narrowed(scope.of_ownership(subjects))
    make_holdings(session, contracts=contracts, views=owned, as_of=as_of)
    make_positions(session, contracts=contracts, views=owned, as_of=as_of)
    tell("推算控制关系")
    make_control(session, rules=rules)
    make_stakes(session, rules=rules)
    tell("识别担保关系")
    make_guarantees(session, rules=rules, contracts=contracts, views=views, as_of=as_of)
    make_guarantee_standing(session, rules=rules)
    tell("识别关联企业")
    make_related(session, rules=rules, contracts=contracts, views=views, as_of=as_of, regions=regions)
    session.run(f"CREATE OR REPLACE TABLE {STANDING} AS {_standing(subjects)}")
    if subjects is not None:
        session.run(f"DELETE FROM {RELATED} WHERE NOT ({within(subjects)})")
    return int(session.scalar(f"SELECT count(*) FROM {STANDING}"))


def _say_nothing(_: str) -> None:
    """Progress nobody listens to."""


def _standing(subjects: Collection[int] | None) -> str:
    typed = ", ".join(
        f"CAST({identifier(name)} AS {kind}) AS {identifier(name)}" for name, kind in STANDING_COLUMNS.items()
    )
    where = "TRUE" if subjects is None else within(subjects)
    return f"""SELECT {typed} FROM (
  SELECT e.subject, a.controller, CAST(a.votes AS DOUBLE) / {MILLION} AS controller_votes,
    CAST(s.share AS DOUBLE) / {MILLION} AS controller_stake, a.links AS controller_links,
    g.root AS group_root, g.size AS group_size,
    t.given_count, t.given_fen, t.received_count, t.received_fen, t.chain_links, t.circle, t.circle_size, t.is_hub
  FROM (
    SELECT company AS subject FROM {ACTUAL} UNION SELECT company FROM {GROUP} UNION SELECT subject FROM {GUARANTEES}
  ) AS e
  LEFT JOIN {ACTUAL} AS a ON a.company = e.subject
  LEFT JOIN {STAKE} AS s ON s.company = a.company AND s.holder = a.controller
  LEFT JOIN {GROUP} AS g ON g.company = e.subject
  LEFT JOIN {GUARANTEES} AS t ON t.subject = e.subject
) WHERE subject >= 0 AND {where}"""
