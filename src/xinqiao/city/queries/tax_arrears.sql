-- What is owed on the day of each delivery, one row a tax.
SELECT t.idx, any_value(t.h) AS h, d.n * 10 + min(t.place) AS k,
  any_value(f.account) IS NOT NULL AND any_value(f.account_is_late) AS waits,
  coalesce(any_value(f.account), any_value(f.code)) AS taxpayer_code,
  CASE WHEN any_value(f.account) IS NOT NULL THEN 'tax-legacy' END AS source_system, any_value(f.name)
    AS taxpayer_name,
  CASE t.kind WHEN 'vat' THEN '增值税' WHEN 'surcharge' THEN '城市维护建设税' WHEN 'corporate_income'
    THEN '企业所得税'
    WHEN 'withholding' THEN '个人所得税' ELSE '印花税' END AS tax_kind,
  sum(t.fen)::BIGINT AS arrears_fen, d.day AS announced_on
FROM taxes t JOIN firms f USING (idx), (SELECT n, day FROM delivery_days) d
WHERE t.due_on <= d.day AND (t.paid_on IS NULL OR t.paid_on > d.day)
  AND (f.closed_on IS NULL OR f.closed_on > d.day)
GROUP BY t.idx, d.n, d.day, t.kind
