SELECT idx, h, n AS k, code AS party_code,
  established_on + 120 + pick(hx, 2, greatest(1, age_days - 120))::INTEGER AS applied_on,
  'ZL' || year(applied_on) || CASE kind WHEN 'invention' THEN '1' WHEN 'utility_model' THEN '2' ELSE '3' END
    || lpad((idx * 12 + n)::VARCHAR, 8, '0') || '.X' AS patent_number, kind,
  applied_on + (CASE kind WHEN 'invention' THEN 700 ELSE 240 END + pick(hx, 3, 200))::INTEGER AS granted_on, CASE
    WHEN draw(hx, 4) < 0.18 THEN granted_on + 500 + pick(hx, 5, 1200)::INTEGER END AS lapsed_on
FROM (
  SELECT f.*, n.n, key_of(h, 4200 + n.n) AS hx, CASE WHEN draw(key_of(h, 4200 + n.n), 1) < 0.17 + 0.05 * za
    THEN 'invention' WHEN draw(key_of(h, 4200 + n.n), 1) < 0.82 THEN 'utility_model' ELSE 'design' END AS kind
  FROM firms f, range(0, 12) n(n)
)
WHERE NOT is_individual AND draw(h, 198) < CASE WHEN division IN ('C38', 'C39', 'C34', 'I65') THEN 0.36
  WHEN substr(division, 1, 1) IN ('C', 'I', 'M', 'N') THEN 0.2 ELSE 0.03 END * exp(0.8 * za)
  AND n < 1 + floor(5 * pow(draw(h, 199), 2) * exp(0.4 * za))
