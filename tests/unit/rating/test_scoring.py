"""One subject and a whole city get the same score, and every score can be taken apart again."""

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinqiao.catalogue import load_contracts
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.engine.dialect import literal
from xinqiao.indicators import load_catalogue
from xinqiao.rating import Scorecard, load_scorecards, score_all, score_one
from xinqiao.rating.groups import by_group
from xinqiao.rating.model import HUNDREDTHS, TOTAL_WEIGHT

CONTRACTS = load_contracts()
CATALOGUE = load_catalogue(contracts=CONTRACTS)
CARDS = load_scorecards(catalogue=CATALOGUE)
CORE = CARDS.named("core@2026-11-20")
INVOICE = CARDS.named("invoice@2026-11-01")
BOTH = pytest.mark.parametrize("card", [CORE, INVOICE], ids=lambda card: card.name)
Values = dict[str, float | None]

# 指标目录 4.2, as it stands there.
WEIGHTS = """
E01 1.5, E02 1, E03 1, E04 1, E05 1, E06 0.5, E07 2,
T01 3.5, T02 2.5, T03 2.5, T04 1.5, T05 3, T06 1.5, T07 1.5, T08 1.5, T09 1.5, T10 1,
I01 1.5, I02 1.5, I03 1, I04 1, I05 1.5, I06 1, I07 0.5, I08 2,
L01 2, L02 2, L03 2.5, L04 2, L05 1.5, L06 1, L07 1,
U01 1.5, U02 1, U03 1.5, U04 1, U05 1, U06 1, U07 1,
J01 3, J02 2.5, J03 1.5, J04 1.5, J05 0.5, J06 2, J07 1,
R01 2.5, R02 2, R03 1.5, R04 0.5, R05 0.5, R06 1,
F01 2, F02 2, F03 1.5, F04 1, F05 0.5, F06 1.5, F07 1.5,
A01 1.5, A02 2, A03 0.5, A04 2, A05 1,
P01 3, P02 2
"""


def values_near(card: Scorecard, code: str) -> st.SearchStrategy[float | None]:
    """Unknown, anything, or a value just at or beside a threshold of the indicator or of a gate."""
    marks = [
        part.below
        for each in card.indicators
        if each.code == code
        for part in each.bins
        if part.below is not None
    ]
    marks += [gate.threshold for gate in card.gates if gate.indicator == code]
    marks += [card.idle.below] if card.idle is not None and card.idle.indicator == code else []
    beside = [
        beside for mark in marks for beside in (mark, math.nextafter(mark, -1e9), math.nextafter(mark, 1e9))
    ]
    anything = st.floats(-1e6, 1e6, allow_nan=False)
    return st.one_of(st.none(), anything, st.sampled_from(beside) if beside else anything)


def firms(card: Scorecard) -> st.SearchStrategy[Values]:
    """Values of every indicator a scorecard asks for."""
    return st.fixed_dictionaries({code: values_near(card, code) for code in sorted(card.codes)})


def best(card: Scorecard) -> Values:
    """A flawless firm."""
    return {code: -1e9 if CATALOGUE.indicators[code].direction == "down" else 1e9 for code in card.codes}


