"""The workspace itself."""

import gc
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from xinqiao.catalogue import Contracts, load_contracts
from xinqiao.catalogue.known import Views, register_histories
from xinqiao.engine import Engine, Session
from xinqiao.indicators import Catalogue, load_catalogue
from xinqiao.intake.operations import Intake
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import city_date
from xinqiao.lake import Lake
from xinqiao.rating import Scorecards, load_scorecards
from xinqiao.rating.single import Desk
from xinqiao.store import Store, Transaction


@dataclass(frozen=True)
class Workspace:
    """Everything an edge works with.

    Attributes:
        home: Folder of all state.
        store: The open database.
        engine: The SQL engine.
        lake: The lake.
        clock: Tells the time, aware; only edges call it.
        actor: On whose behalf this process acts.
    """

    home: Path
    store: Store
    engine: Engine
    lake: Lake
    clock: Callable[[], datetime]
    actor: Actor

    @cached_property
    def contracts(self) -> Contracts:
        """Contracts by dataset."""
        return load_contracts()

    @cached_property
    def catalogue(self) -> Catalogue:
        """Indicator declarations."""
        return load_catalogue(contracts=self.contracts)

    @cached_property
    def scorecards(self) -> Scorecards:
        """Scorecards."""
        return load_scorecards(catalogue=self.catalogue)

    @cached_property
    def intake(self) -> Intake:
        """Where intake reads and writes."""
        return Intake(
            lake=self.lake, contracts=self.contracts, raw=self.home / "deliveries", work=self.home / "work"
        )

    @cached_property
    def singles(self) -> Desk:
        """Where one firm at a time is evaluated, warm once it has been used."""
        return Desk(self.engine, self.lake)

    @contextmanager
    def settled(self) -> Iterator[None]:
        """Load the declarations and leave them out of garbage collections while a process answers for long.

        They do not become garbage, and looking through them held up one answer in some hundred by 70 ms.
        """
        _ = self.scorecards
        gc.collect()
        gc.freeze()
        try:
            yield
        finally:
            # What stays frozen to the end is not freed in order, and libraries complain of leaks.
            gc.unfreeze()

    @contextmanager
    def begun(self) -> Iterator[tuple[Transaction, Session]]:
        """A transaction and an engine session for one command: it happens whole or not at all."""
        with self.engine.session() as session, self.store.transaction() as tx:
            yield tx, session

    def histories(self, tx: Transaction, session: Session, datasets: Collection[str]) -> Views:
        """Register all that readers see of datasets now; the views by dataset."""
        return register_histories(
            session, self.lake, contracts=self.contracts, versions=self.lake.versions(tx), datasets=datasets
        )

    def today(self) -> date:
        """The day it is in the city."""
        return city_date(self.clock())

    @property
    def city_folder(self) -> Path:
        """Where the demonstration city is kept."""
        return self.home / "city"
