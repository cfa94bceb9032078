-- Of holders of a quarter or more, and of those who run a business in their own name.
SELECT p.idx, p.h, p.slot * 10 + p.place AS k, p.code AS party_code, p.token AS person_token, p.holder_name
  AS person_name, p.share::DECIMAL(18, 4) AS share_ratio,
  (make_date(year(last_day()) - 1 + p.place, 3, 1) + pick(p.h, 235, 25)::INTEGER)::DATE AS assessed_on,
  CASE WHEN score > 1.9 THEN 'AAA' WHEN score > 1.05 THEN 'AA' WHEN score > -0.05 THEN 'A' WHEN score > -1.15 THEN 'B'
    WHEN score > -2.0 THEN 'C' ELSE 'D' END AS grade
FROM (
  SELECT h.*, y.place, f.zp + 0.35 * about(key_of(h.h, 740 + h.slot), 1) - 1.2
    * distress_of(f.default_m, f.decline, f.recovers, month_of(make_date(year(last_day()) - 1 + y.place, 2, 1))) AS score
  FROM (
    SELECT idx, h, slot, code, holder_name, token, share, established_on, closed_on FROM holders
    WHERE kind = 'person' AND share >= 0.25 AND NOT (slot > 0 AND draw(h, 141) < 0.12)
    UNION ALL
    SELECT idx, h, 0, code, owner_name, owner_token, 1.0, established_on, closed_on FROM firms WHERE is_individual
  ) h JOIN firms f USING (idx), range(0, 2) y(place)
  WHERE f.profile = 'full' AND draw(f.h, 234) < 0.66
) p
WHERE assessed_on > p.established_on + 60 AND assessed_on < coalesce(p.closed_on, DATE '9999-12-31')
