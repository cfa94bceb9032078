"""Whom a code names that somebody types: a unified code, an organisation code, or a registration number of before 2015."""

from contextlib import suppress

from xinqiao.engine import Session
from xinqiao.kernel import registration_number
from xinqiao.kernel.organisation_code import InvalidOrganisationCode, normalise
from xinqiao.kernel.spelling import compact
from xinqiao.kernel.subject import subject_key
from xinqiao.kernel.unified_code import InvalidCode, UnifiedCode
from xinqiao.lake import Lake
from xinqiao.resolution.compute import REGISTRATION
from xinqiao.store import Transaction

_REGISTRATIONS = f"records/{REGISTRATION}"


def subject_named(tx: Transaction, session: Session, lake: Lake, code: str) -> int:
    """The enterprise that a code names, whether or not the platform knows it; a former unified code names it too.

    Raises:
        InvalidCode: It is no unified code, and no other code that names one enterprise.
    """
    try:
        return UnifiedCode.parse(code).subject
    except InvalidCode:
        found = by_older_code(tx, session, lake, code, most=2)
        if len(found) == 1:
            return found[0]
        raise


def by_older_code(tx: Transaction, session: Session, lake: Lake, text: str, *, most: int) -> list[int]:
    """The enterprises, `most` at most, that an organisation code or a registration number in full stands for."""
    found: set[int] = set()
    with suppress(InvalidOrganisationCode):
        found.add(subject_key(normalise(text)))
    number = compact(text)
    version = lake.versions(tx).get(_REGISTRATIONS)
    if version is not None and registration_number.is_valid(number):
        lake.register(session, table=_REGISTRATIONS, version=version, name="numbered_registrations")
        rows = session.rows(
            "SELECT DISTINCT subject FROM numbered_registrations WHERE registration_number = ? LIMIT ?",
            [number, most],
        )
        found.update(subject for (subject,) in rows)
    return sorted(found)
