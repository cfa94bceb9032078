-- Whose number an account in another system is; a few rows name nobody.
SELECT f.idx, f.h, x.place AS k, TRUE AS plain, x.source_system, x.source_code, f.code AS unified_code, f.name,
  f.established_on AS valid_from, NULL::VARCHAR AS planted,
  CASE WHEN x.place = 0 AND f.account_is_late THEN greatest(f.established_on, backlog_day() + 1)
    ELSE f.established_on END AS known_on
FROM firms f, LATERAL (
  SELECT 0 AS place, 'tax-legacy' AS source_system, f.account AS source_code WHERE f.account IS NOT NULL
  UNION ALL SELECT 1, 'power-grid', f.power_account WHERE f.has_power
  UNION ALL SELECT 2, 'water-works', f.water_account WHERE f.has_water
  UNION ALL SELECT 3, 'social-legacy', f.social_account WHERE f.has_labour AND f.social_account IS NOT NULL
) x
UNION ALL
SELECT idx, h, 9, TRUE, 'tax-legacy', account || '-1', substr(code, 1, 17)
  || character_of((strpos(alphabet(), substr(code, 18, 1)) + 7) % 31),
  name, established_on, 'wrong_check_character|invalid_code:unified_code', established_on
FROM firms WHERE account IS NOT NULL AND draw(h, 103) < 0.03
