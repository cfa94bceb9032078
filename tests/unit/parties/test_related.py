"""Enterprises within two links of ownership, trouble among them, and the same answer for one as for all."""

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinqiao.parties import RELATED, RELATED_COLUMNS, STANDING, STANDING_COLUMNS, load_rules

City = Any
RULES = load_rules().value


def related(city: City, firm: int) -> dict[int, tuple[int, str]]:
    """Number of each related firm (of those below a thousand), with links away and kind."""
    numbers = {city.subject(each): each for each in range(1000)}
    rows = city.session.rows(
        f"SELECT related_subject, hops, kind FROM {RELATED} WHERE subject = {city.subject(firm)}"
    )
    return {numbers[party]: (hops, kind) for party, hops, kind in rows}


def test_every_way_of_being_related_is_told(city: City) -> None:
    city.holds(1, 5, 0.3)
    city.holds(2, 1, 0.3)
    city.holds(5, 3, 0.3)
    city.holds(3, 4, 0.3)
    city.holds(1, 6, 0.3)
    city.holds(7, 3, 0.3)

    city.compute()

    assert related(city, 5) == {
        1: (1, "shareholder"),
        2: (2, "upstream"),
        3: (1, "investee"),
        4: (2, "downstream"),
        6: (2, "common_shareholder"),
        7: (2, "co_investor"),
    }
    assert city.session.columns(RELATED) == RELATED_COLUMNS
    assert city.session.columns(STANDING) == STANDING_COLUMNS


def test_enterprises_of_one_person_are_related_and_small_holdings_relate_nobody(city: City) -> None:
    city.holds("王芳", 1, 0.2)
    city.holds("王芳", 2, 0.9)
    city.holds("王芳", 3, 0.19)

    city.compute()

    assert related(city, 1) == {2: (2, "common_shareholder")}
    assert related(city, 3) == {}


def test_the_nearest_relation_is_told_once(city: City) -> None:
    city.holds(1, 2, 0.5)
    city.holds("王芳", 1, 0.5)
    city.holds("王芳", 2, 0.5)

    city.compute()

    assert related(city, 1) == {2: (1, "investee")}


def test_who_holds_too_many_relates_nobody_through_it_but_is_related_itself(city: City) -> None:
    for firm in range(10, 10 + RULES.most_linked + 1):
        city.holds(1, firm, 0.5)

    city.compute()

    assert related(city, 10) == {1: (1, "shareholder")}
    assert len(related(city, 1)) == RULES.most_linked + 1


def test_trouble_with_the_courts_is_told_of_each_related_enterprise(city: City) -> None:
    for firm in range(2, 8):
        city.holds(1, firm, 0.5)
    city.court("dishonest_debtor", 2)
    city.court("dishonest_debtor", 3, removed_on=date(2026, 1, 1))
    city.court("bankruptcy", 4)
    city.court("enforcement_case", 5, status="terminated", concluded_on=date(2026, 1, 1))
    city.court("enforcement_case", 6, status="concluded", concluded_on=date(2026, 1, 1))
    city.court("dishonest_debtor", 7, known_on=date(2026, 7, 1))

    city.compute()

    rows = city.session.rows(
        f"SELECT related_subject, is_dishonest, is_bankrupt, is_enforced, in_trouble FROM {RELATED}"
        f" WHERE subject = {city.subject(1)}"
    )
    told = {party: flags for party, *flags in rows}
    assert [told[city.subject(firm)] for firm in range(2, 8)] == [
        [True, False, False, True],
        [False, False, False, False],
        [False, True, False, True],
        [False, False, True, True],
        [False, False, False, False],
        [False, False, False, False],
    ]


def test_trouble_is_unknown_where_no_list_was_delivered(city: City) -> None:
    city.holds(1, 2, 0.5)
    city.court("bankruptcy", 9)

    city.compute()

    row = city.row(RELATED, 1)
    assert (row["is_dishonest"], row["is_bankrupt"], row["is_enforced"], row["in_trouble"]) == (
        None,
        False,
        None,
        False,
    )

    city.rows.pop("bankruptcy")
    city.compute()
    assert city.row(RELATED, 1)["in_trouble"] is None


def test_a_list_of_one_region_says_nothing_about_an_enterprise_of_another(city: City) -> None:
    for firm in range(2, 6):
        city.holds(1, firm, 0.5)
    city.firm(2, 5, region_code="440305")
    city.firm(3, region_code="110105")
    city.court("dishonest_debtor", 5)
    city.regions["dishonest_debtor"] = ("11",)

    for subjects in (None, [1]):
        city.compute(subjects=subjects)

        rows = city.session.rows(
            f"SELECT related_subject, is_dishonest, in_trouble FROM {RELATED} WHERE subject = {city.subject(1)}"
        )
        told = {party: (dishonest, trouble) for party, dishonest, trouble in rows}
        # Of another region, of that region, of one nobody knows, of another one and on the list all the same.
        assert [told[city.subject(firm)] for firm in range(2, 6)] == [
            (None, None),
            (False, False),
            (None, None),
            (True, True),
        ]


FIRMS = range(1, 9)
HOLDERS = st.one_of(st.sampled_from(FIRMS), st.sampled_from(["王芳", "李强", "赵敏"]))
HOLDINGS = st.lists(
    st.tuples(HOLDERS, st.sampled_from(FIRMS), st.sampled_from([0.1, 0.2, 0.3, 0.45, 0.51, 0.7, 1.0])),
    max_size=14,
    unique_by=lambda each: each[:2],
)
GUARANTEES = st.lists(st.tuples(st.sampled_from(FIRMS), st.sampled_from(FIRMS)), max_size=8, unique=True)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(holdings=HOLDINGS, guarantees=GUARANTEES, asked=st.sampled_from(FIRMS))
def test_one_enterprise_alone_gets_the_rows_it_got_among_all(
    cities: Callable[[], City],
    holdings: list[tuple[int | str, int, float]],
    guarantees: list[tuple[int, int]],
    asked: int,
) -> None:
    city = cities()
    for holder, company, share in holdings:
        city.holds(holder, company, share)
    for one, other in guarantees:
        city.guarantees(one, other)
    own = f"WHERE subject = {city.subject(asked)} ORDER BY ALL"

    city.compute()
    among_all = [city.session.rows(f"SELECT * FROM {table} {own}") for table in (RELATED, STANDING)]
    city.compute(subjects=[asked])
    alone = [city.session.rows(f"SELECT * FROM {table} ORDER BY ALL") for table in (RELATED, STANDING)]

    assert alone == among_all
