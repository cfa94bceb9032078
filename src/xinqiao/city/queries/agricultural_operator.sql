SELECT idx, h, 0 AS k, greatest(established_on + 30, last_day() - 30 - pick(h, 216, 2500)::INTEGER) AS known_on, code
  AS party_code,
  CASE WHEN is_individual THEN 'family_farm' WHEN draw(h, 217) < 0.7 THEN 'cooperative' ELSE 'leading_enterprise' END
    AS operator_kind, known_on AS registered_on,
  (20 + pick(h, 218, CASE WHEN is_individual THEN 300 ELSE 3000 END))::DECIMAL(18, 0) AS land_mu,
    (pick(h, 219, 20) * 500000)::BIGINT AS subsidy_fen, draw(h, 220) < 0.6 + 0.1 * zr AS is_insured
FROM firms WHERE division = 'A01' AND draw(h, 215) < 0.7
