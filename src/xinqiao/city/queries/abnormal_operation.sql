-- Listed for annual reports not filed by 30 June, and for being out of reach; removed when mended.
SELECT idx, h, k, removed_on AS later_on,
  CASE WHEN registration_number IS NOT NULL AND draw(hs, 5) < 0.25 THEN registration_number ELSE code END
    AS party_code,
  name AS party_name, listed_on, CASE kind WHEN 0 THEN '未在规定的期限公示年度报告'
    ELSE '通过登记的住所或者经营场所无法联系' END AS listing_reason,
  '信桥市' || county_name || '市场监督管理局' AS authority, removed_on,
  CASE WHEN removed_on IS NOT NULL THEN CASE kind WHEN 0 THEN '已补报年度报告并公示'
    ELSE '可以通过登记的住所或者经营场所重新取得联系' END END AS removal_reason
FROM (
  SELECT s.*, f.h, f.code, f.name, f.county_name, f.registration_number,
    row_number() OVER (PARTITION BY s.idx, s.listed_on ORDER BY s.kind) AS place
  FROM (
    SELECT idx, report_year AS k, 0 AS kind, hy AS hs, make_date(report_year + 1, 7, 4) + pick(hy, 6, 10)::INTEGER
      AS listed_on,
      coalesce(filed_on + 3 + pick(hy, 7, 20)::INTEGER,
--      -- Some file at last, when they need to be off the list; the register of reports does not show it as one of
-- the year.
        CASE WHEN draw(hy, 8) < 0.6 THEN make_date(report_year + 1, 7, 14) + 150 + pick(hy, 9, 420)::INTEGER END)
          AS removed_on
    FROM reports WHERE filed_on IS NULL OR filed_on > make_date(report_year + 1, 7, 14)
    UNION ALL
    SELECT idx, 10 + n, 1, hq, happened_on, CASE WHEN draw(hq, 71) < 0.85 + 0.05 * zr - distress THEN happened_on + 20
      + pick(hq, 72, 160)::INTEGER END
    FROM quarters JOIN firms USING (idx)
    WHERE happened_on > established_on + 90 AND draw(hq, 70) < within(0.0006 * exp(-1.1 * zr) + 0.2 * distress, 0,
      0.6)
  ) s JOIN firms f USING (idx)
  WHERE s.listed_on < coalesce(f.closed_on, DATE '9999-12-31')
    AND s.listed_on > f.established_on
) WHERE place = 1
