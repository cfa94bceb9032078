SELECT y.idx, y.h, y.y AS k, y.account IS NOT NULL AND y.account_is_late AS waits, coalesce(y.account, y.code)
  AS taxpayer_code,
  CASE WHEN y.account IS NOT NULL THEN 'tax-legacy' END AS source_system, y.y AS tax_year,
  CASE WHEN year(f.established_on) = y.y OR y.revenue < 50000 THEN 'M'
    WHEN y.zt + 0.4 * about(y.hy, 26) - 2.2 * y.distress > 1.5 THEN 'A' WHEN y.zt + 0.4 * about(y.hy, 26) - 2.2
      * y.distress > -0.3 THEN 'B'
    WHEN y.zt + 0.4 * about(y.hy, 26) - 2.2 * y.distress > -1.2 THEN 'M' WHEN y.zt + 0.4 * about(y.hy, 26) - 2.2
      * y.distress > -2.0 THEN 'C' ELSE 'D' END AS grade,
  make_date(y.y + 1, 4, 8) + pick(y.hy, 27, 18)::INTEGER AS published_on
FROM yearly y JOIN firms f USING (idx) WHERE NOT y.is_individual AND y.profile <> 'registered_only'
