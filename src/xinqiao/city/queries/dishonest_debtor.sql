SELECT c.idx, c.h, c.n + 10 AS k, c.code AS party_code,
  '（' || year(c.enforced_on) || '）信9901执' || (c.idx * 20 + c.n + 4) || '号' AS case_number, c.enforced_on + 60
    AS published_on, '信桥市桥东区人民法院' AS court, c.enforced_on + (5 + c.settles_after)::INTEGER
    AS removed_on,
  CASE WHEN removed_on IS NOT NULL THEN 'full' WHEN draw(c.hq, 61) < 0.3 THEN 'partial' ELSE 'none' END AS performance
FROM cases c WHERE c.enforced_on IS NOT NULL AND coalesce(c.settles_after, 999) > 60
  AND draw(c.hq, 62) < within(0.08 - 0.05 * c.r, 0.02, 0.25) + 0.45 * c.distress
