"""What is told of one enterprise: the drawing around it, who controls it, and nobody's full name."""

import json
from datetime import date
from typing import Any

from xinqiao.parties import enterprise_parties, load_rules, neighbourhood

City = Any
RULES = load_rules().value


def drawn(city: City, firm: int) -> Any:
    return neighbourhood(city.scope(), city.subject(firm))


def test_the_drawing_reaches_two_links_and_no_further(city: City) -> None:
    city.firm(1, 2, 3, 4)
    city.holds(2, 1, 0.6)
    city.holds(3, 2, 0.7)
    city.holds(4, 3, 0.8)

    graph = drawn(city, 1)

    assert [(node.id, node.hops) for node in graph.nodes] == [
        (city.code(1), 0), (city.code(2), 1), (city.code(3), 2),
    ]  # fmt: skip
    assert [(edge.source, edge.target, edge.ratio) for edge in graph.edges] == [
        (city.code(2), city.code(1), 0.6), (city.code(3), city.code(2), 0.7),
    ]  # fmt: skip
    assert not graph.is_cut


def test_it_finds_what_the_enterprise_holds_and_guarantees_and_who_names_it(city: City) -> None:
    city.firm(1, 2, 3, 4)
    city.holds(1, 2, 0.6)
    city.guarantees(1, 3, 500, from_on=date(2025, 2, 3))
    city.guarantees(4, 1, 700)
    city.guarantees(4, 1, 30, contract_number="again")

    graph = drawn(city, 1)

    told = {(edge.source, edge.target): edge for edge in graph.edges}
    assert told[city.code(1), city.code(2)].kind == "holding"
    given = told[city.code(1), city.code(3)]
    assert (given.kind, given.amount_fen, given.from_on) == ("guarantee", 500, date(2025, 2, 3))
    assert (told[city.code(4), city.code(1)].amount_fen, told[city.code(4), city.code(1)].count) == (730, 2)


def test_a_person_links_enterprises_and_is_neither_named_nor_numbered_for_others(city: City) -> None:
    city.firm(1, 2)
    city.holds("欧阳小海", 1, 0.9)
    city.serves("欧阳小海", 1, "legal_representative")
    city.serves("欧阳小海", 2, "supervisor")

    graph = drawn(city, 1)
    told = json.dumps(graph.to_json(), ensure_ascii=False)

    person = graph.nodes[1]
    assert (person.id, person.kind, person.name, person.hops) == ("P1", "person", "欧阳**", 1)
    assert "小海" not in told
    assert "token" not in told
    assert {(edge.target, edge.kind, edge.position) for edge in graph.edges} == {
        (city.code(1), "holding", None),
        (city.code(1), "position", "legal_representative"),
        (city.code(2), "position", "supervisor"),
    }


def test_the_drawing_is_json_with_what_applies_to_each_edge(city: City) -> None:
    city.firm(1, 2)
    city.holds(2, 1, None)
    city.serves("王芳", 1)

    told = drawn(city, 1).to_json()

    assert told["as_of"] == "2026-06-30"
    assert told["nodes"][0] == {
        "id": city.code(1), "kind": "enterprise", "name": "企业1有限公司", "hops": 0, "is_cut": False,
    }  # fmt: skip
    holding, position = (
        next(e for e in told["edges"] if e["kind"] == kind) for kind in ("holding", "position")
    )
    assert holding["ratio"] is None
    assert (position["position"], position["label_zh"]) == ("director", "董事")
    assert "amount_fen" not in holding
    json.dumps(told)


def test_amounts_are_told_by_their_size_and_of_others_not_at_all(city: City) -> None:
    city.firm(1, 2, 3, 4)
    city.guarantees(1, 2, 500_000)
    city.guarantees(2, 3, 700_000)
    city.finances(4, 2)
    city.finances(4, 1)

    graph = drawn(city, 1)
    told = graph.to_json()

    edges = {(edge["source"], edge["target"]): edge for edge in told["edges"]}
    first, second, third, agency = (city.code(firm) for firm in range(1, 5))
    assert edges[first, second]["amount_fen"] == {"min": 100_000, "max": 1_000_000}
    assert edges[second, third]["amount_fen"] is None
    assert (agency, first) in edges
    # Whom a guarantee company guarantees besides is not this enterprise's to show.
    assert (agency, second) in {(edge.source, edge.target) for edge in graph.edges}
    assert (agency, second) not in edges


