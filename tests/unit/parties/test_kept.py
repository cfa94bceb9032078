"""Relations that an evaluation kept in the lake: found again for one enterprise as they were worked out for all."""

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


def keep(city: City, store: Store, lake: Lake) -> dict[str, int]:
    """Keep what was computed, the way an evaluation does; versions of the lake."""
    with store.transaction() as tx:
        for table in KEPT:
            with lake.draft(table) as path:
                written = city.session.write(published_sql(table, EVALUATION), path)
                assert written is not None
                columns = published_columns(table)
                lake.append(tx, table=table, files=[written], columns=columns, info={"reason": "evaluation"})
        return lake.versions(tx)


def test_what_was_kept_of_an_enterprise_is_what_was_worked_out(
    busy: City, store: Store, tmp_path: Path
) -> None:
    lake = Lake(tmp_path)
    busy.compute()
    versions = keep(busy, store, lake)
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
    busy: City, store: Store, tmp_path: Path, firm: int
) -> None:
    lake = Lake(tmp_path)
    busy.compute()
    versions = keep(busy, store, lake)
    subject = busy.subject(firm)

    kept = kept_neighbourhood(
        busy.scope(), lake, versions=versions, evaluation_id=EVALUATION, subject=subject
    )

    assert kept == neighbourhood(busy.scope(), subject)


def test_many_links_are_drawn_as_a_few_are(
    busy: City, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake(tmp_path)
    busy.compute()
    kept = {"versions": keep(busy, store, lake), "evaluation_id": EVALUATION, "subject": busy.subject(1)}
    few = kept_neighbourhood(busy.scope(), lake, **kept)

    monkeypatch.setattr(import_module("xinqiao.parties.neighbourhood"), "_FEW", 1)

    assert few is not None
    assert kept_neighbourhood(busy.scope(), lake, **kept) == few


def test_persons_are_kept_with_their_names_masked(busy: City, store: Store, tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    busy.compute()
    versions = keep(busy, store, lake)

    lake.register(busy.session, table=LINK, version=versions[LINK], name="links")

    persons = busy.session.rows("SELECT DISTINCT name FROM links WHERE other < 0 ORDER BY name")
    assert persons == [("李*",), ("王**",)]


def test_an_evaluation_that_kept_no_links_is_not_taken_for_one_without_any(
    busy: City, store: Store, tmp_path: Path
) -> None:
    lake = Lake(tmp_path)
    busy.compute()
    versions = keep(busy, store, lake)
    given: dict[str, Any] = {"versions": versions, "subject": busy.subject(1)}

    assert kept_neighbourhood(busy.scope(), lake, evaluation_id=EVALUATION + 1, **given) is None
    assert kept_neighbourhood(busy.scope(), lake, evaluation_id=EVALUATION, **given) is not None


def test_without_anything_kept_the_caller_is_told_to_work_it_out(busy: City, tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    given: dict[str, Any] = {"versions": {}, "evaluation_id": EVALUATION}

    assert kept_neighbourhood(busy.scope(), lake, subject=busy.subject(1), **given) is None
