SELECT idx, h, place AS k, code AS party_code, title,
  greatest(established_on + 380, last_day() - 60 - pick(hx, 1, 1250)::INTEGER) AS granted_on, granted_on + 1095
    AS valid_until_on, CASE WHEN draw(hx, 3) < 0.05 THEN granted_on + 400 + pick(hx, 4, 400)::INTEGER END
    AS revoked_on
FROM (
  SELECT f.*, t.place, t.title, key_of(h, 4500 + t.place) AS hx, t.share
  FROM firms f, (VALUES (0, 'technology_sme', 0.10), (1, 'high_tech', 0.06), (2, 'specialised', 0.025),
    (3, 'little_giant', 0.002)) t(place, title, share)
)
WHERE NOT is_individual AND substr(division, 1, 1) IN ('C', 'I', 'M', 'N') AND draw(hx, 2) < 1.6 * share
  * exp(1.1 * za) AND coalesce(closed_on, DATE '9999-12-31') > granted_on
