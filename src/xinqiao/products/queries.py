"""The credit report of one enterprise, assembled from an evaluation and the records it read."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast

from xinqiao.catalogue import Contract
from xinqiao.catalogue.codes import division, industry_name, region_name
from xinqiao.catalogue.masking import mask_person_name
from xinqiao.engine import Session
from xinqiao.indicators import Catalogue
from xinqiao.kernel.refusals import Fault, NotFound
from xinqiao.kernel.subject import organisation_code
from xinqiao.kernel.unified_code import UnifiedCode
from xinqiao.lake import Lake
from xinqiao.products import model
from xinqiao.products.declared import declared
from xinqiao.products.model import Identity, IndicatorLine, PastRating, Report, Section, Source
from xinqiao.products.numbering import report_number
from xinqiao.products.sections import SHAPES, sections
from xinqiao.products.standing import no_better
from xinqiao.rating import Result, Scorecard, Scorecards, inputs, reasons, score_one
from xinqiao.rating import queries as ratings
from xinqiao.rating.evaluation import Evaluation, Rating, Standing
from xinqiao.rating.model import HUNDREDTHS
from xinqiao.store import Transaction

SCORE_MAX = 100
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
    now: datetime,
) -> Report:
    """The report of an enterprise, from its newest evaluation or from the one named.

    Args:
        tx: The transaction.
        session: An engine session of its own.
        lake: The lake.
        contracts: Contracts by dataset.
        catalogue: Today's indicator declarations; those of the evaluation are taken where they differ.
        scorecards: Today's scorecards; likewise.
        unified_code: The enterprise's code, in any spelling of width and case.
        evaluation_id: Which evaluation; the newest that has the enterprise when None.
        now: The time, printed as that of making.

    Raises:
        InvalidCode: The code is not one.
        UnknownEnterprise: The platform knows no such enterprise.
        Ungraded: It was not evaluated, or not in that evaluation.
        UnknownEvaluation: There is no such evaluation.
        InconsistentReport: Score and contributions do not agree.
        DeclarationLost: What the evaluation was made with was not kept.
    """
    enterprise = _enterprise(tx, unified_code)
    subject = int(enterprise["subject"])
    rating = _rating(tx, session, lake, subject, evaluation_id)
    evaluation = ratings.evaluation(tx, rating.evaluation)
    catalogue, scorecard = declared(
        tx, evaluation, contracts=contracts, catalogue=catalogue, scorecards=scorecards
    )
    values, result = _scored(tx, session, lake, scorecard, rating)
    known = inputs.first_known(lake, catalogue=catalogue, versions=evaluation.versions)
    found = sections(
        session,
        lake=lake,
        contracts=contracts,
        evaluation=evaluation,
        collected=inputs.collected(known, evaluation.as_of),
        subject=subject,
    )
    sector = division(enterprise["industry_code"])
    standings = ratings.standings(
        tx, session=session, lake=lake, evaluation_id=rating.evaluation, sector=sector
    )
    return Report(
        number=report_number(subject=subject, evaluation_id=rating.evaluation, as_of=rating.as_of),
        made_at=now,
        as_of=rating.as_of,
        identity=_identity(enterprise, sector, _registration(found, session)),
        rating=_told(rating, result, scorecard, catalogue),
        history=_history(tx, session, lake, subject),
        indicators=_indicators(catalogue, scorecard, values, result, standings),
        sections=found,
        sources=_sources(tx, session, contracts, evaluation, found),
        provenance=_provenance(evaluation),
        notice_zh=NOTICE_ZH,
        notice_en=NOTICE_EN,
    )


def _enterprise(tx: Transaction, unified_code: str) -> dict[str, Any]:
    code = UnifiedCode.parse(unified_code).text
    row = tx.row("SELECT * FROM enterprise WHERE unified_code = %s ORDER BY subject LIMIT 1", (code,))
    if row is None:
        raise UnknownEnterprise(f"平台没有代码为 {code} 的企业。", remedy="请核对代码，或按名称查询。")
    return row


def _rating(tx: Transaction, session: Session, lake: Lake, subject: int, evaluation_id: int | None) -> Rating:
    if evaluation_id is None:
        return ratings.current_rating(tx, session=session, lake=lake, subject=subject)
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


def _history(tx: Transaction, session: Session, lake: Lake, subject: int) -> tuple[PastRating, ...]:
    past = ratings.history(tx, session=session, lake=lake, subjects=[subject]).get(subject, ())
    return tuple(
        PastRating(each.as_of, each.score, cast(model.Grade, each.grade), each.evaluation)
        for each in reversed(past)
    )


def _provenance(evaluation: Evaluation) -> model.Provenance:
    return model.Provenance(
        evaluation_id=evaluation.evaluation_id,
        versions=dict(evaluation.versions),
        catalogue_fingerprint=evaluation.catalogue_fingerprint,
        model_fingerprint=evaluation.model_fingerprint,
    )


def _registration(found: Sequence[Section], session: Session) -> dict[str, Any]:
    """What only the registrations say: capital and address, each from the newest that has it."""
    if not any(each.dataset == "business_registration" and each.total for each in found):
        return {}
    newest = "{'occurred_on': occurred_on, 'known_at': known_at}"
    columns = ("registered_capital_fen", "registered_capital_currency", "address")
    picked = ", ".join(
        f"arg_max({name}, {newest}) FILTER (WHERE {name} IS NOT NULL) AS {name}" for name in columns
    )
    return session.records(f"SELECT {picked} FROM report_business_registration")[0]


def _identity(enterprise: Mapping[str, Any], sector: str | None, registration: Mapping[str, Any]) -> Identity:
    representative = enterprise["legal_representative"]
    industry_code = enterprise["industry_code"]
    return Identity(
        subject=enterprise["subject"],
        unified_code=enterprise["unified_code"],
        name=enterprise["name"],
        former_names=tuple(enterprise["former_names"]),
        legal_representative=mask_person_name(representative) if representative else None,
        region=region_name(enterprise["region_code"]),
        industry=industry_name(industry_code),
        industry_code=industry_code,
        sector=sector,
        enterprise_type=enterprise["enterprise_type"],
        established_on=enterprise["established_on"],
        operating_status=enterprise["operating_status"],
        registered_capital_fen=registration.get("registered_capital_fen"),
        registered_capital_currency=registration.get("registered_capital_currency"),
        address=registration.get("address"),
    )


def _told(rating: Rating, result: Result, scorecard: Scorecard, catalogue: Catalogue) -> model.Rating:
    word = scorecard.word(rating.grade)
    return model.Rating(
        grade=cast(model.Grade, rating.grade),
        word_zh=word.zh,
        word_en=word.en,
        score=rating.score,
        score_max=SCORE_MAX,
        neutral=scorecard.neutral,
        coverage=rating.coverage,
        reliability=result.reliability(scorecard),
        model=rating.model,
        evaluation_id=rating.evaluation,
        as_of=rating.as_of,
        ungated=cast(model.Grade, rating.ungated),
        gates=tuple(
            model.Gate(code, scorecard.gate_text(code).zh, scorecard.gate_text(code).en)
            for code in rating.gates
        ),
        reasons=tuple(
            model.Reason(
                code=each.code,
                indicator=each.indicator,
                direction=each.direction,
                zh=each.text.zh,
                en=each.text.en,
                contribution=each.contribution,
            )
            for each in reasons(result, scorecard, catalogue)
        ),
    )


def _indicators(
    catalogue: Catalogue,
    scorecard: Scorecard,
    values: Mapping[str, float | None],
    result: Result,
    standings: Mapping[str, Standing],
) -> tuple[IndicatorLine, ...]:
    """Every indicator, groups in the catalogue's order with facts last, codes in order."""
    moved = {each.code: each for each in result.contributions}
    weights = {each.code: each.weight / HUNDREDTHS for each in scorecard.indicators}
    places = {group: place for place, group in enumerate(catalogue.groups)}
    ordered = sorted(
        catalogue.indicators.values(),
        key=lambda each: (each.code not in weights and each.group == "G0", places[each.group], each.code),
    )
    lines = []
    for each in ordered:
        value = values.get(each.code)
        own, standing = moved.get(each.code), standings.get(each.code)
        comparable = value is not None and standing is not None
        stopped = scorecard.idle if own is not None and own.value is None else None
        absent = stopped.text if stopped is not None else each.when_absent.text
        lines.append(
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
                if standing is not None and value is not None
                else None,
                sector_firms=standing.firms if standing is not None and comparable else None,
                compared_with=standing.sector if standing is not None and comparable else None,
                when_absent_zh=absent.zh,
                when_absent_en=absent.en,
                direction=each.direction,
                meaning_zh=each.meaning.zh,
                meaning_en=each.meaning.en,
            )
        )
    return tuple(lines)


