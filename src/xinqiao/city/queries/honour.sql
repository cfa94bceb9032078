SELECT q.idx, f.h, q.n + 10 AS k, f.code AS party_code, x.honour[1] AS honour_name, q.happened_on AS awarded_on,
  x.honour[2] AS level, x.honour[3] AS authority
FROM (SELECT idx, n, one_of(hq, 95,
  [['守合同重信用企业', 'city', '信桥市市场监督管理局'], ['信桥市纳税贡献先进企业', 'city', '信桥市人民政府'],
  ['信桥市五一劳动奖状', 'city', '信桥市总工会'],
    ['省诚信示范企业', 'province', '省发展和改革委员会'], ['市长质量奖', 'city', '信桥市人民政府'],
      ['全国文明诚信示范单位', 'national', '国家有关部门']]) AS honour FROM quarters) x
JOIN quarters q ON q.idx = x.idx AND q.n = x.n JOIN firms f ON f.idx = q.idx
WHERE NOT f.is_individual AND draw(q.hq, 94) < within(0.02 * exp(1.3 * f.zp) * ln(1 + f.monthly_sales / 60000)
  * (1 - q.distress), 0, 0.3)
