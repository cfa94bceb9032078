SELECT s.idx, s.h, s.m AS k, s.first_on + 32 AS known_on,
  coalesce(CASE WHEN draw(s.hm, 55) < within(0.05 * exp(-1.2 * s.zl) + 0.35 * s.distress, 0, 0.9) THEN CASE
    WHEN draw(s.hm, 56) < 0.6 THEN s.first_on + 40 + pick(s.hm, 57, 120)::INTEGER END
    ELSE s.first_on + 10 + pick(s.hm, 57, 18)::INTEGER END, DATE '9999-12-31') AS later_on,
  s.code AS account_number, s.first_on AS month_on,
    greatest(1, floor(s.insured * within(0.2 + 0.5 * draw(s.h, 184) + 0.15 * s.zl, 0.1, 1.0)))::BIGINT AS headcount,
  round(headcount * round(s.wage) * 10)::BIGINT AS due_fen, due_fen AS paid_fen, CASE
    WHEN later_on < DATE '9999-12-31' THEN later_on END AS paid_on
FROM staffed s WHERE draw(s.h, 185) < within(0.34 + 0.09 * s.zl + 0.1 * (s.insured > 10)::INT, 0.05, 0.9)
