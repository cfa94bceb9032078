"""One small city and one block's economy, made once for all tests that only read them."""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from xinqiao.city import Manifest, build
from xinqiao.city.timeline import Timeline, timeline
from xinqiao.city.world import furnish, run_script
from xinqiao.engine import DuckDBEngine, Session

ENTERPRISES = 160
UNTIL = date(2026, 6, 30)
SEED = 20260630
FIRMS = 3_000

# Tools are run from the project's root and are no installed package.
sys.path.append(str(Path(__file__).parents[3]))


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return build(Path(tmp_path_factory.mktemp("city")), enterprises=ENTERPRISES)


@pytest.fixture(scope="session")
def calendar() -> Timeline:
    return timeline(UNTIL)


@pytest.fixture(scope="session")
def economy(tmp_path_factory: pytest.TempPathFactory, calendar: Timeline) -> Iterator[Session]:
    """A block of enterprises and what they do, before any department looks at it."""
    with DuckDBEngine(tmp_path_factory.mktemp("economy"), threads=1).session() as session:
        furnish(session, calendar, SEED)
        session.run("CREATE MACRO first_index() AS 0")
        session.run(f"CREATE MACRO last_index() AS {FIRMS}")
        for script in ("firms", "economy", "books"):
            run_script(session, script)
        yield session
