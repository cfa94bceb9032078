SELECT l.idx, l.h, l.lane * 10 + l.n AS k,
  f.code AS party_code, lpad((l.idx * 50 + l.lane * 10 + l.n)::VARCHAR, 20, '0') AS registration_number,
  (first_day() + to_months(l.granted_m::INTEGER) + to_days((3 + pick(l.hl, 5, 20))::INTEGER))::DATE AS registered_on,
  b.lender_name AS creditor_name, one_of(l.h, 145, ['机器设备', '存货', '应收账款', '车辆']) AS collateral,
  (l.fen * (0.3 + 0.5 * draw(l.h, 147)) // 1000000 * 1000000)::BIGINT AS secured_fen,
  registered_on + 1095 AS expires_on, CASE WHEN l.default_m IS NULL OR l.granted_m + 12 < l.default_m
    THEN registered_on + 375 END AS discharged_on
FROM loans l JOIN firms f USING (idx) JOIN lenders b ON b.kind = l.kind
  AND b.place = pick(l.h, 118 + l.lane, CASE l.kind WHEN 'bank' THEN 8 WHEN 'microloan' THEN 5 ELSE 3 END)
WHERE l.lane = 0 AND draw(l.h, 146) < within(0.1 - 0.06 * l.zf, 0.04, 0.5) OR l.lane = 3 AND draw(l.h, 146) < 0.75
