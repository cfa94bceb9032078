SELECT idx, h, m AS k, first_on + 32 AS known_on, coalesce(paid_on, DATE '9999-12-31') AS later_on,
  coalesce(social_account, code) AS account_number,
  CASE WHEN social_account IS NOT NULL THEN 'social-legacy' END AS source_system, first_on AS month_on, insured
    AS insured_count,
  round(insured * wage)::BIGINT * 100 AS base_fen, round(round(insured * wage) * 26.5)::BIGINT AS due_fen, due_fen
    AS paid_fen, paid_on
FROM staffed
