SELECT q.idx, f.h, q.n + 10 AS k, f.power_account AS account_number, 'WY' || year(q.happened_on)
  || lpad((q.idx * 4 + quarter(q.happened_on))::VARCHAR, 9, '0') AS breach_number,
  q.happened_on AS found_on, CASE WHEN draw(q.hq, 126) < 0.2 THEN 'theft' ELSE 'breach' END AS kind,
    ((1 + pick(q.hq, 127, 50)) * 50000)::BIGINT AS penalty_fen
FROM quarters q JOIN firms f USING (idx) WHERE f.has_power
  AND draw(q.hq, 125) < within(0.003 * exp(-1.4 * f.zu) + 0.015 * q.distress, 0, 0.2)
