"""Every planted fault stands in the row that the truth names, and nowhere else."""

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import openpyxl
import pytest

from xinqiao.city import Manifest
from xinqiao.city.codes import names_nobody
from xinqiao.city.departments import LAYOUTS
from xinqiao.city.layout import Layout

BLANKS = {"", "-", "无", "NULL"}
SEEN_ONLY_ACROSS_FILES = {"delivered_again", "corrected_later", "revised", "twice_in_file"}


@dataclass(frozen=True)
class Planted:
    kind: str
    outcome: str


@dataclass(frozen=True)
class File:
    layout: Layout
    day: date
    rows: list[list[str]]
    planted: Mapping[int, Planted]

    def cell(self, row: list[str], field: str) -> str:
        return row[self.layout.position(field)]

    def has_account(self, row: list[str]) -> bool:
        system = self.layout.position("source_system")
        return bool(self.layout.constants) or (system >= 0 and bool(row[system]))


@pytest.fixture(scope="module")
def files(city: Manifest) -> list[File]:
    planted: dict[str, dict[int, Planted]] = defaultdict(dict)
    with (city.folder / city.dirt_file).open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            assert int(row["row"]) not in planted[row["file"]], "one fault a row"
            planted[row["file"]][int(row["row"])] = Planted(row["kind"], row["outcome"])
    by_slug = {layout.slug: layout for layout in LAYOUTS}
    found = []
    for delivery in city.deliveries:
        (name,) = delivery.files
        layout = by_slug[name.split("/")[1]]
        found.append(File(layout, delivery.known_at.date(), list(_rows(city, name, layout)), planted[name]))
    assert sum(len(file.planted) for file in found) == city.dirty_rows
    return found


def _rows(city: Manifest, name: str, layout: Layout) -> Iterator[list[str]]:
    above = 2 if layout.title else 1
    if layout.form == "xlsx":
        sheet = openpyxl.load_workbook(city.folder / name).worksheets[0]
        cells = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
        yield from ([str(cell) for cell in row] for row in cells[above:])
        return
    text = (city.folder / name).read_bytes().decode(layout.encoding)
    yield from list(csv.reader(io.StringIO(text)))[above:]


def test_the_city_has_faults_of_every_outcome(files: list[File]) -> None:
    outcomes = Counter(each.outcome.split(":")[0] for file in files for each in file.planted.values())

    assert set(outcomes) == {
        "accepted", "duplicate", "corrected", "invalid_code", "unresolved_subject", "missing", "unparseable",
        "in_the_future", "out_of_range", "unknown_value", "malformed_row",
    }  # fmt: skip


def test_a_planted_row_shows_its_fault(files: list[File]) -> None:
    assert any(file.planted for file in files)
    for file in files:
        for number, planted in file.planted.items():
            row, (reason, _, field) = file.rows[number - 1], planted.outcome.partition(":")
            if reason == "malformed_row":
                assert len(row) == len(file.layout.columns) + 1
                continue
            value = file.cell(row, field) if field else ""
            match reason:
                case "missing":
                    assert value in BLANKS
                case "invalid_code":
                    assert names_nobody(value)
                case "in_the_future":
                    assert date.fromisoformat(value) > file.day
                case "out_of_range":
                    assert float(value) < 0
                case "unparseable" | "unknown_value":
                    assert value in {"待核实", "叁仟伍佰圆整", "见附件", "12.3.4", "#REF!"} | {
                        "待处理", "代码99", "代码98",
                    } or value.endswith("02-30")  # fmt: skip


def test_a_row_that_is_not_named_is_clean(files: list[File]) -> None:
    # Two decimals of a yuan, six of ten thousand.
    number_pattern = re.compile(r"-?\d+(\.\d{1,6})?")
    assert any(len(file.rows) > len(file.planted) for file in files)
    for file in files:
        layout = file.layout
        for number, row in enumerate(file.rows, start=1):
            planted = file.planted.get(number)
            if planted is not None and planted.kind not in SEEN_ONLY_ACROSS_FILES:
                continue
            assert len(row) == len(layout.columns)
            code = file.cell(row, layout.code)
            assert file.has_account(row) or len(code) == 15 or not names_nobody(code)
            if layout.happened_on:
                assert date.fromisoformat(file.cell(row, layout.happened_on)) <= file.day
            if layout.amount and file.cell(row, layout.amount):
                assert number_pattern.fullmatch(file.cell(row, layout.amount))


def test_a_row_that_stands_twice_does(files: list[File]) -> None:
    twice = [
        (file, number)
        for file in files
        for number, planted in file.planted.items()
        if planted.kind == "twice_in_file"
    ]

    assert twice
    for file, number in twice:
        assert file.rows[number - 1] == file.rows[number - 2]


def test_a_row_delivered_again_is_known_and_a_corrected_one_is_known_otherwise(files: list[File]) -> None:
    earlier: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    seen = Counter[str]()
    for file in files:
        known = earlier[file.layout.slug]
        for number, planted in file.planted.items():
            row = tuple(file.rows[number - 1])
            if planted.kind == "delivered_again":
                assert row in known
            elif planted.outcome == "corrected":
                assert row not in known
                assert any(_differ_little(row, other) for other in known)
            seen[planted.outcome] += 1
        known.update(tuple(row) for row in file.rows)
    assert seen["corrected"]
    assert seen["duplicate"]


def _differ_little(row: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return len(row) == len(other) and sum(a != b for a, b in zip(row, other, strict=True)) in {1, 2, 3}


def test_accounts_of_the_former_system_lead_to_enterprises_in_the_end(files: list[File]) -> None:
    crossed = {
        file.cell(row, "source_code"): file.day
        for file in files
        if file.layout.slug == "code_crosswalk"
        for number, row in enumerate(file.rows, start=1)
        if number not in file.planted
    }
    assert crossed
    assert "account_not_yet_known" in {each.kind for file in files for each in file.planted.values()}
    for file in files:
        for number, row in enumerate(file.rows, start=1):
            planted = file.planted.get(number)
            code = file.cell(row, file.layout.code)
            if code.startswith("XQ") and (planted is None or planted.outcome in {"duplicate", "corrected"}):
                assert crossed[code] <= file.day
            if planted is not None and planted.kind == "account_not_yet_known":
                assert crossed[code] > file.day
