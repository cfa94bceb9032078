"""One rule of what a code is: the engine's SQL over all rows and the kernel over a single text say the same."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinqiao.catalogue import load_contracts
from xinqiao.catalogue.model import Contract, Identifier
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.intake import spelling, subjects
from xinqiao.kernel import organisation_code, registration_number, unified_code
from xinqiao.kernel.spelling import compact
from xinqiao.kernel.subject import subject_key

INVOICES = load_contracts()["sales_invoice"]
# Planning a query takes far longer than judging a code, so every example judges many.
laws = settings(max_examples=12)
BLANKS = st.text(alphabet=" \t\u3000\u00a0\ufeff\u200b", max_size=3)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with DuckDBEngine(Path(tmp_path_factory.mktemp("engine")), threads=1).session() as opened:
        yield opened


def naming(*identifiers: Identifier) -> Contract:
    return replace(INVOICES, subject=replace(INVOICES.subject, identifiers=identifiers))


def told(session: Session, expression: str, texts: Sequence[str]) -> list[object]:
    """What SQL over the column `c` says of each text."""
    rows = session.rows(
        f"SELECT {expression} FROM (SELECT unnest($1::VARCHAR[]) AS c,"
        " generate_subscripts($1::VARCHAR[], 1) AS place) ORDER BY place",
        [list(texts)],
    )
    return [value for (value,) in rows]


@st.composite
def nearly_unified(draw: st.DrawFn) -> str:
    """A code whose checks agree, of any authority, region and organisation; now and then with another slip in it."""
    either = st.sampled_from(sorted(unified_code.AUTHORITIES)) | st.sampled_from(unified_code.ALPHABET)
    region = draw(
        st.from_regex(r"[1-8][0-9]{5}", fullmatch=True)
        | st.text(unified_code.ALPHABET, min_size=6, max_size=6)
    )
    organisation = draw(st.text(unified_code.ALPHABET, min_size=8, max_size=8))
    organisation += organisation_code.check_character(organisation)
    body = f"{draw(either)}{draw(st.sampled_from(unified_code.ALPHABET))}{region}{organisation}"
    code = body + unified_code.check_character(body)
    if draw(st.integers(0, 3)):
        return code
    place = draw(st.integers(0, 17))
    return code[:place] + draw(st.sampled_from(organisation_code.ALPHABET + "Ü-")) + code[place + 1 :]


@laws
@given(st.lists(nearly_unified(), min_size=1, max_size=60))
def test_a_unified_code_is_one_to_the_engine_exactly_when_it_is_to_the_kernel(
    session: Session, codes: list[str]
) -> None:
    expression = subjects.subject_expression(naming("unified_code"), code="c", system=None, known="NULL")

    assert told(session, expression, codes) == [
        subject_key(code[unified_code.ORGANISATION]) if unified_code.is_valid(code) else None
        for code in codes
    ]


@st.composite
def nearly_organisation(draw: st.DrawFn) -> str:
    body = draw(st.text(organisation_code.ALPHABET, min_size=8, max_size=8))
    return body + draw(
        st.just(organisation_code.check_character(body)) | st.sampled_from(organisation_code.ALPHABET)
    )


@laws
@given(st.lists(nearly_organisation(), min_size=1, max_size=60))
def test_an_organisation_code_is_one_to_the_engine_exactly_when_it_is_to_the_kernel(
    session: Session, codes: list[str]
) -> None:
    expression = subjects.subject_expression(naming("organisation_code"), code="c", system=None, known="NULL")

    assert told(session, expression, codes) == [
        subject_key(code) if organisation_code.is_valid(code) else None for code in codes
    ]


@st.composite
def nearly_registration(draw: st.DrawFn) -> str:
    body = draw(st.from_regex(r"[0-9]{14}", fullmatch=True))
    return body + draw(st.just(registration_number.check_digit(body)) | st.sampled_from("0123456789X"))


@laws
@given(st.lists(nearly_registration(), min_size=1, max_size=60))
def test_a_registration_number_is_one_to_the_engine_exactly_when_it_is_to_the_kernel(
    session: Session, numbers: list[str]
) -> None:
    expression = subjects.unnamed_reason(naming("registration_number"), code="c", system=None)

    assert [str(reason).startswith("unresolved") for reason in told(session, expression, numbers)] == [
        registration_number.is_valid(number) for number in numbers
    ]


@laws
@given(
    st.lists(
        st.tuples(BLANKS, st.from_regex(r"[0-9A-Za-z]{9,18}", fullmatch=True), BLANKS),
        min_size=1,
        max_size=60,
    )
)
def test_blanks_around_a_code_are_taken_off_however_many_bytes_they_make(
    session: Session, written: list[tuple[str, str, str]]
) -> None:
    texts = ["".join(parts) for parts in written]

    assert told(session, spelling.identifier_text("c"), texts) == [compact(text) for text in texts]


@pytest.mark.parametrize("blanks", ["\u3000", "\u3000\u3000", "\ufeff"])
def test_a_registration_number_before_wide_blanks_is_read(session: Session, blanks: str) -> None:
    assert told(session, spelling.identifier_text("c"), [f"440301103097413{blanks}"]) == ["440301103097413"]
