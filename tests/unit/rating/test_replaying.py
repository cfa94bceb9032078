"""Every grade comes out again from what was recorded: one, a sample, after the lake was tidied, under old contracts."""

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from xinqiao.kernel.actor import Actor
from xinqiao.rating import operations, queries
from xinqiao.rating.declarations import DeclarationAltered, DeclarationLost
from xinqiao.rating.queries import Ungraded, UnknownEvaluation
from xinqiao.rating.replay import LakeDamaged, NoLongerKept, NotReproduced
from xinqiao.rating.retention import Retention, load_retention, vacuum

CLERK = Actor("person", "li.na")
NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)


def _aged(town: Any, days: int) -> None:
    """Let all files of the lake and all of its log be so many days older."""
    then = NOW - timedelta(days=days)
    for path in Path(town.lake.root).rglob("*"):
        if path.suffix == ".parquet":
            os.utime(path, (then.timestamp(), then.timestamp()))
        if path.suffix == ".json":
            lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            for line in lines:
                if "commitInfo" in line:
                    line["commitInfo"]["timestamp"] = int(then.timestamp() * 1000)
            path.write_text("\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")


def _compacted(town: Any) -> None:
    with town.store.transaction() as tx:
        tables = list(town.lake.versions(tx))
    for table in tables:
        with town.work() as (tx, session):
            town.lake.compact(tx, session, table=table)


def _vacuum(town: Any, *, years: int = 10, now: datetime = NOW, dry_run: bool = False) -> int:
    """Vacuum the lake; how many files went."""
    done = vacuum(
        town.store,
        lake=town.lake,
        raw=town.lake.root / "none",
        retention=Retention(years, 1),
        actor=CLERK,
        now=now,
        dry_run=dry_run,
    )
    return sum(each.expired + each.orphaned for each in done)


def test_a_sample_of_all_evaluations_agrees_in_every_stored_value_in_a_pass_for_each(
    town: Any,
) -> None:
    town.evaluate()
    town.evaluate(as_of=date(2026, 10, 15))
    town.evaluate(subjects=[town.firm(3)])

    done = town.sample(1000)

    assert (done.grades, done.differing, done.evaluations, done.passes) == (49, 0, 3, 3)
    assert done.values > 49 * len(town.catalogue.indicators)


def test_the_same_seed_draws_the_same_grades_and_a_sample_may_be_of_one_evaluation(town: Any) -> None:
    first = town.evaluate()
    town.evaluate(as_of=date(2026, 10, 15))

    assert town.sample(5, seed="a") == town.sample(5, seed="a")
    of_one = town.sample(1000, evaluation_id=first.evaluation_id)

    assert (of_one.grades, of_one.evaluations) == (24, 1)


def test_a_replay_in_an_evaluation_that_does_not_exist_says_so(town: Any) -> None:
    """Not that the firm is missing from it, which would send people looking for the firm."""
    held = town.evaluate(subjects=[town.firm(3)])

    with pytest.raises(UnknownEvaluation, match="没有编号为 99 的评价"):
        town.replay(3, replace(held, evaluation_id=99))
    with pytest.raises(Ungraded, match=f"第 {held.evaluation_id} 号评价中没有该企业"):
        town.replay(4, held)


def test_a_value_that_differs_in_its_last_bit_is_found_and_named(town: Any) -> None:
    town.evaluate(subjects=[town.firm(3)])
    with town.store.transaction() as tx:
        tx.run("UPDATE recent_rating SET indicators[array_position(codes, 'E01')] ="
               " indicators[array_position(codes, 'E01')] * (1 + 2.3e-16)")  # fmt: skip

    done = town.sample()

    assert [(each.subject, each.name) for each in done.differences] == [(town.firm(3), "E01")]
    with pytest.raises(NotReproduced, match="指标 E01"):
        town.replay(3)


def test_a_replay_reads_the_contracts_of_the_time(town: Any) -> None:
    """Under today's, only the newest delivery of invoices would count, and the grade would be another."""
    town.learn(
        "sales_invoice",
        [
            {"subject": town.firm(3), "invoice_code": "", "invoice_number": "x", "issued_on": date(2026, 8, 8),
             "counterparty_code": "A", "amount_fen": 5, "tax_fen": 0, "status": "valid", "delivery": 2,
             "known_at": datetime(2026, 10, 9)}
        ],
    )  # fmt: skip
    evaluation = town.evaluate()
    sales = town.contracts["sales_invoice"]
    today = {**town.contracts, "sales_invoice": replace(sales, mode="snapshot", fingerprint="0" * 64)}

    again = town.changed(contracts=today).replay(3, evaluation).again

    assert again == town.replay(3, evaluation).again
    assert town.changed(contracts=today).evaluate().grades != evaluation.grades
    with town.store.transaction() as tx:
        tx.run("DELETE FROM definition WHERE fingerprint = %s", (sales.fingerprint,))
    with pytest.raises(DeclarationLost, match=sales.fingerprint[:12]):
        town.changed(contracts=today).replay(3, evaluation)


