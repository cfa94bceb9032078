"""Guarantee circles, chains and hubs, from the contracts in force."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinqiao.parties import components, load_rules
from xinqiao.parties.circles import STANDING, make_guarantee_standing
from xinqiao.parties.links import GUARANTEE

City = Any
RULES = load_rules().value


def standing(city: City, firm: int) -> dict[str, Any]:
    found: dict[str, Any] = city.row("party_standing", firm)
    return found


def test_enterprises_that_guarantee_one_another_round_about_are_a_circle(city: City) -> None:
    city.guarantees(1, 2)
    city.guarantees(2, 3)
    city.guarantees(3, 1)
    city.guarantees(3, 4)
    city.guarantees(5, 1)

    city.compute()

    assert [standing(city, firm)["circle_size"] for firm in (1, 2, 3, 4, 5)] == [3, 3, 3, 0, 0]
    assert standing(city, 1)["circle"] == standing(city, 3)["circle"] == city.subject(1)


def test_two_circles_that_meet_only_one_way_stay_two(city: City) -> None:
    for one, other in ((1, 2), (2, 1), (2, 3), (3, 4), (4, 3)):
        city.guarantees(one, other)

    city.compute()

    assert standing(city, 1)["circle"] == standing(city, 2)["circle"] == city.subject(1)
    assert standing(city, 3)["circle"] == standing(city, 4)["circle"] == city.subject(3)
    assert {standing(city, firm)["circle_size"] for firm in (1, 2, 3, 4)} == {2}


def test_what_was_given_and_received_is_counted_with_its_amounts(city: City) -> None:
    city.guarantees(1, 2, 500)
    city.guarantees(1, 3, 700)
    city.guarantees(1, 2, 50, contract_number="again")

    city.compute()

    giver, taker = standing(city, 1), standing(city, 2)
    assert (giver["given_count"], giver["given_fen"], giver["received_count"]) == (3, 1250, 0)
    assert (taker["given_count"], taker["received_count"], taker["received_fen"]) == (0, 2, 550)


def test_the_longest_chain_that_begins_at_an_enterprise_is_counted_up_to_a_bound(city: City) -> None:
    for firm in range(1, 11):
        city.guarantees(firm, firm + 1)

    city.compute()

    assert [standing(city, firm)["chain_links"] for firm in (8, 10, 11)] == [3, 1, 0]
    assert standing(city, 1)["chain_links"] == RULES.longest_chain


def test_a_chain_goes_round_a_circle_once(city: City) -> None:
    for one, other in ((1, 2), (2, 3), (3, 1), (3, 4), (4, 4), (5, 1)):
        city.guarantees(one, other)

    city.compute()

    # 5 -> 1 -> 2 -> 3 -> 4; nobody knows more of 4's guarantee for itself than that it is none.
    assert [standing(city, firm)["chain_links"] for firm in (5, 1, 2, 3, 4)] == [4, 3, 3, 3, 0]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.sets(st.tuples(st.integers(1, 7), st.integers(1, 7)), max_size=14))
def test_a_chain_is_as_long_as_the_longest_way_and_no_longer_than_there_are_parties(
    cities: Callable[[], City], pairs: set[tuple[int, int]]
) -> None:
    edges = {(one, other) for one, other in pairs if one != other}
    session = cities().session
    session.run(
        f"CREATE OR REPLACE TABLE {GUARANTEE} (guarantor BIGINT, guaranteed BIGINT, amount_fen BIGINT)"
    )
    for edge in edges:
        session.run(f"INSERT INTO {GUARANTEE} VALUES (?, ?, 1)", list(edge))

    make_guarantee_standing(session, rules=RULES)

    for start, links in session.rows(f"SELECT subject, chain_links FROM {STANDING}"):
        ways = list(_ways(edges, (start,)))
        assert min(max(map(len, ways)) - 1, RULES.longest_chain) <= links
        assert links <= min(len({party for way in ways for party in way}) - 1, RULES.longest_chain)


def _ways(edges: set[tuple[int, int]], way: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Every way from the end of `way` on that meets nobody twice."""
    yield way
    for one, other in edges:
        if one == way[-1] and other not in way:
            yield from _ways(edges, (*way, other))


def test_who_guarantees_many_is_a_hub(city: City) -> None:
    for firm in range(RULES.hub_guarantees):
        city.guarantees(1, 10 + firm)
    for firm in range(RULES.hub_guarantees - 1):
        city.guarantees(2, 20 + firm)

    city.compute()

    assert (standing(city, 1)["is_hub"], standing(city, 2)["is_hub"]) == (True, False)


@pytest.mark.parametrize(
    ("more", "counts"),
    [
        ({"released_on": date(2026, 6, 30)}, False),
        ({"released_on": date(2026, 7, 1)}, True),
        ({"due_on": date(2025, 12, 29)}, False),
        ({"due_on": date(2025, 12, 30)}, True),
        ({"known_on": date(2026, 7, 1)}, False),
    ],
)
def test_only_contracts_in_force_count(city: City, more: dict[str, Any], counts: bool) -> None:
    city.guarantees(1, 2, **more)

    city.compute()

    assert bool(standing(city, 1)) == counts


def test_financing_guarantees_count_with_what_is_outstanding(city: City) -> None:
    contract = {"guarantor_code": city.code(9), "guaranteed_fen": 900, "from_on": date(2026, 1, 1)}
    held = {**contract, "contract_number": "a", "outstanding_fen": 400, "status": "in_force"}
    over = {**contract, "contract_number": "b", "status": "released"}
    city.rows["financing_guarantee"] = [
        {"subject": city.subject(1), **held},
        {"subject": city.subject(2), **over},
    ]

    city.compute()

    assert (standing(city, 9)["given_count"], standing(city, 9)["given_fen"]) == (1, 400)
    assert standing(city, 1)["received_fen"] == 400
    assert standing(city, 2) == {}


EDGES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40)


@given(EDGES)
def test_two_nodes_are_in_one_component_exactly_when_each_reaches_the_other(
    edges: list[tuple[int, int]],
) -> None:
    nodes = {node for edge in edges for node in edge}
    reach = {node: {other for source, other in edges if source == node} for node in nodes}
    for middle in nodes:
        for node in nodes:
            if middle in reach[node]:
                reach[node] = reach[node] | reach[middle]

    found = components(edges)

    for one in nodes:
        for other in nodes - {one}:
            together = other in reach[one] and one in reach[other]
            assert together == (one in found and found.get(one) == found.get(other))


def test_a_circle_of_many_thousands_is_found_without_recursion() -> None:
    size = 50_000

    found = components((node, (node + 1) % size) for node in range(size))

    assert len(found) == size
    assert set(found.values()) == {0}
