"""Scores everybody at once: the scorecard as one SELECT, in the whole numbers of `model`."""

from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal
from xinqiao.indicators.planning import VALUES
from xinqiao.rating.model import HUNDREDTHS, TOTAL_WEIGHT, UNRATED, Gate, Scorecard, Weighted

RATINGS = "rating_values"


def score_all(session: Session, scorecard: Scorecard, *, values: str = VALUES) -> None:
    """Score every row of `values` into the temporary table `rating_values`.

    Columns: subject, score, grade, ungated, coverage, gates; the numbers are those of `model.score_one`.
    """
    session.run(f"CREATE OR REPLACE TEMP TABLE {RATINGS} AS {scoring_sql(scorecard, values)}")


def scoring_sql(scorecard: Scorecard, values: str = VALUES) -> str:
    """The SELECT that scores a table of indicators."""
    ranks = {grade: rank for rank, grade in enumerate(scorecard.grades)}
    weights = " + ".join(
        f"CASE WHEN {identifier(each.code)} IS NULL THEN {_when_idle(scorecard, each, each.weight)}"
        f" ELSE {each.weight} END"
        for each in scorecard.indicators
    )
    points = " + ".join(_points(scorecard, each) for each in scorecard.indicators)
    bands = " ".join(
        f"WHEN score >= CAST({literal(band.least)} AS DOUBLE) THEN {ranks[band.grade]}"
        for band in scorecard.bands
    )
    caps = "".join(_limit(gate, ranks) for gate in scorecard.gates if gate.kind == "cap")
    vetoes = "".join(_limit(gate, ranks) for gate in scorecard.gates if gate.kind == "veto")
    codes = ", ".join(f"CASE WHEN {_acts(gate)} THEN {literal(gate.code)} END" for gate in scorecard.gates)
    letters = " ".join(f"WHEN {rank} THEN {literal(grade)}" for grade, rank in ranks.items())
    unreliable = f"score IS NOT NULL AND coverage < CAST({literal(scorecard.reliable_coverage)} AS DOUBLE)"
    return f"""
SELECT
  subject,
  score,
  CASE CASE WHEN score IS NOT NULL THEN
      greatest(ungated_rank, CASE WHEN {unreliable} THEN {ranks[scorecard.unreliable_cap]} ELSE 0
      END{caps}{vetoes})
    WHEN greatest(-1{vetoes}) >= 0 THEN greatest(-1{vetoes}) END {letters} ELSE {literal(UNRATED)} END AS
    grade,
  CASE ungated_rank {letters} ELSE {literal(UNRATED)} END AS ungated, coverage, list_filter([{codes}{
        ", " if codes else ""
    }CASE WHEN {unreliable} THEN {literal(scorecard.coverage_gate)} END],
    lambda code: code IS NOT NULL) AS gates
FROM (
  SELECT *, CASE WHEN score IS NULL THEN NULL {bands} END AS ungated_rank
  FROM (
    SELECT
      *, CAST(present AS DOUBLE) / {TOTAL_WEIGHT} AS coverage, CASE WHEN CAST(present AS DOUBLE) /
      {TOTAL_WEIGHT} >= CAST({literal(scorecard.least_coverage)} AS DOUBLE) THEN
        CAST((2 * {HUNDREDTHS} * numerator + present) // (2 * present) AS DOUBLE) / {HUNDREDTHS} END AS score
    FROM (
      SELECT *, CAST({weights} AS BIGINT) AS present, CAST({points} AS BIGINT) AS numerator
      FROM {identifier(values)}
    )
  )
)"""


def _when_idle(scorecard: Scorecard, each: Weighted, number: int) -> str:
    """SQL for a number that an unknown indicator brings when the firm is idle, else 0."""
    if scorecard.idle is None or each.idle is None or not number:
        return "0"
    limit = f"CAST({literal(scorecard.idle.below)} AS DOUBLE)"
    return f"CASE WHEN {identifier(scorecard.idle.indicator)} < {limit} THEN {number} ELSE 0 END"


def _points(scorecard: Scorecard, each: Weighted) -> str:
    column = identifier(each.code)
    whens = " ".join(
        f"WHEN {column} < CAST({literal(part.below)} AS DOUBLE) THEN {each.weight * part.points}"
        for part in each.bins
        if part.below is not None
    )
    idle = _when_idle(scorecard, each, each.weight * (each.idle or 0))
    return f"CASE WHEN {column} IS NULL THEN {idle} {whens} ELSE {each.weight * each.bins[-1].points} END"


def _acts(gate: Gate) -> str:
    sign = ">=" if gate.test == "at_least" else "<"
    return f"{identifier(gate.indicator)} {sign} CAST({literal(gate.threshold)} AS DOUBLE)"


def _limit(gate: Gate, ranks: dict[str, int]) -> str:
    return f", CASE WHEN {_acts(gate)} THEN {ranks[gate.grade]} ELSE -1 END"
