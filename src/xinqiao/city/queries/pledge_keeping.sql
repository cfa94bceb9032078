SELECT q.idx, f.h, q.n + 10 AS k, f.code AS party_code,
  'CN' || year(q.happened_on) || lpad((q.idx * 4 + quarter(q.happened_on) - 1)::VARCHAR, 9, '0') AS pledge_number,
    q.happened_on AS made_on,
  one_of(q.hq, 101, ['办理许可告知承诺', '信用修复承诺', '按期缴纳税费承诺', '项目投资履约承诺']) AS content,
  CASE WHEN draw(q.hq, 102) < within(0.07 * exp(-0.9 * f.zp) + 0.4 * q.distress, 0, 0.9) THEN 'broken' ELSE 'kept' END
    AS outcome,
  q.happened_on + 180 AS concluded_on
FROM quarters q JOIN firms f USING (idx)
WHERE draw(q.hq, 100) < 0.018