def worst(card: Scorecard) -> Values:
    """A hopeless firm on which yet no veto acts."""
    spared = {gate.indicator for gate in card.gates if gate.kind == "veto"}
    return {code: value if code in spared else -(value or 0) for code, value in best(card).items()}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One engine session for all examples."""
    folder: Path = tmp_path_factory.mktemp("engine")
    with DuckDBEngine(folder, threads=1).session() as opened:
        yield opened


@BOTH
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_bulk_scoring_gives_what_scoring_one_gives_bit_for_bit(
    session: Session, card: Scorecard, data: st.DataObject
) -> None:
    """Score, grade, coverage and gates, at thresholds too."""
    subjects = data.draw(st.lists(firms(card), min_size=1, max_size=8))
    codes = sorted(card.codes)
    rows = ", ".join(
        f"({number}, {', '.join(f'CAST({literal(values[code])} AS DOUBLE)' for code in codes)})"
        for number, values in enumerate(subjects)
    )
    session.run(
        "CREATE OR REPLACE TABLE indicator_values AS"
        f" SELECT * FROM (VALUES {rows}) v (subject, {', '.join(codes)})"
    )
    score_all(session, card)
    bulk = session.rows("SELECT score, grade, ungated, coverage, gates FROM rating_values ORDER BY subject")
    for values, (score, grade, ungated, coverage, gates) in zip(subjects, bulk, strict=True):
        one = score_one(card, values)
        assert (one.score, one.grade, one.ungated, one.coverage, list(one.gates)) == (
            score, grade, ungated, coverage, gates,
        )  # fmt: skip


@BOTH
@settings(max_examples=80, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_contributions_and_the_neutral_score_add_up_to_the_score(
    card: Scorecard, data: st.DataObject
) -> None:
    """Exactly, in hundredths, also by groups; and each is within a hundredth of its share."""
    values = data.draw(firms(card))
    result = score_one(card, values)
    groups = by_group(values, result, card, CATALOGUE)
    if result.score is None:
        assert result.contributions == ()
        assert sum(each.hundredths for each in groups) == 0
        return
    total = sum(each.hundredths for each in result.contributions)
    assert card.neutral * HUNDREDTHS + total == round(result.score * HUNDREDTHS)
    assert sum(each.hundredths for each in groups) == total
    assert sum(each.present for each in groups) == round(result.coverage * TOTAL_WEIGHT)
    present = sum(each.weight for each in result.contributions)
    for each in result.contributions:
        assert abs(each.contribution - each.weight * (each.points - card.neutral) / present) <= 0.01 + 1e-9


@BOTH
@settings(max_examples=80, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_better_value_never_gives_a_worse_score_or_grade(card: Scorecard, data: st.DataObject) -> None:
    """Whatever else is known of the firm, in the direction that the indicator's declaration gives."""
    values = data.draw(firms(card))
    code = data.draw(st.sampled_from([each.code for each in card.indicators]))
    known = values_near(card, code).filter(lambda value: value is not None)
    low, high = sorted((data.draw(known) or 0.0, data.draw(known) or 0.0))
    if CATALOGUE.indicators[code].direction == "down":
        low, high = high, low

    worse, better = score_one(card, {**values, code: low}), score_one(card, {**values, code: high})

    assert worse.coverage == better.coverage
    assert (worse.score is None) == (better.score is None)
    if worse.score is not None and better.score is not None:
        assert better.score >= worse.score
    rank = [*card.grades, "NR"].index
    assert rank(better.grade) <= rank(worse.grade) or better.grade == "NR"


@BOTH
def test_points_change_exactly_at_the_thresholds(card: Scorecard) -> None:
    """A threshold belongs to the bin above it."""
    for each in card.indicators:
        for lower, upper in pairwise(each.bins):
            assert lower.below is not None
            assert each.points(math.nextafter(lower.below, -math.inf)) == lower.points
            assert each.points(lower.below) == upper.points


def test_the_core_model_has_the_weights_of_the_catalogue_to_the_half_point() -> None:
    """Sixty-six indicators, a hundred points."""
    promised = dict(pair.split() for pair in WEIGHTS.replace("\n", " ").split(","))

    weights = {each.code: each.weight for each in CORE.indicators}

    assert weights == {code: round(float(weight) * HUNDREDTHS) for code, weight in promised.items()}
    assert len(weights) == 66
    assert sum(weights.values()) == TOTAL_WEIGHT


@BOTH
def test_a_flawless_firm_is_an_a_and_a_hopeless_one_a_d(card: Scorecard) -> None:
    """The ends of the scale are reached."""
    assert (score_one(card, best(card)).score, score_one(card, best(card)).grade) == (100, "A")
    lowest = score_one(card, worst(card))
    assert lowest.grade == "D"
    assert lowest.score is not None
    assert lowest.score < 25


@BOTH
def test_a_firm_of_which_nothing_is_known_is_not_graded_and_never_a_d(card: Scorecard) -> None:
    """Nothing known is nothing held against it."""
    unknown: Values = dict.fromkeys(card.codes)
    for nothing in (unknown, {}):
        result = score_one(card, nothing)
        assert (result.score, result.grade, result.gates) == (None, "NR", ())


def test_invoices_and_registration_alone_give_a_grade_by_the_invoice_model_only() -> None:
    """Its coverage is 0.60: graded, capped at B and marked as less reliable; the core model asks for more."""
    invoices = {code: value for code, value in best(INVOICE).items() if code[0] == "I"}
    result = score_one(INVOICE, invoices)
    assert result.coverage == 0.6
    assert (result.ungated, result.grade, result.gates) == ("A", "B", ("low_coverage",))
    assert result.reliability(INVOICE) == "low"

    registered = {code: value for code, value in best(CORE).items() if code[0] in "IEV"}
    by_core = score_one(CORE, registered)
    assert (by_core.grade, by_core.reliability(CORE)) == ("NR", "none")


