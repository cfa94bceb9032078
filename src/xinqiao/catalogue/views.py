"""The current view: what was known of a dataset at a moment, as SQL over its whole history.

Records are never changed. A later version of a record is a new row with `supersedes` true; the rows it
replaces stay. The law that intake keeps and this module relies on: of all rows of one subject and key, every
row but the first to become known carries `supersedes`.

Of a snapshot the newest list holds. Beside its records a list has marks, rows without a day: the subjects of its
refused rows, whom it may hold though no record says so. `NOBODY` marks a list that has none of them. Marks are
written all at once, and of a list's marks those that became known last hold.
"""

from datetime import date, datetime

from xinqiao.catalogue.model import Contract
from xinqiao.engine.dialect import identifier, literal
from xinqiao.kernel.clock import naive_utc

NOBODY = 0
"""Subject of a mark that stands for nobody: no organisation has the code 00000000."""


def current(
    contract: Contract, source: str, *, as_of: date, known_until: datetime, replacements: bool = True
) -> str:
    """A query in DuckDB's dialect for the rows of `source` that held on a day, as far as they were known.

    It yields the columns of `contract.record_columns()`, never two versions of one key, nothing that became
    known at `known_until` or later and nothing that happened after `as_of`. A version that only happened
    later still replaces the earlier one, because the earlier one is known to be wrong.

    Args:
        contract: The dataset's contract.
        source: Name of the relation with the dataset's whole history.
        as_of: The day looked at.
        known_until: The first instant no longer known, usually `end_of_day(as_of)`.
        replacements: False when the caller knows, from file statistics, that no row of `source` supersedes
            another; the view is then a plain filter.

    Raises:
        ValueError: `known_until` has no time zone.
    """
    history = identifier(source)
    happened = f"occurred_on <= {literal(as_of)}"
    known = _known(known_until)
    if contract.mode == "snapshot":
        newest = newest_list(history, known_until=known_until)
        where = f"r.{happened} AND r.{known} AND r.delivery = ({newest})"
        return f"SELECT\n  {_columns(contract)}\nFROM {history} AS r\nWHERE {where}"
    if not replacements:
        return f"SELECT\n  {_columns(contract)}\nFROM {history} AS r\nWHERE r.{happened} AND r.{known}"
    return _newest_versions(contract, history, happened=happened, known=known)


def _newest_versions(contract: Contract, history: str, *, happened: str, known: str) -> str:
    """Rows less those replaced.

    File statistics answer `WHERE supersedes` without reading a file that has no such row, and a join with an
    empty side passes every row through. Only replacements are aggregated, never the history. The condition of
    HAVING is always true: it tells DuckDB's planner that this side is the small one, which it cannot see from
    statistics and without which it builds the hash table from the history (twice the time at 2 % replaced
    rows).
    """
    key = ", ".join(identifier(name) for name in ("subject", *contract.key))
    matches = " AND ".join(_equal(contract, name) for name in ("subject", *contract.key))
    return f"""SELECT
  {_columns(contract)}
FROM {history} AS r
LEFT JOIN (
  SELECT {key}, MAX({{'known_at': known_at, 'delivery': delivery}}) AS newest
  FROM {history}
  WHERE supersedes AND {known}
  GROUP BY {key}
  HAVING COUNT(*) > 0
) AS s ON {matches}
WHERE r.{happened} AND r.{known}
  AND (s.newest IS NULL OR {{'known_at': r.known_at, 'delivery': r.delivery}} >= s.newest)"""


def _columns(contract: Contract) -> str:
    return ",\n  ".join(f"r.{identifier(name)}" for name in contract.record_columns())


def _equal(contract: Contract, name: str) -> str:
    column = identifier(name)
    nullable = name != "subject" and not contract.field(name).required
    return f"r.{column} {'IS NOT DISTINCT FROM' if nullable else '='} s.{column}"


def newest_list(history: str, *, known_until: datetime) -> str:
    """A query for the number of the delivery whose snapshot holds; no row when none was known.

    A snapshot has its place by when its delivery became known, so that refused rows that are mended and added to it
    later neither hide the rest of it nor bring an old snapshot back.

    Args:
        history: The relation with the dataset's whole history, quoted.
        known_until: The first instant no longer known; aware.
    """
    return (
        f"SELECT delivery FROM {history} WHERE {_known(known_until)}"
        " GROUP BY delivery ORDER BY coalesce(MIN(listed_at), MIN(known_at)) DESC, delivery DESC LIMIT 1"
    )


def withheld(history: str, *, known_until: datetime) -> str:
    """A query for each `subject` of whom the snapshot that holds had a row that is still refused.

    Whether such a subject stands on the list is unknown, unless a record says so.

    Args:
        history: The relation with the dataset's whole history, quoted.
        known_until: The first instant no longer known; aware.
    """
    marks = (
        f"FROM {history} WHERE occurred_on IS NULL AND {_known(known_until)}"
        f" AND delivery = ({newest_list(history, known_until=known_until)})"
    )
    return (
        f"SELECT DISTINCT subject {marks} AND subject <> {NOBODY:d}"
        f" AND known_at = (SELECT MAX(known_at) {marks})"
    )


def _known(until: datetime) -> str:
    return f"known_at < {literal(naive_utc(until))}"
