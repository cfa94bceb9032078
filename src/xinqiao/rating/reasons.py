"""Why a score is what it is: one coded sentence per indicator that moved it, strongest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from xinqiao.indicators import Catalogue, Indicator, Text
from xinqiao.rating.evaluation import Standing
from xinqiao.rating.model import HUNDREDTHS, Contribution, Result, Scorecard, Weighted
from xinqiao.rating.wording import named, placed

FULL_POINTS = 100
IDLE = "IDLE"
STRONGEST = 5
# Points from which an indicator's good sentence is true of every value in the bin.
_PLAINLY_GOOD = 90


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest record that an indicator was computed from.

    Attributes:
        on: Its day.
        kind: What it is a record of. An indicator reads several datasets, and "no enforcement" dated by an invoice
            would else look like a case.
    """

    on: date
    kind: Text


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a reason stands on.

    Attributes:
        value: The indicator's value.
        points: Its points.
        least: Lower bound of the bin it lies in, itself in it; None for the first bin.
        below: Upper bound, itself not in it; None for the last bin.
        median: What is usual among the firms compared with; None when not comparable.
        compared_with: The sector compared with, or `*` for all firms; None when not comparable.
        known_on: Day of the newest record behind it; None when not asked for or when there is no record.
        text: All of it in words.
    """

    value: float
    points: int
    least: float | None
    below: float | None
    median: float | None
    compared_with: str | None
    known_on: date | None
    text: Text


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason.

    Attributes:
        code: Indicator and direction, as `I05-` or `R02+`; stable, may be quoted. `IDLE-` speaks for all that
            counts because the firm is idle.
        indicator: The indicator; for `IDLE` the one that tells an idle firm.
        direction: `+` for the subject, `-` against it.
        text: The sentence, from the indicator's declaration.
        contribution: How far it moved the score from neutral, in points of the score.
        grounds: Value, band, what is usual and since when; None for `IDLE`.
    """

    code: str
    indicator: str
    direction: Literal["+", "-"]
    text: Text
    contribution: float
    grounds: Grounds | None = None


def reasons(
    result: Result,
    scorecard: Scorecard,
    catalogue: Catalogue,
    *,
    usual: Mapping[str, Standing] | None = None,
    newest: Mapping[str, Newest] | None = None,
    overdue: Mapping[str, Sequence[Text]] | None = None,
) -> tuple[Reason, ...]:
    """Reasons of a result, strongest first, equals by code; indicators that moved nothing give none.

    Args:
        result: The result.
        scorecard: What gave it.
        catalogue: The indicators' declarations.
        usual: What is usual among comparable firms, by indicator.
        newest: The newest record behind an indicator, by indicator.
        overdue: The kinds of records behind an indicator that their departments are late with, by indicator.
    """
    weighted = {each.code: each for each in scorecard.indicators}
    found = [
        _reason(
            each.code,
            each.code,
            each.hundredths,
            _sentence(each, catalogue.indicators[each.code]),
            _grounds(
                each.value,
                weighted[each.code],
                catalogue.indicators[each.code],
                (usual or {}).get(each.code),
                (newest or {}).get(each.code),
                (overdue or {}).get(each.code, ()),
            ),
        )
        for each in result.contributions
        if each.hundredths and each.value is not None
    ]
    stopped = sum(each.hundredths for each in result.contributions if each.value is None)
    if stopped and scorecard.idle is not None:
        found.append(_reason(IDLE, scorecard.idle.indicator, stopped, scorecard.idle.text, None))
    return tuple(sorted(found, key=lambda each: (-abs(each.contribution), each.code)))


def strongest(found: Sequence[Reason], most: int = STRONGEST) -> tuple[Reason, ...]:
    """Of sorted reasons the strongest for and the strongest against, in the order given."""
    kept = {each.code for way in "+-" for each in [one for one in found if one.direction == way][:most]}
    return tuple(each for each in found if each.code in kept)


def _sentence(moved: Contribution, declared: Indicator) -> Text:
    """What to say of an indicator: its good sentence only where it is as good as can be, its bad one where it costs.

    Between them it helps without being good: "invoiced every month" would be untrue of a firm that missed one.
    """
    if moved.hundredths < 0:
        return declared.bad
    if moved.points >= _PLAINLY_GOOD:
        return declared.good
    return Text(f"{declared.label.zh}处于中等水平", f"{declared.label.en}: about average")


def _grounds(
    value: float,
    each: Weighted,
    declared: Indicator,
    usual: Standing | None,
    newest: Newest | None,
    overdue: Sequence[Text],
) -> Grounds:
    place = each.place(value)
    median = middle(usual) if usual is not None else None
    points = each.bins[place].points
    if any(mark.value == value for mark in declared.scale):
        own = Text(f"为{named(declared, value).zh}", f"{named(declared, value).en} here")
    else:
        own = placed(declared.unit, each, value)
    zh = [f"本企业{own.zh}，该项得{points}分"]
    en = [f"{own.en}, {points} of {FULL_POINTS} points"]
    if usual is not None and median is not None:
        usually = named(declared, median)
        whole = usual.sector == "*"
        zh.append(f"{'全市' if whole else '同行业'}{usual.firms:,}户企业的中位数为{usually.zh}")
        among = f"{usual.firms:,} firm{'' if usual.firms == 1 else 's'}"
        en.append(f"median {usually.en} among {among} of the {'city' if whole else 'sector'}")
    if newest is not None:
        zh.append(f"最近一条记录为{newest.kind.zh}（{newest.on.isoformat()}）")
        en.append(f"newest record: {newest.kind.en} of {newest.on.isoformat()}")
    if overdue:
        zh.append(f"{''.join(f'“{kind.zh}”' for kind in overdue)}数据逾期未更新，请核实近况")
        en.append(f"data overdue, so check how things stand now: {', '.join(kind.en for kind in overdue)}")
    return Grounds(
        value=value,
        points=each.bins[place].points,
        least=each.bins[place - 1].below if place else None,
        below=each.bins[place].below,
        median=median,
        compared_with=usual.sector if usual is not None else None,
        known_on=newest.on if newest is not None else None,
        text=Text("；".join(zh) + "。", "; ".join(en) + "."),
    )


def middle(usual: Standing) -> float:
    """The median, from quantiles at equal steps, an odd number of them."""
    return usual.quantiles[len(usual.quantiles) // 2]


def _reason(code: str, indicator: str, hundredths: int, text: Text, grounds: Grounds | None) -> Reason:
    direction: Literal["+", "-"] = "+" if hundredths > 0 else "-"
    return Reason(code + direction, indicator, direction, text, hundredths / HUNDREDTHS, grounds)
