SELECT q.idx, f.h, q.n * 10 + x.n + 100 AS k, f.code AS party_code, 'CX'
  || lpad((q.idx * 200 + q.n * 8 + x.n + 40)::VARCHAR, 12, '0') AS inquiry_number,
  b.lender_code AS institution_code, least(last_day(), q.happened_on + (5 * x.n)::INTEGER) AS inquired_on,
  CASE WHEN draw(q.hq, 165 + x.n) < 0.6 THEN 'loan_application' WHEN draw(q.hq, 165 + x.n) < 0.95 THEN 'monitoring'
    ELSE 'other' END AS purpose
FROM quarters q JOIN firms f USING (idx), range(0, 4) x(n), lenders b
WHERE q.happened_on >= first_day() AND b.kind = CASE WHEN draw(q.hq, 170 + x.n) < 0.8 THEN 'bank' ELSE 'microloan' END
  AND b.place = pick(q.hq, 175 + x.n, 5)
  AND draw(q.hq, 160 + x.n) < CASE WHEN f.borrows OR f.borrows_locally THEN 0.1 ELSE 0.012 END
    * within(exp(-0.6 * f.zf), 0.3, 2.5) + CASE WHEN f.profile = 'full' THEN 0.3 * q.distress ELSE 0.0 END
