-- Filings month by month or quarter by quarter; some late, some never, a few corrected afterwards.
SELECT * FROM (
  SELECT p.idx, p.h, p.m AS k, f.account IS NOT NULL AND f.account_is_late AS waits,
    coalesce(f.account, f.code) AS taxpayer_code, CASE WHEN f.account IS NOT NULL THEN 'tax-legacy' END
      AS source_system,
    p.from_on AS month_on, CASE WHEN p.span = 1 THEN 'monthly' ELSE 'quarterly' END AS frequency, p.due_on,
    CASE WHEN draw(p.hm, 35) < within(0.002 * exp(-1.0 * f.zt), 0, 0.1) + 0.35 * p.distress * p.distress THEN NULL
      WHEN draw(p.hm, 36) < within(0.045 * exp(-1.2 * f.zt) * CASE WHEN f.is_general THEN 0.6 ELSE 1.2 END, 0, 0.6)
        + 0.3 * p.distress
        THEN p.due_on + 1 + pick(p.hm, 37, 45)::INTEGER
      ELSE p.due_on - pick(p.hm, 37, 13)::INTEGER END AS filed_on,
    filed_on AS known_on,
    CASE WHEN draw(p.hm, 60) < 0.02 THEN filed_on + 1 + pick(p.hm, 61, 300)::INTEGER END AS corrected_on,
    floor(p.sales * within(1 + 0.02 * about(p.hm, 38), 0.8, 1.1) * 100)::BIGINT AS sales_fen,
    coalesce(t.fen, 0) AS payable_fen
  FROM periods p JOIN firms f USING (idx) LEFT JOIN (SELECT idx, m, fen FROM taxes
    WHERE kind = 'vat') t ON t.idx = p.idx AND t.m = p.m
  WHERE NOT f.is_individual OR f.profile = 'full' AND draw(f.h, 104) < 0.6
) WHERE filed_on IS NOT NULL
