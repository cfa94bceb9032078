"""Bad input on the real command line: one clear message, exit status 2, and nothing changed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xinqiao import cli, main
from xinqiao.intake import queries
from xinqiao.kernel.unified_code import build

COMMAND = Path(sys.executable).with_name("xinqiao")
FIRM, OTHER = (build(region="449901", organisation8=body) for body in ("MA5ABCDE", "MA5ABCDF"))
HEADING = "纳税人识别号,发票号码,开票日期,金额,税额,发票状态"
ROW = f"{FIRM.text},00000001,2026-03-01,1000.00,130.00,有效"
GOOD = f"{HEADING}\n{ROW}\n"
MAPPING = """
dataset: sales_invoice
columns: {taxpayer_code: 纳税人识别号, invoice_number: 发票号码, issued_on: 开票日期, amount_fen: 金额, tax_fen: 税额, status: 发票状态}
"""


Xinqiao = Callable[..., Any]
State = Callable[[], dict[str, Any]]
Put = Callable[..., Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Write a file to deliver."""

    def writing(content: str | bytes, name: str = "销项.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return writing


@pytest.fixture
def state(xinqiao: Xinqiao) -> State:
    """All that a delivery changes: versions, deliveries, quarantine, the logs, the directory."""

    def looking() -> dict[str, Any]:
        with (
            main.open_workspace() as workspace,
            workspace.engine.session() as session,
            workspace.store.transaction() as tx,
        ):
            return {
                "versions": workspace.lake.versions(tx),
                "deliveries": queries.deliveries(tx),
                "held": queries.held(tx, lake=workspace.lake, session=session),
                "events": tx.rows("SELECT * FROM audit_event ORDER BY event_id"),
                "lineage": tx.rows("SELECT * FROM lineage_event ORDER BY lineage_event_id"),
                "enterprises": tx.rows("SELECT * FROM enterprise ORDER BY subject"),
            }

    return looking


def require_refusal(answer: Any, *said: str) -> None:
    """One message on standard error that names each of `said`, no traceback, exit status 2."""
    assert answer.status == 2, answer
    assert "Traceback" not in answer.err
    assert answer.out == ""
    (line,) = answer.err.splitlines()
    assert line.startswith("✗ ")
    for each in said:
        assert each in line, line


@pytest.fixture
def refuses(xinqiao: Xinqiao, state: State, put: Put) -> Callable[..., None]:
    """Some records are there; a delivery is refused and leaves all as it was."""

    def refusing(
        content: str | bytes | Path, *said: str, name: str = "坏.csv", mapping: str = MAPPING
    ) -> None:
        assert xinqiao("deliver", "sales_invoice", put(GOOD)).status == 0
        before = state()
        path = content if isinstance(content, Path) else put(content, name)
        answer = xinqiao("deliver", "sales_invoice", path, "--mapping", put(mapping, "m.yaml"))
        require_refusal(answer, *said)
        assert state() == before

    return refusing


Refuses = Callable[..., None]


def test_an_empty_file(refuses: Refuses) -> None:
    refuses(b"", "坏.csv", "空的", "重新导出")


def test_a_file_of_headings_only(refuses: Refuses) -> None:
    refuses(HEADING + "\r\n", "坏.csv", "只有列名", "重新交付")


@pytest.mark.parametrize(
    ("content", "mapping", "said"),
    [
        (bytes(range(256)) * 64, MAPPING, "编码无法识别"),
        (GOOD.encode("gb18030"), MAPPING + "read: {encoding: utf-8}\n", "编码无法识别"),
        ("納税者番号,請求書番号\nｶﾌﾞｼｷ,1\n".encode("shift-jis"), MAPPING, "坏.csv"),
        (GOOD.encode() + b"\x00\x01\x02", MAPPING, "控制字符"),
        (GOOD.encode(), MAPPING + "read: {encoding: klingon}\n", "klingon"),
    ],
    ids=["garbage", "gb18030 said to be utf-8", "shift-jis", "control characters", "no such encoding"],
)
def test_a_wrong_encoding(refuses: Refuses, content: bytes, mapping: str, said: str) -> None:
    refuses(content, "坏.csv", said, mapping=mapping)


def test_a_truncated_parquet_file(refuses: Refuses, tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "坏.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT range AS x FROM range(10000)) TO '{path}' (FORMAT parquet)")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])

    refuses(path, "坏.parquet", "不完整或已损坏", "重新导出")


