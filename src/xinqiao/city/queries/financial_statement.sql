SELECT idx, h, y AS k, account IS NOT NULL AND account_is_late AS waits, coalesce(account, code) AS taxpayer_code,
  CASE WHEN account IS NOT NULL THEN 'tax-legacy' END AS source_system, make_date(y, 12, 31) AS period_to_on,
  make_date(y + 1, 1, 5) + pick(hy, 23, CASE WHEN draw(hy, 24) < 0.85 THEN 100 ELSE 170 END)::INTEGER AS filed_on,
  round(revenue)::BIGINT * 100 AS revenue_fen, round(profit)::BIGINT * 100 AS net_profit_fen, round(assets)::BIGINT
    * 100 AS total_assets_fen,
  round(assets * debt_ratio)::BIGINT * 100 AS total_liabilities_fen,
  CASE WHEN substr(division, 1, 1) IN ('C', 'I', 'M') AND draw(h, 175) < 0.3 + 0.08 * za
    THEN round(revenue * (0.01 + 0.06 * draw(h, 176)))::BIGINT * 100 ELSE 0 END AS research_fen
FROM yearly WHERE NOT is_individual AND profile <> 'registered_only'
  AND draw(hy, 25) < within(0.93 + 0.03 * zt - 0.5 * distress, 0.1, 0.99)
