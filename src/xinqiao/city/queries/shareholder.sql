SELECT * FROM (
  SELECT idx, h, slot AS k, code AS party_code, holder_name AS shareholder_name, holder_code AS shareholder_code,
    kind AS shareholder_kind, token AS person_token, share::DECIMAL(18, 4) AS share_ratio,
    (capital_fen * share)::BIGINT AS subscribed_fen, floor(capital_fen * share * paid_share / 10000)::BIGINT * 10000
      AS paid_in_fen,
    established_on AS from_on,
    CASE WHEN slot > 0 AND draw(h, 141) < 0.12 THEN established_on + 200 + pick(h, 142, 2500)::INTEGER END AS to_on
  FROM holders
  UNION ALL
  SELECT idx, h, 10 + slot, code, person(key_of(h, 720 + slot), 500), NULL, 'person', token_of(key_of(h, 720 + slot)),
    share::DECIMAL(18, 4),
    (capital_fen * share)::BIGINT, floor(capital_fen * share * paid_share / 10000)::BIGINT * 10000,
    established_on + 200 + pick(h, 142, 2500)::INTEGER, NULL
  FROM holders WHERE slot > 0 AND draw(h, 141) < 0.12
)
