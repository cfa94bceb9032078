SELECT idx, h, n AS k, code AS party_code, (30000000 + idx * 4 + n)::VARCHAR AS registration_number,
  established_on + 300 + pick(hx, 1, greatest(1, age_days))::INTEGER AS registered_on, (1 + pick(hx, 2, 45))::VARCHAR
    AS class_code, registered_on + 3652 AS expires_on, NULL::DATE AS cancelled_on
FROM (SELECT f.*, n.n, key_of(h, 4300 + n.n) AS hx FROM firms f, range(0, 4) n(n))
WHERE draw(h, 200) < CASE WHEN is_individual THEN 0.03 ELSE 0.15 END * exp(0.8 * za) AND (n = 0 OR draw(hx, 3) < 0.4)