def _sources(
    tx: Transaction,
    session: Session,
    contracts: Mapping[str, Contract],
    evaluation: Evaluation,
    found: Collection[Section],
) -> tuple[Source, ...]:
    deliveries = {
        row["dataset"]: row
        for row in tx.rows(
            "SELECT DISTINCT ON (dataset) dataset, delivery_id, known_at FROM delivery"
            " WHERE known_at < %s ORDER BY dataset, known_at DESC, delivery_id DESC",
            (evaluation.known_until,),
        )
    }
    sources = []
    for section in found:
        contract = contracts[section.dataset]
        delivery = deliveries.get(section.dataset)
        last: date | None = session.scalar(f'SELECT max(occurred_on) FROM "report_{section.dataset}"')
        due = timedelta(days=contract.cadence_days)
        sources.append(
            Source(
                dataset=section.dataset,
                label_zh=contract.label,
                label_en=SHAPES[section.dataset].title_en,
                owner=contract.owner,
                last_known_at=delivery["known_at"] if delivery else None,
                last_occurred_on=last,
                records_total=section.total,
                delivery_id=delivery["delivery_id"] if delivery else None,
                cadence_days=contract.cadence_days,
                stale=delivery is None or evaluation.known_until - delivery["known_at"] > due,
            )
        )
    return tuple(sources)
