"""What is computed in part comes out as if everything had been computed."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinqiao import audit
from xinqiao.engine import dialect
from xinqiao.engine.duck import EngineFault
from xinqiao.kernel.actor import Actor
from xinqiao.rating import operations, queries, renewing
from xinqiao.rating.calculation import UnknownSubjects
from xinqiao.rating.catalogue import from_content as scorecard_from
from xinqiao.rating.operations import NotYetOver
from xinqiao.rating.single import Desk

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
LATE = datetime(2026, 11, 3)
Deliveries = Sequence[tuple[int, int, int]]


def _known(town: Any, evaluation: Any) -> dict[int, str]:
    """Everything published of everybody in an evaluation, spelt out to the last bit."""
    return {number: repr(town.rows(evaluation, number)) for number in range(24)}


def test_only_who_has_new_records_is_computed_and_everybody_has_a_grade(town: Any) -> None:
    base = town.evaluate()
    town.invoices(3)
    again = town.evaluate()

    assert (again.based_on, again.subjects, again.measures) == (base.evaluation_id, 24, base.evaluation_id)
    assert sum(again.grades.values()) == 24
    assert town.rows(again, 5) == town.rows(base, 5)
    assert town.rows(again, 3) != town.rows(base, 3)
    with town.work() as (tx, session):
        queries.current_ratings(tx, session=session, lake=town.lake)
        numbers = dict(session.rows("SELECT evaluation, count(*) FROM current_ratings GROUP BY evaluation"))
    assert numbers == {base.evaluation_id: 23, again.evaluation_id: 1}
    assert town.evaluate().evaluation_id == again.evaluation_id
    assert town.sample().differing == 0


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.integers(1, 9), st.integers(1, 10**9)),
        min_size=1,
        max_size=3,
        unique=True,
    )
)
def test_in_part_is_as_in_whole(town: Any, deliveries: Deliveries) -> None:
    """The same records, the same measures: the same bits, however few were computed."""
    base = town.evaluate()
    for firm, month, amount_fen in deliveries:
        town.invoices(firm, month=month, amount_fen=amount_fen)
    part = town.evaluate()
    whole = town.evaluate(subjects=[town.firm(number) for number in range(24)])

    assert part.based_on == base.evaluation_id
    assert part.grades == whole.grades
    assert _known(town, part) == _known(town, whole)


def test_many_firms_are_computed_as_few_are(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine makes a table of many, where few are written out."""
    some = [town.firm(number) for number in range(5)]
    few = town.evaluate(subjects=some)
    monkeypatch.setattr(dialect, "_MANY", 2)

    many = town.evaluate(subjects=some)

    assert many.grades == few.grades
    assert [repr(town.rows(many, number)) for number in range(5)] == [
        repr(town.rows(few, number)) for number in range(5)
    ]


def test_everybody_is_computed_when_many_changed_or_the_day_or_a_data_set_is_new(town: Any) -> None:
    town.evaluate()
    for number in range(4):
        town.invoices(number)
    assert town.evaluate().based_on is None
    assert town.evaluate(as_of=date(2026, 11, 1)).based_on is None
    town.learn(
        "tax_arrears",
        [{"subject": town.firm(3), "tax_kind": "增值税", "arrears_fen": 5, "announced_on": date(2026, 10, 1),
          "known_at": datetime(2026, 10, 2)}],
    )  # fmt: skip
    assert town.evaluate().based_on is None


def test_what_became_known_after_the_day_changes_nobody(town: Any) -> None:
    base = town.evaluate()
    town.invoices(3, known_at=LATE)
    again = town.evaluate()

    assert (again.based_on, again.grades) == (base.evaluation_id, base.grades)
    assert town.rows(again, 3) == town.rows(base, 3)


