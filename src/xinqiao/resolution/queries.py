"""Questions about the directory; nothing here changes anything."""

from collections.abc import Mapping

from xinqiao.catalogue.model import Contract
from xinqiao.engine import Session
from xinqiao.lake import Lake
from xinqiao.resolution.compute import CROSSWALK, REGISTRATION


def register_codes(
    session: Session, lake: Lake, *, versions: Mapping[str, int], contracts: Mapping[str, Contract]
) -> str:
    """Make the view `subject_codes(subject, unified_code)` of every enterprise known and return its name."""
    parts = []
    for dataset, rank in ((REGISTRATION, 1), (CROSSWALK, 0)):
        table = f"records/{dataset}"
        columns = contracts[dataset].record_columns()
        lake.register(
            session, table=table, version=versions.get(table), name=f"coded_{dataset}", columns=columns
        )
        parts.append(f"SELECT subject, unified_code, {rank:d} AS rank, known_at FROM coded_{dataset}")
    session.define(
        "subject_codes",
        "SELECT subject, arg_max(unified_code, {'rank': rank, 'known_at': known_at}) AS unified_code"
        f" FROM ({' UNION ALL '.join(parts)}) GROUP BY subject",
    )
    return "subject_codes"