def test_a_kept_declaration_that_was_altered_is_told_before_anything_is_compared(town: Any) -> None:
    """One point in one bin leaves most grades as they are, and none of them may pass."""
    held = town.evaluate()
    with town.store.transaction() as tx:
        tx.run(
            "UPDATE definition SET content = jsonb_set(content, '{neutral}', '51') WHERE fingerprint = %s",
            (held.model_fingerprint,),
        )

    for replaying in (lambda: town.replay(3, held), town.sample):
        with pytest.raises(DeclarationAltered, match=rf"已被改动.*{held.model_fingerprint[:12]}"):
            replaying()


def test_an_old_grade_replays_identically_after_compaction_and_vacuum(town: Any) -> None:
    town.evaluate()
    town.invoices(3)
    _compacted(town)
    town.evaluate(as_of=date(2026, 11, 1))
    _aged(town, 400)

    gone = _vacuum(town)

    assert gone > 0
    done = town.sample()
    assert (done.grades, done.differing, done.expired) == (48, 0, 0)


def test_files_of_grades_past_their_retention_go_and_their_replay_says_so(town: Any) -> None:
    old = town.evaluate()
    town.invoices(3)
    _compacted(town)
    kept = town.evaluate(as_of=date(2026, 11, 1), now=NOW + timedelta(days=30))
    _aged(town, 400)
    later = NOW + timedelta(days=2 * 365 + 10)

    expected = _vacuum(town, years=2, now=later, dry_run=True)
    assert town.replay(3, old).again.grade
    assert _vacuum(town, years=2, now=later) == expected > 0

    with pytest.raises(NoLongerKept, match="records/"):
        town.replay(3, old)
    assert town.replay(3, kept).again.grade
    done = town.sample()
    assert (done.grades, done.differing, done.expired) == (24, 0, 24)
    with town.work() as (tx, session):
        assert queries.current_rating(tx, session=session, lake=town.lake, subject=town.firm(3)).grade


def test_a_file_lost_within_the_retention_is_a_fault_and_not_time_passed(town: Any) -> None:
    """The grades are minutes old: somebody must restore the file, and a sample must not pass for want of it."""
    held = town.evaluate()
    lost = next((Path(town.lake.root) / "records" / "tax_payment").glob("*.parquet"))
    lost.rename(lost.with_suffix(".aside"))

    for replaying in (lambda: town.replay(3, held), town.sample):
        with pytest.raises(LakeDamaged, match=rf"缺失：records/tax_payment/{lost.name}.*备份恢复"):
            replaying()
    lost.with_suffix(".aside").rename(lost)
    assert town.sample().grades == 24


def test_a_file_cut_short_is_named_and_is_to_be_restored(town: Any) -> None:
    held = town.evaluate()
    cut = next((Path(town.lake.root) / "records" / "tax_payment").glob("*.parquet"))
    cut.write_bytes(cut.read_bytes()[:-40])

    with pytest.raises(LakeDamaged, match=rf"长度不符：records/tax_payment/{cut.name}.*备份恢复"):
        town.replay(3, held)


def test_single_grades_are_folded_into_the_lake_and_stay_the_same(town: Any) -> None:
    town.evaluate()
    single = town.evaluate(subjects=[town.firm(3), town.firm(4)])
    before = town.rows(single, 3)

    with town.work() as (tx, session):
        assert operations.fold(tx, session=session, lake=town.lake, actor=CLERK, now=NOW) == 2
        assert operations.fold(tx, session=session, lake=town.lake, actor=CLERK, now=NOW) == 0

    assert repr(town.rows(single, 3)) == repr(before)
    assert town.sample().differing == 0


def test_retention_is_declared(tmp_path: Path) -> None:
    retention = load_retention()
    assert retention.kept_since(datetime(2026, 2, 28, tzinfo=UTC)).year == 2026 - retention.grade_years
    assert Retention(1, 1).kept_since(datetime(2028, 2, 29, tzinfo=UTC)) == datetime(2027, 3, 1, tzinfo=UTC)
    wrong = tmp_path / "retention.yaml"
    wrong.write_text(
        "source: x\ngrades: {years_after_loans: -1, longest_loan_years: 5}\nfiles: {safety_days: 1}\n",
        "utf-8",
    )
    from xinqiao.indicators import Misdeclared

    with pytest.raises(Misdeclared, match=r"retention\.yaml:2"):
        load_retention(wrong)
