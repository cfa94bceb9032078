"""Scores everybody at once: the scorecard as one SELECT, in the whole numbers of `model`."""

from collections.abc import Mapping, Sequence

from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal
from xinqiao.indicators.planning import VALUES
from xinqiao.rating.facts import FACTS
from xinqiao.rating.model import HUNDREDTHS, TOTAL_WEIGHT, UNRATED, Gate, Scorecard, Weighted
from xinqiao.rating.regimes.model import Regime, effective

RATINGS = "rating_values"
_PARTS = "rating_parts"


def score_all(
    session: Session,
    scorecard: Scorecard,
    *,
    values: str = VALUES,
    regimes: Sequence[Regime] = (),
    groups: Mapping[str, str] | None = None,
    facts: str = FACTS,
) -> None:
    """Score every row of `values` into the table `rating_values`.

    Columns: subject, score, grade, ungated, coverage, gates, regimes; the numbers are those of `model.score_one`.

    Args:
        session: Where `values` is.
        scorecard: The scorecard.
        values: Table with `subject` and a column per indicator.
        regimes: The weight regimes in force, in order; each applies to the subjects in its scope.
        groups: Group of each indicator; needed with regimes.
        facts: Table with subject, sector, region_code, size_class; needed with regimes.
    """
    if not regimes:
        sql = f"SELECT *, CAST([] AS VARCHAR[]) AS regimes FROM ({scoring_sql(scorecard, values)})"
    else:
        scored = []
        for number, applying in enumerate(_part(session, regimes, values, facts)):
            part = f"rating_part_{number}"
            session.define(
                part,
                f"SELECT v.* FROM {identifier(values)} AS v JOIN {_PARTS} AS p ON p.subject = v.subject"
                f" WHERE p.part = {number:d}",
            )
            named = ", ".join(literal(each.id) for each in applying)
            card = effective(scorecard, applying, groups or {})
            scored.append(
                f"SELECT *, CAST([{named}] AS VARCHAR[]) AS regimes FROM ({scoring_sql(card, part)})"
            )
        sql = " UNION ALL ".join(scored)
    session.run(f"CREATE OR REPLACE TABLE {RATINGS} AS {sql}")


def _part(session: Session, regimes: Sequence[Regime], values: str, facts: str) -> list[tuple[Regime, ...]]:
    """Make the table `rating_parts` (subject, part); the regimes that apply in each part, none in the first.

    A scope looks at three facts of which a city has few combinations, so each combination is judged once.
    """
    combinations = session.rows(
        f"SELECT DISTINCT f.sector, f.region_code, f.size_class FROM {identifier(values)} AS v"
        f" LEFT JOIN {identifier(facts)} AS f ON f.subject = v.subject ORDER BY ALL"
    )
    parts: dict[tuple[int, ...], int] = {(): 0}
    lines = []
    for sector, region_code, size_class in combinations:
        applying = tuple(
            place for place, each in enumerate(regimes) if each.scope.holds(sector, region_code, size_class)
        )
        number = parts.setdefault(applying, len(parts))
        found = ", ".join(f"{literal(each)}::VARCHAR" for each in (sector, region_code, size_class))
        lines.append(f"({found}, {number:d})")
    judged = f"(VALUES {', '.join(lines)})" if lines else "(SELECT NULL, NULL, NULL, 0 WHERE FALSE)"
    session.run(
        f"CREATE OR REPLACE TABLE {_PARTS} AS SELECT v.subject, c.part FROM {identifier(values)} AS v"
        f" LEFT JOIN {identifier(facts)} AS f ON f.subject = v.subject"
        f" JOIN {judged} AS c (sector, region_code, size_class, part)"
        " ON c.sector IS NOT DISTINCT FROM f.sector AND c.region_code IS NOT DISTINCT FROM f.region_code"
        " AND c.size_class IS NOT DISTINCT FROM f.size_class"
    )
    return [tuple(regimes[place] for place in applying) for applying in parts]


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