def test_an_archive_that_is_no_workbook(refuses: Refuses, tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "坏.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("说明.txt", "不是工作簿")

    refuses(path, "坏.xlsx", "工作簿无法打开", "另存为 xlsx")


def test_a_workbook_with_merged_titles_is_taken(xinqiao: Xinqiao, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    cells: list[list[Any]] = [["某市 2026 年 3 月销项发票明细"], [], HEADING.split(","), [*ROW.split(",")]]
    for row in cells:
        sheet.append(row)
    sheet.merge_cells("A1:F2")
    book.save(tmp_path / "合并.xlsx")

    answer = xinqiao("deliver", "sales_invoice", tmp_path / "合并.xlsx", "--json")

    assert answer.status == 0
    assert json.loads(answer.out)["accepted"] == 1


def test_one_broken_quote_in_the_middle_of_a_large_file_costs_its_line(
    xinqiao: Xinqiao, tmp_path: Path
) -> None:
    """About 20 MB; `XINQIAO_TEST_LARGE=1` makes it 500 MB."""
    rows = 6_000_000 if os.environ.get("XINQIAO_TEST_LARGE") else 250_000
    broken = rows // 2
    path = tmp_path / "大.csv"
    with path.open("w", encoding="utf-8") as writer:
        writer.write(f"{HEADING},购方识别号\n")
        for number in range(1, rows + 1):
            buyer = '"某某公司' if number == broken else '"某某, 公司"'
            writer.write(f"{FIRM.text},{number:08d},2026-03-01,1000.00,130.00,有效,{buyer}\n")

    answer = xinqiao("deliver", "sales_invoice", path, "--json")

    taken = json.loads(answer.out)
    assert (taken["accepted"], taken["reasons"]) == (rows - 1, {"malformed_row": 1})
    (row,) = json.loads(xinqiao("quarantine", "show", str(taken["delivery_id"]), "--json").out)
    assert row["row"] == broken
    assert xinqiao("quarantine", "show", "1", "--export", tmp_path / "修正.csv").status == 0
    assert f"{broken:08d}" in (tmp_path / "修正.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda row: row.replace(FIRM.text, FIRM.text.replace("0", "O")), "invalid_code:taxpayer_code"),
        (lambda row: row.replace("2026-03-01", "2099-03-01"), "in_the_future:issued_on"),
        (lambda row: row.replace("130.00", "-130.00"), "rule:tax_has_sign_of_amount"),
    ],
    ids=["O for 0", "a date in 2099", "negative tax"],
)
def test_a_wrong_value_costs_its_row_and_is_explained(
    xinqiao: Xinqiao, put: Put, spoil: Callable[[str], str], reason: str
) -> None:
    path = put(GOOD + spoil(ROW.replace("00000001", "00000002")) + "\n")

    taken = json.loads(xinqiao("deliver", "sales_invoice", path, "--json").out)

    assert (taken["accepted"], taken["quarantined"], taken["reasons"]) == (1, 1, {reason: 1})
    shown = xinqiao("quarantine", "show", str(taken["delivery_id"])).out
    assert "销项.csv 第 2 条记录" in shown
    assert reason in shown


def test_negative_tax_paid_costs_its_row(xinqiao: Xinqiao, put: Put) -> None:
    path = put(
        "纳税人识别号,voucher_number,tax_kind,payment_kind,paid_on,amount_fen\n"
        f"{FIRM.text},1,vat,payment,2026-03-15,-100\n",
        "税款.csv",
    )

    taken = json.loads(xinqiao("deliver", "tax_payment", path, "--json").out)

    assert taken["reasons"] == {"out_of_range:amount_fen": 1}


def test_a_column_twice(refuses: Refuses) -> None:
    refuses(f"{HEADING},金额\n{ROW},1\n", "坏.csv", "列名重复：金额", "改名")


def test_columns_that_nobody_has_decided_about(refuses: Refuses) -> None:
    refuses(f"{HEADING},备注,序号\n{ROW},x,1\n", "坏.csv", "有 2 列", "备注、序号", "ignore")


def test_a_mapping_that_names_a_missing_column(refuses: Refuses) -> None:
    refuses(
        GOOD, "坏.csv", "不存在：客户名称", mapping=MAPPING.replace("{", "{counterparty_code: 客户名称, ")
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dataset: [a\n", "第 2 行"),
        ("就是一段话", "键: 值"),
        ("dataset: tax_payment\n", "tax_payment"),
        ("\x00", "YAML"),
    ],
    ids=["not YAML", "prose", "of another dataset", "binary"],
)
def test_a_mapping_that_is_none(refuses: Refuses, text: str, said: str) -> None:
    refuses(GOOD, "m.yaml", said, mapping=text)


def test_a_mapping_that_is_absent(xinqiao: Xinqiao, put: Put, tmp_path: Path) -> None:
    answer = xinqiao("deliver", "sales_invoice", put(GOOD), "--mapping", tmp_path / "没有.yaml")

    require_refusal(answer, "没有.yaml", "找不到映射文件", "--mapping")


def test_a_dataset_that_does_not_exist(xinqiao: Xinqiao, state: State, put: Put) -> None:
    before = state()

    require_refusal(xinqiao("deliver", "sales_invoices", put(GOOD)), "sales_invoices", "sales_invoice")
    require_refusal(xinqiao("quarantine", "list", "--dataset", "sales"), "sales")
    assert state() == before


def test_a_file_that_does_not_exist(xinqiao: Xinqiao, tmp_path: Path) -> None:
    require_refusal(xinqiao("deliver", "sales_invoice", tmp_path / "没有.csv"), "没有.csv", "不存在")
    require_refusal(xinqiao("deliver", "sales_invoice", tmp_path), str(tmp_path), "文件夹")


def test_one_bad_file_of_several(xinqiao: Xinqiao, state: State, put: Put) -> None:
    before = state()

    answer = xinqiao("deliver", "sales_invoice", put(GOOD), put("", "空.csv"))

    require_refusal(answer, "空.csv")
    assert state() == before


def test_two_files_of_one_name_are_told_apart_by_their_place(
    xinqiao: Xinqiao, put: Put, tmp_path: Path
) -> None:
    spoilt = GOOD + ROW.replace("00000001", "00000002").replace("有效", "红冲") + "\n"
    other = tmp_path / "西区" / "销项.csv"
    other.parent.mkdir()
    other.write_text(spoilt.replace("00000002", "00000003"), encoding="utf-8")

    taken = json.loads(xinqiao("deliver", "sales_invoice", put(spoilt), other, "--json").out)

    assert (taken["accepted"], taken["duplicate"], taken["quarantined"]) == (1, 1, 2)
    assert [file["name"] for file in taken["files"]] == ["销项.csv", "销项.csv"]
    assert len({file["sha256"] for file in taken["files"]}) == 2
    rows = json.loads(xinqiao("quarantine", "show", 1, "--json").out)
    assert [(row["file"], row["row"], row["raw"]["发票号码"]) for row in rows] == [
        ("销项.csv#1", 2, "00000002"),
        ("销项.csv#2", 2, "00000003"),
    ]

    mended = tmp_path / "修正.csv"
    assert xinqiao("quarantine", "show", 1, "--export", mended).status == 0
    mended.write_text(mended.read_text("utf-8").replace("红冲", "作废"), "utf-8")
    replayed = json.loads(xinqiao("quarantine", "replay", 1, "--corrected", mended, "--json").out)
    assert (replayed["accepted"], replayed["still_refused"]) == (2, 0)


def test_moments_that_are_none_or_yet_to_come(xinqiao: Xinqiao, state: State, put: Put) -> None:
    before = state()

    for given, said in (("三月", "不是日期"), ("2026-02-30", "不是日期"), ("2999-01-01", "晚于现在")):
        require_refusal(xinqiao("deliver", "sales_invoice", put(GOOD), "--known-at", given), said)
    assert state() == before


def test_for_machines_the_refusal_is_json(xinqiao: Xinqiao, put: Put) -> None:
    answer = xinqiao("deliver", "sales_invoice", put("", "空.csv"), "--json")

    assert (answer.status, answer.out) == (2, "")
    told = json.loads(answer.err)["error"]
    assert told["code"] == "unreadable_file"
    assert told["message"]
    assert told["remedy"]
    assert told["where"].endswith("空.csv")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("nothing", ["xinqiao：", "没有命令 nothing"]),
        ("delivr x y", ["没有命令 delivr", "是否要找：deliver"]),
        ("lake compct", ["xinqiao lake：", "是否要找：compact"]),
        ("quarantine --", ["没有写要执行的命令", "list、show、replay"]),
        ("deliver", ["xinqiao deliver：", "缺少参数“数据集”", "用法：xinqiao deliver [选项] 数据集 文件…"]),
        ("deliver sales_invoice", ["缺少参数“文件…”"]),
        ("deliver x y --nothing", ["没有选项 --nothing", "xinqiao deliver --help"]),
        ("deliver x y --maping z", ["是否要找：--mapping"]),
        ("deliver x y --mapping", ["xinqiao deliver：", "选项 --mapping 后面缺少值"]),
        ("deliver x y --json=1", ["选项 --json 不带值"]),
        ("quarantine show 一", ["参数“批次”的值“一”不正确", "应为整数"]),
        ("quarantine show 1 --limit 0", ["选项 --limit 的值“0”不正确", "1 到 10000"]),
        ("demo --enterprises x", ["--enterprises", "整数"]),
        ("report X --format htm", ["应为 json 或 html", "是否要找：html"]),
        ("catalogue list 多 余", ["多出了参数：多 余"]),
        ("catalogue check /没有", ["/没有", "不存在"]),
        ("quarantine show 1 --export /proc/没有/x", ["/proc/没有", "不存在"]),
    ],
)
def test_wrong_words_on_the_command_line_are_told_in_chinese_and_in_json(
    xinqiao: Xinqiao, words: str, said: list[str]
) -> None:
    require_refusal(xinqiao(*words.split()), *said)

    *most, last = words.split()
    # What stands behind an option that lacks its value, or behind a bare --, would be taken for something else.
    machine = xinqiao(*most, *(["--json", last] if last in ("--", "--mapping") else [last, "--json"]))
    told = json.loads(machine.err)["error"]
    assert (machine.status, machine.out) == (2, "")
    assert all(told[part] for part in ("code", "message", "where", "remedy"))