def test_an_enterprise_that_was_never_registered_here_is_told_by_code_and_the_holders_name(
    city: City,
) -> None:
    city.firm(1)
    city.holds(2, 1, 0.6)

    outsider = drawn(city, 1).nodes[1]

    assert outsider.id == city.code(2)[8:17]
    assert outsider.name == "企业2"


def test_a_party_of_too_many_relations_is_shown_and_not_followed(city: City) -> None:
    city.firm(1)
    city.holds(2, 1, 0.6)
    for firm in range(10, 12 + RULES.most_linked):
        city.holds(2, firm, 0.3)

    graph = drawn(city, 1)

    assert [(node.hops, node.is_cut) for node in graph.nodes] == [(0, False), (1, True)]
    assert graph.is_cut


def test_no_more_parties_are_drawn_than_allowed_the_nearest_first(city: City) -> None:
    city.firm(1)
    city.holds(2, 1, 0.6)
    for firm in range(10, 10 + RULES.most_nodes):
        city.holds(2, firm, 0.3)

    graph = drawn(city, 1)

    assert len(graph.nodes) == RULES.most_nodes
    assert graph.is_cut


def test_without_relations_there_is_the_enterprise_alone(city: City) -> None:
    city.firm(1)

    graph = drawn(city, 1)

    assert [(node.name, node.hops) for node in graph.nodes] == [("企业1有限公司", 0)]
    assert graph.edges == ()


def test_everything_about_one_enterprise_is_told_together(city: City) -> None:
    city.firm(1, 2, 3, 4)
    city.holds("王小芳", 2, 0.8)
    city.holds(2, 1, 0.6)
    city.holds("王小芳", 3, 0.9)
    city.guarantees(1, 4, 500)
    city.guarantees(4, 1, 700)
    city.court("dishonest_debtor", 3)

    told = enterprise_parties(city.scope(), city.subject(1))

    actual = told.actual_controller
    assert actual is not None
    assert (actual.name, actual.kind, actual.code, actual.votes, actual.stake, actual.links) == (
        "王**", "person", None, 0.6, 0.48, 2,
    )  # fmt: skip
    assert [(each.code, each.is_actual) for each in told.controllers] == [(None, True), (city.code(2), False)]
    assert told.group == (("企业2有限公司", city.code(2)), ("企业3有限公司", city.code(3)))
    assert told.circle == (("企业4有限公司", city.code(4)),)
    assert (told.given_count, told.given_fen, told.received_fen, told.chain_links) == (
        1,
        500,
        700,
        1,
    )
    assert [(each.code, each.hops, each.kind, each.is_dishonest) for each in told.related] == [
        (city.code(2), 1, "shareholder", False),
    ]
    assert {node.id for node in told.graph.nodes} >= {city.code(1), city.code(2), "P1"}


def test_an_enterprise_nobody_controls_has_no_controller(city: City) -> None:
    city.firm(1)
    city.holds("王芳", 1, 0.5)
    city.holds("李强", 1, 0.5)

    told = enterprise_parties(city.scope(), city.subject(1))

    assert told.actual_controller is None
    assert told.holders_known
    assert (told.controllers, told.group, told.circle, told.related) == ((), (), (), ())


def test_without_any_holder_known_control_is_unknown_and_not_absent(city: City) -> None:
    city.firm(1)
    city.serves("王芳", 1)

    told = enterprise_parties(city.scope(), city.subject(1))

    assert (told.actual_controller, told.holders_known) == (None, False)
    assert told.to_json()["holders_known"] is False
    assert "subject" not in told.to_json()
