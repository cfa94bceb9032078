SELECT c.idx, c.h, c.n + 10 AS k, c.code AS party_code,
  '（' || year(c.enforced_on) || '）信9901执' || (c.idx * 20 + c.n + 4) || '号' AS case_number, c.enforced_on
    AS filed_on,
  '信桥市桥东区人民法院' AS court, c.target_fen, CASE WHEN c.settles_after IS NULL
    THEN floor(c.target_fen * 0.2 * draw(c.hq, 61) / 100)::BIGINT * 100 ELSE c.target_fen END AS performed_fen,
  CASE WHEN c.settles_after IS NULL THEN 'terminated' ELSE 'concluded' END AS status, c.enforced_on
    + coalesce(c.settles_after, CASE WHEN draw(c.hq, 60) < 0.7 THEN 180 END)::INTEGER AS concluded_on
FROM cases c WHERE c.enforced_on IS NOT NULL
