"""Report numbers: the same every time, never shared, and a slip of the pen shows."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.kernel.subject import SUBJECTS
from xinqiao.products.numbering import is_report_number, report_number

subjects = st.integers(0, SUBJECTS - 1)
evaluations = st.integers(1, 10**9)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@given(subjects, subjects, evaluations, days)
def test_every_enterprise_of_an_evaluation_has_a_number_of_its_own(
    one: int, other: int, evaluation: int, day: date
) -> None:
    numbers = [report_number(subject=each, evaluation_id=evaluation, as_of=day) for each in (one, other)]

    assert all(map(is_report_number, numbers))
    assert (numbers[0] == numbers[1]) == (one == other)


@given(subjects, evaluations, days, st.data())
def test_one_wrong_character_is_noticed(
    subject: int, evaluation: int, day: date, data: st.DataObject
) -> None:
    number = report_number(subject=subject, evaluation_id=evaluation, as_of=day)
    place = data.draw(st.sampled_from([p for p, c in enumerate(number) if p > 2 and c != "-"]))
    other = data.draw(
        st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ").filter(lambda c: c != number[place])
    )

    assert not is_report_number(number[:place] + other + number[place + 1 :])


def test_a_number_reads_as_day_evaluation_enterprise_and_check() -> None:
    number = report_number(subject=123456, evaluation_id=12, as_of=date(2026, 6, 30))

    assert number == "XQ-20260630-12-0X38DOKG-F"


@pytest.mark.parametrize("text", ["", "XQ-20260630", "XQ-20260630-0-0X38DOKG-F", "xq-20260630-12-0x38dokg-f"])
def test_what_is_no_number_is_taken_for_none(text: str) -> None:
    assert not is_report_number(text)
