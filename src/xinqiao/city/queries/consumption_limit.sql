SELECT c.idx, c.h, c.n * 2 + x.place + 20 AS k, c.code AS party_code,
  '（' || year(c.enforced_on) || '）信9901执' || (c.idx * 20 + c.n + 4) || '号' || CASE WHEN x.place = 1 THEN '之一'
    ELSE '' END AS case_number, c.enforced_on + 45 AS issued_on,
  CASE WHEN x.place = 1 THEN 'legal_representative' ELSE 'enterprise' END AS limited_party, c.enforced_on
    + (5 + c.settles_after)::INTEGER AS lifted_on
FROM cases c, range(0, 2) x(place) WHERE c.enforced_on IS NOT NULL AND coalesce(c.settles_after, 999) > 45
  AND draw(c.hq, 63) < 0.45 + 0.4 * c.distress
  AND (x.place = 0 OR draw(c.hq, 64) < 0.5)
