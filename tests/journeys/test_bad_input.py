"""Whatever people hand in: it is taken, set aside row by row, or refused in one sentence with nothing changed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from xinqiao.kernel.unified_code import build
from xinqiao.lake import Lake
from xinqiao.store import open_store

_COMMAND = Path(sys.executable).with_name("xinqiao")
_TIMEOUT = 240
_DATASET = "tax_payment"
_HEADINGS = "纳税人识别号,税票号码,税种,缴款类型,缴款日期,实缴金额\n"
_REGISTER = "统一社会信用代码,name,approved_on,established_on\n"
_CODES = [build(region="449901", organisation8=f"MA5{number:05d}").text for number in range(500)]
_REGISTERED, _UNREGISTERED = _CODES[0], _CODES[499]
# What a command with a machine at the other end says on standard error when it refuses.
Told = dict[str, str]


def payment(number: int, *, code: str = "", paid_on: str = "2025-03-09", amount: str = "120.50") -> str:
    """A row of a payment file; every number makes another row."""
    return f"{code or _CODES[number % 400]},{number:012d},增值税,缴款,{paid_on},{amount}\n"


def payments(numbers: Iterable[int]) -> str:
    return _HEADINGS + "".join(payment(number) for number in numbers)


@dataclass(frozen=True, slots=True)
class Place:
    """A home folder and the commands run on it, each in a process of its own."""

    home: Path

    def start(self, *arguments: object) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [_COMMAND, *map(str, arguments), "--json"],
            env={**os.environ, "XINQIAO_HOME": str(self.home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def read(self, *arguments: object) -> Any:
        """What a command that must succeed answers."""
        return answer(self.start(*arguments))

    def refusal(self, *arguments: object) -> Told:
        """What a command that must be refused says, which is one message and nothing besides."""
        process = self.start(*arguments)
        said, aside = process.communicate(timeout=_TIMEOUT)
        assert process.returncode == 2, aside
        assert not said
        assert "Traceback" not in aside
        told: Told = json.loads(aside.splitlines()[-1])["error"]
        assert "\n" not in told["message"].strip()
        assert "\x1b" not in told["message"]
        assert told["message"]
        assert told["remedy"]
        return told

    def state(self) -> dict[str, Any]:
        """Everything that a command may change."""
        store = open_store(home=self.home, database_url=None)
        try:
            with store.transaction() as tx:
                counts = tx.row(
                    "SELECT (SELECT count(*) FROM delivery) AS deliveries,"
                    " (SELECT count(*) FROM audit_event) AS events,"
                    " (SELECT count(*) FROM lineage_event) AS traces,"
                    " (SELECT count(*) FROM evaluation) AS evaluations,"
                    " (SELECT count(*) FROM enterprise) AS enterprises"
                )
                lake = Lake(self.home / "lake")
                versions = lake.versions(tx)
            files = {table: [file.path.name for file in lake.files(table, v)] for table, v in versions.items()}
        finally:
            store.close()
        work = self.home / "work"
        left = sorted(path.name for path in work.iterdir()) if work.exists() else []
        return {"counts": counts, "versions": versions, "files": files, "left over": left}

    def rows(self, kind: str, columns: str = "*") -> list[tuple[Any, ...]]:
        """Rows of the payments' records or quarantine that readers see."""
        store = open_store(home=self.home, database_url=None)
        try:
            with store.transaction() as tx:
                lake, table = Lake(self.home / "lake"), f"{kind}/{_DATASET}"
                files = [str(file.path) for file in lake.files(table, lake.versions(tx)[table])]
        finally:
            store.close()
        return duckdb.execute(f"SELECT {columns} FROM read_parquet(?)", [files]).fetchall()


