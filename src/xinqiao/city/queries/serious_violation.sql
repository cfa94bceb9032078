SELECT q.idx, f.h, q.n + 10 AS k, f.code AS party_code,
  q.happened_on AS listed_on, '信桥市市场监督管理局' AS authority,
  one_of(q.hq, 86,
    ['被列入经营异常名录届满三年仍未履行相关义务', '提交虚假材料取得登记情节严重',
    '生产销售不符合保障人身财产安全标准的产品']) AS listing_reason,
  q.happened_on + 1096 AS removed_on, '列入届满三年，依规移出' AS removal_reason
FROM quarters q JOIN firms f USING (idx)
WHERE draw(q.hq, 85) < 0.0002 * exp(-0.9 * f.zr) + 0.014 * q.distress
