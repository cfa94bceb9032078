SELECT f.idx, f.h, 0 AS k, f.code AS party_code,
  f.defaulted_on + 90 + pick(f.h, 171, 400)::INTEGER AS accepted_on,
  '（' || year(accepted_on) || '）信99破' || (f.idx + 1) || '号' AS case_number, CASE WHEN draw(f.h, 174) < 0.75
    THEN 'liquidation' WHEN draw(f.h, 174) < 0.92 THEN 'reorganisation' ELSE 'settlement' END AS kind,
  CASE WHEN draw(f.h, 172) < 0.5 THEN accepted_on + 200 + pick(f.h, 173, 400)::INTEGER END AS closed_on
FROM firms f WHERE f.default_m IS NOT NULL AND NOT f.recovers AND NOT f.is_individual AND draw(f.h, 170) < 0.08
