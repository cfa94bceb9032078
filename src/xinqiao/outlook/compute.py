"""Every sector's sums on the engine: each firm's turnover by quarter once, matched with itself a year before."""

from collections.abc import Mapping
from datetime import date, timedelta

from xinqiao.catalogue import Contract
from xinqiao.catalogue.codes import divisions
from xinqiao.catalogue.known import Views, known_records
from xinqiao.engine import Session
from xinqiao.engine.dialect import literal
from xinqiao.engine.packing import pack, unpacked
from xinqiao.kernel.period import months_before
from xinqiao.outlook.model import SectorQuarter, Sums, first_day, publish, quarter_number
from xinqiao.outlook.rules import Rules

OUTLOOK = "sector_outlook"
OUTLOOK_COLUMNS: Mapping[str, str] = {
    "sector": "VARCHAR",
    "quarter_on": "DATE",
    "firms": "BIGINT",
    "suppressed": "BOOLEAN",
    "growth": "DOUBLE",
    "index_value": "DOUBLE",
    "base_on": "DATE",
    "z": "DOUBLE",
}
FIRM_SECTOR = "outlook_firm"
DATASETS = ("business_registration", "sales_invoice", "vat_filing")

_REGISTRATION = {
    "subject": "BIGINT",
    "industry_code": "VARCHAR",
    "occurred_on": "DATE",
    "known_at": "TIMESTAMP",
    "delivery": "BIGINT",
}
_INVOICE = {"subject": "BIGINT", "issued_on": "DATE", "amount_fen": "BIGINT", "status": "VARCHAR"}
_FILING = {"subject": "BIGINT", "month_on": "DATE", "frequency": "VARCHAR", "sales_fen": "BIGINT"}
_QUARTER = "CAST(year({day}) * 4 + (month({day}) - 1) // 3 AS INTEGER)"
_ALL_MONTHS = 0b111
"""The bits of a quarter's three months."""


def compute(
    session: Session, *, rules: Rules, contracts: Mapping[str, Contract], views: Views, as_of: date
) -> int:
    """Make the table `sector_outlook` of every sector and settled quarter as known by the end of `as_of`.

    Columns as in `OUTLOOK_COLUMNS`.

    A firm's turnover of a quarter is its VAT sales where its filings cover the whole of that quarter and of the
    one a year before, else its valid invoices less the red ones. Firms without turnover in either quarter are not
    matched. The industry is the newest registered one.

    Args:
        session: Where the histories are registered.
        rules: The declared rules.
        contracts: Contracts by dataset.
        views: The registered views; of `DATASETS` those that are missing count as never delivered.
        as_of: The day looked at.

    Returns:
        Number of rows.
    """
    known = {
        dataset: known_records(session, contracts, views, dataset, columns=columns, as_of=as_of)
        for dataset, columns in (
            ("business_registration", _REGISTRATION),
            ("sales_invoice", _INVOICE),
            ("vat_filing", _FILING),
        )
    }
    last = _last_settled(session, known["sales_invoice"], rules, as_of)
    first = last - rules.most_quarters + 1
    session.run(f"CREATE OR REPLACE TABLE {FIRM_SECTOR} AS {_firm_sectors(known['business_registration'])}")
    session.run(f"CREATE OR REPLACE TABLE outlook_quarter AS {_firm_quarters(known, first=first, last=last)}")
    sums = [Sums(*row) for row in session.rows(_SECTOR_SUMS)]
    for table in ("outlook_quarter", FIRM_SECTOR):
        session.run(f"DROP TABLE {table}")
    published = publish(sums, rules)
    keep(session, published)
    return len(published)


def keep(session: Session, published: tuple[SectorQuarter, ...]) -> None:
    """Make the table `sector_outlook` of what is published."""
    lines = [[getattr(row, name) for name in OUTLOOK_COLUMNS] for row in published]
    session.run(
        f"CREATE OR REPLACE TABLE {OUTLOOK} AS"
        f" {unpacked(1, tuple(OUTLOOK_COLUMNS), OUTLOOK_COLUMNS)} ORDER BY sector, quarter_on",
        [pack(lines)],
    )


