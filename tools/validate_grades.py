"""Compare grades with a bank's own grades and with the defaults it saw.

Reads what `xinqiao rating export` writes, the bank's labels (企业代号, 信誉评级, 是否违约), and the list
that leads from the bank's firm numbers to unified codes (企业代号, 统一社会信用代码). Prints the area under
the ROC curve of our score (Mann-Whitney, ties count half; a higher score should mean less default) with a
95 % bootstrap interval, our grades against the bank's, and the share of defaults in each of our grades.
Fits nothing.
"""

import argparse
import csv
import json
import random
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

FIRM, CODE, BANK_GRADE, DEFAULTED = "企业代号", "统一社会信用代码", "信誉评级", "是否违约"
SEED = 20200221
RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Firm:
    """One firm whose outcome the bank knows.

    Attributes:
        firm: The bank's number.
        score: Our score; None when there is none.
        grade: Our grade, NR included.
        bank_grade: The bank's.
        defaulted: Whether it did not pay back.
    """

    firm: str
    score: float | None
    grade: str
    bank_grade: str
    defaulted: bool


@dataclass(frozen=True, slots=True)
class Validation:
    """What the comparison came to.

    Attributes:
        firms: Firms the bank labelled.
        scored: Those of them with a score.
        defaults: Defaults among the scored.
        auc: Chance that a firm which paid back has the higher score than one which did not.
        interval: 95 % bootstrap interval of `auc`.
        grades: Our grade to the number of firms in each of the bank's grades.
        default_rates: Our grade to firms, defaults and their share.
    """

    firms: int
    scored: int
    defaults: int
    auc: float
    interval: tuple[float, float]
    grades: Mapping[str, Mapping[str, int]]
    default_rates: Mapping[str, Mapping[str, float]]


def read_firms(grades: Path, labels: Path, enterprises: Path) -> list[Firm]:
    """The labelled firms with what we say of them.

    Raises:
        SystemExit: A labelled firm has no code, or its code has no line among the grades.
    """
    ours = {row["code"]: row for row in _rows(grades)}
    codes = {row[FIRM]: row[CODE] for row in _rows(enterprises)}
    firms = []
    for row in _rows(labels):
        found = ours.get(codes.get(row[FIRM], ""))
        if found is None:
            raise SystemExit(
                f"{row[FIRM]} of {labels} has no grade in {grades}: was the bank's crosswalk delivered?"
            )
        score = float(found["score"]) if found["score"] else None
        firms.append(Firm(row[FIRM], score, found["grade"], row[BANK_GRADE], row[DEFAULTED] == "是"))
    return firms


def area_under_curve(paid: Sequence[float], defaulted: Sequence[float]) -> float:
    """How often a score of `paid` beats one of `defaulted`, ties half (Mann-Whitney)."""
    below = sorted(defaulted)
    wins = sum(bisect_left(below, score) + bisect_right(below, score) for score in paid)
    return wins / (2 * len(paid) * len(below))


def interval(paid: Sequence[float], defaulted: Sequence[float], *, seed: int) -> tuple[float, float]:
    """95 % percentile bootstrap of the area: each group drawn anew in its own size."""
    source = random.Random(seed)  # noqa: S311  resampling, no secret
    areas = sorted(
        area_under_curve(source.choices(paid, k=len(paid)), source.choices(defaulted, k=len(defaulted)))
        for _ in range(RESAMPLES)
    )
    return areas[int(0.025 * RESAMPLES)], areas[int(0.975 * RESAMPLES) - 1]


def validate(firms: Sequence[Firm], *, seed: int = SEED) -> Validation:
    """Compare scores and grades with what became of the firms.

    Raises:
        SystemExit: Without a scored firm that defaulted and one that did not, there is nothing to compare.
    """
    paid = [firm.score for firm in firms if firm.score is not None and not firm.defaulted]
    defaulted = [firm.score for firm in firms if firm.score is not None and firm.defaulted]
    if not paid or not defaulted:
        raise SystemExit("There must be scored firms that defaulted and scored firms that did not.")
    pairs = Counter((firm.grade, firm.bank_grade) for firm in firms)
    ours, banks = _in_order(firm.grade for firm in firms), _in_order(firm.bank_grade for firm in firms)
    totals = Counter(firm.grade for firm in firms)
    bad = Counter(firm.grade for firm in firms if firm.defaulted)
    return Validation(
        firms=len(firms),
        scored=len(paid) + len(defaulted),
        defaults=len(defaulted),
        auc=area_under_curve(paid, defaulted),
        interval=interval(paid, defaulted, seed=seed),
        grades={grade: {bank: pairs[grade, bank] for bank in banks} for grade in ours},
        default_rates={
            grade: {"firms": totals[grade], "defaults": bad[grade], "rate": bad[grade] / totals[grade]}
            for grade in ours
        },
    )


def tell(found: Validation) -> None:
    """Print the comparison for people."""
    low, high = found.interval
    print(f"{found.firms} labelled firms; {found.scored} have a score, {found.defaults} of these defaulted")
    print(f"AUC of the score: {found.auc:.3f} (95 % bootstrap interval {low:.3f} to {high:.3f})")
    banks = list(next(iter(found.grades.values())))
    print("\nour grade \\ bank's  " + "".join(f"{bank:>6}" for bank in banks) + "  firms  defaults   rate")
    for grade, row in found.grades.items():
        rate = found.default_rates[grade]
        counts = "".join(f"{row[bank]:>6}" for bank in banks)
        print(f"{grade:<20}{counts}{rate['firms']:>7}{rate['defaults']:>10}{rate['rate']:>7.0%}")


def main() -> None:
    """Read the three files named on the command line, compare, print."""
    parser = argparse.ArgumentParser(description="Compare exported grades with a bank's grades and defaults.")
    parser.add_argument("grades", type=Path, help="CSV of `xinqiao rating export`")
    parser.add_argument("labels", type=Path, help="CSV with 企业代号, 信誉评级, 是否违约")
    parser.add_argument("enterprises", type=Path, help="CSV with 企业代号, 统一社会信用代码")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the bootstrap")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    given = parser.parse_args()
    found = validate(read_firms(given.grades, given.labels, given.enterprises), seed=given.seed)
    if given.json:
        print(json.dumps(asdict(found), ensure_ascii=False, indent=1))
    else:
        tell(found)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as reader:
        return list(csv.DictReader(reader))


def _in_order(grades: Iterable[str]) -> list[str]:
    return sorted(set(grades), key=lambda grade: (grade == "NR", grade))


if __name__ == "__main__":
    main()
