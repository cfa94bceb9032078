SELECT r.idx, r.h, r.report_year AS k, y.code AS party_code, r.report_year, r.filed_on,
  round(y.revenue)::BIGINT * 100 AS revenue_fen, round(y.profit)::BIGINT * 100 AS net_profit_fen,
    round(y.assets)::BIGINT * 100 AS total_assets_fen,
  round(y.assets * y.debt_ratio)::BIGINT * 100 AS total_liabilities_fen, round(y.revenue * 0.028)::BIGINT * 100
    AS tax_fen,
  (y.staff * 1.3)::BIGINT + 1 AS employee_count, y.staff::BIGINT AS insured_count, y.capital_fen AS subscribed_fen,
  floor(y.capital_fen * y.paid_share / 10000)::BIGINT * 10000 AS paid_in_fen
FROM reports r JOIN yearly y ON y.idx = r.idx AND y.y = r.report_year
WHERE r.filed_on IS NOT NULL AND NOT y.is_individual
