"""Records as known on a day, for computations that can do without some of their datasets.

The caller has registered whole histories as views and says which dataset each view holds. A dataset that is not
among them, because it was never delivered or has no contract yet, reads as an empty relation.
"""

from collections.abc import Collection, Mapping
from datetime import date

from xinqiao.catalogue.model import Contract
from xinqiao.catalogue.views import current
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal
from xinqiao.kernel.clock import end_of_day, naive_utc
from xinqiao.lake import Lake

Views = Mapping[str, str]
"""Name of the registered view with the whole history of each dataset."""

_REGISTRY = "business_registration"
_REGISTERED = {
    "subject": "BIGINT",
    "region_code": "VARCHAR",
    "occurred_on": "DATE",
    "known_at": "TIMESTAMP",
    "delivery": "BIGINT",
}


def known_records(
    session: Session,
    contracts: Mapping[str, Contract],
    views: Views,
    dataset: str,
    *,
    columns: Mapping[str, str],
    as_of: date,
) -> str:
    """A query in brackets for `columns` (name to SQL type) of a dataset's rows as known by the end of `as_of`.

    The columns that mark a row's place in time, `occurred_on`, `known_at` and `delivery`, may be among them.
    """
    if dataset not in views or dataset not in contracts:
        empty = ", ".join(f"CAST(NULL AS {kind}) AS {identifier(name)}" for name, kind in columns.items())
        return f"(SELECT {empty} WHERE FALSE)"
    view = views[dataset]
    # Files say themselves whether any of their rows replaces another, so this question costs nothing.
    replaced = session.scalar(f"SELECT TRUE FROM {identifier(view)} WHERE supersedes LIMIT 1")
    sql = current(
        contracts[dataset], view, as_of=as_of, known_until=end_of_day(as_of), replacements=bool(replaced)
    )
    chosen = ", ".join(
        f"CAST({identifier(name)} AS {kind}) AS {identifier(name)}" for name, kind in columns.items()
    )
    return f"(SELECT {chosen} FROM ({sql}))"


def is_collected(session: Session, views: Views, dataset: str, *, as_of: date) -> bool:
    """Whether anything of a dataset was known by the end of `as_of`, so that absence from it is news."""
    if dataset not in views:
        return False
    known = f"known_at < {literal(naive_utc(end_of_day(as_of)))}"
    return bool(session.scalar(f"SELECT TRUE FROM {identifier(views[dataset])} WHERE {known} LIMIT 1"))


def known_regions(session: Session, contracts: Mapping[str, Contract], views: Views, *, as_of: date) -> str:
    """A query in brackets for `subject` and `region_code`, the division in its newest registration that has one."""
    known = known_records(session, contracts, views, _REGISTRY, columns=_REGISTERED, as_of=as_of)
    newest = "{'occurred_on': occurred_on, 'known_at': known_at, 'delivery': delivery}"
    return (
        f"(SELECT subject, arg_max(region_code, {newest}) FILTER (WHERE region_code IS NOT NULL) AS region_code"
        f" FROM {known} GROUP BY subject)"
    )


def in_regions(region_code: str, regions: Collection[str]) -> str:
    """SQL for whether a division is in one of these regions, told by the beginnings of their codes."""
    return (
        " OR ".join(f"starts_with({region_code}, {literal(prefix)})" for prefix in sorted(regions)) or "FALSE"
    )


def register_histories(
    session: Session,
    lake: Lake,
    *,
    contracts: Mapping[str, Contract],
    versions: Mapping[str, int],
    datasets: Collection[str],
) -> Views:
    """Register the whole history of each dataset that has a contract, at the versions given.

    Returns:
        The views by dataset; a dataset without a table reads as empty.
    """
    views = {dataset: f"record_{dataset}" for dataset in datasets if dataset in contracts}
    for dataset, view in views.items():
        lake.register(
            session,
            table=f"records/{dataset}",
            version=versions.get(f"records/{dataset}"),
            name=view,
            columns=contracts[dataset].record_columns(),
        )
    return views
