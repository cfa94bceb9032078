"""The credit report of one enterprise, assembled from an evaluation and the records it read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from xinqiao.catalogue import Contract
from xinqiao.engine import Session
from xinqiao.indicators import Catalogue
from xinqiao.intake import queries as deliveries
from xinqiao.intake.covering import speaks_for
from xinqiao.intake.queries import Brought
from xinqiao.kernel.clock import naive_utc
from xinqiao.kernel.refusals import Fault, NotFound
from xinqiao.kernel.spelling import compact
from xinqiao.kernel.subject import organisation_code
from xinqiao.lake import Lake
from xinqiao.products import judgement, model
from xinqiao.products.catalogue import load_product
from xinqiao.products.declared import declared
from xinqiao.products.identity import identity, registered
from xinqiao.products.model import PastRating, Report, Source, Theme
from xinqiao.products.numbering import report_number
from xinqiao.products.reading import Reading
from xinqiao.products.related import told_related
from xinqiao.products.sections import Read, sections
from xinqiao.products.size import told_size
from xinqiao.rating import Result, Scorecard, Scorecards, inputs, score_one
from xinqiao.rating import queries as ratings
from xinqiao.rating.evaluation import RECORDS, Evaluation, Rating
from xinqiao.rating.lateness import overdue
from xinqiao.rating.regimes import queries as regimes
from xinqiao.resolution import records as directory
from xinqiao.resolution.naming import subject_named
from xinqiao.store import Transaction

NOTICE_ZH = (
    "本报告依据所列单位归集的记录和评分模型自动生成，反映评价日已知的情况，供授信审查参考，不代替授信机构的独立判断。"
    "“无数据”表示没有可用的记录，既不加分也不减分。对内容有异议的，可向平台或数据提供单位提出。"
)
NOTICE_EN = (
    "Made automatically from the records of the departments listed and the scorecard named, as known on the"
    " day of evaluation. It supports a lender's own judgement and does not replace it. “No data” means there"
    " was no record to go by; it counts neither for nor against. Objections may be raised with the platform"
    " or with the department that provided the data."
)


class UnknownEnterprise(NotFound):
    """The platform knows no enterprise with this code."""

    code = "unknown_enterprise"


class InconsistentReport(Fault):
    """Score and contributions do not agree; such a report is not given out."""

    code = "inconsistent_report"


def enterprise_report(
    tx: Transaction,
    *,
    session: Session,
    lake: Lake,
    contracts: Mapping[str, Contract],
    catalogue: Catalogue,
    scorecards: Scorecards,
    unified_code: str,
    evaluation_id: int | None = None,
    model_name: str | None = None,
    now: datetime,
) -> Report:
    """The report of an enterprise, from its newest evaluation by a model or from the one named.

    Args:
        tx: The transaction.
        session: An engine session of its own.
        lake: The lake.
        contracts: Contracts by dataset.
        catalogue: Today's indicator declarations; those of the evaluation are taken where they differ.
        scorecards: Today's scorecards; likewise.
        unified_code: The enterprise's code, in any spelling of width and case.
        evaluation_id: Which evaluation; the newest that has the enterprise when None.
        model_name: By which model, when no evaluation is named.
        now: The time, printed as that of making.

    Raises:
        InvalidCode: The code is not one.
        UnknownEnterprise: The platform knows no such enterprise.
        Ungraded: It was not evaluated, or not in that evaluation.
        UnknownEvaluation: There is no such evaluation.
        InconsistentReport: Score and contributions do not agree.
        DeclarationLost: What the evaluation was made with was not kept.
    """
    enterprise = _enterprise(tx, session, lake, unified_code)
    subject = int(enterprise["subject"])
    # The newest grade is the first of the firm's history, which the report shows as a whole.
    past = () if evaluation_id is not None else _past(tx, session, lake, subject, model_name)
    rating = past[0] if past else _rating(tx, session, lake, subject, evaluation_id, model_name)
    evaluation = ratings.evaluation(tx, rating.evaluation)
    catalogue, scorecard = declared(
        tx, evaluation, rating, contracts=contracts, catalogue=catalogue, scorecards=scorecards
    )
    values, result = _scored(tx, session, lake, scorecard, rating)
    versions = _versions(tx, lake, catalogue, evaluation)
    judged = judgement.Judged(
        rating=rating,
        values=values,
        result=result,
        scorecard=scorecard,
        catalogue=catalogue,
        standings=ratings.standings(tx, session=session, lake=lake, asked=evaluation, sector=rating.sector),
        reading=Reading(session, lake, contracts, replace(evaluation, versions=versions), subject),
        in_force=_in_force(tx, rating),
    )
    name = rating.model.partition("@")[0]
    history = _history(past or _past(tx, session, lake, subject, name))
    return _assembled(tx, judged, enterprise, evaluation, history=history, now=now)


def _assembled(
    tx: Transaction,
    judged: judgement.Judged,
    enterprise: Mapping[str, Any],
    evaluation: Evaluation,
    *,
    history: tuple[PastRating, ...],
    now: datetime,
) -> Report:
    """The report of a firm that was scored, with the records behind it."""
    rating, reading, product = judged.rating, judged.reading, load_product().value
    collected = _collected(reading)
    came = deliveries.brought(tx, versions=reading.evaluation.versions, known_before=evaluation.known_until)
    reading.read(section.dataset for _, section in product.sections())
    known = registered(reading)
    # First, so that the rows it lists are not read twice.
    size = told_size(reading, product)
    region = known.get("region_code")
    covered = {
        dataset: dataset not in came or speaks_for(came[dataset].covers, region) for dataset in collected
    }
    read = list(sections(reading, product, covered=covered))
    sources = _sources(came, reading.contracts, evaluation, read)
    judged = replace(
        judged,
        newest_on={each.section.dataset: each.newest_on for each in read},
        overdue=frozenset(each.dataset for each in sources if each.stale and each.delivery_id is not None),
        doubted=_doubted(came, judged, evaluation),
    )
    return Report(
        number=report_number(subject=rating.subject, evaluation_id=rating.evaluation, as_of=rating.as_of),
        made_at=now,
        as_of=rating.as_of,
        identity=identity({**enterprise, **known}, rating.sector, size),
        rating=judgement.told(judged),
        history=history,
        indicators=judgement.lines(judged),
        sections=tuple(each.section for each in read),
        sources=sources,
        provenance=_provenance(evaluation),
        notice_zh=NOTICE_ZH,
        notice_en=NOTICE_EN,
        themes=tuple(Theme(theme.code, theme.zh, theme.en) for theme in product.themes),
        related=told_related(
            tx, reading, evaluation, collected=collected, model_name=rating.model.partition("@")[0]
        ),
    )


def _doubted(
    came: Mapping[str, Brought], judged: judgement.Judged, evaluation: Evaluation
) -> tuple[str, ...]:
    """What of the data that the scorecard reads was late, where months of it may be missing."""
    late = overdue(
        came,
        contracts=judged.reading.contracts,
        catalogue=judged.catalogue,
        scorecard=judged.scorecard,
        known_until=evaluation.known_until,
    )
    return tuple(each.dataset for each in late) if any(each.monthly for each in late) else ()


def _enterprise(tx: Transaction, session: Session, lake: Lake, code: str) -> dict[str, Any]:
    row = directory.of_subject(tx, subject_named(tx, session, lake, code))
    if row is None:
        raise UnknownEnterprise(
            f"平台没有代码为 {compact(code)} 的企业。", remedy="请核对代码，或按名称查询。"
        )
    return row


def _rating(
    tx: Transaction,
    session: Session,
    lake: Lake,
    subject: int,
    evaluation_id: int | None,
    model_name: str | None,
) -> Rating:
    if evaluation_id is None:
        return ratings.current_rating(tx, session=session, lake=lake, subject=subject, model=model_name)
    ratings.evaluation(tx, evaluation_id)
    return ratings.rating_in(tx, session=session, lake=lake, evaluation_id=evaluation_id, subject=subject)


def _scored(
    tx: Transaction, session: Session, lake: Lake, scorecard: Scorecard, rating: Rating
) -> tuple[Mapping[str, float | None], Result]:
    """The indicators behind a grade and the grade scored again from them, to tell what each one did."""
    values = ratings.values(
        tx, session=session, lake=lake, evaluation_id=rating.evaluation, subject=rating.subject
    )
    result = score_one(scorecard, values)
    if (result.score, result.grade) != (rating.score, rating.grade):
        raise InconsistentReport(
            f"第 {rating.evaluation} 号评价发布的等级与由其指标重新计算的不一致，报告未出具。",
            where=organisation_code(rating.subject),
            remedy="请勿使用该等级，并通知平台运维核查。",
        )
    return values, result


def _past(
    tx: Transaction, session: Session, lake: Lake, subject: int, model_name: str | None
) -> tuple[Rating, ...]:
    """Grades by one model, newest first; those of another are no history of this one."""
    found = ratings.history(tx, session=session, lake=lake, subjects=[subject], model=model_name)
    return found.get(subject, ())


def _history(past: Sequence[Rating]) -> tuple[PastRating, ...]:
    return tuple(
        PastRating(
            each.as_of,
            each.score,
            cast(model.Grade, each.grade),
            cast(model.Grade, each.ungated),
            each.evaluation,
        )
        for each in reversed(past)
    )


def _versions(tx: Transaction, lake: Lake, catalogue: Catalogue, evaluation: Evaluation) -> Mapping[str, int]:
    """Version of each table: the evaluation's, and today's of datasets that no indicator stands on.

    Of the latter too only what was known by the end of the report's day is read.
    """
    read = {RECORDS + dataset for dataset in catalogue.datasets}
    today = {table: version for table, version in lake.versions(tx).items() if table not in read}
    return {**today, **evaluation.versions}


def _collected(reading: Reading) -> frozenset[str]:
    """Datasets of which something was known by the end of the report's day, from the statistics of files."""
    known = {}
    for dataset in reading.contracts:
        version = reading.evaluation.versions.get(RECORDS + dataset)
        moment = None if version is None else reading.lake.least(RECORDS + dataset, version, "known_at")
        if moment is not None:
            known[dataset] = naive_utc(moment) if moment.tzinfo else moment
    return inputs.collected(known, reading.evaluation.as_of)


