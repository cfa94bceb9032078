"""What the grades of a demonstration city are worth: its hidden truth against the score, group by group.

Reads the newest city evaluation under `XINQIAO_HOME` and the city's `truth/enterprises.csv`. An outcome is a default
in the year after the evaluation's day; enterprises that had defaulted or closed by then are left out. Prints the mix
of grades, the default rate of each, the area under the ROC curve, and for each group of indicators the area of its
points alone and of the score without it. Fits nothing.
"""

import argparse
import csv
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from tools.validate_grades import SEED, area_under_curve, interval

from xinqiao.engine.dialect import identifier
from xinqiao.main import open_workspace
from xinqiao.rating import queries
from xinqiao.rating.evaluation import INDICATORS
from xinqiao.rating.groups import in_order
from xinqiao.rating.model import Scorecard, points_of
from xinqiao.workspace import Workspace

WEIHAI: Mapping[str, float] = {"A": 0.089, "B": 0.393, "C": 0.384, "D": 0.134}
OUTCOME = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Firm:
    """One enterprise of the city.

    Attributes:
        grade: Its grade.
        score: Its score; None when there is none.
        points: Per group, weight times points over what is known, and the weight known.
        single: Points per known indicator.
        defaulted: Whether it defaults within a year.
    """

    grade: str
    score: float | None
    points: Mapping[str, tuple[int, int]]
    single: Mapping[str, int]
    defaulted: bool