def _last_settled(session: Session, invoices: str, rules: Rules, as_of: date) -> int:
    """The newest quarter that counts, from year 0."""
    ended = quarter_number(as_of + timedelta(days=1)) - 1
    end = first_day(ended + 1)
    if as_of >= end + timedelta(days=rules.settled_after_days - 1):
        return ended
    since = literal(end - timedelta(days=rules.final_days))
    late = f"SELECT TRUE FROM {invoices} WHERE issued_on >= {since} AND issued_on < {literal(end)} LIMIT 1"
    return ended if session.scalar(late) else ended - 1


def _firm_sectors(registration: str) -> str:
    """Division and section of each firm by its newest registered industry; the letter, if given, must fit."""
    known = ", ".join(f"({literal(code[1:])}, {literal(code)})" for code in divisions())
    newest = "{'occurred_on': occurred_on, 'known_at': known_at, 'delivery': delivery}"
    return f"""SELECT f.subject, d.sector, substr(d.sector, 1, 1) AS section
FROM (
  SELECT subject, upper(trim(arg_max(industry_code, {newest}) FILTER (WHERE industry_code IS NOT NULL))) AS code
  FROM {registration} GROUP BY subject
) AS f
JOIN (VALUES {known}) AS d (digits, sector) ON d.digits = regexp_extract(f.code, '^([A-T]?)([0-9]{{2}})', 2)
WHERE regexp_extract(f.code, '^([A-T]?)([0-9]{{2}})', 1) IN ('', substr(d.sector, 1, 1))"""


def _firm_quarters(known: Mapping[str, str], *, first: int, last: int) -> str:
    """Each firm's net invoicing and, where its filings cover the quarter, VAT sales by quarter.

    The year before the first quarter is needed to compare with.
    """
    start, end = literal(months_before(first_day(first), 12)), literal(first_day(last + 1))
    return f"""SELECT subject, quarter, invoiced, filed
FROM (
  SELECT subject, {_QUARTER.format(day="issued_on")} AS quarter, CAST(sum(amount_fen) AS BIGINT) AS invoiced
  FROM {known["sales_invoice"]}
  WHERE status = 'valid' AND issued_on >= {start} AND issued_on < {end}
  GROUP BY 1, 2
)
FULL JOIN (
  SELECT subject, quarter,
    CASE WHEN bool_or(whole) THEN CAST(sum(CASE WHEN whole THEN sales_fen END) AS BIGINT)
      WHEN bit_or(month_bit) = {_ALL_MONTHS} THEN CAST(sum(sales_fen) AS BIGINT) END AS filed
  FROM (
    SELECT subject, sales_fen, {_QUARTER.format(day="month_on")} AS quarter,
      coalesce(frequency = 'quarterly', FALSE) AS whole, 1 << (month(month_on) % 3) AS month_bit
    FROM {known["vat_filing"]}
    WHERE month_on >= {start} AND month_on < {end} AND sales_fen IS NOT NULL
  )
  GROUP BY subject, quarter
) USING (subject, quarter)"""


_SECTOR_SUMS = f"""WITH matched AS (
  SELECT subject, quarter, now_fen, before_fen FROM (
    SELECT n.subject, n.quarter,
      CASE WHEN n.filed IS NOT NULL AND b.filed IS NOT NULL THEN n.filed ELSE n.invoiced END AS now_fen,
      CASE WHEN n.filed IS NOT NULL AND b.filed IS NOT NULL THEN b.filed ELSE b.invoiced END AS before_fen
    FROM outlook_quarter AS n
    JOIN outlook_quarter AS b ON b.subject = n.subject AND b.quarter = n.quarter - 4
  )
  WHERE now_fen > 0 AND before_fen > 0
)
SELECT coalesce(f.sector, f.section) AS sector, m.quarter, count(*) AS firms,
  sum(m.now_fen), sum(m.before_fen), max(m.now_fen), max(m.before_fen)
FROM matched AS m
JOIN {FIRM_SECTOR} AS f ON f.subject = m.subject
GROUP BY GROUPING SETS ((m.quarter, f.sector), (m.quarter, f.section))
ORDER BY 1, 2"""
