-- Frozen for the enforcement, or by the plaintiff before judgment where the defendant is seen to go down.
SELECT idx, h, n + 10 AS k, code AS party_code, CASE WHEN is_early THEN happened_on - 10 ELSE enforced_on + 15 END
  AS frozen_on, '（' || year(frozen_on) || '）信9901执' || (idx * 20 + n + 4) || '号协' AS notice_number,
  one_of(hq, 66, ['account', 'account', 'account', 'equity', 'real_estate', 'auction']) AS kind, target_fen
    AS amount_fen, frozen_on + 730 AS until_on, coalesce(enforced_on, happened_on) + (5 + settles_after)::INTEGER
    AS lifted_on
FROM (SELECT *, draw(hq, 67) < 0.6 * distress AS is_early FROM cases WHERE role = 'defendant')
WHERE is_early OR enforced_on IS NOT NULL AND coalesce(settles_after, 999) > 15 AND draw(hq, 65) < 0.2 + 0.5 * distress
