"""A town of invoices: its database, its lake and its engine, and records as deliveries would leave them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

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
from xinqiao.rating.replay import Replayed, replay
from xinqiao.rating.sampling import Sample, replay_sample
from xinqiao.rating.single import Desk
from xinqiao.store import Store, Transaction

AS_OF = date(2026, 10, 31)
NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
Row = dict[str, Any]


@dataclass(frozen=True)
class Town:
    """A few firms that are graded by their invoices."""

    store: Store
    lake: Lake
    engine: DuckDBEngine
    contracts: Any
    catalogue: Any
    scorecard: Any

    @contextmanager
    def work(self) -> Iterator[tuple[Transaction, Session]]:
        """A transaction and an engine session."""
        with self.engine.session() as session, self.store.transaction() as tx:
            yield tx, session

    def changed(self, **parts: Any) -> "Town":
        """The same town with other declarations."""
        return replace(self, **parts)

    def learn(self, dataset: str, rows: Sequence[Row]) -> None:
        """Append records to the lake as a delivery would leave them."""
        contract, table = self.contracts[dataset], f"records/{dataset}"
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

    def invoices(
        self, number: int, *, month: int = 8, amount_fen: int = 50_000_000, known_at: datetime | None = None
    ) -> None:
        """A firm's invoices of one month become known."""
        self.learn(
            "sales_invoice",
            [
                {
                    "subject": self.firm(number), "invoice_code": "", "invoice_number": f"{month}-{amount_fen}-{buyer}",
                    "issued_on": date(2026, month, 8), "counterparty_code": buyer, "amount_fen": amount_fen,
                    "tax_fen": 0, "status": "valid", "known_at": known_at or datetime(2026, 10, 20),
                }
                for buyer in "ABCDEFGHIJ"
            ],
        )  # fmt: skip

    def firm(self, number: int) -> int:
        """The subject key of a firm."""
        return subject_key(f"MA5ABCD{LETTERS[number]}")

    def evaluate(self, **options: Any) -> Evaluation:
        """Evaluate the town."""
        with self.work() as (tx, session):
            return operations.evaluate(
                tx, session=session, lake=self.lake, contracts=self.contracts, catalogue=self.catalogue,
                scorecard=self.scorecard,
                **{"as_of": AS_OF, "actor": Actor("person", "li.na"), "now": NOW, **options},
            )  # fmt: skip

    def evaluate_one(
        self, desk: Desk, number: int, *, tx: Transaction | None = None, **options: Any
    ) -> Evaluation:
        """Evaluate one firm at a desk, in a transaction of its own unless one is given."""
        with nullcontext(tx) if tx else self.store.transaction() as inside:
            return desk.evaluate(
                inside, contracts=self.contracts, catalogue=self.catalogue, scorecard=self.scorecard,
                subject=self.firm(number),
                **{"as_of": AS_OF, "actor": Actor("person", "li.na"), "now": NOW, **options},
            )  # fmt: skip

    def rows(self, evaluation: Evaluation, number: int) -> tuple[Row, Row]:
        """A firm's published rating and indicators in an evaluation, less the number of the evaluation."""
        found: dict[str, Any] = {"evaluation_id": evaluation.evaluation_id, "subject": self.firm(number)}
        with self.work() as (tx, session):
            options: dict[str, Any] = {"session": session, "lake": self.lake, **found}
            rating = queries.rating_in(tx, **options)
            values = queries.values(tx, **options)
        kept = {name: getattr(rating, name) for name in rating.__dataclass_fields__ if name != "evaluation"}
        return kept, values

    def replay(self, number: int, evaluation: Evaluation | None = None) -> Replayed:
        """Compute a grade again."""
        with self.work() as (tx, session):
            return replay(
                tx, session=session, lake=self.lake, contracts=self.contracts, subject=self.firm(number),
                evaluation_id=evaluation.evaluation_id if evaluation else None,
            )  # fmt: skip

    def sample(self, size: int = 1000, **options: Any) -> Sample:
        """Replay a sample."""
        with self.work() as (tx, session):
            return replay_sample(
                tx, session=session, lake=self.lake, contracts=self.contracts, size=size, **options
            )


@pytest.fixture
def somebody_waits(store: Store) -> Callable[[], bool]:
    """Whether a transaction waits for a lock that another holds."""

    def looking() -> bool:
        with store.transaction() as tx:
            return bool(
                tx.rows(
                    "SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database"
                    " WHERE d.datname = current_database() AND locktype = 'advisory' AND NOT granted"
                )
            )

    return looking


@pytest.fixture(scope="session")
def declared() -> Mapping[str, Any]:
    """What towns go by; nothing in it can be changed."""
    contracts = load_contracts()
    catalogue = load_catalogue(contracts=contracts)
    # A town knows little more than invoices; the platform's own grades are those of the core model.
    invoice = load_scorecards(catalogue=catalogue).named("invoice@2026-11-01")
    scorecard = from_content({**invoice.content, "model": "core"}, catalogue=catalogue)
    return {"contracts": contracts, "catalogue": catalogue, "scorecard": scorecard}


@pytest.fixture
def unborn(store: Store, tmp_path: Path, declared: Mapping[str, Any]) -> Town:
    """A town that has received nothing yet."""
    engine = DuckDBEngine(tmp_path / "engine", threads=1)
    return Town(store, Lake(tmp_path / "lake"), engine, **declared)


@pytest.fixture
def town(unborn: Town) -> Town:
    """Twenty-four firms of two industries, in two districts, each with some months of invoices."""
    known = datetime(2026, 1, 5, 1)
    unborn.learn(
        "business_registration",
        [
            {
                "subject": unborn.firm(number), "unified_code": "x", "name": "x", "event_kind": "establishment",
                "approved_on": date(2012, 3, 1), "established_on": date(2012, 3, 1),
                "industry_code": "H6210" if number % 3 == 0 else "F5191",
                "region_code": "371002" if number % 2 == 0 else "440305",
                "operating_status": "active", "legal_representative": "甲", "known_at": known,
            }
            for number in range(24)
        ],
    )  # fmt: skip
    unborn.learn(
        "sales_invoice",
        [
            {
                "subject": unborn.firm(number), "invoice_code": "", "invoice_number": f"{month}-{buyer}",
                "issued_on": date(2026, month, 5), "counterparty_code": buyer,
                "amount_fen": 1_000_000 * (number + 1) * (month + 2), "tax_fen": 0, "status": "valid",
                "known_at": datetime(2026, 10, 1),
            }
            for number in range(24)
            for month in range(1, 4 + number % 6)
            for buyer in "ABCDEFG"
        ],
    )  # fmt: skip
    unborn.learn(
        "tax_payment",
        [
            {
                "subject": unborn.firm(number), "tax_kind": "增值税", "payment_kind": "payment", "voucher_number": "1",
                "paid_on": date(2026, 8, 3), "amount_fen": 777_777 * (number + 1), "known_at": datetime(2026, 9, 1),
            }
            for number in range(24)
        ],
    )  # fmt: skip
    return unborn
