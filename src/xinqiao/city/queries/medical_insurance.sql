SELECT idx, h, m AS k, first_on + 32 AS known_on, coalesce(paid_on + (m % 3)::INTEGER, DATE '9999-12-31') AS later_on,
  code AS account_number, first_on AS month_on,
  greatest(0, insured + CASE WHEN draw(h, 180) < 0.3 - 0.14 * zl THEN (1 + pick(h, 181, 3)) * CASE
    WHEN draw(h, 182) < 0.6 THEN 1 ELSE -1 END ELSE 0 END) AS insured_count,
  round(insured_count * round(wage) * 8.5)::BIGINT AS due_fen, due_fen AS paid_fen, (paid_on + (m % 3)::INTEGER)
    AS paid_on
FROM staffed
