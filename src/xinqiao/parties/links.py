"""From records to links: who holds, serves and guarantees whom, each party as one 64-bit number.

An enterprise is its subject key. A person is known by the keyed hash of the identity document that departments
deliver; a party known by a name alone is another one in every enterprise. Both are negative numbers, which no
subject key is.
"""

from collections.abc import Mapping
from datetime import date

from xinqiao.catalogue import Contract
from xinqiao.catalogue.known import Views, known_records
from xinqiao.engine import Session
from xinqiao.engine.dialect import literal
from xinqiao.intake.subjects import subject_expression
from xinqiao.kernel.period import months_before
from xinqiao.parties.rules import MILLION, Rules

HOLDING = "party_holding"
POSITION = "party_position"
GUARANTEE = "party_guarantee"
OWNERSHIP_DATASETS = ("key_personnel", "shareholder")
GUARANTEE_DATASETS = ("financing_guarantee", "guarantee_given")
POSITION_DATASETS = ("key_personnel",)
LINKED = (*GUARANTEE_DATASETS, *OWNERSHIP_DATASETS)
"""Every dataset that links are found in."""
_PLACE = {"known_at": "TIMESTAMP", "delivery": "BIGINT"}
_SHAREHOLDER = {
    "subject": "BIGINT",
    "shareholder_name": "VARCHAR",
    "shareholder_code": "VARCHAR",
    "shareholder_kind": "VARCHAR",
    "person_token": "VARCHAR",
    "share_ratio": "DECIMAL(18,6)",
    "subscribed_fen": "BIGINT",
    "from_on": "DATE",
    "to_on": "DATE",
    **_PLACE,
}
_PERSONNEL = {
    "subject": "BIGINT",
    "person_name": "VARCHAR",
    "person_token": "VARCHAR",
    "position": "VARCHAR",
    "from_on": "DATE",
    "to_on": "DATE",
    **_PLACE,
}
_GIVEN = {
    "subject": "BIGINT",
    "guaranteed_code": "VARCHAR",
    "guaranteed_name": "VARCHAR",
    "from_on": "DATE",
    "due_on": "DATE",
    "amount_fen": "BIGINT",
    "released_on": "DATE",
}
_FINANCING = {
    "subject": "BIGINT",
    "guarantor_code": "VARCHAR",
    "guarantor_name": "VARCHAR",
    "from_on": "DATE",
    "guaranteed_fen": "BIGINT",
    "outstanding_fen": "BIGINT",
    "status": "VARCHAR",
    "closed_on": "DATE",
}


def make_holdings(session: Session, *, contracts: Mapping[str, Contract], views: Views, as_of: date) -> None:
    """Make `party_holding(company, holder, share, from_on, name, kind, token)` as known by the end of `as_of`.

    One row per holder; share in millionths, null when neither a ratio nor everybody's capital is known.
    """
    holders = known_records(session, contracts, views, "shareholder", columns=_SHAREHOLDER, as_of=as_of)
    reading = _code_reading(contracts, "shareholder", "code")
    session.run(f"CREATE OR REPLACE TABLE {HOLDING} AS {_holdings(holders, reading, as_of)}")


def make_positions(session: Session, *, contracts: Mapping[str, Contract], views: Views, as_of: date) -> None:
    """Make `party_position(company, person, position, from_on, name, token)` as known by the end of `as_of`."""
    people = known_records(session, contracts, views, "key_personnel", columns=_PERSONNEL, as_of=as_of)
    session.run(f"CREATE OR REPLACE TABLE {POSITION} AS {_positions(people, as_of)}")


def make_guarantees(
    session: Session, *, rules: Rules, contracts: Mapping[str, Contract], views: Views, as_of: date
) -> None:
    """Make `party_guarantee(guarantor, guaranteed, kind, amount_fen, from_on, guarantor_name, guaranteed_name)`.

    Contracts in force as known by the end of `as_of`; `kind` is `guarantee` or `financing_guarantee`.
    """
    given = known_records(session, contracts, views, "guarantee_given", columns=_GIVEN, as_of=as_of)
    financing = known_records(
        session, contracts, views, "financing_guarantee", columns=_FINANCING, as_of=as_of
    )
    day = literal(as_of)
    oldest_due = literal(months_before(as_of, rules.guarantee_survives_months))
    guaranteed = _codes("given", _code_reading(contracts, "guarantee_given", "code"))
    guarantor = _codes("financing", _code_reading(contracts, "financing_guarantee", "code"))
    sql = f"""WITH given AS (
  SELECT *, {_plain_code("guaranteed_code")} AS code, nullif(trim(guaranteed_name), '') AS name FROM {given}
  WHERE (released_on IS NULL OR released_on > {day}) AND (due_on IS NULL OR due_on >= {oldest_due})
), financing AS (
  SELECT *, {_plain_code("guarantor_code")} AS code, nullif(trim(guarantor_name), '') AS name FROM {financing}
  WHERE coalesce(status, 'in_force') = 'in_force' AND (closed_on IS NULL OR closed_on > {day})
)
SELECT guarantor, guaranteed, kind, amount_fen, from_on, guarantor_name, guaranteed_name FROM (
  SELECT g.subject AS guarantor, coalesce(c.enterprise, {_by_name("g.subject", "g.name")}) AS guaranteed,
    'guarantee' AS kind, g.amount_fen, g.from_on, CAST(NULL AS VARCHAR) AS guarantor_name,
    g.name AS guaranteed_name
  FROM given AS g LEFT JOIN {guaranteed} AS c ON c.code = g.code
  UNION ALL
  SELECT coalesce(c.enterprise, {_by_name("f.subject", "f.name")}), f.subject, 'financing_guarantee',
    coalesce(f.outstanding_fen, f.guaranteed_fen), f.from_on, f.name, CAST(NULL AS VARCHAR)
  FROM financing AS f LEFT JOIN {guarantor} AS c ON c.code = f.code
) WHERE guarantor IS NOT NULL AND guaranteed IS NOT NULL AND guarantor <> guaranteed"""
    session.run(f"CREATE OR REPLACE TABLE {GUARANTEE} AS {sql}")


