"""The head of a report: grade, gates, reasons, groups and indicators, put together from one scored firm."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from xinqiao.indicators import Catalogue
from xinqiao.products import model
from xinqiao.products.advice import told_raising
from xinqiao.products.evidence import gate_record, kind_of, newest_record
from xinqiao.products.model import IndicatorLine
from xinqiao.products.reading import Reading
from xinqiao.products.standing import no_better
from xinqiao.rating import Result, Scorecard, reasons
from xinqiao.rating.evaluation import Rating, Standing
from xinqiao.rating.groups import by_group, in_order
from xinqiao.rating.model import HUNDREDTHS
from xinqiao.rating.reasons import Grounds, Reason, middle, strongest
from xinqiao.rating.wording import state

SCORE_MAX = 100


@dataclass(frozen=True, slots=True)
class Judged:
    """One firm's grade and all it is told from.

    Attributes:
        rating: The published grade.
        values: Its indicators.
        result: The same scored again.
        scorecard: The scorecard of the evaluation.
        catalogue: The indicators' declarations of the evaluation.
        standings: What is usual in the firm's sector, by indicator.
        reading: Where its records are.
        newest_on: Day of its newest record by dataset, of those read already.
        overdue: Datasets collected whose departments were late with the next delivery on the evaluation's day.
        doubted: Those of them that the scorecard reads, where it counts one of them by the month; else none.
        in_force: The weight regimes that applied, in words.
    """

    rating: Rating
    values: Mapping[str, float | None]
    result: Result
    scorecard: Scorecard
    catalogue: Catalogue
    standings: Mapping[str, Standing]
    reading: Reading
    newest_on: Mapping[str, date | None] = field(default_factory=dict)
    overdue: frozenset[str] = frozenset()
    doubted: tuple[str, ...] = ()
    in_force: tuple[model.Regime, ...] = ()


def told(judged: Judged) -> model.Rating:
    """The grade in words."""
    rating, scorecard = judged.rating, judged.scorecard
    word = scorecard.word(rating.grade)
    return model.Rating(
        grade=cast(model.Grade, rating.grade),
        word_zh=word.zh,
        word_en=word.en,
        score=rating.score,
        score_max=SCORE_MAX,
        neutral=scorecard.neutral,
        coverage=rating.coverage,
        reliability=judged.result.reliability(scorecard),
        model=rating.model,
        evaluation_id=rating.evaluation,
        as_of=rating.as_of,
        ungated=cast(model.Grade, rating.ungated),
        gates=tuple(_gate(judged, code) for code in rating.gates),
        reasons=_reasons(judged),
        groups=_groups(judged),
        raising=told_raising(scorecard, judged.catalogue, judged.values),
        regimes=rating.regimes,
        in_force=judged.in_force,
        overdue=judged.doubted,
    )


def _gate(judged: Judged, code: str) -> model.Gate:
    text, gate = judged.scorecard.gate_text(code), judged.scorecard.gate(code)
    if gate is None:
        cap = cast(model.Grade, judged.scorecard.unreliable_cap)
        return model.Gate(code, text.zh, text.en, kind="coverage", grade=cap)
    found = [gate_record(judged.reading, record) for record in gate.records]
    return model.Gate(
        code=code,
        zh=text.zh,
        en=text.en,
        kind=gate.kind,
        grade=cast(model.Grade, gate.grade),
        indicator=gate.indicator,
        source=gate.source,
        records=tuple(each for each in found if each is not None),
    )


def _reasons(judged: Judged) -> tuple[model.Reason, ...]:
    """The strongest each way; only their records are looked up."""
    catalogue = judged.catalogue
    first = strongest(reasons(judged.result, judged.scorecard, catalogue))
    newest = {
        each.indicator: record
        for each in first
        if (record := newest_record(judged.reading, catalogue.datasets_of(each.indicator), judged.newest_on))
        is not None
    }
    overdue = {
        each.indicator: [
            kind_of(judged.reading, dataset)
            for dataset in sorted(catalogue.datasets_of(each.indicator))
            if dataset in judged.overdue
        ]
        for each in first
    }
    found = reasons(
        judged.result, judged.scorecard, catalogue, usual=judged.standings, newest=newest, overdue=overdue
    )
    return tuple(_reason(each) for each in strongest(found))


def _reason(each: Reason) -> model.Reason:
    return model.Reason(
        code=each.code,
        indicator=each.indicator,
        direction=each.direction,
        zh=each.text.zh,
        en=each.text.en,
        contribution=each.contribution,
        grounds=_grounds(each.grounds) if each.grounds else None,
    )


def _grounds(each: Grounds) -> model.Grounds:
    return model.Grounds(
        value=each.value,
        points=each.points,
        least=each.least,
        below=each.below,
        median=each.median,
        compared_with=each.compared_with,
        known_on=each.known_on,
        zh=each.text.zh,
        en=each.text.en,
    )


def _groups(judged: Judged) -> tuple[model.GroupScore, ...]:
    return tuple(
        model.GroupScore(
            code=each.code,
            zh=each.label.zh,
            en=each.label.en,
            weight=each.weight / HUNDREDTHS,
            coverage=each.coverage,
            points=each.points,
            contribution=each.hundredths / HUNDREDTHS,
            known=each.known,
            indicators=each.indicators,
        )
        for each in by_group(judged.values, judged.result, judged.scorecard, judged.catalogue)
    )


def lines(judged: Judged) -> tuple[IndicatorLine, ...]:
    """Every indicator, groups in the catalogue's order with facts last, codes in order."""
    catalogue, scorecard = judged.catalogue, judged.scorecard
    moved = {each.code: each for each in judged.result.contributions}
    weights = {each.code: each.weight / HUNDREDTHS for each in scorecard.indicators}
    changes = {
        each.code: each.change is not None and each.change.fixed is None for each in scorecard.indicators
    }
    places = {group: place for place, group in enumerate(in_order(catalogue))}
    ordered = sorted(
        catalogue.indicators.values(),
        key=lambda each: (each.code not in weights and each.group == "G0", places[each.group], each.code),
    )
    told_lines = []
    for each in ordered:
        value = judged.values.get(each.code)
        own = moved.get(each.code)
        standing = judged.standings.get(each.code) if value is not None else None
        stopped = scorecard.idle if own is not None and own.value is None else None
        absent = stopped.text if stopped is not None else each.when_absent.text
        median = middle(standing) if standing else None
        here = state(each, value) if value is not None else None
        usual = state(each, median) if median is not None else None
        told_lines.append(
            IndicatorLine(
                code=each.code,
                label_zh=each.label.zh,
                label_en=each.label.en,
                group=each.group,
                group_zh=catalogue.groups[each.group].zh,
                group_en=catalogue.groups[each.group].en,
                unit=each.unit,
                value=value,
                points=float(own.points) if own else None,
                weight=weights.get(each.code, 0.0),
                contribution=own.contribution if own else None,
                percentile=no_better(standing.quantiles, value, each.direction)
                if standing and value is not None
                else None,
                sector_firms=standing.firms if standing else None,
                compared_with=standing.sector if standing else None,
                when_absent_zh=absent.zh,
                when_absent_en=absent.en,
                direction=each.direction,
                meaning_zh=each.meaning.zh,
                meaning_en=each.meaning.en,
                median=median,
                changeable=changes.get(each.code),
                state_zh=here.zh if here else None,
                state_en=here.en if here else None,
                median_state_zh=usual.zh if usual else None,
                median_state_en=usual.en if usual else None,
            )
        )
    return tuple(told_lines)