def answer(process: "subprocess.Popen[str]") -> Any:
    said, aside = process.communicate(timeout=_TIMEOUT)
    assert process.returncode == 0, aside
    return json.loads(said)


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated home to copy."""
    home = tmp_path_factory.mktemp("pattern") / "home"
    Place(home).read("migrate")
    return home


@pytest.fixture
def place(pattern: Path, tmp_path: Path) -> Place:
    """A home to which nothing was delivered yet."""
    shutil.copytree(pattern, tmp_path / "home")
    return Place(tmp_path / "home")


@pytest.fixture(scope="module")
def lived_in(pattern: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A home with an enterprise, records and rows in quarantine, for commands that change nothing of it."""
    folder = tmp_path_factory.mktemp("lived-in")
    shutil.copytree(pattern, folder / "home")
    place = Place(folder / "home")
    kept_running = open_store(home=place.home, database_url=None)
    register = written(folder / "r.csv", f"{_REGISTER}{_REGISTERED},信桥市甲公司,2020-01-06,2020-01-06\n")
    place.read("deliver", "business_registration", register, "--known-at", "2025-01-01")
    place.read("deliver", _DATASET, written(folder / "p.csv", payments([1, 2]) + payment(3, amount="-1")))
    listed = [place.read("quarantine", "list"), place.read("lake", "versions")]
    yield place
    assert [place.read("quarantine", "list"), place.read("lake", "versions")] == listed
    kept_running.close()


