"""Who controls whom: direct, through others, together, in circles, and who is in a group."""

from datetime import date
from typing import Any

import pytest

from xinqiao.catalogue.declared import InvalidDeclaration
from xinqiao.parties import load_rules
from xinqiao.parties.control import CONTROL, STAKE
from xinqiao.parties.rules import SHIPPED

City = Any


def controllers(city: City, firm: int) -> set[int]:
    rows = city.session.rows(f"SELECT controller FROM {CONTROL} WHERE company = {city.subject(firm)}")
    return {row[0] for row in rows}


def stake(city: City, holder: int, firm: int) -> float | None:
    found = city.session.scalar(
        f"SELECT share FROM {STAKE} WHERE company = {city.subject(firm)} AND holder = {city.subject(holder)}"
    )
    return None if found is None else found / 1_000_000


def test_more_than_half_of_the_votes_is_control_and_half_is_not(city: City) -> None:
    city.holds(1, 10, 0.500001)
    city.holds(1, 11, 0.5)

    city.compute()

    assert controllers(city, 10) == {city.subject(1)}
    assert controllers(city, 11) == set()
    assert city.row("party_standing", 10)["controller_votes"] == 0.500001
    assert city.row("party_standing", 11) == {}


def test_control_runs_down_a_chain_and_the_one_at_its_top_is_the_actual_controller(city: City) -> None:
    city.holds("王芳", 1, 0.9)
    city.holds(1, 2, 0.6)
    city.holds(2, 3, 0.6)

    city.compute()

    standing = city.row("party_standing", 3)
    assert len(controllers(city, 3)) == 3
    assert standing["controller"] < 0
    assert standing["controller_links"] == 3
    assert standing["controller_votes"] == 0.6
    assert standing["controller_stake"] == 0.324
    assert standing["group_size"] == 3


def test_votes_of_controlled_enterprises_are_added_to_ones_own(city: City) -> None:
    city.holds(1, 2, 0.8)
    city.holds(1, 3, 0.3)
    city.holds(2, 3, 0.3)
    city.holds("李强", 3, 0.4)

    city.compute()

    standing = city.row("party_standing", 3)
    assert standing["controller"] == city.subject(1)
    assert standing["controller_votes"] == 0.6
    assert standing["controller_stake"] == pytest.approx(0.3 + 0.8 * 0.3)


def test_a_minority_held_in_between_adds_to_the_stake_and_not_to_the_votes(city: City) -> None:
    city.holds(1, 2, 0.4)
    city.holds(2, 3, 0.9)

    city.compute()

    assert controllers(city, 3) == {city.subject(2)}
    assert stake(city, 1, 3) == pytest.approx(0.36)


def test_nobody_holds_more_than_the_whole_of_an_enterprise_however_its_holders_hold_each_other(
    city: City,
) -> None:
    for holder, held in ((1, 2), (2, 3), (3, 1), (1, 4)):
        city.holds(holder, held, 1.0)

    city.compute()

    assert [stake(city, holder, 1) for holder in (3, 2)] == [1, 1]
    assert [stake(city, holder, 4) for holder in (1, 3, 2)] == [1, 1, 1]


def test_stakes_multiply_along_each_chain_and_add_up_over_chains(city: City) -> None:
    city.holds(1, 2, 0.5)
    city.holds(1, 3, 0.5)
    city.holds(2, 4, 0.5)
    city.holds(3, 4, 0.5)

    city.compute()

    assert stake(city, 1, 4) == 0.5


def test_cross_holdings_end_and_have_no_actual_controller(city: City) -> None:
    city.holds(1, 2, 0.6)
    city.holds(2, 1, 0.6)
    city.holds(1, 3, 0.7)

    city.compute()

    assert controllers(city, 1) == {city.subject(2)}
    assert controllers(city, 3) == {city.subject(1), city.subject(2)}
    for firm in (1, 2, 3):
        standing = city.row("party_standing", firm)
        assert standing["controller"] is None
        assert (standing["group_root"], standing["group_size"]) == (min(city.subject(1), city.subject(2)), 3)