def test_without_a_command_the_help_is_told(xinqiao: Xinqiao) -> None:
    for words in ([], ["quarantine"]):
        answer = xinqiao(*words)
        assert (answer.status, answer.out) == (2, "")
        assert answer.err == xinqiao(*words, "--help").out


@pytest.fixture
def registered(xinqiao: Xinqiao, put: Put) -> None:
    """One registered firm with one invoice."""
    registry = f"unified_code,name,approved_on,established_on\n{FIRM.text},甲公司,2019-03-05,2019-03-05\n"
    assert xinqiao("deliver", "business_registration", put(registry, "登记.csv")).status == 0
    assert xinqiao("deliver", "sales_invoice", put(GOOD)).status == 0


@pytest.mark.usefixtures("registered")
def test_reports_on_nobody(xinqiao: Xinqiao) -> None:
    require_refusal(xinqiao("report", OTHER.text), OTHER.text)
    require_refusal(xinqiao("report", FIRM.text[:-1] + "0"), "校验")
    require_refusal(xinqiao("report", "甲公司"))
    require_refusal(xinqiao("rating", "replay", OTHER.text))
    require_refusal(xinqiao("rating", "export"), "evaluate")


@pytest.mark.usefixtures("registered")
def test_days_that_cannot_be_evaluated(xinqiao: Xinqiao, state: State) -> None:
    before = state()

    require_refusal(xinqiao("evaluate", "--as-of", "2999-01-01"), "2999-01-01", "晚于今天")
    require_refusal(xinqiao("evaluate", "--as-of", "1990-01-01"), "1990-01-01")
    require_refusal(xinqiao("evaluate", "--as-of", "昨天"), "--as-of", "不是日期")
    require_refusal(xinqiao("evaluate", "--subject", OTHER.text))
    require_refusal(xinqiao("evaluate", "--subject", "MA5"))
    assert state() == before


