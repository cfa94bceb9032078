"""What an evaluation keeps of everybody's relations in the lake, and how it is found again for one enterprise.

Three lake tables of the names of the session's: `related_party`, `party_standing` and `party_link`. The last holds
every link twice, under either party, so that what is around one enterprise is a matter of two short reads. Persons
stand in it as in a drawing: by their number and with their names masked.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

from xinqiao.catalogue.masking import mask_person_name_sql
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, within
from xinqiao.lake import Lake
from xinqiao.parties.compute import STANDING, STANDING_COLUMNS
from xinqiao.parties.links import GUARANTEE, HOLDING, POSITION
from xinqiao.parties.related import RELATED, RELATED_COLUMNS

LINK = "party_link"
LINK_COLUMNS: Mapping[str, str] = {
    "subject": "BIGINT",
    "other": "BIGINT",
    "is_source": "BOOLEAN",
    "kind": "VARCHAR",
    "share": "BIGINT",
    "amount_fen": "BIGINT",
    "position": "VARCHAR",
    "from_on": "DATE",
    "contracts": "BIGINT",
    "name": "VARCHAR",
    "party_kind": "VARCHAR",
}
"""One link seen from `subject`: `is_source` when it is the one that holds, serves or guarantees; `name` and
`party_kind` are what the records call the other party, a name masked unless it is an enterprise's."""

KEPT: Mapping[str, Mapping[str, str]] = {
    RELATED: RELATED_COLUMNS,
    STANDING: STANDING_COLUMNS,
    LINK: LINK_COLUMNS,
}
"""Columns of each kept table beside `evaluation`."""

_REMEMBERED = 1024
_keepers: dict[tuple[Path, int, int], bool] = {}
_ORDER = {RELATED: "subject, related_subject", STANDING: "subject", LINK: "subject"}


def published_columns(table: str) -> Mapping[str, str]:
    """Columns of a kept table in the lake."""
    return {"evaluation": "BIGINT", **KEPT[table]}


def published_sql(table: str, evaluation_id: int) -> str:
    """The rows that an evaluation appends to a kept table, from the session in which `compute` was run."""
    names = ", ".join(map(identifier, KEPT[table]))
    source = table
    if table == LINK:
        name = f"CASE WHEN other < 0 THEN {mask_person_name_sql('name')} ELSE name END"
        source = f"(SELECT * REPLACE ({name} AS name) FROM ({links_sql()}))"
    return f"SELECT {evaluation_id:d}::BIGINT AS evaluation, {names} FROM {source} ORDER BY {_ORDER[table]}"


def take(
    session: Session,
    lake: Lake,
    *,
    table: str,
    versions: Mapping[str, int],
    evaluation_id: int,
    subjects: Collection[int],
) -> None:
    """Make a kept table of some subjects as an evaluation kept it, trouble with the courts as told then.

    Empty when it kept nothing of them.
    """
    kept = _register(session, lake, table, versions, evaluation_id, subjects)
    names = ", ".join(map(identifier, KEPT[table]))
    session.run(
        f"CREATE OR REPLACE TABLE {identifier(table)} AS SELECT {names} FROM {kept}"
        f" WHERE evaluation = {evaluation_id:d} AND {within(subjects)}"
    )


def keeps_links(session: Session, lake: Lake, *, versions: Mapping[str, int], evaluation_id: int) -> bool:
    """Whether an evaluation kept links; one that found none is not told from one that kept none."""
    version = versions.get(LINK)
    if version is None:
        return False
    # A committed version never changes, so it is asked once.
    key = (lake.root, version, evaluation_id)
    if key not in _keepers:
        if len(_keepers) >= _REMEMBERED:
            _keepers.clear()
        lake.register(
            session,
            table=LINK,
            version=version,
            name="kept_links",
            columns=published_columns(LINK),
            within={"evaluation": (evaluation_id, evaluation_id)},
        )
        one = f"SELECT TRUE FROM kept_links WHERE evaluation = {evaluation_id:d} LIMIT 1"
        _keepers[key] = bool(session.scalar(one))
    return _keepers[key]


def register_links(
    session: Session,
    lake: Lake,
    *,
    versions: Mapping[str, int],
    evaluation_id: int,
    subjects: Collection[int],
) -> str:
    """Make the links that an evaluation kept under these parties readable; the relation."""
    kept = _register(session, lake, LINK, versions, evaluation_id, subjects)
    return f"(SELECT * FROM {kept} WHERE evaluation = {evaluation_id:d} AND {within(subjects)})"


def links_sql() -> str:
    """Every link twice, once under either party, from the tables that `compute` leaves in the session."""
    guarantees = (
        "SELECT guarantor, guaranteed, kind, CAST(sum(amount_fen) AS BIGINT) AS amount_fen,"
        " min(from_on) AS from_on, count(*) AS contracts, min(guarantor_name) AS guarantor_name,"
        f" min(guaranteed_name) AS guaranteed_name FROM {GUARANTEE} GROUP BY guarantor, guaranteed, kind"
    )
    link = f"""SELECT holder AS source, company AS target, 'holding' AS kind, share,
    CAST(NULL AS BIGINT) AS amount_fen, CAST(NULL AS VARCHAR) AS position, from_on, 1 AS contracts,
    name AS source_name, kind AS source_kind, CAST(NULL AS VARCHAR) AS target_name FROM {HOLDING}
  UNION ALL SELECT person, company, 'position', NULL, NULL, position, from_on, 1, name, 'person', NULL FROM {POSITION}
  UNION ALL SELECT guarantor, guaranteed, kind, NULL, amount_fen, NULL, from_on, contracts, guarantor_name, 'other',
    guaranteed_name FROM ({guarantees})"""
    typed = ", ".join(
        f"CAST({identifier(name)} AS {kind}) AS {identifier(name)}" for name, kind in LINK_COLUMNS.items()
    )
    return f"""WITH link AS ({link})
SELECT {typed} FROM (
  SELECT source AS subject, target AS other, TRUE AS is_source, kind, share, amount_fen, position, from_on, contracts,
    target_name AS name, CASE WHEN target >= 0 THEN 'enterprise' ELSE 'other' END AS party_kind FROM link
  UNION ALL
  SELECT target, source, FALSE, kind, share, amount_fen, position, from_on, contracts, source_name,
    CASE WHEN source >= 0 THEN 'enterprise' ELSE source_kind END FROM link
)"""


def _register(
    session: Session,
    lake: Lake,
    table: str,
    versions: Mapping[str, int],
    evaluation_id: int,
    subjects: Collection[int],
) -> str:
    name = f"kept_{table}"
    lake.register(
        session,
        table=table,
        version=versions.get(table),
        name=name,
        columns=published_columns(table),
        subjects=subjects,
        within={"evaluation": (evaluation_id, evaluation_id)},
    )
    return name
