"""From the code a row carries to the enterprise it is about: a subject key, or a reason why not.

Codes that the registry or a crosswalk already knows are found by a join; only the rest are judged by their
check characters, which costs four times as much a row.
"""

from xinqiao.catalogue.model import Contract
from xinqiao.engine import Session
from xinqiao.engine.dialect import text
from xinqiao.kernel import organisation_code, unified_code

_BASE_36 = organisation_code.ALPHABET


def gather_names(session: Session, contract: Contract) -> None:
    """Make the table `known_names(system, code, subject)` of all codes that lead to one enterprise.

    Reads the views `known_registration` and `known_crosswalk`. A code that leads to two enterprises leads to none.
    """
    kinds = set(contract.subject.identifiers)
    parts = ["SELECT NULL::VARCHAR AS system, NULL::VARCHAR AS code, NULL::BIGINT AS subject WHERE FALSE"]
    if "unified_code" in kinds:
        parts.append("SELECT '', unified_code, subject FROM known_registration")
        parts.append("SELECT '', unified_code, subject FROM known_crosswalk")
    if "registration_number" in kinds:
        parts.append("SELECT '', registration_number, subject FROM known_registration")
    if "crosswalk" in kinds:
        # An account that passed to another firm leads to the firm it was last reported for.
        parts.append(
            "SELECT source_system, source_code, arg_max(subject, {'known_at': known_at, 'delivery': delivery})"
            " FROM known_crosswalk GROUP BY source_system, source_code"
        )
    union = " UNION ALL ".join(parts)
    session.run(
        "CREATE OR REPLACE TABLE known_names AS"
        f" SELECT system, code, min(subject) AS subject FROM ({union}) WHERE code IS NOT NULL"
        " GROUP BY system, code HAVING min(subject) = max(subject)"
    )


def subject_expression(contract: Contract, *, code: str, system: str | None, known: str) -> str:
    """SQL for the subject key: what the join knew, else what the code itself says, else null."""
    kinds = set(contract.subject.identifiers)
    cases = [f"WHEN {known} IS NOT NULL THEN {known}"]
    if "unified_code" in kinds:
        # With both its check characters right it is no other system's account number, whatever system is named.
        cases.append(f"WHEN strlen({code}) = 18 AND {_is_unified(code)} THEN {_key(code, 9)}")
    if system is not None:
        cases.append(f"WHEN {system} IS NOT NULL THEN NULL")
    if "organisation_code" in kinds:
        bare = f"replace({code}, '-', '')"
        cases.append(f"WHEN strlen({bare}) = 9 AND {_is_organisation(bare, 1)} THEN {_key(bare, 1)}")
        # Before 2015 a taxpayer's number was six digits of region and the organisation code, sometimes with 000
        # behind. One check character in eleven fits by chance, so nothing else may be read that way: no unified
        # code with a slip in it (no region begins with 9), and no number that may be a registration number.
        old = f"regexp_full_match({code}, '[1-8][0-9]{{5}}[0-9A-Z]{{9}}(000)?')"
        if "registration_number" in kinds:
            old += f" AND NOT {_may_be_registration(code)}"
        cases.append(f"WHEN {old} AND {_is_organisation(code, 7)} THEN {_key(code, 7)}")
    return f"CASE {' '.join(cases)} END"


def unnamed_reason(contract: Contract, *, code: str, system: str | None) -> str:
    """SQL for why a row whose code leads nowhere was refused."""
    field = contract.subject.field
    unresolved, invalid = text(f"unresolved_subject:{field}"), text(f"invalid_code:{field}")
    cases = [] if system is None else [f"WHEN {system} IS NOT NULL THEN {unresolved}"]
    if "registration_number" in contract.subject.identifiers:
        cases.append(f"WHEN {_may_be_registration(code)} THEN {unresolved}")
    return f"CASE {' '.join(cases)} ELSE {invalid} END" if cases else invalid


def _value(alphabet: str, code: str, position: int) -> str:
    return f"(strpos({text(alphabet)}, substr({code}, {position}, 1)) - 1)"


def _key(code: str, start: int) -> str:
    """Base-36 value of eight characters from `start`, see `kernel.subject`."""
    return " + ".join(
        f"{_value(_BASE_36, code, start + place)} * {len(_BASE_36) ** (7 - place)}" for place in range(8)
    )


def _is_unified(code: str) -> str:
    """As `kernel.unified_code` judges: permitted characters, authority, region and both check characters."""
    alphabet = unified_code.ALPHABET
    total = " + ".join(f"{_value(alphabet, code, i + 1)} * {3**i % 31}" for i in range(17))
    check = f"(31 - ({total}) % 31) % 31 = {_value(alphabet, code, 18)}"
    organisation = _is_organisation(code, 9)
    permitted = f"translate({code}, {text(alphabet)}, '') = ''"
    begins = f"regexp_matches({code}, '^[{''.join(unified_code.AUTHORITIES)}].[0-9]{{6}}')"
    return f"{permitted} AND {begins} AND {check} AND {organisation}"


def _is_organisation(code: str, start: int) -> str:
    """GB 11714-1997 §4: the check character of the eight before it."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = " + ".join(f"{_value(_BASE_36, code, start + i)} * {weight}" for i, weight in enumerate(weights))
    body = f"translate(substr({code}, {start}, 9), {text(_BASE_36)}, '') = ''"
    return (
        f"{body} AND substr('0X987654321', ({total}) % 11 + 1, 1) = substr({code}, {start + 8}, 1)"
        f" AND substr({code}, {start}, 8) <> {text(organisation_code.NO_BODY)}"
    )


def _may_be_registration(code: str) -> str:
    return f"(regexp_full_match({code}, '[0-9]{{15}}') AND {_is_registration(code)})"


def _is_registration(code: str) -> str:
    """ISO 7064 MOD 11,10 over fifteen digits: each step looked up, so that the expression stays short."""
    state = "10"
    for position in range(1, 15):
        digit = f"ascii(substr({code}, {position}, 1)) - 48"
        state = f"(ascii(substr('{_MOD_11_10}', ({state}) * 10 - 9 + {digit}, 1)) - 64)"
    return f"({state} + ascii(substr({code}, 15, 1)) - 48) % 10 = 1"


def _next_state(state: int, digit: int) -> int:
    return ((state + digit) % 10 or 10) * 2 % 11


# The state after each of the ten digits, for states 1 to 10, as letters A to J.
_MOD_11_10 = "".join(chr(64 + _next_state(state, digit)) for state in range(1, 11) for digit in range(10))
