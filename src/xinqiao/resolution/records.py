"""The only SQL on the directory of enterprises."""

from collections.abc import Iterable, Mapping
from typing import Any

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
