"""What would raise a grade: advice that can be followed, adds up, and is the cheapest there is."""

import math
from itertools import combinations, product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from xinqiao.catalogue import load_contracts
from xinqiao.indicators import load_catalogue
from xinqiao.rating import Scorecard, load_scorecards, score_one
from xinqiao.rating.model import TOTAL_WEIGHT
from xinqiao.rating.raising import MOST_CHANGES, OBSTACLES, SINGLES, Raising, Way, raising
from xinqiao.rating.steps import Step, steps

CATALOGUE = load_catalogue(contracts=load_contracts())
CARDS = load_scorecards(catalogue=CATALOGUE)
CORE = CARDS.named("core@2026-11-20")
INVOICE = CARDS.named("invoice@2026-11-01")
BOTH = pytest.mark.parametrize("card", [CORE, INVOICE], ids=lambda card: card.name)
Values = dict[str, float | None]


def best(card: Scorecard) -> Values:
    """A flawless firm."""
    return {code: -1e3 if CATALOGUE.indicators[code].direction == "down" else 1e3 for code in card.codes}


def in_bin(card: Scorecard, code: str, place: int) -> float:
    """A value in one of an indicator's bins."""
    bins = next(each.bins for each in card.indicators if each.code == code)
    below = bins[place].below
    return math.nextafter(below, -math.inf) if below is not None else (bins[-2].below or 0.0)


def firms(card: Scorecard) -> st.SearchStrategy[Values]:
    """Firms of all kinds, most of which are known well enough to be graded."""
    weighted = {
        each.code: st.one_of(
            *[st.just(in_bin(card, each.code, place)) for place in range(len(each.bins))], st.none()
        )
        for each in card.indicators
    }
    facts = {code: st.sampled_from([0.0, 0.0, 0.0, 5.0, None]) for code in card.codes - weighted.keys()}
    return st.fixed_dictionaries({**weighted, **facts})


def followed(values: Values, way: Way) -> Values:
    """A firm that did what it was advised."""
    return {**values, **{step.indicator: step.target for step in way.steps}}


def advised(told: Raising) -> list[Step]:
    """Every change that is mentioned."""
    ways = [*([told.way] if told.way else []), *told.singles]
    return [
        *[step for way in ways for step in way.steps],
        *[each.step for each in told.bindings if each.step is not None],
    ]


@BOTH
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_following_the_advice_gives_the_promised_score_and_grade(
    card: Scorecard, data: st.DataObject
) -> None:
    """Exactly; the goal is reached, by one to three changes, and the same firm gets the same advice."""
    values = data.draw(firms(card))
    now, told = score_one(card, values), raising(card, CATALOGUE, values)

    assert told == raising(card, CATALOGUE, dict(reversed(values.items())))
    assert (told.way is None) == (told.obstacle is not None)
    rank = card.grades.index
    for way in [*([told.way] if told.way else []), *told.singles]:
        then = score_one(card, followed(values, way))
        assert (then.score, then.grade) == (way.score, way.grade)
        assert then.coverage == now.coverage
    if told.way:
        assert told.goal is not None
        assert rank(told.goal) == rank(now.grade) - 1
        assert rank(told.way.grade) <= rank(told.goal)
        assert 1 <= len(told.way.steps) <= MOST_CHANGES
        assert len({step.indicator for step in told.way.steps}) == len(told.way.steps)
    assert len(told.singles) <= SINGLES
    assert all(len(way.steps) == 1 for way in told.singles)


