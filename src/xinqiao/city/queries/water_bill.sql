SELECT idx, h, m AS k, due_on + 1 AS known_on, coalesce(paid_on, DATE '9999-12-31') AS later_on, water_account
  AS account_number,
  CASE WHEN shares_meter THEN 'S44' || lpad((idx // 6)::VARCHAR, 9, '0') ELSE 'S44'
    || lpad((900000000 + idx)::VARCHAR, 9, '0') END AS meter_number, first_on AS month_on,
  round(used + 2)::DECIMAL(18, 0) AS volume_m3, round(volume_m3 * 412)::BIGINT AS amount_fen, due_on, paid_on,
    shares_meter AS is_shared_meter
FROM metered WHERE place = 1