def test_files_rewritten_since_are_no_ground_to_build_on(town: Any) -> None:
    town.evaluate()
    town.invoices(3)
    with town.work() as (tx, session):
        town.lake.compact(tx, session, table="records/sales_invoice")
    assert town.evaluate().based_on is None


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9), st.integers(1, 10**9)), max_size=4, unique=True)
)
def test_a_firm_at_the_desk_gets_what_it_would_get_among_all(town: Any, deliveries: Deliveries) -> None:
    """After each new record, from the stored row and what changed, as from all records."""
    town.evaluate()
    desk = Desk(town.engine, town.lake)
    for firm, month, amount_fen in deliveries:
        town.invoices(firm, month=month, amount_fen=amount_fen)
        single = town.evaluate_one(desk, firm)
        among = town.evaluate(subjects=[town.firm(firm), town.firm(20)])
        assert repr(town.rows(single, firm)) == repr(town.rows(among, firm))
    desk.close()
    assert town.sample().differing == 0


def _filing(town: Any, number: int, **changed: Any) -> dict[str, Any]:
    """A payment of tax by a firm, of a voucher that the town knows already unless it is changed."""
    return {
        "subject": town.firm(number), "tax_kind": "增值税", "payment_kind": "payment", "voucher_number": "1",
        "paid_on": date(2026, 8, 3), "amount_fen": 5, "known_at": datetime(2026, 10, 21), **changed,
    }  # fmt: skip


def test_the_desk_sees_corrections_lists_and_several_data_sets_as_everybody_s_evaluation_does(
    town: Any,
) -> None:
    """A corrected row, a first record of a kind, and two data sets at once; each asks another query of the engine."""
    town.evaluate()
    desk = Desk(town.engine, town.lake)

    def same_at_the_desk(number: int) -> None:
        single = town.evaluate_one(desk, number)
        among = town.evaluate(subjects=[town.firm(number), town.firm(20)])
        assert repr(town.rows(single, number)) == repr(town.rows(among, number))

    town.learn("tax_payment", [_filing(town, 3, supersedes=True, delivery=2)])
    same_at_the_desk(3)
    town.learn("tax_payment", [_filing(town, 4, voucher_number="2")])
    town.invoices(4)
    same_at_the_desk(4)
    town.learn("tax_payment", [_filing(town, 4, supersedes=True, delivery=3, amount_fen=7)])
    same_at_the_desk(4)
    same_at_the_desk(4)
    same_at_the_desk(5)
    desk.close()
    assert town.sample().differing == 0


def test_a_desk_closed_and_used_again_starts_anew(town: Any) -> None:
    town.evaluate()
    desk = Desk(town.engine, town.lake)
    town.invoices(3)
    first = town.evaluate_one(desk, 3)
    desk.close()
    town.invoices(3, month=7)
    second = town.evaluate_one(desk, 3)
    desk.close()

    assert town.rows(second, 3) != town.rows(first, 3)
    assert town.sample().differing == 0


def test_a_desk_whose_session_broke_works_again_the_next_time(town: Any) -> None:
    town.evaluate()
    desk: Any = Desk(town.engine, town.lake)
    town.invoices(3)
    town.evaluate_one(desk, 3)
    desk._kept.session._connection.close()

    with pytest.raises(EngineFault):
        town.evaluate_one(desk, 4)

    assert town.evaluate_one(desk, 4).subjects == 1
    desk.close()


def test_two_who_evaluate_one_firm_at_once_give_it_one_evaluation(
    town: Any, somebody_waits: Callable[[], bool]
) -> None:
    town.evaluate()
    town.invoices(3)
    with ThreadPoolExecutor(max_workers=1) as aside:
        with town.store.transaction() as tx:
            first = town.evaluate_one(Desk(town.engine, town.lake), 3, tx=tx)
            other = aside.submit(town.evaluate_one, Desk(town.engine, town.lake), 3)
            while not (somebody_waits() or other.done()):
                pass
        second = other.result()

    assert (second.evaluation_id, first.repeated, second.repeated) == (first.evaluation_id, False, True)


def _written(town: Any) -> tuple[Any, Any]:
    """What an evaluation adds to: the newest evaluation and the newest event."""
    with town.store.transaction() as tx:
        return queries.evaluations(tx, limit=1)[0].evaluation_id, audit.queries.events(tx, limit=1)


