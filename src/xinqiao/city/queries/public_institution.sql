SELECT idx, h, 0 AS k, code_under(1, 2, county::BIGINT, body_of(idx + 500000000)) AS unified_code,
  '信桥市' || county_name || one_of(h, 155, ['第一', '第二', '第三', '实验', '中心'])
    || one_of(h, 156, ['小学', '中学', '幼儿园', '卫生院', '文化馆', '农业技术推广站']) AS name,
  'establishment' AS event_kind, established_on AS approved_on, established_on, person(h, 157)
    AS legal_representative,
  'active' AS operating_status, county AS region_code
FROM firms WHERE idx % 60 = 11
