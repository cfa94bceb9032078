-- Registration events; each shows the state after it, which is the last change of each kind up to then.
SELECT idx, h, k, event_kind = 'establishment' AS plain, code AS unified_code, registration_number,
  coalesce(last_value(new_name IGNORE NULLS) OVER told, first_name) AS name, event_kind, day AS approved_on,
    established_on,
  CASE WHEN is_individual THEN '个体工商户' WHEN contains(first_name, '股份')
    THEN '股份有限公司(非上市、自然人投资或控股)'
    WHEN draw(h, 121) < 0.3 THEN '有限责任公司(自然人独资)' ELSE '有限责任公司(自然人投资或控股)' END
      AS enterprise_type,
  industry_code, county AS region_code,
  coalesce(last_value(new_person IGNORE NULLS) OVER told, owner_name) AS legal_representative,
  CASE WHEN NOT is_individual THEN coalesce(last_value(new_holder IGNORE NULLS) OVER told, owner_name) END
    AS controlling_shareholder,
  capital_fen AS registered_capital_fen,
  CASE WHEN NOT is_individual AND draw(h, 122) < 0.006 THEN 'USD' ELSE 'CNY' END AS registered_capital_currency,
  (capital_fen * round(least(1.0, paid_share * CASE WHEN event_kind = 'establishment' THEN 0.4
    WHEN year(day) < year(last_day()) - 1 THEN 0.8 ELSE 1.0 END), 2))::BIGINT AS paid_in_capital_fen,
  coalesce(last_value(new_address IGNORE NULLS) OVER told, address_in(h, 123, county_name)) AS address,
  scope || coalesce('；' || last_value(new_scope IGNORE NULLS) OVER told, '') || CASE WHEN draw(h, 140) < 0.4
    THEN '；信息咨询服务（不含许可类信息咨询服务）' ELSE '' END || '。' AS business_scope,
  CASE event_kind WHEN 'cancellation' THEN 'cancelled' WHEN 'revocation' THEN 'revoked' ELSE 'active' END
    AS operating_status,
  report_year AS annual_report_year, note
FROM (
  SELECT e.*, f.h, f.code, f.registration_number, f.name AS first_name, f.established_on, f.is_individual,
    f.industry_code, f.county,
    f.county_name, f.owner_name, f.capital_fen, f.paid_share, f.scope,
    CASE WHEN event_kind = 'change' THEN CASE WHEN what < 0.24 THEN '变更：法定代表人' WHEN what < 0.4
      AND NOT f.is_individual THEN '变更：股东及出资比例'
      WHEN what < 0.5 THEN '变更：名称' WHEN what < 0.75 THEN '变更：住所' ELSE '变更：经营范围' END END AS note,
    CASE WHEN what < 0.24 THEN person(he, 2) END AS new_person,
    CASE WHEN what >= 0.24 AND what < 0.4 AND NOT f.is_individual THEN person(he, 2) END AS new_holder,
    CASE WHEN what >= 0.4 AND what < 0.5 THEN '信桥市' || CASE WHEN f.is_individual THEN f.county_name ELSE '' END
      || trade_name(he, 10)
      || CASE WHEN f.is_individual THEN split_part(f.line, '|', 3) ELSE split_part(f.line, '|', 2)
        || '有限公司' END END AS new_name,
    CASE WHEN what >= 0.5 AND what < 0.75 THEN address_in(he, 20, f.county_name) END AS new_address,
    CASE WHEN what >= 0.75 THEN one_of(he, 3,
      ['货物进出口', '普通货物仓储服务', '会议及展览服务', '非居住房地产租赁', '技术服务']) END AS new_scope
  FROM (
    SELECT idx, 0 AS k, 'establishment' AS event_kind, established_on AS day, NULL::BIGINT AS report_year, h AS he,
      NULL::DOUBLE AS what FROM firms
    UNION ALL
    SELECT idx, 100 + q.n * 2, 'change', happened_on, NULL, hq, draw(hq, 51)
    FROM quarters q JOIN firms f USING (idx)
    WHERE draw(hq, 50) < CASE WHEN is_individual THEN 0.3 ELSE 1.0 END
      * (0.06 * exp(-0.9 * zr) + 0.25 * distress * (1 - distress) + 0.04 * distress)
      AND happened_on > established_on + 40
    UNION ALL
    SELECT idx, 1000 + report_year, 'annual_report', filed_on, report_year, hy, NULL FROM reports
      WHERE filed_on IS NOT NULL
    UNION ALL
    SELECT idx, 9000, CASE WHEN is_revoked THEN 'revocation' ELSE 'cancellation' END, closed_on, NULL, h, NULL
      FROM firms WHERE closed_on IS NOT NULL
  ) e JOIN firms f USING (idx)
)
WINDOW told AS (PARTITION BY idx ORDER BY day, k ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
