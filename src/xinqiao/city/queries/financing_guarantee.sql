SELECT l.idx, l.h, l.lane * 10 + l.n AS k, f.code AS party_code,
  'DB' || lpad((l.idx * 50 + l.lane * 10 + l.n)::VARCHAR, 10, '0') AS contract_number, g.lender_code
    AS guarantor_code, g.lender_name AS guarantor_name,
  (first_day() + to_months(l.granted_m::INTEGER) + to_days((2 + pick(l.hl, 5, 20))::INTEGER))::DATE AS from_on,
    from_on + 365 AS due_on, l.fen AS guaranteed_fen, CASE WHEN l.default_m IS NULL OR l.default_m > l.granted_m + 12
    THEN due_on + 3 WHEN NOT l.recovers THEN (first_day() + to_months((l.default_m + 4)::INTEGER))::DATE END
    AS closed_on,
  CASE WHEN closed_on <= last_day() THEN 0 ELSE l.fen END AS outstanding_fen,
  CASE WHEN l.default_m IS NULL OR l.default_m > l.granted_m + 12 THEN 'released' ELSE 'compensated' END AS status
FROM loans l JOIN firms f USING (idx) JOIN lenders g ON g.kind = 'guarantor' AND g.place = pick(l.h, 225, 3)
WHERE l.lane = 0 AND l.kind = 'bank' AND draw(l.h, 224) < 0.22
