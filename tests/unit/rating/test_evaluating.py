"""Evaluations are published whole, found again, and can be computed again from what was recorded."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from xinqiao import audit
from xinqiao.catalogue import load_contracts
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.indicators import load_catalogue
from xinqiao.indicators.cases import register_rows
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.subject import subject_key
from xinqiao.lake import Lake
from xinqiao.rating import load_scorecards, operations, queries
from xinqiao.rating.catalogue import from_content
from xinqiao.rating.evaluation import Evaluation
from xinqiao.rating.replay import NotReproduced, Replayed, replay
from xinqiao.store import Store, Transaction

CONTRACTS = load_contracts()
CATALOGUE = load_catalogue(contracts=CONTRACTS)
# The small city knows little more than invoices; the platform's own grades are those of the core model.
INVOICE = load_scorecards(catalogue=CATALOGUE).named("invoice@2026-11-01")
CORE = from_content({**INVOICE.content, "model": "core"}, catalogue=CATALOGUE)
NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
CLERK = Actor("person", "li.na")
AS_OF = date(2026, 10, 31)
STEADY, FADING, LISTED, YOUNG = (subject_key(f"MA5ABCD{digit}") for digit in "1234")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class City:
    """A small city: its database, its lake, and its engine."""

    store: Store
    lake: Lake
    engine: DuckDBEngine

    @contextmanager
    def work(self) -> Iterator[tuple[Transaction, Session]]:
        """A transaction and an engine session."""
        with self.engine.session() as session, self.store.transaction() as tx:
            yield tx, session

    def learn(self, dataset: str, rows: Sequence[Row]) -> None:
        """Append records to the lake as a delivery would leave them."""
        contract, table = CONTRACTS[dataset], f"records/{dataset}"
        full = [
            {
                "occurred_on": row.get(contract.occurred_on or "", row["known_at"].date()),
                "delivery": 1,
                "supersedes": False,
                **row,
            }
            for row in rows
        ]
        with self.work() as (tx, session), self.lake.draft(table) as path:
            register_rows(session, "incoming", full, contract.record_columns())
            written = session.write("SELECT * FROM incoming ORDER BY subject", path)
            assert written is not None
            columns = contract.record_columns()
            self.lake.append(tx, table=table, files=[written], columns=columns, info={"delivery": "1"})

    def evaluate(self, **options: Any) -> Evaluation:
        """Evaluate with the shipped declarations."""
        with self.work() as (tx, session):
            return operations.evaluate(
                tx, session=session, lake=self.lake, contracts=CONTRACTS, catalogue=CATALOGUE, scorecard=CORE,
                **{"as_of": AS_OF, "actor": CLERK, "now": NOW, **options},
            )  # fmt: skip

    def replay(self, subject: int, evaluation_id: int | None = None) -> Replayed:
        """Compute a grade again."""
        with self.work() as (tx, session):
            return replay(
                tx, session=session, lake=self.lake, contracts=CONTRACTS, subject=subject,
                evaluation_id=evaluation_id,
            )  # fmt: skip


@pytest.fixture
def city(store: Store, tmp_path: Path) -> City:
    """A city that has received nothing yet."""
    return City(store, Lake(tmp_path / "lake"), DuckDBEngine(tmp_path / "engine", threads=1))


@pytest.fixture
def stocked(city: City) -> City:
    """The city after its first deliveries."""
    known = datetime(2026, 1, 5, 1)
    city.learn(
        "business_registration",
        [
            {
                "subject": subject, "unified_code": "x", "name": "x", "event_kind": "establishment",
                "approved_on": day, "established_on": day, "industry_code": "F5191",
                "operating_status": "active", "legal_representative": "甲", "known_at": known,
            }
            for subject, day in (
                (STEADY, date(2012, 3, 1)), (FADING, date(2015, 3, 1)),
                (LISTED, date(2012, 3, 1)), (YOUNG, date(2025, 12, 20)),
            )
        ],
    )  # fmt: skip
    invoices: list[Row] = []
    for subject, months, amount in (
        (STEADY, 24, 90_000_000),
        (FADING, 18, 1_000_000),
        (LISTED, 24, 90_000_000),
    ):
        for month in range(months):
            day = date(2024 + (10 + month) // 12, (10 + month) % 12 + 1, 8)
            invoices += [
                {
                    "subject": subject, "invoice_code": "", "invoice_number": f"{month}-{buyer}",
                    "issued_on": day, "counterparty_code": buyer, "amount_fen": amount, "tax_fen": 0,
                    "status": "valid", "known_at": datetime(day.year, day.month, 20),
                }
                for buyer in "ABCDEFGHIJKLMNOPQRST"
            ]  # fmt: skip
    city.learn("sales_invoice", invoices)
    city.learn(
        "abnormal_operation",
        [
            {
                "subject": LISTED,
                "listed_on": date(2026, 7, 2),
                "authority": "甲局",
                "known_at": datetime(2026, 7, 3),
            }
        ],
    )
    return city


def _grades(city: City) -> dict[int, str]:
    with city.work() as (tx, session):
        view = queries.current_ratings(tx, session=session, lake=city.lake)
        return dict(session.rows(f"SELECT subject, grade FROM {view} ORDER BY subject"))


def test_a_city_is_graded_and_the_evaluation_says_what_it_was_made_of(stocked: City) -> None:
    """Grades, counts, versions, fingerprints and the audit event agree."""
    told: list[str] = []
    evaluation = stocked.evaluate(progress=told.append)
    assert _grades(stocked) == {STEADY: "A", FADING: "C", LISTED: "C", YOUNG: "NR"}
    assert evaluation.grades == {"A": 1, "B": 0, "C": 2, "D": 0, "NR": 1}
    assert set(evaluation.versions) == {
        "records/business_registration", "records/sales_invoice", "records/abnormal_operation",
    }  # fmt: skip
    assert (evaluation.scope, evaluation.subjects, evaluation.model) == ("city", 4, "core@2026-11-01")
    assert told[0] == "识别持股关系"
    assert any(step.startswith("计算指标") for step in told)
    written = [step for step in told if step.startswith("写入")]
    assert written[:2] == ["写入指标", "写入等级"]
    assert told[-1] == "登记评价"
    with stocked.work() as (tx, _):
        assert queries.current_evaluation(tx) == evaluation
        event = audit.queries.events(tx, name="ratings.published", limit=1)[0]
    assert event.payload["evaluation_id"] == evaluation.evaluation_id


def test_evaluating_the_same_again_changes_nothing(stocked: City) -> None:
    """The earlier evaluation is given back; a new delivery makes a new one."""
    first = stocked.evaluate()
    with stocked.work() as (tx, _):
        versions = stocked.lake.versions(tx)
    again = stocked.evaluate(now=datetime(2026, 11, 22, 2, tzinfo=UTC))
    assert (again.evaluation_id, again.repeated, first.repeated) == (first.evaluation_id, True, False)
    with stocked.work() as (tx, _):
        assert stocked.lake.versions(tx) == versions
        assert len(queries.evaluations(tx)) == 1
    stocked.learn(
        "tax_arrears",
        [
            {"subject": STEADY, "tax_kind": "增值税", "arrears_fen": 5, "announced_on": date(2026, 10, 1),
             "known_at": datetime(2026, 10, 2)}
        ],
    )  # fmt: skip
    assert stocked.evaluate().evaluation_id != first.evaluation_id


def test_history_keeps_a_grade_per_day_the_newest_first(stocked: City) -> None:
    """A later look at an earlier day does not become the current grade."""
    now = stocked.evaluate()
    earlier = stocked.evaluate(as_of=date(2026, 6, 30))
    with stocked.work() as (tx, session):
        found = queries.history(tx, session=session, lake=stocked.lake, subjects=[LISTED, YOUNG, 12345])
        current = queries.current_rating(tx, session=session, lake=stocked.lake, subject=LISTED)
    assert [(each.as_of, each.evaluation, each.grade) for each in found[LISTED]] == [
        (AS_OF, now.evaluation_id, "C"),
        (date(2026, 6, 30), earlier.evaluation_id, "B"),
    ]
    assert 12345 not in found
    assert current == found[LISTED][0]
    assert current.gates == ("abnormal_operation", "low_coverage")[: len(current.gates)]


def test_one_subject_is_graded_as_in_the_city(stocked: City) -> None:
    """A single evaluation reads only that firm's files, and comes to the same result."""
    whole = stocked.evaluate()
    single = stocked.evaluate(subjects=[STEADY])
    assert (single.scope, single.subjects) == ("subjects", 1)
    with stocked.work() as (tx, session):
        options: dict[str, Any] = {"session": session, "lake": stocked.lake, "subject": STEADY}
        ours = queries.values(tx, evaluation_id=single.evaluation_id, **options)
        theirs = queries.values(tx, evaluation_id=whole.evaluation_id, **options)
        rating = queries.rating_in(tx, evaluation_id=single.evaluation_id, **options)
        assert ours == theirs
        assert rating.score == queries.rating_in(tx, evaluation_id=whole.evaluation_id, **options).score


