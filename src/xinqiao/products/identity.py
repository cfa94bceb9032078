"""Who a firm is, as its report tells it: by the registrations that its evaluation read."""

from collections.abc import Mapping
from typing import Any

from xinqiao.catalogue.codes import industry_name, region_name
from xinqiao.catalogue.masking import mask_person_name
from xinqiao.kernel.unified_code import UnifiedCode
from xinqiao.products import model
from xinqiao.products.model import Identity
from xinqiao.products.reading import Reading
from xinqiao.resolution.compute import SOURCES

_REGISTERED = (
    "unified_code",
    "name",
    "legal_representative",
    "region_code",
    "industry_code",
    "enterprise_type",
    "established_on",
    "operating_status",
    "registered_capital_fen",
    "registered_capital_currency",
    "address",
)
_ALWAYS = {"unified_code", "name"}


def registered(reading: Reading) -> dict[str, Any]:
    """Who the firm was to its evaluation, each thing from the newest registration that says it.

    Of a firm known by a crosswalk alone that has the code and the name; empty when neither stands in the versions.
    The directory has who it is today.
    """
    held = (reading.rows(dataset) for dataset in SOURCES if reading.holds(dataset))
    rows = sorted(
        next(filter(None, held), ()),
        key=lambda row: (row["occurred_on"], row["known_at"], row["delivery"]),
        reverse=True,
    )
    if not rows:
        return {}
    found = {
        name: next((row[name] for row in rows if row.get(name) is not None), None) for name in _REGISTERED
    }
    names = {row["name"] for row in rows if row["name"] is not None}
    # What every firm has and none of these rows says is left to the directory.
    said = {name: value for name, value in found.items() if value is not None or name not in _ALWAYS}
    return {**said, "former_names": sorted(names - {found["name"]})}


def identity(known: Mapping[str, Any], sector: str | None, size: model.Size | None) -> Identity:
    """The firm in words; `known` has what the directory has of it, with what `registered` says in its place."""
    representative, industry_code = known["legal_representative"], known["industry_code"]
    return Identity(
        subject=known["subject"],
        unified_code=known["unified_code"],
        name=known["name"],
        former_names=tuple(known["former_names"]),
        legal_representative=mask_person_name(representative) if representative else None,
        region=region_name(known["region_code"] or UnifiedCode.parse(known["unified_code"]).region_code),
        industry=industry_name(industry_code),
        industry_code=industry_code,
        sector=sector,
        enterprise_type=known["enterprise_type"],
        established_on=known["established_on"],
        operating_status=known["operating_status"],
        registered_capital_fen=known.get("registered_capital_fen"),
        registered_capital_currency=known.get("registered_capital_currency"),
        address=known.get("address"),
        size=size,
    )
