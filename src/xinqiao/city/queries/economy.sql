-- What enterprises do, month by month and quarter by quarter; what departments record is drawn from it.
-- How far an enterprise has gone down by a month: 0 sound, 1 in default; a quarter for those who came back.
CREATE OR REPLACE MACRO distress_of(default_m, decline, recovers, m) AS CASE
  WHEN default_m IS NULL THEN 0.0
  WHEN m <= default_m THEN pow(greatest(0.0, 1 - (default_m - m)::DOUBLE / decline), 0.7)
  WHEN recovers AND m > default_m + 10 THEN 0.25 ELSE 1.0 END;
CREATE OR REPLACE TEMP TABLE activity AS
SELECT idx, m, hm, distress,
  CASE WHEN draw(hm, 1) < gap_share * CASE WHEN new_year THEN 2 ELSE 1 END + 0.55 * distress * distress THEN 0.0
    ELSE level * exp(volatility * about(hm, 2)) * (1 - 0.85 * distress) END AS sales,
  level
FROM (
  SELECT f.idx, t.m, key_of(f.h, 1000 + t.m) AS hm, t.new_year, f.gap_share, f.volatility,
    distress_of(f.default_m, f.decline, f.recovers, t.m) AS distress,
    f.monthly_sales * pow(greatest(0.15, 1 + f.own_growth), t.m / 12.0)
      * least(1.0, 0.35 + 0.13 * (t.m - f.born_m)) * f.seasons[t.month_number] * t.share
      * CASE WHEN t.new_year AND f.division NOT IN ('F52', 'H61', 'H62', 'O80') THEN 0.68 ELSE 1.0 END
      * (1 + t.cycle * f.cycle_share)
      * (1 - least(0.95, t.epidemic * f.epidemic_share * (0.6 + 0.8 * draw(f.h, 80))))
      -- A bad half-year that comes to nothing: trouble is not always the beginning of the end.
      * CASE WHEN draw(f.h, 81) < 0.22 AND t.m - pick(f.h, 82, 39) BETWEEN 0 AND 2 + pick(f.h, 83, 5)
          THEN 0.45 + 0.4 * draw(f.h, 84) ELSE 1.0 END AS level
  FROM firms f, months t
  WHERE f.profile <> 'registered_only' AND t.m > f.born_m AND t.m < f.end_m
);
CREATE OR REPLACE TEMP TABLE quarters AS
SELECT * FROM (
  SELECT f.idx, t.n, key_of(f.h, 2000 + t.n) AS hq,
    distress_of(f.default_m, f.decline, f.recovers, 3 * t.n + 1) AS distress,
    (first_day() + to_months((3 * t.n)::INTEGER) + to_days(pick(key_of(f.h, 2000 + t.n), 0, 90)::INTEGER))::DATE
      AS happened_on
  FROM firms f, range(-4, months_in_all() // 3) t(n)
) q SEMI JOIN firms f ON f.idx = q.idx AND q.happened_on > f.established_on + 30 AND q.happened_on <= last_day()
  AND q.happened_on < coalesce(f.closed_on, DATE '9999-12-31');
-- Annual reports: due by 30 June of the next year, late ones by the end of that year, some never.
CREATE OR REPLACE TEMP TABLE reports AS
SELECT * FROM (
  SELECT f.idx, f.h, t.y AS report_year, key_of(f.h, 3000 + t.y) AS hy,
    CASE
      WHEN draw(key_of(f.h, 3000 + t.y), 1) < within(0.94 + 0.05 * f.zr - 0.1 * f.is_individual::INT
          - 0.6 * distress_of(f.default_m, f.decline, f.recovers, month_of(make_date(t.y + 1, 6, 30))), 0.05, 0.985)
        THEN make_date(t.y + 1, 1, 1) + (181 * sqrt(draw(key_of(f.h, 3000 + t.y), 2)))::INTEGER
      WHEN draw(key_of(f.h, 3000 + t.y), 3) < 0.8 + 0.1 * f.zr
          - 0.4 * distress_of(f.default_m, f.decline, f.recovers, month_of(make_date(t.y + 1, 9, 30))) THEN make_date(t.y + 1, 7, 6)
        + (150 * draw(key_of(f.h, 3000 + t.y), 2))::INTEGER END AS filed_on,
    f.established_on, f.closed_on
  FROM firms f, range(year(last_day()) - 4, year(last_day())) t(y)
  WHERE year(f.established_on) <= t.y AND (f.closed_on IS NULL OR f.closed_on > make_date(t.y + 1, 6, 30))
) WHERE filed_on IS NULL OR filed_on > established_on AND filed_on < coalesce(closed_on, DATE '9999-12-31')
