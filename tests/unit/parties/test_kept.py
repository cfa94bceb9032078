"""Relations that an evaluation kept in the lake: found again for one enterprise as they were worked out for all."""

from collections.abc import Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from xinqiao.lake import Lake
from xinqiao.parties import (
    KEPT,
    LINK,
    RELATED,
    STANDING,
    Graph,
    kept_neighbourhood,
    neighbourhood,
    published_columns,
    published_sql,
    take,
)
from xinqiao.store import Store

City = Any
EVALUATION = 7


@pytest.fixture
def busy(city: City) -> City:
    """Seven enterprises with every kind of link among them."""
    city.firm(*range(1, 8))
    city.holds("王小芳", 1, 0.6)
    city.holds("王小芳", 2, 0.3)
    city.holds(1, 3, 0.8)
    city.holds(3, 4, 0.4, from_on=date(2024, 5, 6))
    city.serves("李强", 1, "legal_representative")
    city.serves("李强", 5)
    city.guarantees(1, 6, 500)
    city.guarantees(6, 7, 300)
    city.guarantees(7, 1, 200)
    city.court("dishonest_debtor", 3)
    return city


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


@pytest.fixture
def versions(busy: City, store: Store, lake: Lake) -> Mapping[str, int]:
    """Versions of the lake after the relations were computed and kept, the way an evaluation does it."""
    busy.compute()
    with store.transaction() as tx:
        for table in KEPT:
            with lake.draft(table) as path:
                written = busy.session.write(published_sql(table, EVALUATION), path)
                assert written is not None
                columns = published_columns(table)
                lake.append(tx, table=table, files=[written], columns=columns, info={"reason": "evaluation"})
        return lake.versions(tx)


def drawn(
    city: City, lake: Lake, versions: Mapping[str, int], firm: int = 1, evaluation: int = EVALUATION
) -> Graph | None:
    return kept_neighbourhood(
        city.scope(), lake, versions=versions, evaluation_id=evaluation, subject=city.subject(firm)
    )


def test_what_was_kept_of_an_enterprise_is_what_was_worked_out(
    busy: City, lake: Lake, versions: Mapping[str, int]
) -> None:
    for firm in range(1, 8):
        own = f"WHERE subject = {busy.subject(firm)} ORDER BY ALL"
        busy.compute()
        worked_out = [busy.session.rows(f"SELECT * FROM {table} {own}") for table in (RELATED, STANDING)]

        for table in (RELATED, STANDING):
            take(
                busy.session, lake, table=table, versions=versions, evaluation_id=EVALUATION,
                subjects=[busy.subject(firm)],
            )  # fmt: skip

        assert [
            busy.session.rows(f"SELECT * FROM {t} ORDER BY ALL") for t in (RELATED, STANDING)
        ] == worked_out


@pytest.mark.parametrize("firm", range(1, 8))
def test_the_drawing_from_kept_links_is_that_from_the_records(
    busy: City, lake: Lake, versions: Mapping[str, int], firm: int
) -> None:
    assert drawn(busy, lake, versions, firm) == neighbourhood(busy.scope(), busy.subject(firm))


def test_many_links_are_drawn_as_a_few_are(
    busy: City, lake: Lake, versions: Mapping[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = drawn(busy, lake, versions)

    monkeypatch.setattr(import_module("xinqiao.parties.neighbourhood"), "_FEW", 1)

    assert few is not None
    assert drawn(busy, lake, versions) == few


def test_persons_are_kept_with_their_names_masked(
    busy: City, lake: Lake, versions: Mapping[str, int]
) -> None:
    lake.register(busy.session, table=LINK, version=versions[LINK], name="links")

    persons = busy.session.rows("SELECT DISTINCT name FROM links WHERE other < 0 ORDER BY name")
    assert persons == [("李*",), ("王**",)]


def test_an_evaluation_that_kept_no_links_is_not_taken_for_one_without_any(
    busy: City, lake: Lake, versions: Mapping[str, int]
) -> None:
    assert drawn(busy, lake, versions, evaluation=EVALUATION + 1) is None
    assert drawn(busy, lake, versions) is not None


def test_without_anything_kept_the_caller_is_told_to_work_it_out(busy: City, lake: Lake) -> None:
    assert drawn(busy, lake, {}) is None
