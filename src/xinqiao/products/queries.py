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
from xinqiao.products import judgement, model
from xinqiao.products.declared import declared
from xinqiao.products.evidence import Evidence
from xinqiao.products.model import Identity, PastRating, Report, Section, Source
from xinqiao.products.numbering import report_number
from xinqiao.products.sections import SHAPES, sections
from xinqiao.rating import Result, Scorecard, Scorecards, inputs, score_one
from xinqiao.rating import queries as ratings
from xinqiao.rating.evaluation import MODEL, Evaluation, Rating
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
    model_name: str = MODEL,
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
    enterprise = _enterprise(tx, unified_code)
    subject = int(enterprise["subject"])
    rating = _rating(tx, session, lake, subject, evaluation_id, model_name)
    evaluation = ratings.evaluation(tx, rating.evaluation)
    catalogue, scorecard = declared(
        tx, evaluation, rating, contracts=contracts, catalogue=catalogue, scorecards=scorecards
    )
    values, result = _scored(tx, session, lake, scorecard, rating)
    known = inputs.first_known(lake, catalogue=catalogue, versions=evaluation.versions)
    collected = inputs.collected(known, evaluation.as_of)
    found = sections(
        session, lake=lake, contracts=contracts, evaluation=evaluation, collected=collected, subject=subject
    )
    tables = {each.dataset for each in found}
    evidence = Evidence(session, lake, contracts, evaluation, subject, tables)
    sector = division(enterprise["industry_code"])
    usual = ratings.standings(tx, session=session, lake=lake, evaluation_id=rating.evaluation, sector=sector)
    judged = judgement.Judged(rating, values, result, scorecard, catalogue, usual, evidence)
    return Report(
        number=report_number(subject=subject, evaluation_id=rating.evaluation, as_of=rating.as_of),
        made_at=now,
        as_of=rating.as_of,
        identity=_identity(enterprise, sector, _registration(found, session)),
        rating=judgement.told(judged),
        history=_history(tx, session, lake, rating),
        indicators=judgement.lines(judged),
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


def _rating(
    tx: Transaction,
    session: Session,
    lake: Lake,
    subject: int,
    evaluation_id: int | None,
    model_name: str,
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


def _history(tx: Transaction, session: Session, lake: Lake, rating: Rating) -> tuple[PastRating, ...]:
    """Grades by the same model; those of another are no history of this one."""
    name = rating.model.partition("@")[0]
    past = ratings.history(tx, session=session, lake=lake, subjects=[rating.subject], model=name)
    return tuple(
        PastRating(each.as_of, each.score, cast(model.Grade, each.grade), each.evaluation)
        for each in reversed(past.get(rating.subject, ()))
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
