"""A download opens in a spreadsheet as text and numbers, and runs nothing."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.web.downloads import csv_response, safe_cell


@pytest.mark.parametrize(
    "text",
    ["=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", " =1", "\u3000@x", "\ufeff=1"],
)
def test_what_a_spreadsheet_would_run_is_made_plain_text(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize(
    ("value", "cell"), [("海川", "海川"), (-1.5, "-1.5"), (0, "0"), (None, ""), ("a=b", "a=b")]
)
def test_everything_else_stays_as_it_is(value: object, cell: str) -> None:
    assert safe_cell(value) == cell


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_cells_survive_the_trip_and_none_starts_a_formula(cells: list[str]) -> None:
    response = csv_response(name="x.csv", header=cells, rows=[])
    (row,) = csv.reader(io.StringIO(bytes(response.body).decode("utf-8-sig"), newline=""))

    assert [cell.removeprefix("'") for cell in row] == [cell.removeprefix("'") for cell in cells]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