def test_too_little_known_gives_no_grade_and_no_zero() -> None:
    """Below half of the weight nothing is said."""
    known = {code: value for code, value in best(INVOICE).items() if code in ("I01", "I05", "I08")}
    result = score_one(INVOICE, known)
    assert (result.score, result.grade, result.ungated) == (None, "NR", "NR")
    assert result.reliability(INVOICE) == "none"


@pytest.mark.parametrize(
    "gate", [gate for gate in CORE.gates if gate.kind == "veto"], ids=lambda gate: gate.code
)
def test_a_veto_makes_a_d_of_the_best_firm_and_of_one_barely_known(gate: object) -> None:
    """With a perfect record, and without any."""
    [veto] = [each for each in CORE.gates if each is gate]
    acting = veto.threshold if veto.test == "at_least" else math.nextafter(veto.threshold, -math.inf)

    vetoed = score_one(CORE, best(CORE) | {veto.indicator: acting})
    bare = score_one(CORE, {veto.indicator: acting})

    assert (vetoed.ungated, vetoed.grade, vetoed.gates) == ("A", "D", (veto.code,))
    assert (bare.score, bare.grade, bare.gates) == (None, "D", (veto.code,))


@BOTH
def test_every_gate_names_records_that_its_data_set_has(card: Scorecard) -> None:
    """A veto names its record; fields and coded values are the contract's."""
    for gate in card.gates:
        assert gate.records, gate.code
        for record in gate.records:
            fields = {each.name: each for each in CONTRACTS[record.dataset].stored_fields}
            assert {*record.show, *(record.where or {})} <= fields.keys(), gate.code
            assert record.ended in {"", *fields}, gate.code
            assert record.years is None or record.years[0] in fields, gate.code
            for name, values in (record.where or {}).items():
                assert set(values) <= set(fields[name].values), gate.code


def test_a_revoked_licence_is_a_veto_whatever_else_is_known() -> None:
    """A firm that moved away is none."""
    assert score_one(CORE, best(CORE) | {"V01": 3}).grade == "D"
    assert score_one(CORE, best(CORE) | {"V01": 1}).grade == "A"


def test_removal_from_the_list_of_dishonest_debtors_ends_the_veto_and_not_the_memory() -> None:
    """Forty points for two years."""
    removed = score_one(CORE, best(CORE) | {"J01": 40})
    assert (removed.grade, removed.gates) == ("A", ())
    assert removed.score == 98.2


@pytest.mark.parametrize(
    ("values", "gate", "grade"),
    [
        ({"R02": 0}, "abnormal_operation", "C"),
        ({"V05": 0}, "tax_grade_d", "C"),
        ({"J03": 1}, "consumption_limit", "C"),
        ({"V15": 1}, "bad_loan", "C"),
        ({"E01": 0.9}, "newly_registered", "B"),
    ],
)
def test_a_cap_of_the_core_model_holds_the_best_firm_down(values: Values, gate: str, grade: str) -> None:
    """Only as far as it says."""
    result = score_one(CORE, best(CORE) | values)
    assert (result.ungated, result.grade, result.gates) == ("A", grade, (gate,))


def test_caps_hold_a_grade_down_and_never_lift_it() -> None:
    """The worse of several counts; a D stays a D."""
    both = score_one(CORE, best(CORE) | {"R02": 0, "E01": 0.9})
    assert (both.grade, both.gates) == ("C", ("abnormal_operation", "newly_registered"))
    assert score_one(CORE, worst(CORE)).grade == "D"
    assert {code for code in both.gates if CORE.gate_text(code).zh} == set(both.gates)


def test_a_firm_that_stopped_invoicing_is_graded_low_and_one_never_seen_is_not_graded() -> None:
    stopped: Values = {"I01": 0.0, "I05": 11.0, "V04": 0.0}
    never_seen: Values = {"V04": None}

    result = score_one(INVOICE, stopped)

    assert (result.grade, score_one(INVOICE, never_seen).grade) == ("D", "NR")
    assert result.score is not None
    assert result.score < 20
