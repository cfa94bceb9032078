SELECT idx, h, y AS k, make_date(y + 1, 4, 15) + pick(h, 190, 60)::INTEGER AS known_on, code AS party_code, y
  AS assess_year,
  CASE WHEN score > 0.6 THEN 'A' WHEN score > -1.2 THEN 'B' ELSE 'C' END AS grade, known_on AS assessed_on
FROM (
  SELECT *, zl + 0.5 * about(h, 191 + y) - distress_of(default_m, decline, recovers, month_of(make_date(y, 12, 1)))
    AS score
  FROM firms, range(year(last_day()) - 3, year(last_day())) y(y)
  WHERE has_labour AND staff >= 5 AND draw(h, 189) < 0.5 AND year(established_on) < y
    AND coalesce(closed_on, DATE '9999-12-31') > make_date(y + 1, 6, 30)
)