@BOTH
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nothing_is_advised_that_a_firm_cannot_change(card: Scorecard, data: st.DataObject) -> None:
    """Nor what is unknown, nor more bands at once than are realistic; every advice says what to do."""
    values = data.draw(firms(card))
    weighted = {each.code: each for each in card.indicators}
    facts = {gate.indicator: gate.change for gate in card.gates}

    told = list(advised(raising(card, CATALOGUE, values)))
    # Firms that are advised nothing show nothing; when all were such, this would fail.
    assume(told)
    for step in told:
        each = weighted.get(step.indicator)
        change = each.change if each else facts[step.indicator]
        assert change is not None
        assert change.fixed is None
        assert step.value == values[step.indicator]
        assert step.advice is not None
        if each:
            assert step.points == each.points(step.value)
            assert step.points_then == each.points(step.target)
            assert (step.points_then or 0) > (step.points or 0)
            if change.goals:
                assert step.threshold in change.goals
            else:
                assert abs(each.place(step.target) - each.place(step.value)) <= change.steps


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(values=firms(INVOICE))
def test_no_cheaper_set_of_changes_reaches_the_goal(values: Values) -> None:
    """Against trying every set of up to three."""
    told = raising(INVOICE, CATALOGUE, values)
    if told.goal is None or told.obstacle in ("gate", "coverage"):
        return
    acting = [gate for gate in INVOICE.gates if gate.code in score_one(INVOICE, values).gates]
    options = steps(INVOICE, CATALOGUE, values, acting)
    rank = INVOICE.grades.index
    cheapest = min(
        (
            sum(step.effort for step in made)
            for size in range(1, MOST_CHANGES + 1)
            for codes in combinations(sorted(options), size)
            for made in product(*(options[code] for code in codes))
            if rank(score_one(INVOICE, {**values, **{step.indicator: step.target for step in made}}).grade)
            <= rank(told.goal)
        ),
        default=None,
    )
    assert cheapest == (told.way.effort if told.way else None)


def test_a_firm_just_below_the_next_grade_is_told_the_one_small_thing_to_do() -> None:
    """Late reports cost it the A; filing on time is a formality and cheaper than anything in the business."""
    values = best(INVOICE) | {"E05": 0.0, "I01": 14.0, "I05": 2.0, "I08": 0.5, "T03": 9.0}
    assert score_one(INVOICE, values).score == 79.3

    told = raising(INVOICE, CATALOGUE, values)

    assert (told.grade, told.goal, told.bindings) == ("B", "A", ())
    assert told.way is not None
    [step] = told.way.steps
    assert (step.indicator, step.threshold, step.points, step.points_then) == ("E05", 0.3, 0, 40)
    assert (told.way.score, told.way.grade, told.way.effort, told.way.months) == (80.3, "A", 1, 13)


def test_the_best_firm_is_told_that_there_is_nothing_better() -> None:
    """An A needs no advice."""
    told = raising(CORE, CATALOGUE, best(CORE))
    assert (told.grade, told.goal, told.obstacle, told.way) == ("A", None, "best", None)
    assert "最高" in OBSTACLES["best"].zh


def test_a_firm_without_a_grade_is_told_whose_data_would_give_one() -> None:
    """The first departments listed lift the coverage over the bar, one fewer does not."""
    values: Values = {code: value for code, value in best(CORE).items() if code[0] in "IEV"}
    told = raising(CORE, CATALOGUE, values)
    present = sum(each.weight for each in CORE.indicators if values.get(each.code) is not None)
    added = [each.hundredths for each in told.missing]

    assert (told.grade, told.goal, told.obstacle, told.way, told.singles) == ("NR", None, "unrated", None, ())
    assert present + sum(added) == TOTAL_WEIGHT
    assert added == sorted(added, reverse=True)
    assert present + sum(added[: told.enough]) >= CORE.least_coverage * TOTAL_WEIGHT
    assert present + sum(added[: told.enough - 1]) < CORE.least_coverage * TOTAL_WEIGHT
    court = next(each for each in told.missing if each.owner == "人民法院")
    assert {"J01", "J06"} <= set(court.indicators)
    assert "dishonest_debtor" in court.datasets


