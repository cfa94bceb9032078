"""Unified social credit codes: real codes pass, every slip of a typist is named."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xinqiao.kernel import unified_code as codes
from xinqiao.kernel.organisation_code import NO_BODY
from xinqiao.kernel.subject import organisation_code
from xinqiao.kernel.unified_code import ALPHABET, AUTHORITIES, InvalidCode, UnifiedCode

REAL = [
    "91110000600037341L",
    "9144030071526726XG",
    "91440300708461136T",
    "914403001922038216",
    "91310000132206289R",
    "91110108551385082Q",
]

valid_codes = st.builds(
    codes.build,
    authority=st.sampled_from(sorted(AUTHORITIES)),
    category=st.sampled_from("1239"),
    region=st.from_regex(r"[1-8][0-9]{5}", fullmatch=True),
    organisation8=st.text(ALPHABET, min_size=8, max_size=8).filter(lambda body: body != NO_BODY),
)


@pytest.mark.parametrize("text", REAL)
def test_real_codes_pass_both_checks(text: str) -> None:
    code = UnifiedCode.parse(text)

    assert code.text == str(code) == text
    assert codes.is_valid(text)
    assert codes.check_character(text[:17]) == text[17]


def test_a_code_tells_its_parts() -> None:
    code = UnifiedCode("9144030071526726XG")

    assert (code.authority, code.category) == ("9", "1")
    assert code.region_code == "440300"
    assert code.organisation_code == "71526726X"
    assert organisation_code(code.subject) == "71526726X"


@pytest.mark.parametrize("authority", ["A", "N", "Y"])
def test_authorities_with_letters_are_codes_too(authority: str) -> None:
    code = codes.build(authority=authority, category="2", region="110108", organisation8="MF012345")

    assert UnifiedCode.parse(code.text) == code


@given(valid_codes)
def test_a_built_code_reads_back(code: UnifiedCode) -> None:
    assert UnifiedCode.parse(code.text) == code


@given(valid_codes, st.integers(0, 17), st.sampled_from([" ", "\u3000", "\t", "\u00a0", "\u200b", "\ufeff"]))
def test_any_spelling_reads_as_the_same_code(code: UnifiedCode, position: int, blank: str) -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in code.text.lower())

    assert UnifiedCode.parse(f"{blank}{wide[:position]}{blank}{wide[position:]}{blank}") == code
    assert not codes.is_valid(wide)


@given(valid_codes, st.integers(0, 17), st.sampled_from(ALPHABET + "IOSVZ"))
def test_any_single_wrong_character_is_detected(code: UnifiedCode, position: int, character: str) -> None:
    assume(code.text[position] != character)
    wrong = code.text[:position] + character + code.text[position + 1 :]

    assert not codes.is_valid(wrong)
    with pytest.raises(InvalidCode):
        UnifiedCode.parse(wrong)


@given(valid_codes, st.integers(0, 16))
def test_any_swap_of_neighbours_is_detected(code: UnifiedCode, position: int) -> None:
    first, second = code.text[position], code.text[position + 1]
    assume(first != second)

    assert not codes.is_valid(code.text[:position] + second + first + code.text[position + 2 :])


@given(st.text(max_size=30))
def test_whatever_is_refused_is_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidCode) as refusal:
        UnifiedCode.parse(text)

    assert refusal.value.code == "invalid_code"
    assert refusal.value.message.startswith("统一社会信用代码")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "为空"),
        ("9144030070846113T", "为 17 位，可能漏录 1 位"),
        ("708461136", "为 9 位，可能是组织机构代码"),
        ("440301103097413", "为 15 位，可能是注册号"),
        ("9144O300708461136T", "第 5 位是字母“O”，代码不使用字母 I、O、S、V、Z，可能是数字“0”的误写"),
        ("91440300708461136U", "按前 17 位应为“T”"),
        ("91440300708461L36T", "按前 17 位应为"),
        ("9144030070846113#T", "第 17 位“#”不是代码可用的数字或大写字母"),
        ("B1440300708461136T", "第 1 位“B”不是登记管理部门代码"),
        ("91A40300708461136T", "第 3 位“A”应为数字：第 3 至 8 位"),
    ],
)
def test_a_refusal_names_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(InvalidCode) as refusal:
        UnifiedCode.parse(text)

    assert said in refusal.value.message


def test_a_misread_letter_gets_its_correction_when_the_rest_agrees() -> None:
    with pytest.raises(InvalidCode) as refusal:
        UnifiedCode.parse("9I44O300708461136T")

    assert "更正后“91440300708461136T”校验相符" in refusal.value.remedy


def test_a_code_with_an_invented_organisation_is_refused_by_the_inner_check() -> None:
    body = "91440300" + "708461137"  # the right inner check character is 6
    invented = body + codes.check_character(body)

    with pytest.raises(InvalidCode, match="内组织机构代码的校验码"):
        UnifiedCode.parse(invented)


def test_a_code_of_no_organisation_is_refused_although_its_checks_agree() -> None:
    body = "91440300" + NO_BODY + "0"

    with pytest.raises(InvalidCode, match="没有组织机构代码"):
        UnifiedCode.parse(body + codes.check_character(body))


def test_a_code_cannot_be_built_from_impossible_parts() -> None:
    with pytest.raises(InvalidCode, match="第 10 位是字母“O”"):
        codes.build(region="440300", organisation8="MO5ABCDE")
    with pytest.raises(InvalidCode, match="本体应为 8 位"):
        codes.build(region="440300", organisation8="MA5ABCD")
    with pytest.raises(InvalidCode, match="本体应为 17 位"):
        codes.check_character("91440300")
