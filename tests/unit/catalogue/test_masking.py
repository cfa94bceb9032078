"""What a preview shows."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.catalogue import load_contracts
from xinqiao.catalogue.masking import (
    HIDDEN,
    AmountBand,
    amount_band,
    mask,
    mask_identifier,
    mask_person_name,
    mask_person_name_sql,
)
from xinqiao.engine import DuckDBEngine, Session


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with DuckDBEngine(tmp_path_factory.mktemp("engine")).session() as opened:
        yield opened


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王伟", "王*"),
        ("周明澜", "周**"),
        ("欧阳修", "欧阳*"),
        ("欧阳", "欧*"),
        ("买买提·艾合买提", "买****"),
        ("Smith", "S****"),
        ("李", "李*"),
        ("", ""),
        ("信桥市国有资产管理有限公司", "信桥市国有资产管理有限公司"),
        ("信桥启明股权投资合伙企业（有限合伙）", "信桥启明股权投资合伙企业（有限合伙）"),
    ],
)
def test_a_person_keeps_the_surname_and_an_organisation_its_name(name: str, shown: str) -> None:
    assert mask_person_name(name) == shown


@given(
    names=st.lists(
        st.text(min_size=1).filter(lambda name: "\0" not in name)
        | st.text("欧阳司马王伟 \t\u3000公司（有限合伙）A·", min_size=1, max_size=8),
        min_size=1,
    )
)
def test_the_engine_masks_names_as_python_does(session: Session, names: list[str]) -> None:
    found = session.rows(
        f"SELECT {mask_person_name_sql('name')} FROM (SELECT unnest($names) AS name)", {"names": names}
    )

    assert [masked for (masked,) in found] == [mask_person_name(name) for name in names]


@given(st.text())
def test_a_masked_name_masked_again_is_the_same(name: str) -> None:
    assert mask_person_name(mask_person_name(name)) == mask_person_name(name)


def test_a_code_keeps_its_ends() -> None:
    assert mask_identifier("91449901MA5ABCDE5T") == "9144**********DE5T"
    assert mask_identifier("B03711") == "B*****"


@given(st.text("0123456789ABCDEFGHJ", min_size=2, max_size=30))
def test_at_least_part_of_a_code_is_hidden(code: str) -> None:
    shown = mask_identifier(code)
    assert len(shown) == len(code)
    assert "*" in shown
    assert all(a in (b, "*") for a, b in zip(shown, code, strict=True))


@pytest.mark.parametrize(
    ("fen", "low", "high"),
    [
        (0, 0, 100_000),
        (99_999, 0, 100_000),
        (100_000, 100_000, 1_000_000),
        (1_000_000, 1_000_000, 10_000_000),
        (94_017_100, 10_000_000, 100_000_000),
        (999_999_999, 100_000_000, 1_000_000_000),
        (1_000_000_000, 1_000_000_000, None),
        (10**16, 1_000_000_000, None),
        (-1, -100_000, 0),
        (-100_000, -1_000_000, -100_000),
        (-94_017_100, -100_000_000, -10_000_000),
        (-1_000_000_000, None, -1_000_000_000),
    ],
)
def test_an_amount_is_shown_as_the_band_it_lies_in(fen: int, low: int | None, high: int | None) -> None:
    assert amount_band(fen) == AmountBand(low, high)


@given(st.integers(-(2**62), 2**62))
def test_an_amount_lies_in_its_band_and_its_negative_in_the_mirrored_one(fen: int) -> None:
    band, mirrored = amount_band(fen), amount_band(-fen)

    assert band.min is None or band.min <= fen
    assert band.max is None or fen <= band.max
    if fen:
        assert (mirrored.min, mirrored.max) == tuple(
            None if end is None else -end for end in (band.max, band.min)
        )


def test_a_field_is_masked_as_it_declares_or_by_its_level() -> None:
    contracts = load_contracts()
    invoice, registration = contracts["sales_invoice"], contracts["business_registration"]
    # Level 2, and still a person's name.
    assert mask(registration.field("legal_representative"), "周明澜") == "周**"
    assert mask(registration.field("name"), "信桥市明澜电子有限公司") == "信桥市明澜电子有限公司"
    assert mask(invoice.field("counterparty_code"), "91449901MA5ABCDE5T", clearance=5) == "9144**********DE5T"
    amount = invoice.field("amount_fen")
    assert mask(amount, 94_017_100) == AmountBand(10_000_000, 100_000_000)
    assert mask(amount, "壹佰元") == HIDDEN
    assert mask(amount, 94_017_100, clearance=4) == "94017100"
    assert mask(invoice.field("status"), "valid") == "valid"
    assert mask(amount, None) is None