def test_where_coverage_caps_the_grade_data_comes_first() -> None:
    """Flawless as far as known, and known too little for an A."""
    values: Values = {code: value for code, value in best(INVOICE).items() if code[0] == "I"}
    told = raising(INVOICE, CATALOGUE, values)
    assert (told.grade, told.goal, told.obstacle, told.way) == ("B", "A", "coverage", None)
    assert [each.code for each in told.bindings] == ["low_coverage"]
    present = sum(each.weight for each in INVOICE.indicators if each.code[0] == "I")
    filled = present + sum(each.hundredths for each in told.missing[: told.enough])
    assert filled >= INVOICE.reliable_coverage * TOTAL_WEIGHT


@pytest.mark.parametrize(
    ("values", "gate", "why"),
    [
        ({"E01": 0.5}, "newly_registered", "时间"),
        ({"V01": 3.0}, "revoked", "不能恢复"),
        ({"V13": 1.0}, "bankruptcy", "法院"),
    ],
)
def test_a_gate_the_firm_cannot_clear_is_told_with_its_reason_and_no_way(
    values: Values, gate: str, why: str
) -> None:
    """Age, a lost licence and a court are beyond it."""
    told = raising(CORE, CATALOGUE, best(CORE) | values)
    assert (told.obstacle, told.way) == ("gate", None)
    [binding] = told.bindings
    assert (binding.code, binding.step) == (gate, None)
    assert binding.why_not is not None
    assert why in binding.why_not.zh


@pytest.mark.parametrize(
    ("values", "gate", "indicator"),
    [
        ({"R02": 0.0}, "abnormal_operation", "R02"),
        ({"J01": 0.0}, "dishonest_debtor", "J01"),
        ({"J03": 2.0}, "consumption_limit", "J03"),
        ({"V14": 1.0}, "major_tax_case", "V14"),
        ({"V15": 5000.0}, "bad_loan", "V15"),
    ],
)
def test_a_gate_the_firm_can_clear_comes_first_and_is_in_the_way(
    values: Values, gate: str, indicator: str
) -> None:
    """Removal from a list, a case performed, tax and loans paid."""
    told = raising(CORE, CATALOGUE, best(CORE) | values)
    [binding] = told.bindings
    assert (binding.code, binding.why_not) == (gate, None)
    assert binding.step is not None
    assert binding.step.clears == (gate,)
    assert told.way is not None
    assert [step.indicator for step in told.way.steps] == [indicator]
    assert told.way.grade == "A"
    assert told.singles[0] == told.way


def test_a_vetoed_firm_of_which_little_is_known_is_told_of_both() -> None:
    """The veto stands, and no score would."""
    told = raising(CORE, CATALOGUE, {"J01": 0.0})
    assert (told.grade, told.goal, told.obstacle) == ("D", None, "unrated")
    assert [each.code for each in told.bindings] == ["dishonest_debtor"]
    assert told.enough > 0


def test_a_firm_that_stopped_is_not_advised_on_its_invoices() -> None:
    """There is no business whose invoices could be fewer reversed."""
    stopped: Values = best(INVOICE) | {"I01": 0.0, "I05": 11.0, "V04": 0.0, "T05": 0.1}
    stopped |= dict.fromkeys(["I02", "I03", "I04", "I06", "I08"])
    told = raising(INVOICE, CATALOGUE, stopped)
    assert told.idle is not None
    assert "停止开票" in told.idle.zh
    assert {step.indicator for step in advised(told)} == {"T05"}


def test_what_no_three_changes_reach_is_said_and_the_best_singles_stay() -> None:
    """A firm bad in everything has a long way to go."""
    values: Values = {
        each.code: in_bin(
            CORE, each.code, 0 if CATALOGUE.indicators[each.code].direction == "up" else len(each.bins) - 1
        )
        for each in CORE.indicators
    }
    values |= {"J01": 100.0, "R03": 100.0, "R02": 100.0, "J03": 0.0, "T01": 60.0, "E01": 3.0, "V04": 1e6}
    told = raising(CORE, CATALOGUE, values)
    assert (told.grade, told.goal, told.obstacle, told.way) == ("D", "C", "out_of_reach", None)
    assert len(told.singles) == SINGLES
    scores = [way.score or 0 for way in told.singles]
    assert scores == sorted(scores, reverse=True)
