-- Taxes paid, each with its late fee on a voucher of its own, and now and then a refund.
SELECT t.idx, t.h, t.m * 20 + t.place * 3 + t.part AS k, f.account IS NOT NULL AND f.account_is_late AS waits,
  coalesce(f.account, f.code) AS taxpayer_code, CASE WHEN f.account IS NOT NULL THEN 'tax-legacy' END
    AS source_system,
  '3449900' || lpad((t.idx % 10000000)::VARCHAR, 7, '0')
    || lpad((t.m * 20 + t.part * 5 + CASE WHEN t.part = 0 THEN t.place // 2 ELSE t.place END)::VARCHAR, 4, '0')
    AS voucher_number,
  t.kind AS tax_kind, CASE t.part WHEN 0 THEN 'payment' WHEN 1 THEN 'late_fee' ELSE 'refund' END AS payment_kind,
  t.from_on AS period_from, t.until_on AS period_to, t.paid_on,
  CASE t.part WHEN 0 THEN t.fen WHEN 1 THEN t.fee ELSE greatest(1, t.fen // 5) END AS amount_fen
FROM (
  SELECT t.*, p.part, floor(fen * 0.0005 * (paid_on - due_on))::BIGINT AS fee
  FROM taxes t, range(0, 3) p(part) WHERE paid_on IS NOT NULL AND paid_on <= last_day()
) t JOIN firms f USING (idx)
WHERE t.part = 0 OR t.part = 1 AND t.fee > 0 OR t.part = 2 AND t.paid_on <= t.due_on AND t.kind = 'vat'
  AND draw(t.hm, 34) < 0.008
