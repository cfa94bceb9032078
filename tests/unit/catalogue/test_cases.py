"""Reading cases."""

from pathlib import Path

import pytest

from xinqiao.catalogue import InvalidCases, UnknownDataset, load_cases

GOOD = """
known_on: 2026-11-01
good:
  - {number: 0012, day: 2026-01-31}
bad:
  - {row: {}, reasons: [missing:number]}
"""


def test_a_row_holds_the_text_as_delivered(tmp_path: Path) -> None:
    (tmp_path / "some.yaml").write_text(GOOD, "utf-8")
    cases = load_cases("some", tmp_path)
    assert cases.good == ({"number": "0012", "day": "2026-01-31"},)
    assert cases.bad[0].reasons == ("missing:number",)
    assert cases.warned == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("good:", "better:"),
        ("known_on: 2026-11-01", "known_on: 昨天"),
        ("known_on: 2026-11-01\n", ""),
        ("reasons: [missing:number]", "reasons: []"),
        ("row: {}", "row: 空"),
        ("day: 2026-01-31", "day: [2026-01-31]"),
        ("good:", "good: [\n"),
    ],
)
def test_a_file_that_is_no_cases_is_refused(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "some.yaml").write_text(GOOD.replace(old, new), "utf-8")
    with pytest.raises(InvalidCases, match=r"some\.yaml"):
        load_cases("some", tmp_path)


def test_a_dataset_without_cases_is_unknown() -> None:
    with pytest.raises(UnknownDataset, match="sales_invoice"):
        load_cases("sales_invoices")
