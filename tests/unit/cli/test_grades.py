"""Commands on grades: replaying a sample, and weight regimes from trial to withdrawal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xinqiao.store import Store

Run = Callable[..., Any]
REGIME = """name: tax_cut
version: 1
label: {zh: 税务权重调低, en: Less tax}
model: core
from: 2999-01-01
until: 2999-06-01
reason: {zh: 缓缴, en: Deferred}
source: 甲文〔2026〕1号
multipliers:
  groups: {G2: 0.5}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A regime to propose."""
    path = tmp_path / "tax_cut.yaml"
    path.write_text(REGIME, "utf-8")
    return path


def test_a_sample_is_replayed_and_its_status_tells_whether_all_agree(
    xinqiao: Run, delivered: None, firm: str, database_url: str, store: Store
) -> None:
    assert xinqiao("evaluate", "--as-of", "2026-06-29", "--subject", firm).status == 0
    assert "此前已完成，结果不变" in xinqiao("evaluate", "--as-of", "2026-06-29", "--subject", firm).out
    said = xinqiao("rating", "replay", "--sample", 10)
    assert (said.status, "2 个一致，0 个不一致" in said.out) == (0, True), said.out
    assert xinqiao("rating", "replay", "--sample", 10, "--json").json["differing"] == 0

    with store.transaction() as tx:
        tx.run("UPDATE recent_rating SET score = 99.99")

    said = xinqiao("rating", "replay", "--sample", 10)
    assert (said.status, "得分 已发布 99.99" in said.out) == (1, True), said.out


def test_a_sample_of_no_grades_at_all_is_refused(xinqiao: Run) -> None:
    said = xinqiao("rating", "replay", "--sample", 5)

    assert (said.status, said.out) == (2, "")
    assert "还没有任何等级" in said.err
    assert "xinqiao evaluate" in said.err
    assert said.err.endswith("（代码：ungraded）\n")


@pytest.mark.parametrize("arguments", [(), ("91449901MA5ABCDE0X", "--sample", "3")])
def test_what_to_replay_is_said_once(xinqiao: Run, arguments: tuple[str, ...]) -> None:
    said = xinqiao("rating", "replay", *arguments)
    assert said.status == 2
    assert "二者选一" in said.err


def test_a_regime_is_tried_proposed_approved_and_withdrawn(xinqiao: Run, delivered: None, file: Path) -> None:
    tried = xinqiao("rating", "regime", "impact", file)
    assert tried.status == 0, tried.err
    assert "新权重" in tried.out
    assert xinqiao("rating", "regime", "impact", file, "--json").json["regime"] == "tax_cut@1"

    assert "待另一人批准" in xinqiao("rating", "regime", "propose", file, "--as", "li.na").out
    same = xinqiao("rating", "regime", "approve", "tax_cut@1", "--as", "li.na")
    assert (same.status, "same_person" in same.err) == (2, True)
    same = xinqiao("rating", "regime", "approve", "tax_cut@1", "--as", " LI.NA ")
    assert (same.status, "same_person" in same.err) == (2, True)
    assert (
        "已由 wang.fang 批准" in xinqiao("rating", "regime", "approve", "tax_cut@1", "--as", "wang.fang").out
    )
    assert "已批准" in xinqiao("rating", "regime", "list").out
    shown = xinqiao("rating", "regime", "show", "tax_cut")
    assert "G2 × 0.5" in shown.out
    withdrawn = xinqiao(
        "rating", "regime", "withdraw", "tax_cut@1", "--reason", "到期", "--as", "li.na", "--json"
    )
    assert withdrawn.json["state"] == "withdrawn"


@pytest.mark.parametrize("blank", ["", " ", "\u3000"])
def test_a_regime_is_not_withdrawn_without_a_reason(
    xinqiao: Run, delivered: None, file: Path, blank: str
) -> None:
    assert xinqiao("rating", "regime", "propose", file, "--as", "li.na").status == 0

    said = xinqiao("rating", "regime", "withdraw", "tax_cut@1", "--reason", blank, "--as", "li.na")

    assert (said.status, "选项 --reason 的值是空的" in said.err) == (2, True), said.err
    assert xinqiao("rating", "regime", "list", "--json").json[0]["state"] == "proposed"


@pytest.mark.parametrize("command", ["impact", "propose"])
def test_a_regime_file_that_is_not_there_is_named(xinqiao: Run, tmp_path: Path, command: str) -> None:
    missing = tmp_path / "没有's.yaml"

    said = xinqiao("rating", "regime", command, missing)
    folder = xinqiao("rating", "regime", command, tmp_path)

    assert (said.status, f"“{missing}”不正确：文件不存在。" in said.err) == (2, True), said.err
    assert (folder.status, f"“{tmp_path}”不正确：这是一个文件夹，不是文件。" in folder.err) == (2, True), (
        folder.err
    )


def test_a_report_by_an_unknown_model_names_the_models_there_are(
    xinqiao: Run, delivered: None, firm: str
) -> None:
    unknown = xinqiao("report", firm, "--model", "nosuch")
    ungraded = xinqiao("report", firm, "--model", "invoice")

    assert (unknown.status, unknown.out) == (2, "")
    assert "没有评分模型 nosuch。可用的模型：core、invoice。" in unknown.err
    assert (ungraded.status, "（代码：ungraded）" in ungraded.err) == (2, True)
    assert xinqiao("report", firm, "--model", "core").status == 0


def test_a_regime_file_that_cannot_stand_is_refused_with_its_line(xinqiao: Run, file: Path) -> None:
    file.write_text(REGIME.replace("0.5", "0"), "utf-8")
    said = xinqiao("rating", "regime", "propose", file, "--as", "li.na")
    assert (said.status, "tax_cut.yaml:10：" in said.err) == (2, True), said.err
    said = xinqiao("rating", "regime", "propose", file, "--as", " ")
    assert said.status == 2


def test_the_lake_is_vacuumed_and_a_fresh_one_has_nothing_to_delete(xinqiao: Run, delivered: None) -> None:
    assert "没有可删除的文件" in xinqiao("lake", "vacuum", "--dry-run").out
    assert xinqiao("lake", "vacuum", "--json").json["dry_run"] is False


def test_a_city_may_be_evaluated_with_another_model(xinqiao: Run, delivered: None, firm: str) -> None:
    made = xinqiao("evaluate", "--as-of", "2026-06-30", "--model", "invoice", "--json").json
    assert made["model"].startswith("invoice@")
    assert xinqiao("rating", "export", "--json").json[0]["model"].startswith("core@")
    assert xinqiao("evaluate", "--as-of", "2026-06-30", "--model", "none").status == 2


def test_a_city_may_be_left_to_the_worker(xinqiao: Run, delivered: None, firm: str) -> None:
    queued = xinqiao("evaluate", "--as-of", "2026-05-31", "--model", "invoice", "--queue", "--json").json
    assert queued == {"queued": True, "as_of": "2026-05-31", "model": "invoice"}
    assert "没有再排" in xinqiao("evaluate", "--queue").out

    some = xinqiao("evaluate", "--subject", firm, "--queue")
    assert (some.status, "全市评价" in some.err) == (2, True)
    assert xinqiao("evaluate", "--as-of", "2999-01-01", "--queue").status == 2


def test_an_evaluation_after_deliveries_stopped_says_which_data_are_late_and_what_to_do(
    xinqiao: Run, delivered: None
) -> None:
    """Months without a delivery read as months without invoices, so the grade may be worse than it should be."""
    said = xinqiao("evaluate", "--as-of", "2026-06-29", "--model", "core")

    assert said.status == 0, said.err
    row = next(line for line in said.out.splitlines() if line.startswith("销项发票"))
    assert row.split() == ["销项发票", "税务局", "2026-03-15", "31", "天", "76", "天"]
    assert "不按月统计的 1 类：市场主体登记注册。" in said.out
    assert "2 类逾期未更新" in said.err
    assert "--as-of 2026-03-15" in said.err
    told = xinqiao("evaluate", "--as-of", "2026-06-29", "--model", "core", "--json").json
    assert told["repeated"] is True
    assert told["overdue"] == [
        {"dataset": "sales_invoice", "known_at": "2026-03-15T18:00:00+08:00", "cadence_days": 31, "days": 76,
         "monthly": True},
        {"dataset": "business_registration", "known_at": "2026-01-15T00:00:00+08:00", "cadence_days": 31,
         "days": 135, "monthly": False},
    ]  # fmt: skip


def test_an_evaluation_of_the_last_delivered_day_does_not_warn(xinqiao: Run, delivered: None) -> None:
    said = xinqiao("evaluate", "--as-of", "2026-03-15", "--model", "core")

    assert said.status == 0, said.err
    assert "逾期" not in said.out + said.err


def test_one_firm_evaluated_on_late_data_is_warned_of_too(xinqiao: Run, delivered: None, firm: str) -> None:
    said = xinqiao("evaluate", "--as-of", "2026-06-30", "--model", "core", "--subject", firm)
    assert "--as-of 2026-03-15" in said.err
