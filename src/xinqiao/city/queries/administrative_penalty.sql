SELECT q.idx, f.h, q.n + 10 AS k, f.code AS party_code, f.name AS party_name,
  q.offence[2] || '〔' || year(q.happened_on) || '〕' || (q.idx * 4 + quarter(q.happened_on) - 1) || '号'
    AS decision_number,
  q.happened_on AS decided_on, q.offence[1] AS authority, CASE WHEN q.fine > 0 THEN CASE WHEN q.degree = 'serious'
    THEN '罚款、没收违法所得' ELSE '罚款' END ELSE '警告' END AS penalty_kind,
  q.offence[3] AS violation, CASE WHEN q.fine > 0 THEN q.fine END AS fine_fen, q.degree AS severity,
  q.happened_on + CASE WHEN q.degree = 'serious' THEN 1095 ELSE 365 END AS published_until, q.offence[1] AS told_by
FROM (
  SELECT *, (CASE degree WHEN 'serious' THEN 300 + floor(3700 * pow(draw(hq, 64), 2)) WHEN 'general' THEN 20
    + floor(480 * pow(draw(hq, 64), 2))
      ELSE CASE WHEN draw(hq, 64) < 0.5 THEN 0 ELSE 5 + floor(95 * pow(draw(hq, 64), 2)) END END * 10000)::BIGINT
        AS fine
  FROM (
    SELECT q.*, one_of(hq, 61, CASE substr(f.division, 1, 1)
        WHEN 'C' THEN [['信桥市生态环境局', '信环罚', '未按照规定处置危险废物'],
          ['信桥市应急管理局', '信应急罚', '未对从业人员进行安全生产教育和培训'],
          ['信桥市市场监督管理局', '信市监罚', '生产不符合保障人体健康标准的产品'],
            ['国家税务总局信桥市税务局稽查局', '信税稽罚', '未按规定期限办理纳税申报']]
        WHEN 'E' THEN [['信桥市住房和城乡建设局', '信住建罚', '未取得施工许可证擅自施工'],
          ['信桥市应急管理局', '信应急罚', '施工现场安全防护不到位'],
          ['信桥市人力资源和社会保障局', '信人社罚', '未按时足额支付劳动报酬']]
        WHEN 'G' THEN [['信桥市交通运输局', '信交罚', '超限运输货物'],
          ['信桥市交通运输局', '信交罚', '未按规定维护车辆'], ['信桥市市场监督管理局', '信市监罚', '发布虚假广告']]
        WHEN 'H' THEN [['信桥市市场监督管理局', '信市监罚', '经营的食品不符合食品安全标准'],
          ['信桥市消防救援支队', '信消罚', '占用、堵塞疏散通道']]
        ELSE [['信桥市市场监督管理局', '信市监罚', '发布虚假广告'],
          ['信桥市人力资源和社会保障局', '信人社罚', '未按时足额支付劳动报酬'],
          ['国家税务总局信桥市税务局稽查局', '信税稽罚', '未按规定期限办理纳税申报']] END) AS offence,
      CASE WHEN draw(hq, 62) < 0.06 * exp(-0.8 * f.zr) + 0.15 * distress THEN 'serious' WHEN draw(hq, 62) < 0.4 - 0.06
        * f.zr + 0.2 * distress THEN 'general' ELSE 'minor' END AS degree
    FROM quarters q JOIN firms f USING (idx)
    WHERE draw(hq, 60) < CASE WHEN f.is_individual THEN 0.5 ELSE 1.0 END
      * within(0.006 * exp(-1.1 * f.zr) * (0.8 + 0.3 * ln(1 + f.monthly_sales / 200000)) + 0.15 * distress, 0, 0.7)
  )
) q JOIN firms f USING (idx)
