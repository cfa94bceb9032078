SELECT p.idx, p.h, p.slot * 10 + y.place AS k, p.code AS party_code, p.token AS person_token, p.holder_name
  AS person_name, p.share::DECIMAL(18, 4) AS share_ratio,
  (make_date(year(last_day()) - 1 + y.place, 3, 1) + pick(p.h, 235, 25)::INTEGER)::DATE AS assessed_on,
  CASE WHEN score > 1.9 THEN 'AAA' WHEN score > 1.05 THEN 'AA' WHEN score > -0.05 THEN 'A' WHEN score > -1.15 THEN 'B'
    WHEN score > -2.0 THEN 'C' ELSE 'D' END AS grade
FROM (
  SELECT h.*, f.zp + 0.35 * about(key_of(h.h, 740 + h.slot), 1) - 0.8
    * distress_of(f.default_m, f.decline, f.recovers, month_of(last_day()) - 8) AS score, f.profile
  FROM holders h JOIN firms f USING (idx)
  WHERE h.kind = 'person' AND h.share >= 0.25 AND f.profile = 'full' AND draw(f.h, 234) < 0.66
    AND NOT (h.slot > 0 AND draw(h.h, 141) < 0.12)
) p, range(0, 2) y(place)
WHERE assessed_on > p.established_on + 60 AND assessed_on < coalesce(p.closed_on, DATE '9999-12-31')