def written(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def truncated_parquet(folder: Path) -> Path:
    path = folder / "t.parquet"
    duckdb.execute(f"COPY (SELECT range AS 税票号码 FROM range(9999)) TO '{path}'")
    return written(path, path.read_bytes()[:-200])


def no_workbook(folder: Path) -> Path:
    inside = folder / "inside"
    inside.mkdir()
    written(inside / "说明.txt", "并非表格")
    return Path(shutil.make_archive(str(folder / "t"), "zip", inside)).rename(folder / "t.xlsx")


_GOOD = payments(range(20))
_FILES: dict[str, tuple[Callable[[Path], Path], str, str]] = {
    "empty": (lambda f: written(f / "t.csv", ""), "unreadable_file", "空"),
    "header only": (lambda f: written(f / "t.csv", _HEADINGS), "unreadable_file", "只有列名"),
    "absent": (lambda f: f / "t.csv", "unreadable_file", "不存在"),
    "folder": (lambda f: f, "unreadable_file", "文件夹"),
    "garbage": (lambda f: written(f / "t.csv", bytes(range(256)) * 40), "unreadable_file", "t.csv"),
    "UTF-16 garbage": (lambda f: written(f / "t.csv", b"\xff\xfe" + b"\x00\xd8" * 99), "unreadable_file", "t.csv"),
    "truncated Parquet": (truncated_parquet, "unreadable_file", "损坏"),
    "no workbook": (no_workbook, "unreadable_file", "工作簿"),
    "column twice": (
        lambda f: written(f / "t.csv", _GOOD.replace("税票号码,", "税票号码,税种,", 1)),
        "unmatched_columns",
        "税种",
    ),
    "unknown column": (
        lambda f: written(f / "t.csv", _GOOD.replace("\n", ",经办人\n", 1)),
        "unmatched_columns",
        "经办人",
    ),
    "missing column": (
        lambda f: written(f / "t.csv", _GOOD.replace("税票号码", "税种", 1)),
        "unmatched_columns",
        "税",
    ),
}


@pytest.mark.parametrize("what", _FILES)
def test_a_file_that_cannot_be_used_is_refused_whole(lived_in: Place, tmp_path: Path, what: str) -> None:
    make, code, word = _FILES[what]
    path = make(tmp_path)
    before = lived_in.state()

    told = lived_in.refusal("deliver", _DATASET, path)

    assert told["code"] == code
    assert path.name in told["where"]
    assert word in told["message"] + told["where"]
    assert lived_in.state() == before


_MAPPINGS = {
    "absent": (None, "invalid_mapping", "映射文件"),
    "no YAML": ("dataset: [tax_payment\ncolumns: {", "invalid_mapping", "YAML"),
    "no text": ("\x00\x01\x02", "invalid_mapping", "YAML"),
    "a list": ("- dataset\n", "invalid_mapping", "键"),
    "missing column": (
        f"dataset: {_DATASET}\ncolumns: {{voucher_number: 完税证号}}\n",
        "unmatched_columns",
        "完税证号",
    ),
    "no such field": (f"dataset: {_DATASET}\ncolumns: {{colour: 税种}}\n", "invalid_mapping", "colour"),
    "declared utf-8": (f"dataset: {_DATASET}\nread: {{encoding: utf-8}}\n", "unreadable_file", "UTF-8"),
}


@pytest.mark.parametrize("what", _MAPPINGS)
def test_a_mapping_that_does_not_fit_is_refused(lived_in: Place, tmp_path: Path, what: str) -> None:
    content, code, word = _MAPPINGS[what]
    path = written(tmp_path / "t.csv", _GOOD, "gb18030")
    mapping = written(tmp_path / "m.yaml", content) if content is not None else tmp_path / "m.yaml"
    before = lived_in.state()

    told = lived_in.refusal("deliver", _DATASET, path, "--mapping", mapping)

    assert told["code"] == code
    assert mapping.name in told["where"] or path.name in told["where"]
    assert word in told["message"]
    assert lived_in.state() == before


@pytest.mark.parametrize(
    ("command", "code", "word"),
    [
        ("deliver no_such_dataset FILE", "unknown_dataset", "no_such_dataset"),
        ("deliver tax_payment FILE --known-at 2099-01-01", "known_in_the_future", "--known-at"),
        (f"report {_UNREGISTERED}", "unknown_enterprise", _UNREGISTERED),
        (f"report {_REGISTERED[:-1]}O", "invalid_code", "O"),
        ("evaluate --as-of 2099-01-01", "as_of_in_the_future", "2099-01-01"),
        ("evaluate --as-of 1990-01-01", "nothing_known", "1990-01-01"),
        ("evaluate --as-of 明天", "unreadable_moment", "明天"),
        ("lake versions records/none", "unknown_table", "records/none"),
        ("lake compact records/none", "unknown_table", "records/none"),
        ("quarantine show 99", "unknown_delivery", "99"),
        ("quarantine replay 99", "unknown_delivery", "99"),
    ],
)
def test_what_does_not_exist_is_refused(
    lived_in: Place, tmp_path: Path, command: str, code: str, word: str
) -> None:
    path = written(tmp_path / "t.csv", _GOOD)
    before = lived_in.state()

    told = lived_in.refusal(*command.replace("FILE", str(path)).split(" "))

    assert told["code"] == code
    assert word in told["message"] + told["where"]
    assert lived_in.state() == before


@pytest.fixture
def full_disk(place: Place) -> Iterator[Callable[[str], Path]]:
    """Puts a full disk under a folder of the home; PostgreSQL stays where it was."""
    mounted: list[Path] = []

    def mount(name: str) -> Path:
        folder = place.home / name
        folder.mkdir(parents=True, exist_ok=True)
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", folder], check=False)
        if made.returncode:
            pytest.skip("mounting a small tmpfs is not permitted here")
        mounted.append(folder)
        with pytest.raises(OSError, match="space"):
            written(folder / ".filler", bytes(100_000))
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small tmpfs")
@pytest.mark.parametrize(
    "where",
    [
        "deliveries",
        "work",
        "lake",
        f"lake/records/{_DATASET}/_delta_log",
        f"lake/quarantine/{_DATASET}",
        f"lake/quarantine/{_DATASET}/_delta_log",
    ],
)
def test_a_full_disk_stops_a_delivery_whole(
    place: Place, tmp_path: Path, full_disk: Callable[[str], Path], where: str
) -> None:
    # The opening quote makes the delivery need the work folder too.
    content = payments(range(20_000)) + payment(20_000).replace("增值税", '"增值税')
    path = written(tmp_path / "t.csv", content)
    before = place.state()
    folder = full_disk(where)

    told = place.refusal("deliver", _DATASET, path)

    (folder / ".filler").unlink()
    subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)
    assert place.state() == before
    taken = place.read("deliver", _DATASET, path)
    assert (taken["accepted"], taken["quarantined"], taken["repeated"]) == (20_000, 1, False)
    assert place.rows("records", "count(*), count(DISTINCT voucher_number)") == [(20_000, 20_000)]
    assert place.rows("quarantine", "row") == [(20_001,)]
    assert told["code"] == "no_space"
    assert told["where"], "the message does not say which disk is full"


