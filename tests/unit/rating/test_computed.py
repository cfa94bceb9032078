"""What hangs on the records of others comes out the same in a city, in part, at the desk and again later."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinqiao.indicators.planning import VALUES
from xinqiao.intake import records as deliveries
from xinqiao.intake.model import Delivery
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.subject import organisation_code
from xinqiao.lake import Lake
from xinqiao.parties import LINK, RELATED, STANDING, load_rules
from xinqiao.rating import calculation, preparing
from xinqiao.rating.retention import Retention, vacuum
from xinqiao.rating.single import Desk

AS_OF = date(2026, 10, 31)
KNOWN = datetime(2026, 10, 20)
Town = Any
FIRMS = range(24)
Values = dict[int, tuple[float | None, float | None]]


def _holds(town: Town, holder: int, company: int, share: float = 0.6) -> None:
    row = {
        "subject": town.firm(company), "shareholder_name": f"企业{holder}", "shareholder_kind": "enterprise",
        "shareholder_code": organisation_code(town.firm(holder)), "share_ratio": share,
        "from_on": date(2020, 1, 1), "known_at": KNOWN,
    }  # fmt: skip
    town.learn("shareholder", [row])


def _guarantees(town: Town, guarantor: int, guaranteed: int) -> None:
    row = {
        "subject": town.firm(guarantor), "contract_number": f"{guarantor}-{guaranteed}",
        "guaranteed_code": organisation_code(town.firm(guaranteed)), "guaranteed_name": f"企业{guaranteed}",
        "from_on": date(2026, 1, 1), "amount_fen": 100, "known_at": KNOWN,
    }  # fmt: skip
    town.learn("guarantee_given", [row])


def _dishonest(town: Town, firm: int, known_at: datetime = KNOWN) -> None:
    row = {
        "subject": town.firm(firm), "case_number": f"失{firm}", "published_on": date(2026, 9, 1),
        "known_at": known_at,
    }  # fmt: skip
    town.learn("dishonest_debtor", [row])


def _collected_for(town: Town, region: str, *datasets: str) -> None:
    known_at = KNOWN.replace(tzinfo=UTC)
    for number, dataset in enumerate(datasets, start=1):
        delivery = Delivery(
            delivery_id=number, dataset=dataset, files=(), known_at=known_at, received_at=known_at, accepted=1,
            corrected=0, duplicate=0, quarantined=0, unresolved=0, reasons={},
            versions={f"records/{dataset}": 0}, seconds=0.0, covers=(region,),
        )  # fmt: skip
        with town.store.transaction() as tx:
            deliveries.insert(
                tx,
                delivery,
                contract=("1.0.0", ""),
                mapping={},
                fingerprint=dataset,
                actor=Actor("person", "li.na"),
            )


@pytest.fixture
def kin(town: Town) -> Town:
    """Firm 2 holds 1 and 3 and is a dishonest debtor; 6, 7 and 8 guarantee one another in a circle."""
    _holds(town, 2, 1)
    _holds(town, 2, 3, 0.5)
    _dishonest(town, 2)
    for guarantor, guaranteed in ((6, 7), (7, 8), (8, 6), (9, 6)):
        _guarantees(town, guarantor, guaranteed)
    financing = {
        "subject": town.firm(10), "contract_number": "融1", "guarantor_code": organisation_code(town.firm(11)),
        "guarantor_name": "企业11", "from_on": date(2026, 1, 1), "guaranteed_fen": 5, "status": "in_force",
        "known_at": KNOWN,
    }  # fmt: skip
    town.learn("financing_guarantee", [financing])
    town.learn(
        "bankruptcy",
        [
            {
                "subject": town.firm(23),
                "case_number": "破1",
                "accepted_on": date(2026, 9, 1),
                "known_at": KNOWN,
            }
        ],
    )
    return town


def _published(town: Town, evaluation: Any, firms: Sequence[int] = FIRMS) -> Values:
    found = {number: town.rows(evaluation, number)[1] for number in firms}
    return {number: (values["X01"], values["X19"]) for number, values in found.items()}


def _whole(town: Town) -> Values:
    """The values of everybody computed from all records, whatever has been published."""
    with town.work() as (tx, session):
        work, _ = preparing.prepare(
            tx,
            session,
            town.lake,
            town.contracts,
            town.catalogue,
            town.scorecard,
            AS_OF,
            None,
            lambda _: None,
        )
        calculation.calculate(work)
        rows = session.rows(f"SELECT subject, X01, X19 FROM {VALUES}")
    by_subject = {subject: (contagion, circle) for subject, contagion, circle in rows}
    return {number: by_subject[town.firm(number)] for number in FIRMS}


def test_an_evaluation_of_everybody_computes_and_keeps_what_hangs_on_others(kin: Town) -> None:
    base = kin.evaluate()

    values = _published(kin, base)
    assert {number: values[number][0] for number in (1, 2, 3, 20)} == {1: 0.5, 2: 0.0, 3: 0.5, 20: None}
    assert {number: values[number][1] for number in (6, 7, 8, 9, 20)} == {6: 3, 7: 3, 8: 3, 9: 0, 20: 0}
    assert base.regimes["party_rules"] == load_rules().fingerprint
    with kin.store.transaction() as tx:
        kept = kin.lake.versions(tx)
    assert {RELATED, STANDING, LINK} <= kept.keys()
    assert kin.sample().differing == 0


def test_some_firms_and_one_at_the_desk_get_what_they_got_among_all(kin: Town) -> None:
    base = kin.evaluate()
    some = kin.evaluate(subjects=[kin.firm(1), kin.firm(6)])
    assert _published(kin, some, (1, 6)) == _published(kin, base, (1, 6))

    desk = Desk(kin.engine, kin.lake)
    kin.invoices(1)
    _dishonest(kin, 1)
    _dishonest(kin, 3)
    single = kin.evaluate_one(desk, 1)
    among = kin.evaluate(subjects=[kin.firm(1), kin.firm(3)])
    desk.close()

    # Another's new record counts with the next evaluation of everybody, for all alike.
    assert _published(kin, single, (1,)) == _published(kin, base, (1,))
    assert repr(kin.rows(single, 1)) == repr(kin.rows(among, 1))
    assert kin.sample().differing == 0


def test_without_an_evaluation_of_everybody_nothing_is_known_of_others(kin: Town) -> None:
    alone = kin.evaluate(subjects=[kin.firm(1), kin.firm(20)])
    assert _published(kin, alone, (1, 20)) == {1: (None, None), 20: (None, None)}
    assert kin.sample().differing == 0


def test_what_was_not_yet_collected_among_all_stays_unknown_for_one(town: Town) -> None:
    """That a list was delivered since does not make its absence a finding of the evaluation before."""
    town.evaluate()
    _guarantees(town, 6, 7)
    row = {
        "subject": town.firm(10), "contract_number": "融1", "from_on": date(2026, 1, 1), "guaranteed_fen": 5,
        "guarantor_name": "外地公司", "status": "in_force", "known_at": KNOWN,
    }  # fmt: skip
    town.learn("financing_guarantee", [row])

    assert _published(town, town.evaluate(subjects=[town.firm(20)]), (20,)) == {20: (None, None)}
    assert _published(town, town.evaluate(), (6, 20)) == {6: (None, 0), 20: (None, 0)}
    assert town.sample().differing == 0


def test_trouble_of_one_changes_others_when_everybody_is_evaluated_again(kin: Town) -> None:
    base = kin.evaluate()
    _dishonest(kin, 3)
    again = kin.evaluate()

    assert again.based_on is None
    assert _published(kin, again, (1, 2)) == {1: (1.0, 0.0), 2: (0.5, 0.0)}
    assert kin.replay(1, base).values["X01"] == 0.5
    assert kin.replay(1, again).values["X01"] == 1.0


def test_whoever_moves_into_a_region_whose_lists_were_collected_is_found_clear_by_others(kin: Town) -> None:
    """Firms of odd numbers are in Shenzhen, of which no list was collected."""
    _collected_for(kin, "37", "dishonest_debtor", "bankruptcy")
    base = kin.evaluate()
    moved = {"approved_on": date(2026, 10, 1), "established_on": date(2019, 3, 5), "event_kind": "change"}
    kin.learn(
        "business_registration",
        [{"subject": kin.firm(3), "region_code": "371002", "known_at": KNOWN, **moved}],
    )
    again = kin.evaluate()

    assert again.based_on is None
    assert _published(kin, base, (1, 2)) == {1: (1.0, 0), 2: (None, 0)}
    assert _published(kin, again, (1, 2)) == {1: (0.5, 0), 2: (0.0, 0)}
    assert kin.sample().differing == 0


def test_what_became_known_later_changes_nobody(kin: Town) -> None:
    base = kin.evaluate()
    _dishonest(kin, 3, known_at=datetime(2026, 11, 3))
    again = kin.evaluate()
    assert again.based_on == base.evaluation_id
    assert _published(kin, again, (1, 2)) == _published(kin, base, (1, 2))


def test_an_evaluation_in_part_is_as_one_of_everybody(kin: Town) -> None:
    """Whoever has new records, of whatever kind: everybody's values are those computed from all records."""
    kinds = st.sampled_from(["invoice", "dishonest", "holds", "guarantees"])

    @settings(max_examples=5)
    @given(st.lists(st.tuples(kinds, st.integers(0, 9)), min_size=1, max_size=3, unique=True))
    def whatever_becomes_known(news: Sequence[tuple[str, int]]) -> None:
        kin.evaluate()
        for kind, firm in news:
            match kind:
                case "invoice":
                    kin.invoices(firm)
                case "dishonest":
                    _dishonest(kin, firm)
                case "holds":
                    _holds(kin, firm, firm + 3)
                case _:
                    _guarantees(kin, firm + 1, firm)
            evaluation = kin.evaluate()
            assert repr(_published(kin, evaluation)) == repr(_whole(kin))

    whatever_becomes_known()

    # All evaluations of all examples at once, and after all that became known since.
    assert kin.sample().differing == 0


def test_what_was_kept_outlasts_compaction_and_a_vacuum(kin: Town) -> None:
    base = kin.evaluate()
    _dishonest(kin, 3)
    kin.evaluate()
    for table in (RELATED, STANDING):
        with kin.work() as (tx, session):
            kin.lake.compact(tx, session, table=table)
    now = datetime(2027, 3, 1, tzinfo=UTC)
    vacuum(
        kin.store,
        lake=_lake(kin),
        raw=_lake(kin).root / "none",
        retention=Retention(10, 1),
        actor=Actor("person", "li.na"),
        now=now,
    )

    assert kin.replay(1, base).values["X01"] == 0.5
    assert kin.sample().differing == 0


def _lake(town: Town) -> Lake:
    lake: Lake = town.lake
    return lake
