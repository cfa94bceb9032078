SELECT *, NULL::DATE AS to_on FROM (
  SELECT idx, h, 0 AS k, code AS party_code, owner_name AS person_name, owner_token AS person_token,
    'legal_representative' AS position, established_on AS from_on
  FROM firms
  UNION ALL
  SELECT idx, h, 1, code, owner_name, owner_token, 'executive_director', established_on FROM firms
    WHERE NOT is_individual
  UNION ALL
  SELECT idx, h, 2, code, person(key_of(h, 711), 500), token_of(key_of(h, 711)), 'supervisor', established_on
    FROM firms WHERE NOT is_individual
  UNION ALL
  SELECT idx, h, 3, code, person(key_of(h, 730), 500), token_of(key_of(h, 730)), 'manager', established_on
    + pick(h, 143, 200)::INTEGER
  FROM firms WHERE NOT is_individual AND draw(h, 144) < 0.4
)
