SELECT idx, h, 0 AS k, code AS party_code, code || '001' || CASE WHEN draw(h, 211) < 0.3 THEN 'V' ELSE 'X' END
  AS permit_number,
  greatest(established_on + 60, last_day() - 30 - pick(h, 212, 1700)::INTEGER) AS issued_on, issued_on + 1826
    AS valid_until_on, NULL::DATE AS revoked_on
FROM firms WHERE NOT is_individual AND substr(division, 1, 1) IN ('C', 'N') AND draw(h, 210) < 0.45
  AND coalesce(closed_on, DATE '9999-12-31') > issued_on
