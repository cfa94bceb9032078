"""The directory's entries, worked out on the engine from registrations and crosswalks."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from xinqiao.catalogue.model import Contract
from xinqiao.catalogue.views import current
from xinqiao.engine import Session
from xinqiao.lake import Lake

REGISTRATION = "business_registration"
CROSSWALK = "code_crosswalk"
SOURCES = (REGISTRATION, CROSSWALK)

# Newest first by when it was approved, then by when it became known; the delivery settles what is left.
_NEWEST = "{'occurred_on': occurred_on, 'known_at': known_at, 'delivery': delivery}"

# What holds of all that is known: a corrected row was wrong from the start, so nothing of it was ever so.
_END = datetime(9999, 12, 31, tzinfo=UTC)

_ENTRIES = f"""WITH registered AS (
  SELECT subject,
    arg_max(unified_code, {_NEWEST}) AS unified_code,
    arg_max(name, {_NEWEST}) AS name,
    arg_max(region_code, {_NEWEST}) AS region_code,
    arg_max(industry_code, {_NEWEST}) AS industry_code,
    arg_max(enterprise_type, {_NEWEST}) AS enterprise_type,
    arg_max(established_on, {_NEWEST}) AS established_on,
    arg_max(operating_status, {_NEWEST}) AS operating_status,
    arg_max(legal_representative, {_NEWEST}) AS legal_representative,
    list_distinct(list(name)) AS names
  FROM standing_registrations SEMI JOIN touched USING (subject)
  GROUP BY subject
), cross_named AS (
  SELECT subject, arg_max(unified_code, {_NEWEST}) AS unified_code, arg_max(name, {_NEWEST}) AS name
  FROM standing_crosswalks SEMI JOIN touched USING (subject)
  GROUP BY subject
)
SELECT t.subject,
  coalesce(r.unified_code, c.unified_code) AS unified_code,
  coalesce(r.name, c.name, r.unified_code, c.unified_code) AS name,
  list_sort(list_filter(coalesce(r.names, []), lambda each: each <> r.name)) AS former_names,
  coalesce(r.region_code, substr(coalesce(r.unified_code, c.unified_code), 3, 6)) AS region_code,
  r.industry_code, r.enterprise_type, r.established_on, r.operating_status, r.legal_representative
FROM touched t
LEFT JOIN registered r USING (subject)
LEFT JOIN cross_named c USING (subject)
ORDER BY t.subject
"""


def entries(
    session: Session,
    lake: Lake,
    *,
    versions: Mapping[str, int],
    contracts: Mapping[str, Contract],
    delivery_id: int,
) -> list[dict[str, Any]]:
    """Directory entries of every subject that a delivery of registrations or crosswalks touched."""
    for dataset, name in ((REGISTRATION, "registrations"), (CROSSWALK, "crosswalks")):
        table = f"records/{dataset}"
        columns = contracts[dataset].record_columns()
        lake.register(session, table=table, version=versions.get(table), name=name, columns=columns)
        standing = current(contracts[dataset], name, as_of=_END.date(), known_until=_END)
        session.define(f"standing_{name}", standing)
    session.run(
        "CREATE OR REPLACE TABLE touched AS SELECT DISTINCT subject FROM"
        " (SELECT subject, delivery FROM registrations UNION ALL SELECT subject, delivery FROM crosswalks)"
        f" WHERE delivery = {delivery_id:d}"
    )
    return session.records(_ENTRIES)
