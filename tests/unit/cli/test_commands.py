"""Every command for people and for machines, and what it leaves as its exit status."""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import typer

from xinqiao.cli import app
from xinqiao.kernel.unified_code import build

Xinqiao = Callable[..., Any]
Program = Callable[..., "subprocess.Popen[str]"]

COMMAND = Path(sys.executable).with_name("xinqiao")


def commands(command: Any, name: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something, with the words that name it."""
    inner = getattr(command, "commands", {})
    if not inner:
        yield name, command
    for part, each in inner.items():
        yield from commands(each, (*name, part))


EVERY = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("name", EVERY, ids=" ".join)
def test_every_command_explains_itself_and_offers_json(xinqiao: Xinqiao, name: tuple[str, ...]) -> None:
    answer = xinqiao(*name, "--help")

    assert answer.status == 0
    assert "--json" in answer.out
    assert EVERY[name].help
    for parameter in EVERY[name].params:
        assert parameter.help, f"{parameter.name} has no help"
        if parameter.name != "help" and parameter.opts[0].startswith("--"):
            assert parameter.opts[0] in answer.out


def test_no_command_answers_as_of_a_day_to_come(xinqiao: Xinqiao, firm: str, tmp_path: Path) -> None:
    regime = tmp_path / "regime.yaml"
    regime.write_text("name: any\n", "utf-8")
    words = {
        ("evaluate",): (),
        ("outlook",): (),
        ("parties",): (firm,),
        ("size-class",): (firm,),
        ("rating", "regime", "impact"): (regime,),
    }
    assert set(words) == {
        name for name, each in EVERY.items() if any("--as-of" in given.opts for given in each.params)
    }

    for name, given in words.items():
        said = xinqiao(*name, *given, "--as-of", "2999-01-01")

        assert (said.status, said.out) == (2, ""), name
        assert "--as-of：2999-01-01 晚于今天" in said.err, said.err
        assert said.err.endswith("（代码：as_of_in_the_future）\n")


def test_help_is_in_chinese_down_to_its_headings(xinqiao: Xinqiao) -> None:
    for name in EVERY:
        told = xinqiao(*name, "--help").out
        assert told.startswith("用法：xinqiao ")
        assert "选项：" in told
        assert not re.search(r"Usage|Options|Arguments|Show this|required|default|<str>|<int|<path>", told), (
            told
        )


def test_without_a_command_it_lists_them(xinqiao: Xinqiao) -> None:
    answer = xinqiao("--help")

    assert answer.status == 0
    assert {name[0] for name in EVERY} <= set(answer.out.split())
    assert xinqiao("-h").out == answer.out
    assert xinqiao("--version").out.startswith("xinqiao 0.")


def test_migrate_brings_the_database_up_to_date_once(xinqiao: Xinqiao) -> None:
    assert xinqiao("migrate", "--json").json == {"applied": []}
    assert "最新" in xinqiao("migrate").out


def test_the_catalogue_needs_no_database(monkeypatch: pytest.MonkeyPatch, xinqiao: Xinqiao) -> None:
    monkeypatch.setenv("XINQIAO_DATABASE_URL", "postgresql://127.0.0.1:1/none")

    listed = xinqiao("catalogue", "list", "--json").json
    assert len(listed) == 65
    assert {"dataset", "label", "owner", "mode", "cadence_days", "version"} <= set(listed[0])
    shown = xinqiao("catalogue", "show", "sales_invoice", "--json").json
    assert shown["fields"][0]["name"] == "taxpayer_code"
    assert {rule["severity"] for rule in shown["rules"]} == {"error", "warning"}
    assert xinqiao("catalogue", "check", "--json").json == []
    assert "销项发票" in xinqiao("catalogue", "list").out
    assert "纳税人识别号" in xinqiao("catalogue", "show", "sales_invoice").out
    assert "通过" in xinqiao("catalogue", "check").out


def test_a_faulty_contract_is_told_by_its_exit_status_too(xinqiao: Xinqiao, tmp_path: Path) -> None:
    path = tmp_path / "x.odcs.yaml"
    path.write_text("kind: nothing\n", encoding="utf-8")

    answer = xinqiao("catalogue", "check", path)

    assert answer.status == 2
    assert f"{path}:1" in answer.out
    machine = xinqiao("catalogue", "check", path, "--json")
    assert machine.status == 2
    assert json.loads(machine.out)[0]["line"] == 1


@pytest.mark.usefixtures("delivered")
def test_an_old_file_sent_again_is_told_how_it_would_hold_again(xinqiao: Xinqiao, tmp_path: Path) -> None:
    old, new = tmp_path / "销项.csv", tmp_path / "更正.csv"
    new.write_text(old.read_text(encoding="utf-8").replace("valid", "void"), encoding="utf-8")
    xinqiao("deliver", "sales_invoice", new, "--known-at", "2026-03-16T18:00")

    again = xinqiao("deliver", "sales_invoice", old)
    back = xinqiao("deliver", "sales_invoice", old, "--known-at", "2026-03-17T18:00")

    assert "请用 --known-at 写明晚于 2026-03-15 18:00 的得知时间，再交付一次" in again.out
    assert "没有任何改动" not in back.out


@pytest.mark.usefixtures("delivered")
def test_a_delivery_is_told_in_numbers(xinqiao: Xinqiao, tmp_path: Path) -> None:
    again = xinqiao("deliver", "sales_invoice", tmp_path / "销项.csv", "--known-at", "2026-03-15T18:00")
    assert again.status == 0
    assert "没有任何改动；以下是当时的结果" in again.out
    assert "作为批次 2 接收过" in again.out
    assert "再交付一次" not in again.out
    assert "覆盖地区：全部地区（未作限定）" in again.out
    assert "unknown_value:status" in again.out

    machine = xinqiao("deliver", "sales_invoice", tmp_path / "销项.csv", "--json").json
    assert machine["repeated"] is True
    assert (machine["accepted"], machine["quarantined"], machine["unresolved"]) == (1, 1, 0)
    assert machine["reasons"] == {"unknown_value:status": 1}
    assert machine["known_at"] == "2026-03-15T18:00:00+08:00"
    assert machine["versions"] == {"records/sales_invoice": 0, "quarantine/sales_invoice": 0}
    assert machine["files"][0]["name"] == "销项.csv"


@pytest.mark.usefixtures("delivered")
def test_a_delivery_says_whom_it_speaks_for(xinqiao: Xinqiao, tmp_path: Path) -> None:
    file = tmp_path / "销项.csv"

    told = xinqiao("deliver", "sales_invoice", file, "--covers", "440300")
    assert "覆盖地区：广东省深圳市（4403）\n" in told.out
    machine = xinqiao("deliver", "sales_invoice", file, "--covers", "4403", "--covers", "11,4499", "--json")
    assert machine.json["covers"] == ["11", "4403", "4499"]
    assert xinqiao("deliver", "sales_invoice", file, "--json").json["covers"] is None
    refused = xinqiao("deliver", "sales_invoice", file, "--covers", "9999", "--json")
    assert refused.status == 2
    error = json.loads(refused.err)["error"]
    assert (error["code"], error["where"]) == ("unknown_region", "--covers")


def test_an_empty_list_is_said_on_purpose(xinqiao: Xinqiao, tmp_path: Path) -> None:
    file = tmp_path / "欠税.csv"
    file.write_text("taxpayer_code,tax_kind,arrears_fen,announced_on\n", "utf-8")

    assert xinqiao("deliver", "tax_arrears", file).status == 2
    told = xinqiao("deliver", "tax_arrears", file, "--empty-list")
    assert told.status == 0
    assert "名单为空" in told.out
    assert "没有任何改动" in xinqiao("deliver", "tax_arrears", file, "--empty-list").out


@pytest.mark.usefixtures("delivered")
def test_an_enterprise_without_a_grade_is_told_with_the_command_that_gives_one(
    xinqiao: Xinqiao, tmp_path: Path
) -> None:
    late = build(region="449901", organisation8="MA5LATE0").text
    file = tmp_path / "后来.csv"
    file.write_text(
        f"unified_code,name,approved_on,established_on\n{late},乙,2019-03-05,2019-03-05\n", "utf-8"
    )
    assert xinqiao("deliver", "business_registration", file).status == 0

    assert "xinqiao evaluate --subject" in xinqiao("report", late).err
    machine = json.loads(xinqiao("report", late, "--json").err)["error"]
    assert machine["code"] == "ungraded"
    assert "xinqiao evaluate" in machine["remedy"]


@pytest.mark.usefixtures("delivered")
def test_the_quarantine_is_listed_shown_exported_and_replayed(xinqiao: Xinqiao, tmp_path: Path) -> None:
    (held,) = xinqiao("quarantine", "list", "--json").json
    assert (held["delivery_id"], held["rows"], held["reasons"]) == (2, 1, {"unknown_value:status": 1})
    listed = xinqiao("quarantine", "list").out
    assert "unknown_value:status ×1" in listed
    assert xinqiao("quarantine", "list", "--dataset", "tax_payment").out == "隔离区是空的。\n"
    (row,) = xinqiao("quarantine", "show", 2, "--json").json
    assert (row["row"], row["reasons"], row["raw"]["status"]) == (2, ["unknown_value:status"], "红冲")
    assert "红冲" in xinqiao("quarantine", "show", 2).out

    export = tmp_path / "修正.csv"
    assert xinqiao("quarantine", "show", 2, "--export", export, "--json").json["rows"] == 1
    export.write_text(export.read_text("utf-8").replace("红冲", "作废"), "utf-8")
    replayed = xinqiao("quarantine", "replay", 2, "--corrected", export, "--json").json
    assert (replayed["accepted"], replayed["still_refused"]) == (1, 0)
    assert "没有行" in xinqiao("quarantine", "show", 2).out
    assert "仍被拒收 0 行" in xinqiao("quarantine", "replay", 2).out


@pytest.mark.usefixtures("delivered")
def test_many_reasons_stay_on_a_line(xinqiao: Xinqiao, tmp_path: Path) -> None:
    path = tmp_path / "坏.csv"
    rows = [",,,,", "x,1,2099-01-01,多,?", "x,2,昨天,1,valid"]
    path.write_text(
        "\n".join(["taxpayer_code,invoice_number,issued_on,amount_fen,status", *rows, ""]), "utf-8"
    )
    assert xinqiao("deliver", "sales_invoice", path).status == 0

    (line,) = [
        line
        for line in xinqiao("quarantine", "list").out.splitlines()
        if "sales_invoice" in line and " 3 " in line
    ]
    assert "等 " in line
    assert line.count("×") == 4


@pytest.mark.usefixtures("delivered")
def test_an_evaluation_is_made_once(xinqiao: Xinqiao, firm: str) -> None:
    again = xinqiao("evaluate", "--as-of", "2026-06-30", "--model", "core", "--json").json
    assert (again["repeated"], again["subjects"], sum(again["grades"].values())) == (True, 1, 1)
    assert "结果不变" in xinqiao("evaluate", "--as-of", "2026-06-30", "--model", "core").out
    some = xinqiao("evaluate", "--as-of", "2026-03-31", "--subject", firm.lower(), "--json").json
    assert (some["subjects"], some["scope"]) == (1, "subjects")


@pytest.mark.usefixtures("delivered")
def test_a_report_is_json_or_a_page_on_the_screen_or_in_a_file(
    xinqiao: Xinqiao, firm: str, tmp_path: Path
) -> None:
    report = xinqiao("report", firm).json
    assert report["identity"]["unified_code"] == firm
    assert xinqiao("report", firm, "--json").json["identity"] == report["identity"]

    page = xinqiao("report", firm, "--format", "html")
    assert page.status == 0
    assert page.out.lstrip().lower().startswith("<!doctype html>")
    assert firm in page.out
    target = tmp_path / "report.html"
    told = xinqiao("report", firm, "--format", "html", "--language", "en", "--output", target)
    assert (told.status, told.out) == (0, "")
    assert 'lang="en"' in target.read_text("utf-8")
    machine = xinqiao("report", firm, "--output", tmp_path / "r.json", "--json").json
    assert machine == {"path": str(tmp_path / "r.json")}
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["identity"] == report["identity"]


@pytest.mark.usefixtures("delivered")
def test_grades_are_exported_to_the_screen_or_a_file(xinqiao: Xinqiao, firm: str, tmp_path: Path) -> None:
    (row,) = csv.DictReader(xinqiao("rating", "export").out.splitlines())
    assert (row["code"], row["as_of"]) == (firm, "2026-06-30")
    (grade,) = xinqiao("rating", "export", "--json").json
    assert (grade["code"], grade["grade"]) == (firm, row["grade"])

    path = tmp_path / "g.parquet"
    machine = xinqiao("rating", "export", "--format", "parquet", "--output", path, "--json").json
    assert machine == {"path": str(path), "enterprises": 1}
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT code FROM '{path}'").fetchall() == [(firm,)]


@pytest.mark.usefixtures("delivered")
def test_a_grade_is_computed_again(xinqiao: Xinqiao, firm: str) -> None:
    replayed = xinqiao("rating", "replay", firm, "--json").json

    assert replayed["identical"] is True
    assert replayed["published"] == replayed["replayed"]
    assert "复算一致" in xinqiao("rating", "replay", firm).out


@pytest.mark.usefixtures("delivered")
def test_tables_are_listed_and_compacted(xinqiao: Xinqiao, tmp_path: Path, firm: str) -> None:
    more = tmp_path / "更多.csv"
    more.write_text(
        f"taxpayer_code,invoice_number,issued_on,amount_fen,status\n{firm},9,2026-03-01,1,valid\n", "utf-8"
    )
    assert xinqiao("deliver", "sales_invoice", more).status == 0

    listed = {each["table"]: each for each in xinqiao("lake", "versions", "--json").json}
    assert (listed["records/sales_invoice"]["files"], listed["records/sales_invoice"]["rows"]) == (2, 2)
    assert "records/sales_invoice" in xinqiao("lake", "versions").out
    done = xinqiao("lake", "compact", "records/sales_invoice", "--json").json
    assert done == [{"table": "records/sales_invoice", "files_before": 2, "files_after": 1}]
    history = xinqiao("lake", "versions", "records/sales_invoice", "--json").json
    assert [each["current"] for each in history] == [True, False, False]
    assert "当前" in xinqiao("lake", "versions", "records/sales_invoice").out
    assert xinqiao("lake", "compact").status == 0


def test_nothing_is_there_at_first(xinqiao: Xinqiao) -> None:
    assert xinqiao("quarantine", "list").out == "隔离区是空的。\n"
    assert xinqiao("quarantine", "list", "--json").json == []
    assert xinqiao("lake", "versions").out == "数据湖里还没有表。\n"
    assert xinqiao("lake", "versions", "--json").json == []
    assert xinqiao("lake", "compact", "--json").json == []


def test_a_reader_that_leaves_early_is_no_failure_to_speak_of(program: Program) -> None:
    process = program("catalogue", "show", "sales_invoice")
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=60)

    assert "Traceback" not in err


def test_a_small_demonstration_tells_its_steps_and_is_quick_the_second_time(
    xinqiao: Xinqiao, demonstrated: Any
) -> None:
    first, told = json.loads(demonstrated.out), demonstrated.err
    assert first["evaluation"]["subjects"] >= 1
    for step in ("生成城市", "交付数据", "评价企业"):
        assert f"{step}：共" in told
        assert f"{step}：" in told.split(f"{step}：共")[1]
    assert "完成，用时" in told
    assert first["example"] in told

    second = xinqiao("demo", "--no-serve", "--enterprises", 15, "--seed", 7, "--json").json
    assert second["evaluation"]["repeated"] is True
    assert second["evaluation"]["grades"] == first["evaluation"]["grades"]
    assert second["example"] == first["example"]


def test_a_seed_chooses_the_city_and_one_home_holds_one(xinqiao: Xinqiao, demonstrated: Any) -> None:
    demo = ("demo", "--no-serve", "--enterprises", 15, "--json")

    again = xinqiao(*demo, "--seed", 7).json
    refused = xinqiao(*demo)

    assert again["example"] == json.loads(demonstrated.out)["example"]
    assert refused.status == 2
    assert "种子为 7 的演示城市" in refused.err
    assert "--enterprises 15 --seed 7" in refused.err


@pytest.mark.parametrize("arguments", [("--help",), ("deliver", "--help"), ("catalogue", "list")])
def test_plain_commands_load_no_database_and_no_engine(arguments: tuple[str, ...]) -> None:
    """What is slow to import is imported by the command that needs it."""
    script = (
        "import sys\nfrom xinqiao import cli, main\n"
        f"status = cli.run(main.surroundings(), {list(arguments)!r})\n"
        "heavy = {'psycopg', 'deltalake', 'alembic', 'granian', 'fastapi', 'procrastinate', 'pydantic_settings'}\n"
        "sys.exit(status or ','.join(sorted(heavy & set(sys.modules))) or 0)"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
