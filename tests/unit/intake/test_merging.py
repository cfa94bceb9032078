"""How the rows of a large delivery are shared out among files."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from xinqiao.engine import DuckDBEngine, Session
from xinqiao.intake.merging import Reach, parts

DAY = date(2026, 6, 30)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """An engine session of three threads."""
    with DuckDBEngine(tmp_path / "tmp", threads=3).session() as opened:
        yield opened


def _fate(session: Session, subject: str, *, refused: str = "FALSE") -> Reach:
    """A large delivery's rows, in no order, with these subjects."""
    session.run(
        f"CREATE OR REPLACE TABLE fate AS SELECT {subject} AS subject, {refused} AS refused FROM range(1000000) r(i)"
    )
    kept, low, high = session.rows("SELECT count(*), min(subject), max(subject) FROM fate WHERE NOT refused")[
        0
    ]
    return Reach(kept, (low, high) if kept else None, (DAY, DAY), 1_000_000 - kept, 0)


def test_every_row_of_a_large_delivery_is_in_one_part(session: Session) -> None:
    touched = _fate(session, "i * 7919 % 1000003", refused="i % 11 = 0")

    shared = parts(session, touched)

    held = [session.scalar(f"SELECT count(*) FROM fate WHERE NOT refused AND {part}") for part in shared]
    assert len(shared) == session.cores
    assert sum(held) == touched.rows
    assert max(held) < 1.1 * min(held)
    either = " OR ".join(f"({one}) AND ({other})" for one in shared for other in shared if one != other)
    assert session.scalar(f"SELECT count(*) FROM fate WHERE {either}") == 0


def test_one_enterprise_with_all_the_rows_is_not_torn_apart(session: Session) -> None:
    touched = _fate(session, "5")

    held = [session.scalar(f"SELECT count(*) FROM fate WHERE {part}") for part in parts(session, touched)]

    assert sorted(held)[-1] == touched.rows
    assert sum(held) == touched.rows


def test_a_small_delivery_and_one_of_refused_rows_alone_are_one_part(session: Session) -> None:
    nobody = _fate(session, "CAST(NULL AS BIGINT)", refused="TRUE")

    assert parts(session, nobody) == ["TRUE"]
    assert parts(session, Reach(400_000, (1, 2), (DAY, DAY), 0, 0)) == ["TRUE"]
