"""Compositions that edges share: each happens whole, and answers with what it did."""

import csv
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from xinqiao.kernel.unified_code import build
from xinqiao.lake import UnknownTable
from xinqiao.rating.catalogue.loader import UnknownModel
from xinqiao.workspace import Workspace, commands

FIRMS = [build(region="449901", organisation8=f"MA{number:06d}").text for number in range(5)]


@pytest.fixture
def registered(workspace: Workspace, tmp_path: Path) -> None:
    for number, codes in enumerate((FIRMS[:3], FIRMS[2:])):
        path = tmp_path / f"{number}.csv"
        lines = [f"{code},公司{code},2019-03-05,2019-03-05" for code in codes]
        path.write_text(
            "\n".join(["unified_code,name,approved_on,established_on", *lines, ""]), encoding="utf-8"
        )
        commands.deliver(
            workspace, dataset="business_registration", files=[path], mapping=None, known_at=None
        )


def test_there_are_no_grades_before_an_evaluation(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(commands.NothingEvaluated, match="evaluate"):
        commands.list_grades(workspace)
    with pytest.raises(commands.NothingEvaluated):
        commands.best_documented(workspace)
    with pytest.raises(commands.NothingEvaluated):
        commands.export_grades(workspace, path=tmp_path / "g.csv", kind="csv")
    with pytest.raises(UnknownModel, match="nosuch"):
        commands.list_grades(workspace, model="nosuch")


@pytest.mark.usefixtures("registered")
def test_grades_are_listed_and_exported_alike(workspace: Workspace, now: datetime, tmp_path: Path) -> None:
    evaluation = commands.evaluate(workspace, as_of=now.date())

    listed = commands.list_grades(workspace)
    assert evaluation.subjects == len(listed) == 5
    assert [row["code"] for row in listed] == sorted(FIRMS)
    assert tuple(listed[0]) == ("code", "score", "grade", "coverage", "model", "as_of")

    most = max(listed, key=lambda row: (row["coverage"], row["score"] or 0))
    assert commands.best_documented(workspace) == most["code"]

    assert commands.export_grades(workspace, path=tmp_path / "g.csv", kind="csv") == 5
    with (tmp_path / "g.csv").open(newline="", encoding="utf-8") as reader:
        rows = list(csv.DictReader(reader))
    assert [(row["code"], row["grade"]) for row in rows] == [(row["code"], row["grade"]) for row in listed]
    assert commands.export_grades(workspace, path=tmp_path / "g.parquet", kind="parquet") == 5
    with duckdb.connect() as connection:
        held = connection.execute(f"SELECT code, grade FROM '{tmp_path / 'g.parquet'}'").fetchall()
    assert held == [(row["code"], row["grade"]) for row in listed]


@pytest.mark.usefixtures("registered")
def test_a_table_is_compacted_and_an_unknown_one_refused(workspace: Workspace) -> None:
    assert commands.compact(workspace, table="records/business_registration") == (2, 1)
    assert commands.compact(workspace, table="records/business_registration") == (1, 1)
    with pytest.raises(UnknownTable):
        commands.compact(workspace, table="records/none")


def test_steps_are_told_in_order(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(
        f"unified_code,name,approved_on,established_on\n{FIRMS[0]},甲,2019-03-05,2019-03-05\n",
        encoding="utf-8",
    )
    told: list[str] = []

    commands.deliver(
        workspace,
        dataset="business_registration",
        files=[path],
        mapping=None,
        known_at=None,
        progress=told.append,
    )

    assert told[0] == "留存原始文件"
    assert told[-1] == "更新企业名录"
