SELECT q.idx, f.h, q.n + 10 AS k, f.code AS party_code,
  'XQZC' || year(q.happened_on) || lpad((q.idx * 4 + quarter(q.happened_on) - 1)::VARCHAR, 9, '0') AS contract_number,
    q.happened_on AS signed_on,
  '信桥市' || f.county_name || one_of(q.hq, 147,
    ['教育局', '卫生健康局', '住房和城乡建设局', '机关事务管理局', '公安局', '文化和旅游局']) AS buyer_name,
  (greatest(2, round(f.monthly_sales * (0.3 + 2 * draw(q.hq, 148)) / 10000)) * 1000000)::BIGINT AS amount_fen,
  CASE WHEN draw(q.hq, 149) < within(0.05 * exp(-0.9 * f.zp) + 0.4 * q.distress, 0, 0.9) THEN 'breached'
    ELSE 'kept' END AS outcome, q.happened_on + 90 + pick(q.hq, 146, 200)::INTEGER AS concluded_on
FROM quarters q JOIN firms f USING (idx)
WHERE NOT f.is_individual AND draw(f.h, 221) < within(0.2 + 0.1 * f.zp, 0.03, 0.6) AND draw(q.hq, 145) < 0.2
  * (1 - q.distress)