@dataclass(frozen=True, slots=True)
class Group:
    """What one group of indicators adds.

    Attributes:
        code: Its code.
        label: Its name.
        weight: Its weight, of 100.
        known: Share of the scored firms of which something in it is known.
        alone: Area under the curve of its points alone, among those firms.
        without: Area of the score made without it.
        adds: How much the whole score's area lies above `without`.
    """

    code: str
    label: str
    weight: float
    known: float
    alone: float
    without: float
    adds: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What the comparison came to.

    Attributes:
        as_of: Day of the evaluation.
        firms: Enterprises compared.
        scored: Those with a score.
        defaults: Defaults among the scored.
        auc: Chance that one that pays has the higher score than one that does not.
        interval: 95 % bootstrap interval of `auc`.
        mix: Share of each grade among the graded of the whole city.
        default_rates: Defaults among the compared firms of each grade.
        groups: What each group adds.
        indicators: Area of each indicator's points alone.
    """

    as_of: date
    firms: int
    scored: int
    defaults: int
    auc: float
    interval: tuple[float, float]
    mix: Mapping[str, float]
    default_rates: Mapping[str, float]
    groups: tuple[Group, ...]
    indicators: Mapping[str, float]


def find(workspace: Workspace, truth: Path) -> Finding:
    """Compare the newest city evaluation with the truth.

    Raises:
        SystemExit: There is no evaluation, or nobody defaults.
    """
    with workspace.engine.session() as session, workspace.store.transaction() as tx:
        evaluation = queries.current_evaluation(tx)
        if evaluation is None:
            raise SystemExit("There is no evaluation: run `xinqiao demo --no-serve` first.")
        scorecard = workspace.scorecards.chosen(evaluation.as_of)
        ratings = queries.current_ratings(tx, session=session, lake=workspace.lake)
        workspace.lake.register(
            session, table=INDICATORS, version=workspace.lake.version(tx, INDICATORS), name="every_value"
        )
        codes = ", ".join(f"v.{identifier(each.code)}" for each in scorecard.indicators)
        rows = session.records(
            f"SELECT r.subject, r.score, r.grade, {codes} FROM ({ratings}) r JOIN every_value v"
            " ON v.subject = r.subject AND v.evaluation = r.evaluation"
        )
    outcomes = _outcomes(truth, evaluation.as_of)
    mix = Counter(row["grade"] for row in rows if row["grade"] != "NR")
    group_of = {each.code: workspace.catalogue.indicators[each.code].group for each in scorecard.indicators}
    firms = [
        _firm(row, scorecard, group_of, outcomes[row["subject"]])
        for row in rows
        if row["subject"] in outcomes
    ]
    scored = [firm for firm in firms if firm.score is not None]
    if not any(firm.defaulted for firm in scored):
        raise SystemExit("Nobody of the scored defaults within a year: make a larger city.")
    auc = _area(scored, lambda firm: firm.score)
    graded = Counter(firm.grade for firm in firms)
    bad = Counter(firm.grade for firm in firms if firm.defaulted)
    return Finding(
        as_of=evaluation.as_of,
        firms=len(firms),
        scored=len(scored),
        defaults=sum(firm.defaulted for firm in scored),
        auc=auc,
        interval=interval(*_split(scored, lambda firm: firm.score), seed=SEED),
        mix={grade: mix[grade] / sum(mix.values()) for grade in sorted(mix)},
        default_rates={grade: bad[grade] / graded[grade] for grade in sorted(graded)},
        groups=tuple(
            _group(code, workspace.catalogue.groups[code].zh, scored, scorecard, group_of, auc)
            for code in in_order(workspace.catalogue)
            if code in group_of.values()
        ),
        indicators={
            each.code: _area(scored, partial(_points_of_one, each.code)) for each in scorecard.indicators
        },
    )


def _outcomes(truth: Path, as_of: date) -> dict[int, bool]:
    """Whether each enterprise that was open and not in default on the day defaults within the year after."""
    found = {}
    with truth.open(encoding="utf-8", newline="") as reader:
        for row in csv.DictReader(reader):
            defaulted, closed = (
                date.fromisoformat(row[name]) if row[name] else None for name in ("defaulted_on", "closed_on")
            )
            gone = [day for day in (defaulted, closed) if day is not None and day <= as_of]
            if not gone:
                found[int(row["subject"])] = defaulted is not None and defaulted <= as_of + OUTCOME
    return found


def _firm(
    row: Mapping[str, object], scorecard: Scorecard, group_of: Mapping[str, str], defaulted: bool
) -> Firm:
    values = {each.code: row[each.code] for each in scorecard.indicators}
    points: dict[str, tuple[int, int]] = {}
    single: dict[str, int] = {}
    for each in scorecard.indicators:
        told = points_of(scorecard, each, values)  # type: ignore[arg-type]
        if told is not None:
            numerator, weight = points.get(group_of[each.code], (0, 0))
            points[group_of[each.code]] = (numerator + each.weight * told, weight + each.weight)
            single[each.code] = told
    score = row["score"]
    return Firm(
        str(row["grade"]), float(score) if isinstance(score, float) else None, points, single, defaulted
    )


def _group(
    code: str,
    label: str,
    firms: Sequence[Firm],
    scorecard: Scorecard,
    group_of: Mapping[str, str],
    auc: float,
) -> Group:
    def without(firm: Firm) -> float | None:
        return _mean([part for group, part in firm.points.items() if group != code])

    known = [firm for firm in firms if code in firm.points]
    left = _area(firms, without)
    return Group(
        code=code,
        label=label,
        weight=sum(each.weight for each in scorecard.indicators if group_of[each.code] == code) / 100,
        known=len(known) / len(firms),
        alone=_area(known, lambda firm: _mean([firm.points[code]])),
        without=left,
        adds=auc - left,
    )


def _points_of_one(code: str, firm: Firm) -> float | None:
    return firm.single.get(code)


def _mean(parts: Sequence[tuple[int, int]]) -> float | None:
    weight = sum(each for _, each in parts)
    return sum(numerator for numerator, _ in parts) / weight if weight else None


def _split(firms: Sequence[Firm], value: Callable[[Firm], float | None]) -> tuple[list[float], list[float]]:
    """Values of those that paid and of those that defaulted, unknown ones left out."""
    told = [(firm.defaulted, number) for firm in firms if (number := value(firm)) is not None]
    return [number for bad, number in told if not bad], [number for bad, number in told if bad]


def _area(firms: Sequence[Firm], value: Callable[[Firm], float | None]) -> float:
    paid, defaulted = _split(firms, value)
    return area_under_curve(paid, defaulted) if paid and defaulted else float("nan")


def tell(found: Finding) -> None:
    """Print the finding for people."""
    low, high = found.interval
    print(
        f"as of {found.as_of}: {found.firms} enterprises, {found.scored} scored, {found.defaults} default in a year"
    )
    print(f"AUC of the score: {found.auc:.3f} (95 % bootstrap interval {low:.3f} to {high:.3f})")
    print("\ngrade   share  Weihai  default rate")
    for grade, rate in found.default_rates.items():
        share, there = found.mix.get(grade), WEIHAI.get(grade)
        print(
            f"{grade:<5}{f'{share:.1%}' if share else '':>8}{f'{there:.1%}' if there else '':>8}{rate:>14.1%}"
        )
    print("\ngroup                weight  known   alone  without    adds")
    for each in found.groups:
        print(
            f"{each.code:<4}{each.label:<12}{each.weight:>8.1f}{each.known:>7.0%}{each.alone:>8.3f}"
            f"{each.without:>9.3f}{each.adds:>+8.3f}"
        )
    print("\nindicators alone: " + ", ".join(f"{code} {area:.2f}" for code, area in found.indicators.items()))


def main() -> None:
    """Compare the city under `XINQIAO_HOME` with its truth and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("truth", type=Path, help="the city's truth/enterprises.csv")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    given = parser.parse_args()
    with open_workspace() as workspace:
        found = find(workspace, given.truth)
    if given.json:
        print(json.dumps(asdict(found), ensure_ascii=False, indent=1, default=str))
    else:
        tell(found)


if __name__ == "__main__":
    main()
