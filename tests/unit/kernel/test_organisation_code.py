"""Organisation codes, their check character, and the subject keys made from them."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xinqiao.kernel import organisation_code as codes
from xinqiao.kernel.organisation_code import ALPHABET, InvalidOrganisationCode
from xinqiao.kernel.subject import SUBJECTS, organisation_code, subject_key

bodies = st.text(ALPHABET, min_size=8, max_size=8)


@pytest.mark.parametrize(
    "code", ["600037341", "71526726X", "708461136", "192203821", "132206289", "551385082"]
)
def test_the_codes_inside_real_unified_codes_pass(code: str) -> None:
    assert codes.is_valid(code)
    assert codes.check_character(code[:8]) == code[8]


@pytest.mark.parametrize("spelt", ["71526726-X", " 71526726—x ", "７１５２６７２６－Ｘ", "71526726X"])
def test_every_spelling_becomes_nine_characters(spelt: str) -> None:
    assert codes.normalise(spelt) == "71526726X"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("7152672X", "应为 9 位"),
        ("715267261", "按前 8 位应为“X”"),
        ("00000000-0", "全为 0，表示没有代码"),
        ("7152#726X", "第 5 位“#”不是数字或大写字母"),
    ],
)
def test_what_is_no_code_is_refused_with_the_reason(text: str, said: str) -> None:
    assert not codes.is_valid(text)
    with pytest.raises(InvalidOrganisationCode) as refusal:
        codes.normalise(text)

    assert said in refusal.value.message


@given(bodies, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_a_wrong_character_is_detected_unless_it_differs_by_eleven(body: str, place: int, other: str) -> None:
    """Values run to 35 but the check counts modulo 11: A for L goes unseen, the standard's own limit."""
    assume((ALPHABET.index(body[place]) - ALPHABET.index(other)) % 11)

    assert codes.check_character(body) != codes.check_character(body[:place] + other + body[place + 1 :])


@given(bodies.filter(lambda body: body != codes.NO_BODY))
def test_a_key_gives_its_code_back(body: str) -> None:
    subject = subject_key(body)

    assert 0 <= subject < SUBJECTS < 2**63
    assert organisation_code(subject) == body + codes.check_character(body)
    assert subject_key(organisation_code(subject)) == subject


@given(st.integers(1, SUBJECTS - 1))
def test_a_code_gives_its_key_back(subject: int) -> None:
    assert subject_key(organisation_code(subject)) == subject


@pytest.mark.parametrize("subject", [-1, SUBJECTS])
def test_a_number_no_organisation_can_have_is_refused(subject: int) -> None:
    with pytest.raises(InvalidOrganisationCode):
        organisation_code(subject)


@pytest.mark.parametrize("text", ["715267261", "7152672", "7152672é", "", "-7152672", "7152_726"])
def test_no_key_is_made_from_what_is_no_code(text: str) -> None:
    with pytest.raises(InvalidOrganisationCode):
        subject_key(text)
