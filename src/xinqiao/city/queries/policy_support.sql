SELECT q.idx, f.h, q.n + 10 AS k, f.code AS party_code, 'ZC' || year(q.happened_on)
  || lpad((q.idx * 4 + quarter(q.happened_on) - 1)::VARCHAR, 9, '0') AS project_number,
  q.happened_on AS paid_on, one_of(q.hq, 97,
    ['稳岗返还补贴', '技术改造专项资金', '研发费用后补助', '中小企业发展专项资金', '外贸稳增长资金', '疫情纾困补助'])
    AS fund_name,
  ((1 + pick(q.hq, 98, 30)) * 500000)::BIGINT AS amount_fen
FROM quarters q JOIN firms f USING (idx)
WHERE NOT f.is_individual AND draw(q.hq, 96) < within(0.014 * exp(0.6 * f.za) * (1 - q.distress), 0, 0.2)
