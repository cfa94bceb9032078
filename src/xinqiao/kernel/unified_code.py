"""Unified social credit codes (统一社会信用代码), GB 32100-2015.

Eighteen characters: authority, category, six digits of the region of first registration, the nine characters
of the organisation code with its own check character (GB 11714-1997), and a check character over all of that.
"""

from dataclasses import dataclass

from xinqiao.kernel import organisation_code as organisation_codes
from xinqiao.kernel.refusals import Refusal
from xinqiao.kernel.spelling import compact
from xinqiao.kernel.subject import subject_key

# GB 32100-2015 §4.1: no I, O, S, V, Z, which are misread as 1, 0, 5, U and 2.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
BODY_LENGTH = 17
ORGANISATION = slice(8, 17)
REGION = slice(2, 8)
# GB 32100-2015 table 1 and its first amendment: bodies that register organisations.
AUTHORITIES = {
    "1": "机构编制",
    "2": "外交",
    "3": "司法行政",
    "4": "文化",
    "5": "民政",
    "6": "旅游",
    "7": "宗教",
    "8": "工会",
    "9": "市场监督管理",
    "A": "中央军委改革和编制",
    "N": "农业农村",
    "Y": "其他",
}

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
# GB 32100-2015 §4.3: the weight of character i is 3 to the power i-1, modulo 31.
_WEIGHTS = tuple(3**power % len(ALPHABET) for power in range(BODY_LENGTH))
_MISREAD = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}


class InvalidCode(Refusal):
    """A text is not a unified social credit code; the message names the character and the reason."""

    code = "invalid_code"


@dataclass(frozen=True, slots=True, order=True)
class UnifiedCode:
    """A valid unified social credit code.

    Attributes:
        text: Its eighteen characters, half width and in capitals.
    """

    text: str

    def __post_init__(self) -> None:
        """Refuse anything but a valid code in its normal spelling."""
        _judge(self.text)

    @classmethod
    def parse(cls, text: str) -> "UnifiedCode":
        """Read a code as people and systems spell it: full width, with blanks, in lower case.

        Raises:
            InvalidCode: It is not a code; the message says which character is wrong and why.
        """
        return cls(compact(text))

    @property
    def authority(self) -> str:
        """The character of the registering authority; `AUTHORITIES` names it."""
        return self.text[0]

    @property
    def category(self) -> str:
        """The kind of organisation: after 9, 1 is an enterprise, 2 an individual business."""
        return self.text[1]

    @property
    def region_code(self) -> str:
        """The GB/T 2260 division of first registration, which stays when the organisation moves."""
        return self.text[REGION]

    @property
    def organisation_code(self) -> str:
        """The nine-character organisation code inside."""
        return self.text[ORGANISATION]

    @property
    def subject(self) -> int:
        """The subject key of the organisation."""
        return subject_key(self.organisation_code)

    def __str__(self) -> str:
        """The eighteen characters."""
        return self.text


def check_character(body: str) -> str:
    """The check character of the first seventeen characters (GB 32100-2015 §4.3).

    Raises:
        InvalidCode: The body has another length or a character outside the alphabet.
    """
    if len(body) != BODY_LENGTH:
        raise InvalidCode(f"统一社会信用代码本体应为 17 位，现为 {len(body)} 位")
    total = 0
    for position, (character, weight) in enumerate(zip(body, _WEIGHTS, strict=True), start=1):
        value = _VALUES.get(character)
        if value is None:
            raise _foreign(body, position)
        total += value * weight
    return ALPHABET[-total % len(ALPHABET)]


def is_valid(text: str) -> bool:
    """Whether a text is exactly a valid code in its normal spelling; `UnifiedCode.parse` is more tolerant."""
    try:
        _judge(text)
    except InvalidCode:
        return False
    return True


def build(*, organisation8: str, region: str, authority: str = "9", category: str = "1") -> UnifiedCode:
    """Compose a code from its parts, adding both check characters.

    Raises:
        InvalidCode: A part is not possible in a unified code.
    """
    if len(organisation8) != organisation_codes.BODY_LENGTH:
        raise InvalidCode(f"组织机构代码本体应为 8 位，现为 {len(organisation8)} 位")
    for position, character in enumerate(organisation8, start=9):
        if character not in _VALUES:
            raise _foreign(" " * 8 + organisation8, position)
    organisation = organisation8 + organisation_codes.check_character(organisation8)
    body = f"{authority}{category}{region}{organisation}"
    return UnifiedCode(body + check_character(body))


def _judge(code: str) -> None:
    if len(code) != LENGTH:
        raise InvalidCode(_length_message(code), remedy="请按营业执照核对。")
    for position, character in enumerate(code, start=1):
        if character not in _VALUES:
            raise _foreign(code, position)
    if code[0] not in AUTHORITIES:
        raise InvalidCode(f"统一社会信用代码“{code}”第 1 位“{code[0]}”不是登记管理部门代码")
    region = code[REGION]
    if not region.isdecimal():
        position = next(place for place, c in enumerate(region, start=3) if not c.isdecimal())
        raise InvalidCode(
            f"统一社会信用代码“{code}”第 {position} 位“{code[position - 1]}”应为数字："
            "第 3 至 8 位是登记机关行政区划代码"
        )
    # The outer check covers every character, so it is told first; the inner one catches invented codes.
    expected = check_character(code[:BODY_LENGTH])
    if code[BODY_LENGTH] != expected:
        raise InvalidCode(
            f"统一社会信用代码“{code}”的校验码（第 18 位）为“{code[BODY_LENGTH]}”，按前 17 位应为“{expected}”",
            remedy="前 17 位或校验码有误，请按营业执照核对。",
        )
    body = code[8:16]
    if body == organisation_codes.NO_BODY:
        raise InvalidCode(
            f"统一社会信用代码“{code}”第 9 至 16 位全为 0，没有组织机构代码", remedy="请按营业执照核对。"
        )
    expected = organisation_codes.check_character(body)
    if code[16] != expected:
        raise InvalidCode(
            f"统一社会信用代码“{code}”内组织机构代码的校验码（第 17 位）为“{code[16]}”，"
            f"按第 9 至 16 位应为“{expected}”",
            remedy="请按营业执照核对。",
        )


def _length_message(code: str) -> str:
    if not code:
        return "统一社会信用代码为空"
    hint = ""
    if len(code) == BODY_LENGTH:
        hint = "，可能漏录 1 位"
    elif len(code) == organisation_codes.LENGTH:
        hint = "，可能是组织机构代码"
    elif len(code) == 15:
        hint = "，可能是注册号或旧税务登记号"
    return f"统一社会信用代码应为 18 位，“{code}”为 {len(code)} 位{hint}"


def _foreign(code: str, position: int) -> InvalidCode:
    """The refusal of a character outside the alphabet, with the correction if it is a known misreading."""
    character = code[position - 1]
    where = f"统一社会信用代码“{code.strip()}”第 {position} 位"
    if character not in _MISREAD:
        return InvalidCode(f"{where}“{character}”不是代码可用的数字或大写字母", remedy="请按营业执照核对。")
    meant = _MISREAD[character]
    kind = "数字" if meant.isdigit() else "字母"
    corrected = "".join(_MISREAD.get(c, c) for c in code)
    remedy = f"更正后“{corrected}”校验相符，请核实。" if is_valid(corrected) else "请按营业执照核对。"
    return InvalidCode(
        f"{where}是字母“{character}”，代码不使用字母 I、O、S、V、Z，可能是{kind}“{meant}”的误写",
        remedy=remedy,
    )
