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
from xinqiao.rating import Scorecard, load_scorecards, reasons, score_all, score_one
from xinqiao.rating.model import HUNDREDTHS

CATALOGUE = load_catalogue(contracts=load_contracts())
CORE: Scorecard = load_scorecards(catalogue=CATALOGUE).named("core@2026-11-01")
WEIGHTED = {each.code: each for each in CORE.indicators}
CODES = sorted(CORE.codes)


def _values_near(code: str) -> st.SearchStrategy[float | None]:
    """Unknown, anything, or a value just at or beside a threshold of the indicator or of a gate."""
    marks = [part.below for part in WEIGHTED[code].bins if part.below is not None] if code in WEIGHTED else []
    marks += [gate.threshold for gate in CORE.gates if gate.indicator == code]
    marks += [CORE.idle.below] if CORE.idle is not None and CORE.idle.indicator == code else []
    beside = [
        beside for mark in marks for beside in (mark, math.nextafter(mark, -1e9), math.nextafter(mark, 1e9))
    ]
    anything = st.floats(-1e6, 1e6, allow_nan=False)
    return st.one_of(st.none(), anything, st.sampled_from(beside) if beside else anything)


SUBJECTS = st.lists(
    st.fixed_dictionaries({code: _values_near(code) for code in CODES}), min_size=1, max_size=20
)
BEST = {code: -1e9 if CATALOGUE.indicators[code].direction == "down" else 1e9 for code in CODES}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One engine session for all examples."""
    folder: Path = tmp_path_factory.mktemp("engine")
    with DuckDBEngine(folder, threads=1).session() as opened:
        yield opened


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(subjects=SUBJECTS)
def test_bulk_scoring_gives_what_scoring_one_gives_bit_for_bit(
    session: Session, subjects: list[dict[str, float | None]]
) -> None:
    """Score, grade, coverage and gates, at thresholds too."""
    rows = ", ".join(
        f"({number}, {', '.join(f'CAST({literal(values[code])} AS DOUBLE)' for code in CODES)})"
        for number, values in enumerate(subjects)
    )
    session.run(
        "CREATE OR REPLACE TEMP TABLE indicator_values AS"
        f" SELECT * FROM (VALUES {rows}) v (subject, {', '.join(CODES)})"
    )
    score_all(session, CORE)
    bulk = session.rows("SELECT score, grade, ungated, coverage, gates FROM rating_values ORDER BY subject")
    for values, (score, grade, ungated, coverage, gates) in zip(subjects, bulk, strict=True):
        one = score_one(CORE, values)
        assert (one.score, one.grade, one.ungated, one.coverage, list(one.gates)) == (
            score, grade, ungated, coverage, gates,
        )  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(values=st.fixed_dictionaries({code: _values_near(code) for code in CODES}))
def test_contributions_and_the_neutral_score_add_up_to_the_score(values: dict[str, float | None]) -> None:
    """Exactly, in hundredths; and each is within a hundredth of its share."""
    result = score_one(CORE, values)
    if result.score is None:
        assert result.contributions == ()
        return
    total = sum(each.hundredths for each in result.contributions)
    assert CORE.neutral * HUNDREDTHS + total == round(result.score * HUNDREDTHS)
    present = sum(each.weight for each in result.contributions)
    for each in result.contributions:
        assert abs(each.contribution - each.weight * (each.points - CORE.neutral) / present) <= 0.01 + 1e-9


@given(code=st.sampled_from(sorted(WEIGHTED)), values=st.lists(st.floats(-100, 100), min_size=2, max_size=2))
def test_a_better_value_never_gets_fewer_points(code: str, values: list[float]) -> None:
    """In the direction that the indicator's declaration gives."""
    low, high = sorted(values)
    points = WEIGHTED[code].points(low), WEIGHTED[code].points(high)
    assert points == tuple(sorted(points, reverse=CATALOGUE.indicators[code].direction == "down"))


@pytest.mark.parametrize("code", sorted(WEIGHTED))
def test_points_change_exactly_at_the_thresholds(code: str) -> None:
    """A threshold belongs to the bin above it."""
    bins = WEIGHTED[code].bins
    for lower, upper in pairwise(bins):
        assert lower.below is not None
        assert WEIGHTED[code].points(math.nextafter(lower.below, -math.inf)) == lower.points
        assert WEIGHTED[code].points(lower.below) == upper.points