def test_a_firm_evaluated_again_without_news_keeps_its_evaluation(town: Any) -> None:
    """Nor does a report change its number, whoever asks: another process, and after the grade has been folded away."""
    desk = Desk(town.engine, town.lake)
    first = town.evaluate_one(desk, 3)
    written = _written(town)

    assert town.evaluate_one(desk, 3) == replace(first, repeated=True)
    assert _written(town) == written
    desk.close()
    assert town.evaluate_one(desk, 3).evaluation_id == first.evaluation_id
    with town.work() as (tx, session):
        operations.fold(tx, session=session, lake=town.lake, actor=Actor("system", "xinqiao"), now=NOW)
    assert town.evaluate_one(Desk(town.engine, town.lake), 3).evaluation_id == first.evaluation_id
    assert not town.evaluate_one(desk, 4).repeated
    desk.close()


def test_a_firm_evaluated_with_the_city_keeps_the_city_s_evaluation(town: Any) -> None:
    """Also where the city carried its grade forward, and others were evaluated since."""
    desk = Desk(town.engine, town.lake)
    city = town.evaluate()
    assert town.evaluate_one(desk, 3) == replace(city, repeated=True)
    town.invoices(4)
    carrying = town.evaluate()
    assert carrying.based_on == city.evaluation_id
    town.evaluate(subjects=[town.firm(5), town.firm(6)])

    assert town.evaluate_one(desk, 3) == replace(carrying, repeated=True)
    assert town.evaluate_one(desk, 4) == replace(carrying, repeated=True)
    desk.close()


def test_a_firm_is_evaluated_anew_after_news_of_anybody_another_day_or_another_grade(town: Any) -> None:
    """The versions are those of all tables read; and what a newer grade has taken the place of does not come back."""
    desk = Desk(town.engine, town.lake)
    numbers = [town.evaluate_one(desk, 3).evaluation_id]
    town.invoices(9)
    numbers.append(town.evaluate_one(desk, 3).evaluation_id)
    numbers.append(town.evaluate_one(desk, 3, as_of=date(2026, 11, 1)).evaluation_id)
    content = {**town.scorecard.content, "label": {"zh": "另一模型", "en": "Another"}}
    other = town.changed(scorecard=scorecard_from(content, catalogue=town.catalogue))
    numbers.append(other.evaluate_one(desk, 3).evaluation_id)
    numbers.append(town.evaluate_one(desk, 3).evaluation_id)
    desk.close()

    assert len(set(numbers)) == len(numbers)
    assert town.sample().differing == 0


def test_only_the_prepared_queries_asked_for_last_are_kept(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewing, "_PREPARED_AT_MOST", 1)
    town.evaluate()
    desk = Desk(town.engine, town.lake)
    for number in (3, 4):
        town.invoices(number)
        town.evaluate_one(desk, number)
        town.learn("tax_payment", [_filing(town, number, voucher_number="2")])
        town.evaluate_one(desk, number)
    desk.close()
    assert town.sample().differing == 0


def test_the_desk_computes_everything_where_there_is_nothing_to_build_on(town: Any) -> None:
    desk = Desk(town.engine, town.lake)
    first = town.evaluate_one(desk, 3)
    town.learn(
        "business_registration",
        [{"subject": town.firm(3), "unified_code": "x", "name": "y", "event_kind": "change",
          "approved_on": date(2026, 9, 1), "legal_representative": "乙", "industry_code": "H6210",
          "operating_status": "active", "known_at": datetime(2026, 9, 2)}],
    )  # fmt: skip
    moved = town.evaluate_one(desk, 3)

    assert town.rows(first, 3)[1]["E03"] == 0
    assert town.rows(moved, 3)[1]["E03"] == 1
    assert town.evaluate_one(desk, 3, as_of=date(2026, 11, 1)).as_of == date(2026, 11, 1)
    desk.close()
    assert town.sample().differing == 0


def test_the_desk_refuses_as_any_evaluation_does(town: Any) -> None:
    desk = Desk(town.engine, town.lake)
    with pytest.raises(NotYetOver):
        town.evaluate_one(desk, 3, as_of=date(2026, 11, 22))
    with pytest.raises(UnknownSubjects):
        town.evaluate_one(desk, 29)
    desk.close()
