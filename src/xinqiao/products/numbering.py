"""Report numbers, as `XQ-20260630-12-8R2K0QZ1-4`: the day, the evaluation, the enterprise, a check character.

The enterprise's eight characters are its key under a permutation that differs by evaluation: unique without a
register of numbers, and not readable at sight. It is no secret: whoever knows the program can undo it.
"""

import hashlib
import re
from datetime import date

from xinqiao.kernel.subject import SUBJECTS

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_LENGTH = 8
_NUMBER = re.compile(r"XQ-(\d{8})-([1-9]\d{0,17})-([0-9A-Z]{8})-([0-9A-Z])", re.ASCII)


def report_number(*, subject: int, evaluation_id: int, as_of: date) -> str:
    """The number of the report of an enterprise from an evaluation; the same every time."""
    factor, shift = _permutation(evaluation_id)
    body = _base36((factor * subject + shift) % SUBJECTS)
    return f"XQ-{as_of:%Y%m%d}-{evaluation_id}-{body}-{_check(f'{as_of:%Y%m%d}{evaluation_id}{body}')}"


def is_report_number(text: str) -> bool:
    """Whether a text is spelt like a report number and its check character is right."""
    parts = _NUMBER.fullmatch(text)
    return parts is not None and _check("".join(parts.groups()[:3])) == parts[4]


def _permutation(evaluation_id: int) -> tuple[int, int]:
    """A factor prime to 36, which makes multiplication modulo 36⁸ one-to-one, and a shift."""
    digest = hashlib.sha256(f"xinqiao report {evaluation_id}".encode()).digest()
    factor = int.from_bytes(digest[:8]) % SUBJECTS
    return factor // 6 * 6 + 1, int.from_bytes(digest[8:16]) % SUBJECTS


def _base36(value: int) -> str:
    digits = []
    for _ in range(_BODY_LENGTH):
        value, digit = divmod(value, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def _check(characters: str) -> str:
    """Check character of ISO/IEC 7064 MOD 37,36: finds every single error and nearly every swap."""
    carry = 36
    for character in characters:
        carry = (carry + _ALPHABET.index(character)) % 36 or 36
        carry = carry * 2 % 37
    return _ALPHABET[(37 - carry) % 36]
