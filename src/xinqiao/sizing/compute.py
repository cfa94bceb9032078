"""Everybody's size class on the engine, with the figures it stands on and where each came from."""

from collections.abc import Collection, Mapping
from datetime import date

from xinqiao.catalogue import Contract
from xinqiao.catalogue.known import Views, known_records
from xinqiao.engine import Session
from xinqiao.engine.dialect import literal, within
from xinqiao.kernel.period import months_before
from xinqiao.sizing.model import Scheme
from xinqiao.sizing.sql import industry_sql, size_class_sql

SIZES = "enterprise_size"
SIZES_COLUMNS: Mapping[str, str] = {
    "subject": "BIGINT",
    "industry_code": "VARCHAR",
    "industry": "VARCHAR",
    "staff": "BIGINT",
    "staff_source": "VARCHAR",
    "staff_on": "DATE",
    "revenue_fen": "BIGINT",
    "revenue_source": "VARCHAR",
    "revenue_on": "DATE",
    "assets_fen": "BIGINT",
    "assets_source": "VARCHAR",
    "assets_on": "DATE",
    "size_class": "VARCHAR",
    "scheme_version": "VARCHAR",
}
_REGISTRATION = {
    "subject": "BIGINT",
    "industry_code": "VARCHAR",
    "occurred_on": "DATE",
    "known_at": "TIMESTAMP",
    "delivery": "BIGINT",
}
_ANNUAL_REPORT = {
    "subject": "BIGINT",
    "report_year": "BIGINT",
    "revenue_fen": "BIGINT",
    "total_assets_fen": "BIGINT",
    "employee_count": "BIGINT",
}
_INCOME_FILING = {"subject": "BIGINT", "tax_year": "BIGINT", "revenue_fen": "BIGINT"}
_STATEMENT = {
    "subject": "BIGINT",
    "period_to_on": "DATE",
    "revenue_fen": "BIGINT",
    "total_assets_fen": "BIGINT",
}
_INSURANCE = {"subject": "BIGINT", "month_on": "DATE", "insured_count": "BIGINT"}
DATASETS = (
    "annual_report",
    "business_registration",
    "corporate_income_filing",
    "financial_statement",
    "social_insurance",
)


def compute(
    session: Session,
    *,
    scheme: Scheme,
    contracts: Mapping[str, Contract],
    views: Views,
    as_of: date,
    subjects: Collection[int] | None = None,
) -> int:
    """Make the table `enterprise_size` of every registered enterprise as known by the end of `as_of`.

    A figure comes from the newest annual report, else from the income-tax return, the filed statement or the
    social-insurance headcount; what ended longer ago than the scheme allows is used only when there is nothing
    newer. Columns as in `SIZES_COLUMNS`.

    Args:
        session: Where the histories are registered.
        scheme: The declared table of classes.
        contracts: Contracts by dataset.
        views: The registered views; of `DATASETS` those that are missing count as never delivered.
        as_of: The day looked at.
        subjects: Whom to size; everybody when None.

    Returns:
        Number of rows.
    """
    known = {
        dataset: known_records(session, contracts, views, dataset, columns=columns, as_of=as_of)
        for dataset, columns in {
            "business_registration": _REGISTRATION,
            "annual_report": _ANNUAL_REPORT,
            "corporate_income_filing": _INCOME_FILING,
            "financial_statement": _STATEMENT,
            "social_insurance": _INSURANCE,
        }.items()
    }
    asked = "TRUE" if subjects is None else within(subjects)
    session.run(f"CREATE OR REPLACE TABLE {SIZES} AS {_sizes(scheme, known, asked, as_of)}")
    return int(session.scalar(f"SELECT count(*) FROM {SIZES}"))


def _sizes(scheme: Scheme, known: Mapping[str, str], asked: str, as_of: date) -> str:
    fresh = literal(months_before(as_of, scheme.stale_after_months))
    figures = ("staff", "revenue", "assets")
    # Fresh before stale, then the order of sources, then the newest; the whole key, so that no tie is left.
    best = f"{{'fresh': ended_on >= {fresh}, 'rank': rank, 'ended_on': ended_on}}"
    picked = ",\n    ".join(
        f"arg_max({figure}, {best}) FILTER (WHERE {figure} IS NOT NULL) AS {figure},"
        f" arg_max(source, {best}) FILTER (WHERE {figure} IS NOT NULL) AS {figure}_source,"
        f" arg_max(ended_on, {best}) FILTER (WHERE {figure} IS NOT NULL) AS {figure}_on"
        for figure in figures
    )
    newest = "{'occurred_on': occurred_on, 'known_at': known_at, 'delivery': delivery}"
    return f"""WITH firm AS (
  SELECT subject, arg_max(industry_code, {newest}) FILTER (WHERE industry_code IS NOT NULL) AS industry_code
  FROM {known["business_registration"]} WHERE {asked} GROUP BY subject
), given AS (
  {_candidates(known, asked, as_of, scheme.headcount_within_months)}
), chosen AS (
  SELECT subject,
    {picked}
  FROM given GROUP BY subject
), named AS (
  SELECT f.subject, f.industry_code, {industry_sql(scheme, "f.industry_code")} AS industry, c.* EXCLUDE (subject)
  FROM firm AS f LEFT JOIN chosen AS c ON c.subject = f.subject
)
SELECT subject, industry_code, industry, staff, staff_source, staff_on, revenue AS revenue_fen, revenue_source,
  revenue_on, assets AS assets_fen, assets_source, assets_on,
  {size_class_sql(scheme, industry="industry", staff="staff", revenue="revenue", assets="assets")} AS size_class,
  {literal(scheme.scheme_version)} AS scheme_version
FROM named"""


def _candidates(known: Mapping[str, str], asked: str, as_of: date, headcount_months: int) -> str:
    """Every known figure with its source, the rank of the source (higher first) and the end of its period."""
    since = literal(months_before(as_of, headcount_months))
    end_of_year = "make_date(CAST({} AS INTEGER), 12, 31)"
    columns = "AS source, {rank} AS rank, {ended} AS ended_on"
    report = columns.format(rank=4, ended=end_of_year.format("report_year"))
    filing = columns.format(rank=3, ended=end_of_year.format("tax_year"))
    statement = columns.format(rank=2, ended="period_to_on")
    insurance = columns.format(rank=1, ended="max(month_on)")
    # Quarterly statements carry the revenue of a part of the year, so only those of a year's end tell it.
    whole_year = "CASE WHEN month(period_to_on) = 12 THEN revenue_fen END"
    return f"""SELECT subject, employee_count AS staff, revenue_fen AS revenue, total_assets_fen AS assets,
    'annual_report' {report} FROM {known["annual_report"]} WHERE {asked}
  UNION ALL SELECT subject, NULL, revenue_fen, NULL, 'corporate_income_filing' {filing}
    FROM {known["corporate_income_filing"]} WHERE {asked}
  UNION ALL SELECT subject, NULL, {whole_year}, total_assets_fen, 'financial_statement' {statement}
    FROM {known["financial_statement"]} WHERE {asked}
  UNION ALL SELECT subject, arg_max(insured_count, month_on), NULL, NULL, 'social_insurance' {insurance}
    FROM {known["social_insurance"]} WHERE {asked} AND month_on >= {since} AND insured_count IS NOT NULL
    GROUP BY subject"""