def _in_force(tx: Transaction, rating: Rating) -> tuple[model.Regime, ...]:
    told = []
    for named in rating.regimes:
        regime = regimes.entry(tx, named).regime
        told.append(
            model.Regime(
                id=named,
                zh=regime.label.zh,
                en=regime.label.en,
                reason_zh=regime.reason.zh,
                reason_en=regime.reason.en,
                from_on=regime.from_on,
                until_on=regime.until_on,
                source=regime.source,
            )
        )
    return tuple(told)


def _provenance(evaluation: Evaluation) -> model.Provenance:
    return model.Provenance(
        evaluation_id=evaluation.evaluation_id,
        versions=dict(evaluation.versions),
        catalogue_fingerprint=evaluation.catalogue_fingerprint,
        model_fingerprint=evaluation.model_fingerprint,
    )


def _sources(
    came: Mapping[str, Brought],
    contracts: Mapping[str, Contract],
    evaluation: Evaluation,
    read: Collection[Read],
) -> tuple[Source, ...]:
    sources = []
    for each in read:
        section = each.section
        contract = contracts[section.dataset]
        newest = came.get(section.dataset)
        due = timedelta(days=contract.cadence_days)
        sources.append(
            Source(
                dataset=section.dataset,
                label_zh=contract.label,
                label_en=section.title_en,
                owner=contract.owner,
                last_known_at=newest.known_at if newest else None,
                last_occurred_on=each.newest_on,
                records_total=section.total,
                delivery_id=newest.delivery_id if newest else None,
                cadence_days=contract.cadence_days,
                stale=newest is None or evaluation.known_until - newest.known_at > due,
            )
        )
    return tuple(sources)
