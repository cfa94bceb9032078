"""What a weight regime would do, before anybody approves it: grades before and after, from stored indicators.

The newest city evaluation not after a day is scored twice from its own indicators in one pass each: under the regimes
that are in force on the day, and under these and the one in question. Nothing is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xinqiao.catalogue import Contract
from xinqiao.engine import Session
from xinqiao.engine.dialect import literal
from xinqiao.indicators import Catalogue
from xinqiao.indicators.compute import EVERYBODY
from xinqiao.indicators.planning import SECTORS
from xinqiao.kernel.refusals import Refusal
from xinqiao.lake import Lake
from xinqiao.rating import compute, declarations, facts, inputs, records
from xinqiao.rating.evaluation import INDICATORS, RATING_COLUMNS, RATINGS, Evaluation
from xinqiao.rating.model import HUNDREDTHS, UNRATED, Scorecard
from xinqiao.rating.queries import every_row
from xinqiao.rating.regimes import Regime, effective, in_force
from xinqiao.sizing import load_scheme
from xinqiao.store import Transaction


class NothingToCompare(Refusal):
    """There is no evaluation of the city yet to try a regime on."""

    code = "nothing_to_compare"


@dataclass(frozen=True, slots=True)
class Shift:
    """What changes for the enterprises of one sector, or of all.

    Attributes:
        sector: Section letter of GB/T 4754-2017; `*` for all, empty where the sector is unknown.
        firms: How many enterprises.
        within: How many of them the regime is for.
        up: How many get a better grade.
        down: How many get a worse one.
        gained: How many get a grade that had none.
        lost: How many have none any more.
        mean_shift: By how much the score moves on average; None where nobody has one.
        largest_shift: The largest move of a score, up or down.
    """

    sector: str
    firms: int
    within: int
    up: int
    down: int
    gained: int
    lost: int
    mean_shift: float | None
    largest_shift: float | None


@dataclass(frozen=True, slots=True)
class Impact:
    """What a regime would do.

    Attributes:
        regime: Its `name@version`.
        evaluation: The evaluation it was tried on.
        as_of: That evaluation's day.
        model: The scorecard.
        weights: Per indicator its weight before and after for an enterprise under this regime alone, in points.
        matrix: Enterprises by grade before and after.
        shifts: By section, all first.
    """

    regime: str
    evaluation: int
    as_of: date
    model: str
    weights: Mapping[str, tuple[float, float]]
    matrix: Mapping[str, Mapping[str, int]]
    shifts: tuple[Shift, ...]


def impact(
    tx: Transaction,
    *,
    session: Session,
    lake: Lake,
    contracts: Mapping[str, Contract],
    regime: Regime,
    as_of: date,
) -> Impact:
    """Try a regime on the newest city evaluation of its model not after a day.

    Raises:
        NothingToCompare: There is none.
        DeclarationLost: What that evaluation was made with was not kept.
    """
    found = records.newest(tx, limit=1, scope="city", model=regime.model, as_of=as_of)
    if not found:
        raise NothingToCompare(
            f"截至 {as_of} 还没有用模型 {regime.model} 评价过全市，无法比较。",
            where="as_of",
            remedy=f"先执行 xinqiao evaluate --model {regime.model}，或选择更晚的日期。",
        )
    evaluation = found[0]
    kept = declarations.everything(tx, evaluation, contracts=contracts)
    catalogue, scorecard = kept.catalogue, kept.scorecard
    others = [each for each in in_force(tx, model=regime.model, as_of=as_of) if each.name != regime.name]
    trial = sorted([*others, regime], key=lambda each: each.id)
    _stored(tx, session, lake, evaluation)
    _gather(session, lake, evaluation, trial, contracts=contracts, catalogue=catalogue)
    groups = {code: each.group for code, each in catalogue.indicators.items()}
    for regimes, name in ((others, "before"), (trial, "after")):
        compute.score_all(session, scorecard, values="stored_values", regimes=regimes, groups=groups)
        session.run(f"CREATE OR REPLACE TABLE graded_{name} AS SELECT * FROM {compute.RATINGS}")
    _compare(session, scorecard, regime)
    return Impact(
        regime=regime.id,
        evaluation=evaluation.evaluation_id,
        as_of=evaluation.as_of,
        model=scorecard.name,
        weights=_weights(scorecard, regime, groups),
        matrix=_matrix(session, scorecard),
        shifts=_shifts(session),
    )


def _stored(tx: Transaction, session: Session, lake: Lake, evaluation: Evaluation) -> None:
    """Make `stored_values` and the table of sectors from what the evaluation published or carried forward."""
    for table, name, columns, kept in (
        (INDICATORS, "stored_values", None, "* EXCLUDE (evaluation)"),
        (RATINGS, SECTORS, RATING_COLUMNS, "subject, sector"),
    ):
        rows = every_row(
            tx, session, lake, table=table, evaluation_id=evaluation.evaluation_id, columns=columns
        )
        session.run(f"CREATE OR REPLACE TABLE {name} AS SELECT {kept} FROM {rows}")


def _gather(
    session: Session,
    lake: Lake,
    evaluation: Evaluation,
    regimes: Sequence[Regime],
    *,
    contracts: Mapping[str, Contract],
    catalogue: Catalogue,
) -> None:
    """The facts that the scopes ask for, from the records that the evaluation read."""
    asked = [each for each in facts.datasets(regimes) if each in contracts]
    inputs.register(
        session, lake, datasets=asked, contracts=contracts, versions=evaluation.versions, subjects=None
    )
    facts.gather(
        session,
        regimes,
        scheme=load_scheme().value if facts.ask_sizes(regimes) else None,
        contracts=contracts,
        as_of=evaluation.as_of,
        subjects=None,
    )


def _weights(
    scorecard: Scorecard, regime: Regime, groups: Mapping[str, str]
) -> dict[str, tuple[float, float]]:
    changed = effective(scorecard, [regime], groups)
    return {
        before.code: (before.weight / HUNDREDTHS, after.weight / HUNDREDTHS)
        for before, after in zip(scorecard.indicators, changed.indicators, strict=True)
    }


def _compare(session: Session, scorecard: Scorecard, regime: Regime) -> None:
    """Make the table `graded`: per enterprise its section, its grades before and after, and the shift."""
    ranks = " ".join(f"WHEN {literal(grade)} THEN {rank}" for rank, grade in enumerate(scorecard.grades))
    session.run(
        "CREATE OR REPLACE TABLE graded AS SELECT coalesce(substr(s.sector, 1, 1), '') AS section,"
        f" b.grade AS grade_before, a.grade AS grade_after, CASE b.grade {ranks} END AS rank_before,"
        f" CASE a.grade {ranks} END AS rank_after, a.score - b.score AS shift,"
        f" list_contains(a.regimes, {literal(regime.id)}) AS within FROM graded_before AS b"
        " JOIN graded_after AS a ON a.subject = b.subject"
        f" LEFT JOIN {SECTORS} AS s ON s.subject = b.subject"
    )


def _matrix(session: Session, scorecard: Scorecard) -> dict[str, dict[str, int]]:
    grades = [*scorecard.grades, UNRATED]
    matrix = {before: dict.fromkeys(grades, 0) for before in grades}
    for before, after, firms in session.rows(
        "SELECT grade_before, grade_after, count(*) FROM graded GROUP BY grade_before, grade_after"
    ):
        matrix[before][after] = firms
    return matrix


def _shifts(session: Session) -> tuple[Shift, ...]:
    rows = session.rows(
        "SELECT CASE WHEN grouping(section) = 1 THEN '*' ELSE section END AS part, count(*),"
        " count(*) FILTER (within), count(*) FILTER (rank_after < rank_before),"
        " count(*) FILTER (rank_after > rank_before),"
        " count(*) FILTER (rank_before IS NULL AND rank_after IS NOT NULL),"
        " count(*) FILTER (rank_before IS NOT NULL AND rank_after IS NULL), avg(shift),"
        " arg_max(shift, abs(shift)) FROM graded GROUP BY GROUPING SETS ((section), ()) ORDER BY part"
    )
    shifts = [
        Shift(*row[:7], *(None if each is None else round(each, 2) for each in row[7:])) for row in rows
    ]
    return tuple(sorted(shifts, key=lambda each: (each.sector != EVERYBODY, each.sector)))