def organisation_part(column: str) -> str:
    """SQL for the organisation code within a code of any kind that has one, for finding rows that may name it."""
    code = f"replace({_plain_code(column)}, '-', '')"
    return (
        f"CASE WHEN strlen({code}) = 18 AND substr({code}, 16) <> '000' THEN substr({code}, 9, 9)"
        f" WHEN strlen({code}) IN (15, 18) THEN substr({code}, 7, 9) ELSE {code} END"
    )


def _code_reading(contracts: Mapping[str, Contract], dataset: str, code: str) -> str:
    """SQL for the subject key that a counterparty's code says by itself, read as the dataset reads its own."""
    if dataset not in contracts:
        return "CAST(NULL AS BIGINT)"
    return subject_expression(contracts[dataset], code=code, system=None, known="CAST(NULL AS BIGINT)")


def _plain_code(column: str) -> str:
    return f"nullif(upper(replace(trim({column}), ' ', '')), '')"


def _party_number(text: str) -> str:
    """SQL for the negative number of a party that has no subject key; 60 bits, so two never meet in a city."""
    return f"-1 - CAST('0x' || substr(md5({text}), 1, 15) AS BIGINT)"


def _codes(rows: str, reading: str) -> str:
    """A query in brackets for the subject key of every code in some rows; each code is read once."""
    distinct = f"SELECT DISTINCT code FROM {rows} WHERE code IS NOT NULL"
    return f"(SELECT code, {reading} AS enterprise FROM ({distinct}))"


def _by_name(subject: str, name: str) -> str:
    number = _party_number(f"concat(CAST({subject} AS VARCHAR), chr(31), {name})")
    return f"CASE WHEN {name} IS NOT NULL THEN {number} END"


def _person(token: str, name: str) -> str:
    return f"CASE WHEN {token} IS NOT NULL THEN {_party_number(token)} ELSE {_by_name('subject', name)} END"


def _holdings(holders: str, reading: str, as_of: date) -> str:
    """Each holder's newest entry, if it has not ended; shares that add up to more than all are scaled down."""
    return f"""WITH given AS (
  SELECT *, {_plain_code("shareholder_code")} AS code, nullif(trim(shareholder_name), '') AS name,
    CASE WHEN shareholder_kind = 'person' THEN nullif(trim(person_token), '') END AS token
  FROM {holders}
), read AS (
  SELECT given.*, codes.enterprise FROM given LEFT JOIN {_codes("given", reading)} AS codes
    ON codes.code = given.code AND given.shareholder_kind IS DISTINCT FROM 'person'
), told AS (
  SELECT *, coalesce(enterprise, {_person("token", "name")}) AS holder FROM read
), standing AS (
  SELECT subject AS company, holder, share_ratio, subscribed_fen, from_on, name, token,
    CASE WHEN enterprise IS NOT NULL THEN 'enterprise' ELSE coalesce(shareholder_kind, 'other') END AS kind
  FROM (
    SELECT *, row_number() OVER (
      PARTITION BY subject, holder ORDER BY from_on DESC, known_at DESC, delivery DESC, name) AS place
    FROM told WHERE holder IS NOT NULL AND holder <> subject
  ) WHERE place = 1 AND (to_on IS NULL OR to_on > {literal(as_of)})
), shared AS (
  SELECT *, CASE
    WHEN share_ratio IS NOT NULL THEN CAST(share_ratio * {MILLION} AS BIGINT)
    WHEN count(subscribed_fen) OVER (PARTITION BY company) = count(*) OVER (PARTITION BY company)
      AND sum(subscribed_fen) OVER (PARTITION BY company) > 0
    THEN CAST(floor(CAST(subscribed_fen AS DOUBLE) * {MILLION}
      / CAST(sum(subscribed_fen) OVER (PARTITION BY company) AS DOUBLE)) AS BIGINT)
    END AS given_share
  FROM standing
)
SELECT company, holder, CAST(CASE WHEN sum(given_share) OVER (PARTITION BY company) > {MILLION}
    THEN given_share * {MILLION} // sum(given_share) OVER (PARTITION BY company)
    ELSE given_share END AS BIGINT) AS share, from_on, name, kind, token
FROM shared"""


def _positions(people: str, as_of: date) -> str:
    return f"""SELECT company, person, position, from_on, name, token
FROM (
  SELECT *, row_number() OVER (
    PARTITION BY company, person, position ORDER BY from_on DESC, known_at DESC, delivery DESC) AS place
  FROM (
    SELECT subject AS company, {_person("token", "name")} AS person, * FROM (
      SELECT *, nullif(trim(person_name), '') AS name, nullif(trim(person_token), '') AS token FROM {people}
    )
  ) WHERE person IS NOT NULL
) WHERE place = 1 AND (to_on IS NULL OR to_on > {literal(as_of)})"""
