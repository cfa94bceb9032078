SELECT q.idx, f.h, q.n + 10 AS k, f.code AS party_code, '信关缉违字〔' || year(q.happened_on) || '〕'
  || (q.idx * 4 + quarter(q.happened_on)) || '号' AS decision_number,
  q.happened_on AS decided_on, ((1 + pick(q.hq, 131, 40)) * 100000)::BIGINT AS fine_fen
FROM quarters q JOIN firms f USING (idx) WHERE f.is_exporter
  AND draw(q.hq, 130) < within(0.008 * exp(-0.9 * f.zr), 0, 0.2)
