SELECT q.idx, f.h, q.n + 10 AS k, f.code AS party_code, '信劳人仲案字〔' || year(q.happened_on) || '〕第'
  || (q.idx * 4 + quarter(q.happened_on)) || '号' AS case_number,
  CASE WHEN draw(q.hq, 121) < 0.93 THEN 'respondent' ELSE 'applicant' END AS role, q.happened_on AS decided_on,
    ((3 + pick(q.hq, 122, 60)) * 100000)::BIGINT AS amount_fen
FROM quarters q JOIN firms f USING (idx)
WHERE f.staff > 0 AND draw(q.hq, 120) < within((0.003 * exp(-1.1 * f.zl) + 0.08 * q.distress) * ln(1 + f.staff), 0,
  0.5)
