SELECT idx, h, 0 AS k, greatest(established_on + 200, DATE '2021-12-01' + pick(h, 196, 900)::INTEGER) AS known_on,
  code AS party_code, known_on AS assessed_on,
  CASE WHEN za + 0.5 * about(h, 195) > 1.5 THEN 'advanced' WHEN za + zr < -2.8 THEN 'dishonest' ELSE 'ordinary' END
    AS grade
FROM firms WHERE is_exporter AND NOT exports_by_agent AND coalesce(closed_on, DATE '9999-12-31') > known_on
