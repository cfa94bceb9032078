-- Codes of whom the city trades with: its own first enterprises by their index, those elsewhere below zero. What makes
-- a code is drawn here as `firms.sql` draws it.
CREATE OR REPLACE TEMP TABLE traders AS
SELECT trader, code FROM outsiders
UNION ALL
SELECT g.idx, unified_code(CASE WHEN is_alone AND draw(g.h, 2) < s.individual THEN 2 ELSE 1 END, c.county::BIGINT,
  body_of(g.idx))
FROM (
  SELECT range AS idx, key_of(city_key(), range) AS h,
    NOT (draw(key_of(group_key(), range // 12), 1) < 0.22
      AND range % 12 < 2 + floor(7 * pow(draw(key_of(group_key(), range // 12), 5), 2.2))) AS is_alone
  FROM range(0, hubs())
) g JOIN sectors s ON draw(g.h, 1) >= s.low AND draw(g.h, 1) < s.high
JOIN counties c ON c.place = least(pick(g.h, 30, 17), 15) % 6
