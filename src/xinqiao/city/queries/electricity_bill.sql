SELECT idx, h, m AS k, due_on + 1 AS known_on, coalesce(paid_on, DATE '9999-12-31') AS later_on, power_account
  AS account_number,
  CASE WHEN shares_meter THEN 'D44' || lpad((idx // 6)::VARCHAR, 9, '0') ELSE 'D44'
    || lpad((900000000 + idx)::VARCHAR, 9, '0') END AS meter_number, first_on AS month_on,
  round(used + 3)::DECIMAL(18, 0) AS kwh, round(kwh * 72.4)::BIGINT AS amount_fen, due_on, paid_on, shares_meter
    AS is_shared_meter
FROM metered WHERE place = 0