@pytest.mark.usefixtures("registered")
def test_tables_deliveries_and_places_that_are_not_there(
    xinqiao: Xinqiao, state: State, tmp_path: Path
) -> None:
    before = state()

    require_refusal(xinqiao("lake", "compact", "records/nothing"), "records/nothing")
    require_refusal(xinqiao("lake", "versions", "records/nothing"), "records/nothing")
    require_refusal(xinqiao("quarantine", "show", "999"), "999")
    require_refusal(xinqiao("quarantine", "replay", "999"), "999")
    require_refusal(xinqiao("catalogue", "show", "nothing"), "nothing")
    require_refusal(xinqiao("catalogue", "check", tmp_path / "没有"), "没有")
    require_refusal(xinqiao("quarantine", "show", "1", "--export", tmp_path / "没有" / "x.csv"), "没有")
    assert state() == before


def test_a_database_that_does_not_answer(
    home: Path, put: Put, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XINQIAO_HOME", str(home))
    monkeypatch.setenv("XINQIAO_DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/none")

    status = cli.run(main.surroundings(), ["deliver", "sales_invoice", str(put(GOOD))])

    told = capsys.readouterr().err
    assert (status, "secret" in told) == (2, False)
    assert "XINQIAO_DATABASE_URL" in told


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[None]:
    """A file system of so many megabytes at a folder."""
    place.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("full", ["deliveries", "work", "lake"])
def test_a_full_disk_changes_nothing_and_the_command_succeeds_once_there_is_room(
    xinqiao: Xinqiao, state: State, home: Path, put: Put, full: str
) -> None:
    lines = [ROW.replace("00000001", f"{number:08d}") for number in range(1, 30_001)]
    lines += [line.replace("有效", "红冲") for line in lines[:5_000]]
    path = put("\n".join([HEADING, *lines, ""]).encode("gb18030"), "大.csv")

    with small_disk(home / full, 8):
        assert xinqiao("deliver", "sales_invoice", put(GOOD)).status == 0
        before = state()
        filler, refused = home / full / "filler", 0
        # Ever more room, so that each part of the work in turn is the one that finds none.
        for room in (0, 10_000, 100_000, 250_000, 400_000, 700_000, 1_500_000):
            space = os.statvfs(home / full)
            filler.write_bytes(b"x" * (space.f_bavail * space.f_frsize - room))
            answer = xinqiao("deliver", "sales_invoice", path)
            filler.unlink()
            if answer.status == 0:
                break
            require_refusal(answer, "空间不足", "清理磁盘")
            refused += 1
            assert state() == before
        assert refused > 0

        assert xinqiao("deliver", "sales_invoice", path).status == 0
        after = state()
        assert [(each.accepted, each.duplicate, each.quarantined) for each in after["deliveries"]] == [
            (29_999, 1, 5_000),
            (1, 0, 0),
        ]
        assert [each.rows for each in after["held"]] == [5_000]


def test_two_deliveries_of_one_dataset_at_once(xinqiao: Xinqiao, state: State, home: Path, put: Put) -> None:
    def file(name: str, numbers: range) -> Path:
        lines = [ROW.replace("00000001", f"{number:08d}") for number in numbers]
        return put("\n".join([HEADING, *lines, ""]), name)

    files = [
        file("甲.csv", range(1, 8_001)),
        file("乙.csv", range(4_001, 12_001)),
        file("丙.csv", range(1, 12_001)),
    ]

    running = [
        subprocess.Popen(
            [COMMAND, "deliver", "sales_invoice", path, "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ, text=True,
        )
        for path in files
    ]  # fmt: skip
    said = [process.communicate(timeout=120) for process in running]

    assert [process.returncode for process in running] == [0, 0, 0], said
    taken = [json.loads(out) for out, _ in said]
    assert sum(each["accepted"] for each in taken) == 12_000
    assert sum(each["duplicate"] for each in taken) == 16_000
    with main.open_workspace() as workspace, workspace.engine.session() as session:
        with workspace.store.transaction() as tx:
            version = workspace.lake.versions(tx)["records/sales_invoice"]
        workspace.lake.register(session, table="records/sales_invoice", version=version, name="every")
        assert session.rows("SELECT count(*), count(DISTINCT invoice_number) FROM every") == [
            (12_000, 12_000)
        ]
