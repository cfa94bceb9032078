SELECT q.idx, f.h, q.n + 10 AS k, f.code AS party_code,
  'ZK' || year(q.happened_on) || lpad((q.idx * 4 + quarter(q.happened_on) - 1)::VARCHAR, 9, '0') AS report_number,
    q.happened_on AS reported_on,
  CASE WHEN draw(q.hq, 151) < 0.3 THEN 'government' WHEN draw(q.hq, 151) < 0.7 THEN 'large_enterprise'
    ELSE 'other' END AS debtor_kind,
  CASE debtor_kind WHEN 'government' THEN '信桥市' || f.county_name || '住房和城乡建设局' WHEN 'large_enterprise'
    THEN '海岳建设集团有限公司' ELSE '信桥' || trade_name(q.hq, 520) || '商贸有限公司' END AS debtor_name,
  (greatest(1, round(f.monthly_sales * (0.3 + 2 * draw(q.hq, 154)) / 10000)) * 1000000)::BIGINT AS amount_fen, 30
    + pick(q.hq, 155, 700) AS overdue_days, CASE WHEN draw(q.hq, 152) < 0.6 THEN q.happened_on + 60
    + pick(q.hq, 153, 400)::INTEGER END AS settled_on
FROM quarters q JOIN firms f USING (idx)
WHERE NOT f.is_individual AND draw(q.hq, 150) < CASE WHEN substr(f.division, 1, 1) = 'E' THEN 0.02 ELSE 0.005 END
  * exp(-0.3 * f.zi)
