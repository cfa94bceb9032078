"""The 15-digit business registration numbers (注册号) that preceded unified codes.

Six digits of region, eight of sequence and a check digit by ISO/IEC 7064 MOD 11,10 (GS 15-2006).
"""

BODY_LENGTH = 14
LENGTH = 15
_DIGITS = frozenset("0123456789")


def check_digit(body: str) -> str:
    """The check digit of the first fourteen digits (ISO/IEC 7064 MOD 11,10).

    Raises:
        ValueError: The body is not fourteen digits.
    """
    if len(body) != BODY_LENGTH or not _DIGITS.issuperset(body):
        raise ValueError(f"a registration number has a body of 14 digits, not {body!r}")
    product = 10
    for digit in body:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def is_valid(text: str) -> bool:
    """Whether a text is exactly fifteen digits whose check digit agrees."""
    return (
        len(text) == LENGTH
        and _DIGITS.issuperset(text)
        and check_digit(text[:BODY_LENGTH]) == text[BODY_LENGTH]
    )
