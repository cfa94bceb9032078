SELECT q.idx, f.h, q.n + 10 AS k, f.code AS party_code,
  x.list[1] AS list_name, q.happened_on AS listed_on, x.list[2] AS authority, x.list[3] AS listing_reason,
    q.happened_on + 400 + pick(q.hq, 93, 500)::INTEGER AS removed_on
FROM (SELECT *, one_of(hq, 92,
  [['统计严重失信企业', '信桥市统计局', '提供不真实统计资料情节严重'],
  ['安全生产严重失信主体', '信桥市应急管理局', '发生生产安全责任事故'],
    ['政府采购严重违法失信行为记录名单', '信桥市财政局', '提供虚假材料谋取中标']]) AS list FROM quarters) x
JOIN quarters q ON q.idx = x.idx AND q.n = x.n JOIN firms f ON f.idx = q.idx
WHERE draw(q.hq, 91) < 0.0004 * exp(-0.8 * f.zr) + 0.006 * q.distress
