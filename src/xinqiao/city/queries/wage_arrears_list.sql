SELECT q.idx, f.h, q.n + 10 AS k, f.code AS party_code,
  q.happened_on AS listed_on, '信桥市人力资源和社会保障局' AS authority, 2 + pick(q.hq, 118, 30) AS worker_count,
    ((5 + pick(q.hq, 119, 80)) * 1000000)::BIGINT AS amount_fen, q.happened_on + CASE WHEN draw(q.hq, 117) < 0.6
    THEN 200 + pick(q.hq, 116, 400) END::INTEGER AS removed_on
FROM quarters q JOIN firms f USING (idx)
WHERE NOT f.is_individual AND f.staff >= 3 AND draw(q.hq, 115) < CASE WHEN substr(f.division, 1, 1) = 'E' THEN 2.5
  ELSE 1.0 END * (0.0003 * exp(-0.9 * f.zl) + 0.012 * q.distress)
