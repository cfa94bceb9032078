"""Tables as CSV that a spreadsheet opens as they are, and never runs."""

import csv
import io
from collections.abc import Iterable, Sequence

from starlette.responses import Response

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """A cell's text; one that a spreadsheet would take for a formula is led by an apostrophe.

    Numbers given as numbers stay numbers; None is an empty cell.
    """
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, int | float):
        return text
    # A leading blank or invisible mark does not stop a spreadsheet from seeing the formula behind it.
    return "'" + text if text.lstrip(" \u00a0\u200b\u3000\ufeff").startswith(_STARTS_FORMULA) else text


def csv_response(*, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A CSV download: UTF-8 with a byte-order mark, without which Excel misreads Chinese."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL)
    writer.writerow([safe_cell(cell) for cell in header])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return Response(
        "\ufeff" + text.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
