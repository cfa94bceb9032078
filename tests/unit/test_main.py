"""The composition root makes a home that others cannot look into."""

import stat
from pathlib import Path

import pytest

from xinqiao import main


def test_a_home_made_by_the_product_is_closed_to_others_and_its_database_runs_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "above" / "home"
    monkeypatch.setenv("XINQIAO_HOME", str(home))
    monkeypatch.delenv("XINQIAO_DATABASE_URL", raising=False)

    with main.open_workspace() as workspace, workspace.store.transaction() as tx:
        assert tx.row("SELECT 1 AS one") == {"one": 1}

    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.usefixtures("settings")
def test_a_home_that_is_there_keeps_its_mode(home: Path) -> None:
    home.chmod(0o750)

    with main.open_workspace():
        pass

    assert stat.S_IMODE(home.stat().st_mode) == 0o750
