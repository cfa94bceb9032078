"""A city is the same city every time, whole or not at all, and as large as asked."""

import csv
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from xinqiao.catalogue.contracts import load_contracts
from xinqiao.city import Manifest, NoCity, build, load_manifest
from xinqiao.city.departments import LAYOUTS
from xinqiao.kernel.clock import city_date


def _contents(manifest: Manifest) -> dict[str, bytes]:
    files = [file for delivery in manifest.deliveries for file in delivery.files]
    files += [delivery.mapping for delivery in manifest.deliveries if delivery.mapping]
    files += [manifest.enterprises_file, manifest.dirt_file, "manifest.json"]
    return {file: (manifest.folder / file).read_bytes() for file in files}


def test_the_same_parameters_give_the_same_bytes(tmp_path: Path) -> None:
    once = build(tmp_path / "once", enterprises=25, seed=7)
    again = build(tmp_path / "again", enterprises=25, seed=7)

    assert _contents(once) == _contents(again)


def test_another_seed_gives_another_city(city: Manifest, tmp_path: Path) -> None:
    other = build(tmp_path, enterprises=5, seed=2)

    ours = (city.folder / city.enterprises_file).read_text().splitlines()
    theirs = (other.folder / other.enterprises_file).read_text().splitlines()
    assert ours[0] == theirs[0]
    assert [row for row in theirs[1:] if row in ours] == []


@pytest.mark.parametrize("enterprises", [7, 12])
def test_an_enterprise_has_the_same_records_however_many_there_are(
    city: Manifest, tmp_path: Path, enterprises: int
) -> None:
    small = build(tmp_path, enterprises=enterprises)

    for file, content in _contents(small).items():
        if file.endswith(".csv") and file != small.dirt_file:
            assert (city.folder / file).read_bytes().startswith(content), file


def test_blocks_made_side_by_side_give_the_bytes_of_one(tmp_path: Path) -> None:
    whole = build(tmp_path / "whole", enterprises=50)
    joined = build(tmp_path / "joined", enterprises=50, block=24)

    ours, theirs = _contents(whole), _contents(joined)
    assert sorted(ours) == sorted(theirs)
    assert [file for file in ours if ours[file] != theirs[file] and file != whole.dirt_file] == []
    assert sorted(ours[whole.dirt_file].splitlines()) == sorted(theirs[whole.dirt_file].splitlines())


def test_nothing_but_the_city_is_left_behind(city: Manifest) -> None:
    assert {path.name for path in city.folder.iterdir()} == {
        "deliveries",
        "mappings",
        "truth",
        "manifest.json",
    }


def test_a_second_call_finds_the_city(city: Manifest, tmp_path: Path) -> None:
    shutil.copytree(city.folder, tmp_path, dirs_exist_ok=True)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}

    assert build(tmp_path, enterprises=city.parameters.enterprises) == replace(city, folder=tmp_path)
    assert load_manifest(tmp_path) == replace(city, folder=tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_another_city_replaces_the_first_and_nothing_else(tmp_path: Path) -> None:
    build(tmp_path, enterprises=6, until=date(2025, 12, 31))
    (tmp_path / "notes.txt").write_text("ours")
    second = build(tmp_path, enterprises=6)

    files = {path.relative_to(tmp_path).as_posix() for path in (tmp_path / "deliveries").rglob("*.*")}
    assert files == {file for delivery in second.deliveries for file in delivery.files}
    assert (tmp_path / "notes.txt").read_text() == "ours"


def test_a_folder_without_a_city_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoCity, match="没有演示城市"):
        load_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text('{"generator": "xinqiao.city", "version": 0}')
    with pytest.raises(NoCity, match="其他版本"):
        load_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text("not json")
    with pytest.raises(NoCity, match="无法读取"):
        load_manifest(tmp_path)


def test_a_city_without_enterprises_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one"):
        build(tmp_path, enterprises=0)


def test_progress_is_told_up_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    build(tmp_path, enterprises=3, progress=lambda done, total: told.append((done, total)))

    assert told[-1] == (3, 3)


def test_deliveries_come_in_order_and_hold_what_the_manifest_says(city: Manifest) -> None:
    moments = [delivery.known_at for delivery in city.deliveries]

    assert moments == sorted(moments)
    assert city.rows == sum(delivery.rows for delivery in city.deliveries)
    assert all(delivery.rows > 0 for delivery in city.deliveries)
    assert city.as_of[-1] == city.parameters.until == city_date(moments[-1])
    assert {city_date(moment) for moment in moments} == set(city.as_of)


def test_every_data_set_of_the_catalogue_has_a_department_that_delivers_it() -> None:
    assert {layout.dataset for layout in LAYOUTS} == set(load_contracts())


def test_an_enterprise_has_about_as_many_rows_as_a_real_one(city: Manifest) -> None:
    assert 150 < city.rows / city.parameters.enterprises < 240
    assert 0.015 < city.dirty_rows / city.rows < 0.035


def test_every_enterprise_is_in_the_truth(city: Manifest) -> None:
    with (city.folder / city.enterprises_file).open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))

    assert [int(row["index"]) for row in rows] == list(range(city.parameters.enterprises))
    assert all(0 <= float(row["health"]) <= 1 for row in rows)
    assert all((row["defaulted"] == "1") == bool(row["defaulted_on"]) for row in rows)