def test_a_published_grade_is_computed_again_to_the_same_number(stocked: City) -> None:
    """Even after records and declarations have moved on."""
    evaluation = stocked.evaluate()
    stocked.learn(
        "sales_invoice",
        [
            {"subject": STEADY, "invoice_code": "", "invoice_number": "0-A", "issued_on": date(2026, 9, 8),
             "counterparty_code": "Z", "amount_fen": -90_000_000, "tax_fen": 0, "status": "valid",
             "known_at": datetime(2026, 9, 20)}
        ],
    )  # fmt: skip
    for subject in (STEADY, FADING, LISTED, YOUNG):
        replayed = stocked.replay(subject)
        assert replayed.evaluation.evaluation_id == evaluation.evaluation_id
        assert (replayed.published.score, replayed.published.grade) == (
            replayed.again.score,
            replayed.again.grade,
        )
    fresh = stocked.evaluate()
    assert (
        stocked.replay(STEADY).values["I01"] != stocked.replay(STEADY, evaluation.evaluation_id).values["I01"]
    )
    assert stocked.replay(STEADY).evaluation.evaluation_id == fresh.evaluation_id


def test_a_grade_that_cannot_be_reproduced_is_a_fault_that_names_the_difference(stocked: City) -> None:
    """Here the published score was tampered with."""
    stocked.evaluate(subjects=[STEADY])
    with stocked.store.transaction() as tx:
        tx.run("UPDATE recent_rating SET score = score - 1")
    with pytest.raises(NotReproduced, match=r"第 \d+ 号评价.*得分 已发布 [\d.]+，重算 [\d.]+"):
        stocked.replay(STEADY)


