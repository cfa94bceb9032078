SELECT f.idx, f.h, x.n AS k,
  f.code AS party_code,
  (f.established_on + 20 + pick(hx, 1, 200)::INTEGER + 1826 * x.n::INTEGER)::DATE AS decided_on, x.permit[3]
    || year(decided_on) || lpad((f.idx * 4 + x.n)::VARCHAR, 8, '0') AS permit_number, x.permit[2] AS authority,
    x.permit[1] AS permit_name, decided_on AS valid_from_on, decided_on + 1826 AS valid_until_on,
  CASE WHEN draw(hx, 4) < 0.012 * exp(-0.8 * f.zr) THEN decided_on + 300 + pick(hx, 5, 600)::INTEGER END AS revoked_on
FROM (
  SELECT idx, n, key_of(h, 4000 + n) AS hx, one_of(h, 160, CASE substr(division, 1, 1)
      WHEN 'H' THEN [['食品经营许可证', '信桥市市场监督管理局', 'JY'],
        ['公众聚集场所投入使用安全检查合格证', '信桥市消防救援支队', 'XF']]
      WHEN 'E' THEN [['建筑业企业资质证书', '信桥市住房和城乡建设局', 'D3'],
        ['安全生产许可证', '信桥市住房和城乡建设局', 'JZ']]
      WHEN 'G' THEN [['道路运输经营许可证', '信桥市交通运输局', 'DL']]
      WHEN 'C' THEN [['排水许可证', '信桥市水务局', 'PS'], ['工业产品生产许可证', '信桥市市场监督管理局', 'XK']]
      WHEN 'Q' THEN [['医疗机构执业许可证', '信桥市卫生健康局', 'YL']] WHEN 'P'
        THEN [['民办学校办学许可证', '信桥市教育局', 'BX']]
      ELSE [['食品经营许可证', '信桥市市场监督管理局', 'JY'],
        ['劳务派遣经营许可证', '信桥市人力资源和社会保障局', 'LW'],
        ['出版物经营许可证', '信桥市新闻出版局', 'CB']] END) AS permit
  FROM firms, range(0, 4) n(n)
  WHERE draw(h, 161) < CASE WHEN substr(division, 1, 1) IN ('H', 'E', 'G', 'Q', 'P') THEN 0.7
    WHEN substr(division, 1, 1) = 'C' THEN 0.4 ELSE 0.18 END
) x JOIN firms f USING (idx)
WHERE coalesce(f.closed_on, DATE '9999-12-31') > decided_on
