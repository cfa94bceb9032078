"""The old 15-digit registration numbers and their check digit."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xinqiao.kernel import registration_number as numbers

bodies = st.text("0123456789", min_size=14, max_size=14)


@pytest.mark.parametrize("text", ["110108012660422", "440301103097413", "110108002734659", "330100400013364"])
def test_real_numbers_pass(text: str) -> None:
    assert numbers.is_valid(text)
    assert numbers.check_digit(text[:14]) == text[14]


@pytest.mark.parametrize(
    "text", ["", "110108012660423", "11010801266042", "11010801266042２", "11010801266042X"]
)
def test_anything_else_fails(text: str) -> None:
    assert not numbers.is_valid(text)


@given(bodies, st.integers(0, 14), st.sampled_from("0123456789"))
def test_any_single_wrong_digit_is_detected(body: str, place: int, digit: str) -> None:
    number = body + numbers.check_digit(body)
    assume(number[place] != digit)

    assert not numbers.is_valid(number[:place] + digit + number[place + 1 :])


def test_a_body_of_another_shape_has_no_check_digit() -> None:
    with pytest.raises(ValueError, match="14 digits"):
        numbers.check_digit("11010801266O42")
