SELECT idx, h, n AS k, code AS party_code, established_on + 90 + pick(hx, 1, greatest(1, age_days))::INTEGER
  AS registered_on, year(registered_on) || 'SR' || lpad((idx * 6 + n)::VARCHAR, 8, '0') AS registration_number,
  CASE WHEN draw(hx, 2) < 0.9 THEN 'software' ELSE 'work' END AS kind
FROM (SELECT f.*, n.n, key_of(h, 4400 + n.n) AS hx FROM firms f, range(0, 6) n(n))
WHERE NOT is_individual AND draw(h, 202) < CASE WHEN division IN ('I64', 'I65') THEN 0.4
  WHEN division IN ('C39', 'M74', 'M75', 'R90') THEN 0.12 ELSE 0.015 END * exp(0.7 * za)
  AND n < 1 + floor(6 * pow(draw(h, 203), 1.5))