def test_a_flawless_firm_is_an_a_and_a_hopeless_one_a_d() -> None:
    """The ends of the scale are reached."""
    assert (score_one(CORE, BEST).score, score_one(CORE, BEST).grade) == (100, "A")
    worst = score_one(CORE, {code: -value for code, value in BEST.items()} | {"V01": 0})
    assert worst.grade == "D"
    assert worst.score is not None
    assert worst.score < 10


def test_a_firm_of_which_only_invoices_are_known_is_capped_at_b() -> None:
    """Its coverage is 0.60: graded, and marked as less reliable."""
    result = score_one(CORE, {code: value for code, value in BEST.items() if code.startswith("I")})
    assert result.coverage == 0.6
    assert (result.ungated, result.grade, result.gates) == ("A", "B", ("low_coverage",))
    assert result.reliability(CORE) == "low"


def test_too_little_known_gives_no_grade_and_no_zero() -> None:
    """Below half of the weight nothing is said."""
    result = score_one(CORE, {code: value for code, value in BEST.items() if code in ("I01", "I05", "I08")})
    assert (result.score, result.grade, result.ungated) == (None, "NR", "NR")
    assert result.reliability(CORE) == "none"


def test_a_revoked_licence_is_a_veto_whatever_else_is_known() -> None:
    """With a perfect record, and without any."""
    vetoed = score_one(CORE, BEST | {"V01": 2})
    assert (vetoed.score, vetoed.ungated, vetoed.grade, vetoed.gates) == (100, "A", "D", ("revoked",))
    bare = score_one(CORE, {"V01": 3})
    assert (bare.score, bare.grade, bare.gates) == (None, "D", ("revoked",))
    assert score_one(CORE, BEST | {"V01": 1}).grade == "A"


def test_caps_hold_a_grade_down_and_never_lift_it() -> None:
    """A listing caps at C, a first year at B; the worse of several counts."""
    assert score_one(CORE, BEST | {"R02": 0}).grade == "C"
    assert score_one(CORE, BEST | {"E01": 0.9}).grade == "B"
    both = score_one(CORE, BEST | {"R02": 0, "E01": 0.9})
    assert (both.grade, both.gates) == ("C", ("abnormal_operation", "newly_registered"))
    worst = {code: -value for code, value in BEST.items()} | {"V01": 0}
    assert score_one(CORE, worst).grade == "D"
    assert {code for code in both.gates if CORE.gate_text(code).zh} == set(both.gates)


def test_reasons_come_strongest_first_with_texts_for_and_against() -> None:
    """Each reason names its indicator and direction, and carries its share of the score."""
    result = score_one(CORE, BEST | {"I05": 7})
    found = reasons(result, CORE, CATALOGUE)
    assert [abs(each.contribution) for each in found] == sorted(
        (abs(each.contribution) for each in found), reverse=True
    )
    against = next(each for each in found if each.indicator == "I05")
    assert (against.code, against.direction) == ("I05-", "-")
    assert against.text.zh == "近12个月有多个月份未开票"
    assert found[0].code == "I01+"
    assert sum(each.contribution for each in found) + CORE.neutral == pytest.approx(result.score)


def test_a_firm_that_stopped_invoicing_is_graded_low_and_one_never_seen_is_not_graded() -> None:
    stopped = {"I01": 0.0, "I05": 11.0, "V04": 0.0}
    never_seen: dict[str, float | None] = {"V04": None}

    result = score_one(CORE, stopped)
    told = reasons(result, CORE, CATALOGUE)

    assert (result.grade, score_one(CORE, never_seen).grade) == ("D", "NR")
    assert result.score is not None
    assert result.score < 20
    # One sentence for all that has no value because there is no business, and none that speaks of red invoices.
    assert [each.code for each in told if each.code.startswith("IDLE")] == ["IDLE-"]
    assert not {"I03-", "I04-", "I06-"} & {each.code for each in told}


def test_a_reason_never_claims_more_than_the_value_says() -> None:
    one_gap = BEST | {"I05": 1.0}

    told = {each.indicator: each.text.zh for each in reasons(score_one(CORE, one_gap), CORE, CATALOGUE)}
    best = {each.indicator: each.text.zh for each in reasons(score_one(CORE, BEST), CORE, CATALOGUE)}

    assert "无断票" in best["I05"]
    assert "无断票" not in told["I05"]
