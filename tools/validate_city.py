"""What the grades of demonstration cities are worth: their hidden truth against the score, group by group.

Reads the newest city evaluation under each home named (else under `XINQIAO_HOME`) and its city's
`truth/enterprises.csv`. An outcome is a default in the year after the evaluation's day; enterprises that had defaulted
or closed by then are left out. Prints the mix of grades, the default rate of each, the area under the ROC curve, and
for each group of indicators the area of its points alone and of the score without it, with bootstrap intervals of the
area and of what each group adds. Several cities are told one by one and then as one. Fits nothing.
"""

import argparse
import csv
import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from tools.ablation import Firm, Group, Measure, ablation, area_of, points_of_one
from tools.validate_grades import SEED

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
class City:
    """An evaluated city and what became of it.

    Attributes:
        as_of: Day of the evaluation.
        measure: What its score is made of.
        grades: Enterprises of the whole city by grade.
        firms: Those that were open and not in default on the day.
    """

    as_of: date
    measure: Measure
    grades: Mapping[str, int]
    firms: Sequence[Firm]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the comparison came to.

    Attributes:
        name: The city's home, or how many cities this is of.
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

    name: str
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


def read_city(workspace: Workspace) -> City:
    """The newest evaluation of a home's city, with the truth.

    Raises:
        SystemExit: There is no evaluation.
    """
    with workspace.engine.session() as session, workspace.store.transaction() as tx:
        evaluation = queries.current_evaluation(tx)
        if evaluation is None:
            raise SystemExit(f"{workspace.home} holds no evaluation: run `xinqiao demo --no-serve` first.")
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
    outcomes = _outcomes(workspace.city_folder / "truth/enterprises.csv", evaluation.as_of)
    group_of = {each.code: workspace.catalogue.indicators[each.code].group for each in scorecard.indicators}
    groups = [code for code in in_order(workspace.catalogue) if code in group_of.values()]
    weights = {
        code: sum(each.weight for each in scorecard.indicators if group_of[each.code] == code) / 100
        for code in groups
    }
    return City(
        as_of=evaluation.as_of,
        measure=Measure(group_of, {code: workspace.catalogue.groups[code].zh for code in groups}, weights),
        grades=Counter(str(row["grade"]) for row in rows),
        firms=[
            _firm(row, scorecard, group_of, outcomes[row["subject"]])
            for row in rows
            if row["subject"] in outcomes
        ],
    )


def together(cities: Sequence[City]) -> City:
    """Several cities of one day and one scorecard as one."""
    grades: Counter[str] = Counter()
    for each in cities:
        grades.update(each.grades)
    return City(cities[0].as_of, cities[0].measure, grades, [firm for each in cities for firm in each.firms])


def find(city: City, *, name: str, seed: int = SEED) -> Finding:
    """Compare a city's score with what became of its enterprises.

    Raises:
        SystemExit: Nobody of the scored defaults, or everybody does.
    """
    scored = [firm for firm in city.firms if firm.score is not None]
    if len({firm.defaulted for firm in scored}) < 2:
        raise SystemExit("Some of the scored must default within a year, and some not: make a larger city.")
    graded = Counter(firm.grade for firm in city.firms)
    bad = Counter(firm.grade for firm in city.firms if firm.defaulted)
    rated = {grade: count for grade, count in sorted(city.grades.items()) if grade != "NR"}
    auc, within, groups = ablation(scored, city.measure, seed)
    return Finding(
        name=name,
        as_of=city.as_of,
        firms=len(city.firms),
        scored=len(scored),
        defaults=sum(firm.defaulted for firm in scored),
        auc=auc,
        interval=within,
        mix={grade: count / sum(rated.values()) for grade, count in rated.items()},
        default_rates={grade: bad[grade] / graded[grade] for grade in sorted(graded)},
        groups=groups,
        indicators={code: area_of(scored, partial(points_of_one, code)) for code in city.measure.group_of},
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


def tell(found: Finding) -> None:
    """Print the finding for people."""
    low, high = found.interval
    print(
        f"{found.name}, as of {found.as_of}: {found.firms} enterprises, {found.scored} scored,"
        f" {found.defaults} default in a year"
    )
    print(f"AUC of the score: {found.auc:.3f} (95 % bootstrap interval {low:.3f} to {high:.3f})")
    print("\ngrade   share  Weihai  default rate")
    for grade, rate in found.default_rates.items():
        share, there = found.mix.get(grade), WEIHAI.get(grade)
        print(
            f"{grade:<5}{f'{share:.1%}' if share else '':>8}{f'{there:.1%}' if there else '':>8}{rate:>14.1%}"
        )
    print("\ngroup                weight  known   alone  without    adds  95 % interval")
    for each in found.groups:
        print(
            f"{each.code:<4}{each.label:<12}{each.weight:>8.1f}{each.known:>7.0%}{each.alone:>8.3f}"
            f"{each.without:>9.3f}{each.adds:>+9.4f}  {each.interval[0]:+.4f} to {each.interval[1]:+.4f}"
        )
    print("\nindicators alone: " + ", ".join(f"{code} {area:.2f}" for code, area in found.indicators.items()))


def main() -> None:
    """Compare the cities of the homes named with their truths and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "homes", type=Path, nargs="*", help="homes of `xinqiao demo`; XINQIAO_HOME when left out"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document")
    given = parser.parse_args()
    cities = {}
    for home in given.homes or [None]:
        if home is not None:
            os.environ["XINQIAO_HOME"] = str(home)
        with open_workspace() as workspace:
            cities[str(workspace.home)] = read_city(workspace)
    found = [find(city, name=name) for name, city in cities.items()]
    if len(cities) > 1:
        found.append(find(together(list(cities.values())), name=f"{len(cities)} cities"))
    if given.json:
        print(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=1, default=str))
    else:
        for each in found:
            tell(each)
            print()


if __name__ == "__main__":
    main()
