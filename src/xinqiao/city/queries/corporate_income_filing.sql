SELECT idx, h, y AS k, account IS NOT NULL AND account_is_late AS waits, coalesce(account, code) AS taxpayer_code,
  CASE WHEN account IS NOT NULL THEN 'tax-legacy' END AS source_system, y AS tax_year,
  make_date(y + 1, 3, 1) + pick(hy, 20, CASE WHEN draw(hy, 21) < 0.9 THEN 91 ELSE 150 END)::INTEGER AS filed_on,
  round(revenue * CASE WHEN has_profit_gap THEN 0.6 ELSE 1.0 END)::BIGINT * 100 AS revenue_fen,
  round(profit * CASE WHEN has_profit_gap THEN 0.15 ELSE 1.0 END)::BIGINT * 100 AS net_profit_fen,
  greatest(0, round(profit * 0.05))::BIGINT * 100 AS tax_fen
FROM yearly WHERE NOT is_individual AND profile <> 'registered_only'
  AND draw(hy, 22) < within(0.97 + 0.02 * zt - 0.5 * distress, 0.1, 0.995)
