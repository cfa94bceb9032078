"""Organisation codes, GB 11714-1997: eight characters of body and one check character.

The body draws on digits and all capital letters; inside a unified code it is characters 9 to 17.
"""

from xinqiao.kernel.refusals import Refusal
from xinqiao.kernel.spelling import compact

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BODY_LENGTH = 8
LENGTH = 9
NO_BODY = "0" * BODY_LENGTH
"""Zeros fit their check character, but they are a way of writing that there is no code."""

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
# GB 11714-1997 4.3: weights of the body characters; the check is 11 minus the weighted sum modulo 11.
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "0X987654321"
_DASHES = str.maketrans("", "", "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212")


class InvalidOrganisationCode(Refusal):
    """A text is not an organisation code."""

    code = "invalid_organisation_code"


def check_character(body: str) -> str:
    """The check character of an eight-character body (GB 11714-1997 §4.3): a digit or X.

    Raises:
        InvalidOrganisationCode: The body has another length or a character outside 0-9A-Z.
    """
    if len(body) != BODY_LENGTH:
        raise InvalidOrganisationCode(f"组织机构代码本体应为 8 位，现为 {len(body)} 位")
    total = 0
    for position, (character, weight) in enumerate(zip(body, _WEIGHTS, strict=True), start=1):
        value = _VALUES.get(character)
        if value is None:
            raise InvalidOrganisationCode(f"组织机构代码第 {position} 位“{character}”不是数字或大写字母")
        total += value * weight
    return _CHECKS[total % 11]


def normalise(text: str) -> str:
    """The nine characters of a valid code, however it is spelt (`12345678-9`, full width, lower case).

    Raises:
        InvalidOrganisationCode: It is not one; the message says what is wrong.
    """
    code = compact(text).translate(_DASHES)
    if len(code) != LENGTH:
        raise InvalidOrganisationCode(f"组织机构代码应为 9 位，“{code}”为 {len(code)} 位")
    expected = check_character(code[:BODY_LENGTH])
    if code[:BODY_LENGTH] == NO_BODY:
        raise InvalidOrganisationCode(f"组织机构代码“{code}”全为 0，表示没有代码")
    if code[BODY_LENGTH] != expected:
        raise InvalidOrganisationCode(
            f"组织机构代码“{code}”的校验码“{code[BODY_LENGTH]}”不符，按前 8 位应为“{expected}”"
        )
    return code


def is_valid(text: str) -> bool:
    """Whether a text is exactly nine characters of a valid organisation code, already normalised."""
    return (
        len(text) == LENGTH
        and all(character in _VALUES for character in text[:BODY_LENGTH])
        and text[:BODY_LENGTH] != NO_BODY
        and text[BODY_LENGTH] == check_character(text[:BODY_LENGTH])
    )
