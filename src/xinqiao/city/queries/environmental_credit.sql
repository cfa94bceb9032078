SELECT idx, h, y AS k, make_date(y + 1, 5, 10) + pick(h, 206, 40)::INTEGER AS known_on, code AS party_code, y
  AS assess_year,
  CASE WHEN score > 1.2 THEN 'green' WHEN score > -0.7 THEN 'blue' WHEN score > -1.7 THEN 'yellow' WHEN score > -2.7
    THEN 'red' ELSE 'black' END AS grade, known_on AS assessed_on
FROM (
  SELECT *, zr + 0.5 * about(h, 207 + y) AS score FROM firms, range(year(last_day()) - 3, year(last_day())) y(y)
  WHERE NOT is_individual AND substr(division, 1, 1) IN ('C', 'N') AND draw(h, 205) < 0.4 AND year(established_on) < y
    AND coalesce(closed_on, DATE '9999-12-31') > make_date(y + 1, 6, 30)
)
