SELECT idx, h, 0 AS k, code_under(5, 1, county::BIGINT, body_of(idx + 400000000)) AS unified_code,
  '信桥市' || county_name || one_of(h, 150,
    ['电子商务', '餐饮', '物流', '建筑装饰', '机械制造', '农产品流通', '青年创业', '志愿服务'])
    || one_of(h, 151, ['行业协会', '商会', '促进会', '联合会']) AS name,
  'establishment' AS event_kind, established_on AS approved_on, established_on, person(h, 152)
    AS legal_representative,
  'active' AS operating_status, county AS region_code
FROM firms WHERE idx % 40 = 7
