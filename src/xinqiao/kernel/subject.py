"""The subject key: one 64-bit integer per organisation, the same in every city.

It is the base-36 value of the eight body characters of the organisation code, so that a unified code and an
organisation code of one organisation give the same key and joins are joins of integers.
"""

from xinqiao.kernel import organisation_code as organisation_codes
from xinqiao.kernel.organisation_code import ALPHABET, BODY_LENGTH, LENGTH, InvalidOrganisationCode

SUBJECTS = len(ALPHABET) ** BODY_LENGTH


def subject_key(organisation_code: str) -> int:
    """The key of an organisation, from the eight-character body of its code or all nine characters.

    Raises:
        InvalidOrganisationCode: The text is neither, or its check character is wrong.
    """
    body = organisation_code
    if len(organisation_code) == LENGTH:
        body = organisation_codes.normalise(organisation_code)[:BODY_LENGTH]
    organisation_codes.check_character(body)
    return int(body, len(ALPHABET))


def organisation_code(subject: int) -> str:
    """The nine-character organisation code of a subject key.

    Raises:
        InvalidOrganisationCode: No organisation can have this key.
    """
    if not 0 <= subject < SUBJECTS:
        raise InvalidOrganisationCode(f"主体标识 {subject} 超出组织机构代码的范围")
    characters = []
    rest = subject
    for _ in range(BODY_LENGTH):
        rest, digit = divmod(rest, len(ALPHABET))
        characters.append(ALPHABET[digit])
    body = "".join(reversed(characters))
    return body + organisation_codes.check_character(body)
