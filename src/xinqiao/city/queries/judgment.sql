SELECT c.idx, c.h, c.n + 10 AS k, c.happened_on + 20 AS known_on, c.code AS party_code,
  '（' || year(c.happened_on) || '）信9901民初' || (c.idx * 4 + quarter(c.happened_on)) || '号' AS case_number,
    c.role, c.cause, c.happened_on AS decided_on,
  one_of(c.hq, 43, ['信桥市桥东区人民法院', '信桥市桥西区人民法院', '信桥市高新区人民法院', '信桥市云岭县人民法院'])
    AS court,
  (c.amount // 100 * 100)::BIGINT AS amount_fen,
  CASE WHEN c.cause IN ('labour', 'private_lending') THEN person(c.hq, 500) ELSE '信桥' || trade_name(c.hq, 510)
    || '贸易有限公司' END AS counterparty_name
FROM cases c WHERE c.happened_on <= last_day() - 20
