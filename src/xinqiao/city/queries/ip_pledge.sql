SELECT l.idx, l.h, l.lane * 10 + l.n AS k, f.code AS party_code,
  (first_day() + to_months(l.granted_m::INTEGER) + to_days(5))::DATE AS registered_on,
  'Y' || year(registered_on) || '9904' || lpad((l.idx * 10 + l.n)::VARCHAR, 9, '0') AS registration_number,
    b.lender_name AS pledgee_name, (l.fen // 2000000 * 1000000)::BIGINT AS pledged_fen, CASE WHEN l.default_m IS NULL
    THEN registered_on + 400 END AS discharged_on
FROM loans l JOIN firms f USING (idx) JOIN lenders b ON b.kind = 'bank' AND b.place = pick(l.h, 118, 8)
WHERE l.lane = 0 AND substr(f.division, 1, 1) IN ('C', 'I', 'M') AND draw(l.h, 198) < 0.06