def test_sector_standings_fall_back_to_everybody(stocked: City) -> None:
    """Four firms are no sector; a single evaluation uses the city's statistics."""
    stocked.evaluate()
    single = stocked.evaluate(subjects=[STEADY])
    with stocked.work() as (tx, session):
        found = queries.standings(tx, session=session, lake=stocked.lake, asked=single, sector="F51")
    assert found["E01"].sector == "*"
    assert found["E01"].firms == 4
    assert "V01" not in found


def test_before_the_first_knowledge_there_is_nothing_to_grade(stocked: City) -> None:
    """The refusal tells the earliest day that works."""
    with pytest.raises(operations.NothingKnown, match=r"截至 2025-12-31.*2026-01-05"):
        stocked.evaluate(as_of=date(2025, 12, 31))
    with stocked.work() as (tx, session):
        assert queries.current_evaluation(tx) is None
        with pytest.raises(queries.Ungraded):
            queries.current_rating(tx, session=session, lake=stocked.lake, subject=STEADY)
        view = queries.current_ratings(tx, session=session, lake=stocked.lake)
        assert session.rows(f"SELECT * FROM {view}") == []


def test_an_empty_city_says_what_to_deliver_first(city: City) -> None:
    """Nobody is registered yet."""
    with pytest.raises(operations.NothingKnown, match="先归集市场主体登记注册数据"):
        city.evaluate()


def test_tomorrow_cannot_be_evaluated(stocked: City) -> None:
    """What will be known by then is not known yet."""
    with pytest.raises(operations.NotYetOver, match="晚于今天"):
        stocked.evaluate(as_of=date(2026, 11, 22))


def test_an_unknown_enterprise_is_refused_by_its_code(stocked: City) -> None:
    """The refusal names the organisation code, and nothing is published."""
    with pytest.raises(operations.UnknownSubjects, match="MA5ZZZZ9"):
        stocked.evaluate(subjects=[STEADY, subject_key("MA5ZZZZ9")])
    with stocked.work() as (tx, _):
        assert queries.evaluations(tx) == []
