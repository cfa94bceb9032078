SELECT c.idx, c.h, c.n + 10 AS k, c.code AS party_code,
  '（' || year(c.enforced_on) || '）信9901执' || (c.idx * 20 + c.n + 4) || '号协' AS notice_number, c.enforced_on + 15
    AS frozen_on,
  one_of(c.hq, 66, ['account', 'account', 'account', 'equity', 'real_estate', 'auction']) AS kind, c.target_fen
    AS amount_fen, c.enforced_on + 15 + 730 AS until_on, c.enforced_on + 15 + (10 + c.settles_after)::INTEGER
    AS lifted_on
FROM cases c WHERE c.enforced_on IS NOT NULL AND draw(c.hq, 65) < 0.35 + 0.35 * c.distress
