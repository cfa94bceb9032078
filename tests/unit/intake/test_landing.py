"""What is seen in a file while it is copied, wherever in it that stands."""

from pathlib import Path

import pytest

from xinqiao.intake import landing


@pytest.mark.parametrize(
    ("rare", "quotes", "odd"),
    [("x", False, False), ('"', True, False), ("+", False, True), ("\0", False, True)],
)
@pytest.mark.parametrize("place", [0, 7, 8, 31, 39])
def test_a_rare_byte_is_seen_in_whichever_piece_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rare: str, quotes: bool, odd: bool, place: int
) -> None:
    monkeypatch.setattr(landing, "_CHUNK", 8)
    file = tmp_path / "rows.csv"
    file.write_text("a" * place + rare + "a" * (39 - place), encoding="utf-8")

    landed = landing.land(file, tmp_path / "kept")

    assert (landed.quotes, landed.odd) == (quotes, odd)
    assert landed.path.read_bytes() == file.read_bytes()
