"""Evaluating the city again on the same day: only who has new records, everybody else by reference.

Windows move with the day, so another day needs everybody. On the same day, with the same declarations, an enterprise
without a record that became known to the platform since keeps its values to the last digit, as long as what is usual
in its sector is taken from the same measures; a partial evaluation keeps those of the evaluation it is based on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from xinqiao.catalogue import Contract
from xinqiao.engine import Session
from xinqiao.engine.dialect import literal
from xinqiao.indicators import Catalogue, computed
from xinqiao.indicators.planning import SECTORS, VALUES
from xinqiao.kernel.clock import end_of_day, naive_utc
from xinqiao.lake import Lake
from xinqiao.rating import compute, inputs
from xinqiao.rating.evaluation import INDICATORS, RATING_COLUMNS, RATINGS, RECORDS, Evaluation
from xinqiao.rating.queries import every_row
from xinqiao.store import Transaction

# From a tenth on, a pass over everybody costs no more than looking everybody's changes up.
_WORTH_SHARE = 10


@dataclass(frozen=True, slots=True)
class Carried:
    """An evaluation whose grades hold for all but some subjects.

    Attributes:
        base: The evaluation.
        subjects: Whom it no longer holds for, in order.
    """

    base: Evaluation
    subjects: tuple[int, ...]


def carried(
    tx: Transaction,
    session: Session,
    lake: Lake,
    *,
    base: Evaluation,
    catalogue: Catalogue,
    contracts: Mapping[str, Contract],
    versions: Mapping[str, int],
) -> Carried | None:
    """Who has records that `base` did not see; None when everybody has to be evaluated.

    That is so when a tenth of the city or more has changed, when a data set was collected for the first time or for
    other regions, when files that `base` read have been rewritten since, when a data set disappeared, or when anybody
    has a new record that computed tables are made of: it may change the rows of others.

    Args:
        tx: The transaction.
        session: An engine session.
        lake: The lake.
        base: The city's newest evaluation as of the same day with the same declarations.
        catalogue: Those declarations.
        contracts: Contracts by data set.
        versions: The record versions to evaluate.
    """
    if base.versions.keys() - versions.keys():
        return None
    known = [
        inputs.collected(inputs.first_known(lake, catalogue=catalogue, versions=each), base.as_of)
        for each in (base.versions, versions)
    ]
    covered = [
        inputs.regions(tx, versions=each, known_until=base.known_until) for each in (base.versions, versions)
    ]
    if known[0] != known[1] or covered[0] != covered[1]:
        return None
    changed: set[int] = set()
    for table, version in versions.items():
        if version == base.versions.get(table):
            continue
        contract = contracts[table.removeprefix(RECORDS)]
        found = _changed(session, lake, contract, table, base.versions.get(table), version, base.as_of)
        if found is None or (found and contract.dataset in computed.made_of(catalogue, covered[1])):
            return None
        changed |= found
        if len(changed) * _WORTH_SHARE >= base.subjects:
            return None
    return Carried(base, tuple(sorted(changed)))


def _changed(
    session: Session,
    lake: Lake,
    contract: Contract,
    table: str,
    before: int | None,
    after: int,
    as_of: date,
) -> set[int] | None:
    """Subjects with rows that are in one version and not in an earlier one; None when it cannot be told."""
    held = {} if before is None else {file.path: file for file in lake.files(table, before)}
    now = {file.path: file for file in lake.files(table, after)}
    if held.keys() - now.keys():
        return None
    added = [path for path in now if path not in held]
    # Another delivery becoming the newest snapshot takes away the rows of those before it.
    wanted = list(now) if contract.mode == "snapshot" and added else added
    if not wanted:
        return set()
    session.register("records_since", wanted, contract.record_columns())
    known = f"known_at < {literal(naive_utc(end_of_day(as_of)))}"
    return {
        subject for (subject,) in session.rows(f"SELECT DISTINCT subject FROM records_since WHERE {known}")
    }


def complete(tx: Transaction, session: Session, lake: Lake, *, carried: Carried) -> None:
    """Add the carried rows to what was computed, so that `city_values` and `city_ratings` hold everybody.

    Columns of `city_values` are those of the indicators; of `city_ratings` subject, grade and sector.
    """
    for table, name, columns in (
        (INDICATORS, "carried_values", None),
        (RATINGS, "carried_ratings", RATING_COLUMNS),
    ):
        rows = every_row(
            tx, session, lake, table=table, evaluation_id=carried.base.evaluation_id, columns=columns
        )
        session.define(name, f"SELECT * FROM {rows} WHERE subject NOT IN (SELECT subject FROM {VALUES})")
    session.run(
        f"CREATE OR REPLACE TABLE city_values AS SELECT * FROM {VALUES}"
        " UNION ALL BY NAME SELECT * EXCLUDE (evaluation) FROM carried_values"
    )
    session.run(
        f"CREATE OR REPLACE TABLE city_ratings AS SELECT r.subject, r.grade, s.sector FROM {compute.RATINGS} AS r"
        f" LEFT JOIN {SECTORS} AS s ON s.subject = r.subject"
        " UNION ALL SELECT subject, grade, sector FROM carried_ratings"
    )