def test_an_outsider_above_a_cross_holding_is_the_actual_controller(city: City) -> None:
    city.holds("赵敏", 1, 0.4)
    city.holds(2, 1, 0.2)
    city.holds(1, 2, 0.9)

    city.compute()

    # The person's 40 % alone are no control; the circle's own votes count for nobody outside it.
    assert city.row("party_standing", 1) == {} or city.row("party_standing", 1)["controller"] is None
    assert controllers(city, 2) == {city.subject(1)}


def test_a_holding_that_ended_or_was_taken_over_counts_no_more(city: City) -> None:
    city.holds(1, 2, 0.9, to_on=date(2025, 1, 1))
    city.holds(3, 4, 0.9, to_on=date(2026, 7, 1))
    city.holds(5, 6, 0.9)
    city.holds(5, 6, 0.1, from_on=date(2024, 1, 1))

    city.compute()

    assert controllers(city, 2) == set()
    assert controllers(city, 4) == {city.subject(3)}
    assert controllers(city, 6) == set()


def test_what_became_known_later_does_not_count(city: City) -> None:
    city.holds(1, 2, 0.9, known_on=date(2026, 7, 1))

    city.compute()
    assert controllers(city, 2) == set()
    city.compute(date(2026, 7, 1))
    assert controllers(city, 2) == {city.subject(1)}


def test_without_ratios_the_capital_subscribed_tells_the_shares(city: City) -> None:
    city.holds(1, 2, None, subscribed_fen=700)
    city.holds("王芳", 2, None, subscribed_fen=300)
    city.holds(3, 4, None, subscribed_fen=700)
    city.holds("王芳", 4, None)

    city.compute()

    assert city.row("party_standing", 2)["controller_votes"] == 0.7
    assert controllers(city, 4) == set()


def test_shares_that_add_up_to_more_than_all_are_scaled_down(city: City) -> None:
    city.holds(1, 2, 0.75)
    city.holds("王芳", 2, 0.75)

    city.compute()

    assert controllers(city, 2) == set()
    assert stake(city, 1, 2) == 0.5


def test_a_person_is_the_same_by_token_and_another_one_by_name_alone(city: City) -> None:
    for firm in (1, 2):
        city.holds("王芳", firm, 0.9)
        city.holds("李强", firm + 10, 0.9, person_token=None)

    city.compute()

    assert city.row("party_standing", 1)["group_size"] == 2
    assert city.row("party_standing", 11)["group_size"] is None


@pytest.mark.parametrize("written", ["spaced", "organisation", "dashed"])
def test_a_holder_is_found_however_its_code_is_written(city: City, written: str) -> None:
    full = city.code(1)
    organisation = full[8:17]
    dashed = f"{organisation[:8]}-{organisation[8]}"
    text = {"spaced": f" {full.lower()} ", "organisation": organisation, "dashed": dashed}
    city.holds(1, 2, 0.9, shareholder_code=text[written])

    city.compute()

    assert controllers(city, 2) == {city.subject(1)}


def test_a_holder_whose_code_leads_nowhere_is_a_party_of_its_own(city: City) -> None:
    city.holds(1, 2, 0.9, shareholder_code="不详")

    city.compute()

    (controller,) = controllers(city, 2)
    assert controller < 0


def test_rules_under_which_two_could_control_one_enterprise_are_refused(tmp_path: Any) -> None:
    path = tmp_path / "parties.yaml"
    text = SHIPPED.read_text("utf-8").replace("control_share: 0.5", "control_share: 0.3")
    path.write_text(text, "utf-8")

    with pytest.raises(InvalidDeclaration, match="控制比例") as refused:
        load_rules(path)

    assert refused.value.where == f"parties.yaml:{text.splitlines().index('control_share: 0.3') + 1}"
