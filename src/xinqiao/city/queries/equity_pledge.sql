SELECT f.idx, f.h, 0 AS k,
  f.code AS party_code, '449900' || year(q.happened_on) || lpad((f.idx % 10000000)::VARCHAR, 7, '0')
    AS registration_number,
  q.happened_on AS registered_on, f.owner_name AS pledgor_name, b.lender_name AS pledgee_name,
  floor(f.capital_fen * q.share / 10000)::BIGINT * 10000 AS pledged_fen, q.share::DECIMAL(18, 2) AS share_ratio,
  CASE WHEN q.happened_on + q.lasts <= last_day() THEN q.happened_on + q.lasts END AS discharged_on
FROM (
  SELECT idx, hq, happened_on, 300 + pick(hq, 81, 700)::INTEGER AS lasts, round(0.1 + 0.5 * draw(hq, 82), 2) AS share,
    row_number() OVER (PARTITION BY idx ORDER BY n) AS place
  FROM quarters JOIN firms USING (idx)
  WHERE NOT is_individual AND draw(hq, 80) < 0.001 * exp(-0.8 * zf) + 0.06 * distress
) q JOIN firms f USING (idx) JOIN lenders b ON b.kind = 'bank' AND b.place = pick(q.hq, 83, 8)
WHERE q.place = 1
