SELECT idx, h, m AS k, due_on + 1 AS known_on, coalesce(paid_on, DATE '9999-12-31') AS later_on, code
  AS account_number,
  'R44' || lpad((900000000 + idx)::VARCHAR, 9, '0') AS meter_number, first_on AS month_on,
  round(used + 1)::DECIMAL(18, 0) AS volume_m3, round(volume_m3 * 338)::BIGINT AS amount_fen, due_on, paid_on, FALSE
    AS is_shared_meter
FROM metered WHERE place = 2
