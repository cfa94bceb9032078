"""The only SQL on the directory of enterprises."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, LiteralString

from xinqiao.store import Transaction

_COLUMNS = (
    "subject",
    "unified_code",
    "name",
    "former_names",
    "region_code",
    "industry_code",
    "enterprise_type",
    "established_on",
    "operating_status",
    "legal_representative",
)

# What a list of enterprises shows.
_SHOWN: LiteralString = (
    "SELECT subject, unified_code, name, region_code, industry_code, operating_status FROM enterprise WHERE "
)


def put(tx: Transaction, entries: Iterable[Mapping[str, Any]], *, delivery_id: int) -> int:
    """Insert or replace entries; returns how many."""
    tx.run("CREATE TEMP TABLE entering (LIKE enterprise INCLUDING DEFAULTS) ON COMMIT DROP")
    count = tx.copy("entering", _COLUMNS, (tuple(entry[name] for name in _COLUMNS) for entry in entries))
    tx.run(
        "INSERT INTO enterprise AS e (subject, unified_code, name, former_names, region_code, industry_code,"
        " enterprise_type, established_on, operating_status, legal_representative, updated_by_delivery)"
        " SELECT subject, unified_code, name, former_names, region_code, industry_code, enterprise_type,"
        " established_on, operating_status, legal_representative, %s FROM entering"
        " ON CONFLICT (subject) DO UPDATE SET unified_code = excluded.unified_code, name = excluded.name,"
        " former_names = excluded.former_names, region_code = excluded.region_code,"
        " industry_code = excluded.industry_code, enterprise_type = excluded.enterprise_type,"
        " established_on = excluded.established_on, operating_status = excluded.operating_status,"
        " legal_representative = excluded.legal_representative,"
        " updated_by_delivery = excluded.updated_by_delivery",
        (delivery_id,),
    )
    tx.run("DROP TABLE entering")
    return count


def of_subject(tx: Transaction, subject: int) -> dict[str, Any] | None:
    """The entry of a subject."""
    return tx.row("SELECT * FROM enterprise WHERE subject = %s", (subject,))


def called(tx: Transaction, *, code: str, name: str, limit: int) -> list[dict[str, Any]]:
    """Entries with just this code or name."""
    return tx.rows(
        _SHOWN + "unified_code = %s OR name = %s ORDER BY subject LIMIT %s",
        (code, name, limit),
    )


def of_subjects(tx: Transaction, subjects: Sequence[int], *, limit: int) -> list[dict[str, Any]]:
    """Entries of these subjects."""
    return tx.rows(
        _SHOWN + "subject = ANY(%s) ORDER BY subject LIMIT %s",
        (list(subjects), limit),
    )


def coded_like(tx: Transaction, pattern: str, *, limit: int) -> list[dict[str, Any]]:
    """Entries with a code like a pattern."""
    return tx.rows(
        _SHOWN + "unified_code LIKE %s ORDER BY unified_code, subject LIMIT %s",
        (pattern, limit),
    )


def named_like(tx: Transaction, patterns: Sequence[str], *, limit: int) -> list[dict[str, Any]]:
    """Entries with a name like every pattern; the first finds them by the index, the others choose among those."""
    return tx.rows(
        _SHOWN + "name ILIKE %s AND name ILIKE ALL(%s) ORDER BY subject LIMIT %s",
        (patterns[0], list(patterns[1:]), limit),
    )
