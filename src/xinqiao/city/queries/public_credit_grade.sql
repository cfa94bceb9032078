SELECT idx, h, y AS k, code AS party_code, make_date(y, 3, 1) + pick(h, 165, 20)::INTEGER AS assessed_on,
  CASE WHEN score > 1.3 THEN 'excellent' WHEN score > -0.2 THEN 'good' WHEN score > -1.5 THEN 'medium' ELSE 'poor' END
    AS grade
FROM (
  SELECT *, 0.45 * zr + 0.3 * zt + 0.25 * zj + 0.55 * about(h, 166 + y) - 1.2
    * distress_of(default_m, decline, recovers, month_of(make_date(y, 1, 1))) AS score
  FROM firms, range(year(last_day()) - 2, year(last_day()) + 1) y(y)
  WHERE NOT is_individual AND profile <> 'registered_only' AND year(established_on) < y
    AND coalesce(closed_on, DATE '9999-12-31') > make_date(y, 3, 31)
)
