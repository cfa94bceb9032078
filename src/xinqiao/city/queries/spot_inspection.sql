SELECT q.idx, f.h, q.n + 10 AS k, f.code AS party_code,
  'CC' || year(q.happened_on) || lpad((q.idx * 4 + quarter(q.happened_on) - 1)::VARCHAR, 9, '0') AS inspection_number,
  q.happened_on AS inspected_on, one_of(q.hq, 88,
    ['信桥市市场监督管理局', '信桥市市场监督管理局', '信桥市应急管理局']) AS authority,
  one_of(q.hq, 89, ['登记事项检查', '公示信息检查', '产品质量监督抽查', '安全生产检查', '价格行为检查'])
    AS subject_matter,
  CASE WHEN draw(q.hq, 90) < within(0.04 * exp(-1.0 * f.zr) + 0.25 * q.distress, 0, 0.8) THEN 'failed'
    WHEN draw(q.hq, 90) < within(0.2 * exp(-0.4 * f.zr) + 0.2 * q.distress, 0, 0.9) THEN 'corrected' ELSE 'passed' END
    AS result
FROM quarters q JOIN firms f USING (idx)
WHERE draw(q.hq, 87) < CASE WHEN substr(f.division, 1, 1) IN ('C', 'E', 'H') OR f.division = 'F52' THEN 0.05
  ELSE 0.02 END
