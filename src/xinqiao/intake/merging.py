"""New rows against each other and against what is already known: duplicates, corrections, conflicts.

The result is the table `settled(file, row, outcome)` of accepted rows that are not simply new:

- `duplicate`: the same record, word for word, is already known or stands again further down;
- `known_later`: likewise, but known only from later than this delivery;
- `correction`: an upsert dataset knows the record with other content, which this row replaces from now on;
- `conflict`: the delivery says two things under one key (the last row holds), or an append dataset already knows it
  otherwise;
- `stale`: the record was changed later than the row was delivered or corrected.

A 64-bit hash of subject and key finds the rows that may be alike; the keys themselves decide, because the engine's
hash gives different document numbers the same value now and then. Contents are compared by their MD5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from xinqiao.catalogue.model import Contract
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal
from xinqiao.kernel.clock import naive_utc


@dataclass(frozen=True, slots=True)
class Reach:
    """What the accepted rows of a delivery touch, and what became of the others.

    Attributes:
        rows: How many there are.
        subjects: Least and greatest subject; None when there are no rows.
        days: First and last day of occurrence; None when there are no rows.
        refused: Rows that broke a rule or could not be read.
        warned: Accepted rows that a rule warns of.
    """

    rows: int
    subjects: tuple[int, int] | None
    days: tuple[date, date] | None
    refused: int
    warned: int


def reach(session: Session) -> Reach:
    """What the rows of `judged` touch."""
    rows, low, high, first, last, refused, warned = session.rows(
        "SELECT count(*) FILTER (NOT refused), min(subject) FILTER (NOT refused), max(subject) FILTER (NOT refused),"
        " min(occurred_on) FILTER (NOT refused), max(occurred_on) FILTER (NOT refused),"
        " count(*) FILTER (refused), count(*) FILTER (warned) FROM fate"
    )[0]
    return Reach(rows, (low, high) if rows else None, (first, last) if rows else None, refused, warned)


def settle(
    session: Session,
    contract: Contract,
    *,
    existing: str | None,
    touched: Reach,
    known_at: datetime,
    said_at: str,
) -> Mapping[str, int]:
    """Make the table `settled` and count its outcomes.

    Args:
        session: Holds `judged` and `fate`.
        contract: The dataset's contract.
        existing: View of the records that may hold the same keys; None when none can.
        touched: What `reach` said.
        known_at: When its rows become known.
        said_at: SQL for when somebody said what a row `j` says, and the delivery's number; the moment is earlier than
            `known_at` where the row waited in quarantine.
    """
    session.run("CREATE OR REPLACE TABLE settled (file INTEGER, row BIGINT, outcome VARCHAR)")
    content = _content(contract)
    _settle_within(session, contract, content, touched)
    if existing is not None and contract.mode != "snapshot" and touched.days is not None:
        _settle_against(session, contract, existing, content, key_days(contract, touched), known_at, said_at)
    return dict(session.rows("SELECT outcome, count(*) FROM settled GROUP BY outcome"))


def _content(contract: Contract) -> str:
    """SQL for what a record says beside its key, as a 128-bit number."""
    values = [
        f"coalesce({identifier(each.name)}::VARCHAR, chr(0))"
        for each in contract.stored_fields
        if not each.key
    ]
    return f"md5_number(concat_ws(chr(31), {', '.join(values)}))" if values else "1"


def _key(contract: Contract) -> list[str]:
    return ["subject", *(identifier(name) for name in contract.key)]


def _settle_within(session: Session, contract: Contract, content: str, touched: Reach) -> None:
    """The last of several rows with one key holds; those before it are duplicates or conflicts."""
    # Sorted, equals stand together, and the engine's lag over rows as they come is half the price of a grouping.
    session.run(
        "CREATE OR REPLACE TABLE repeated AS SELECT DISTINCT key_hash FROM ("
        " SELECT key_hash, lag(key_hash) OVER () AS before FROM ("
        f" SELECT key_hash FROM fate{kept_rows(touched)} ORDER BY key_hash)) WHERE key_hash = before"
    )
    if not session.scalar("SELECT count(*) FROM repeated"):
        return
    session.run(
        "INSERT INTO settled SELECT file, row, CASE WHEN content = final THEN 'duplicate' ELSE 'conflict' END FROM ("
        f" SELECT file, row, {content} AS content, last_value({content}) OVER keyed AS final,"
        " row_number() OVER keyed AS place, count(*) OVER keyed AS places FROM judged SEMI JOIN repeated USING (key_hash) WHERE NOT refused"
        f" WINDOW keyed AS (PARTITION BY {', '.join(_key(contract))} ORDER BY file, row"
        " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING))"
        " WHERE place < places"
    )


def _settle_against(
    session: Session,
    contract: Contract,
    existing: str,
    content: str,
    days: tuple[date, date] | None,
    known_at: datetime,
    said_at: str,
) -> None:
    where = f"occurred_on BETWEEN {literal(days[0])} AND {literal(days[1])}" if days else "TRUE"
    key = ", ".join(_key(contract))
    same = " AND ".join(f"e.{name} IS NOT DISTINCT FROM j.{name}" for name in _key(contract))
    differs = (
        f"CASE WHEN {content} = known_content AND first_known > {literal(naive_utc(known_at))} THEN 'known_later'"
        f" WHEN {content} = known_content THEN 'duplicate'"
        f" WHEN {literal(contract.mode == 'append')} THEN 'conflict'"
        f" WHEN (last_known, last_delivery) > ({said_at}) THEN 'stale' ELSE 'correction' END"
    )
    session.run(
        f"INSERT INTO settled SELECT j.file, j.row, {differs} FROM judged j JOIN ("
        f" SELECT {key}, key_hash, first_known, last.known_at AS last_known,"
        "  last.delivery AS last_delivery, last.content AS known_content FROM ("
        f"  SELECT {key}, key_hash, min(known_at) AS first_known,"
        f"   max({{'known_at': known_at, 'delivery': delivery, 'content': content}}) AS last FROM ("
        f"   SELECT {key}, hash({key}) AS key_hash, known_at, delivery, {content} AS content FROM {identifier(existing)}"
        f"   WHERE {where} AND hash({key}) IN (SELECT key_hash FROM fate WHERE NOT refused))"
        f"  GROUP BY {key}, key_hash)"
        f") e ON e.key_hash = j.key_hash AND {same} WHERE NOT j.refused AND NOT EXISTS"
        " (SELECT 1 FROM settled s WHERE s.file = j.file AND s.row = j.row)"
    )


def key_days(contract: Contract, touched: Reach) -> tuple[date, date] | None:
    """Days outside which no record can have the key of a touched row; None when the key says nothing of days."""
    return touched.days if contract.occurred_on in contract.key else None


def kept_rows(touched: Reach) -> str:
    """WHERE clause for the rows that are not refused; empty, so that nothing is computed, when none is."""
    return " WHERE NOT refused" if touched.refused else ""