def test_a_workbook_with_merged_titles_is_taken(place: Place, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["信桥市税务局纳税缴款明细（内部资料）"])
    sheet.append(["制表：征管科"])
    for line in payments(range(5)).splitlines():
        sheet.append(line.split(","))
    sheet.merge_cells("A1:F1")
    sheet.merge_cells("A2:F2")
    book.save(tmp_path / "t.xlsx")

    taken = place.read("deliver", _DATASET, tmp_path / "t.xlsx")

    assert (taken["accepted"], taken["quarantined"], taken["files"][0]["header_row"]) == (5, 0, 3)


def test_one_broken_quote_costs_one_line_of_a_large_file(place: Place, tmp_path: Path) -> None:
    megabytes = 500 if os.environ.get("XINQIAO_LARGE") == "1" else 20
    rows = megabytes * 2**20 // len(payment(0).encode())
    middle = rows // 2
    with (tmp_path / "t.csv").open("w", encoding="utf-8") as file:
        file.write(_HEADINGS)
        for number in range(rows):
            row = payment(number)
            file.write(row.replace("增值税", '"增值税') if number == middle else row)

    taken = place.read("deliver", _DATASET, tmp_path / "t.csv")

    assert (taken["accepted"], taken["duplicate"], taken["quarantined"]) == (rows - 1, 0, 1)
    shown = place.read("quarantine", "show", taken["delivery_id"])
    assert [(row["file"], row["row"], row["reasons"]) for row in shown] == [
        ("t.csv", middle + 1, ["malformed_row"])
    ]
    assert '"增值税' in str(shown[0]["raw"])


def test_bad_rows_are_set_aside_with_their_reasons_and_good_ones_taken(place: Place, tmp_path: Path) -> None:
    bad = [
        payment(2, code=_CODES[0].replace("0", "O")),
        payment(3, paid_on="2099-03-09"),
        payment(4, amount="-120.50"),
        payment(5, paid_on="2099-03-09", amount="-1"),
    ]
    path = written(tmp_path / "t.csv", payments([0, 1]) + "".join(bad) + payment(6))

    taken = place.read("deliver", _DATASET, path)

    assert (taken["accepted"], taken["quarantined"]) == (3, 4)
    shown = place.read("quarantine", "show", taken["delivery_id"])
    assert [(row["row"], set(row["reasons"])) for row in shown] == [
        (3, {"invalid_code:taxpayer_code"}),
        (4, {"in_the_future:paid_on"}),
        (5, {"out_of_range:amount_fen"}),
        (6, {"in_the_future:paid_on", "out_of_range:amount_fen"}),
    ]


def test_two_deliveries_at_once_double_no_row(place: Place, tmp_path: Path) -> None:
    files = [written(tmp_path / f"{first}.csv", payments(range(first, first + 30_000))) for first in (0, 20_000)]

    running = [place.start("deliver", _DATASET, file) for file in files]
    taken = [answer(process) for process in running]

    assert sum(each["accepted"] for each in taken) == 50_000
    assert sorted(each["duplicate"] for each in taken) == [0, 10_000]
    assert place.rows("records", "count(*), count(DISTINCT voucher_number)") == [(50_000, 50_000)]
