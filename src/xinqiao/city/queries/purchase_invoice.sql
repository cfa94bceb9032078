-- Invoices of what a month's sales cost.
SELECT i.idx, i.h, i.k, f.account IS NOT NULL AND f.account_is_late AS waits,
  coalesce(f.account, f.code) AS taxpayer_code, CASE WHEN f.account IS NOT NULL THEN 'tax-legacy' END
    AS source_system,
  i.invoice_code, i.invoice_number, i.issued_on, coalesce(t.code, '') AS counterparty_code,
  CASE WHEN draw(i.hi, 6) > 0.992 THEN -i.fen ELSE i.fen END AS amount_fen,
  (CASE WHEN draw(i.hi, 6) > 0.992 THEN -1 ELSE 1 END
    * floor(i.fen * CASE WHEN draw(i.hi, 7) < 0.7 THEN 0.13 ELSE 0.01 END))::BIGINT AS tax_fen,
  CASE WHEN draw(i.hi, 6) < 0.012 THEN 'void' ELSE 'valid' END AS status
FROM (
  SELECT *, m * 1000 + j AS k, (month_number * 1000 + j)::VARCHAR AS serial_text,
    head || lpad((month_number * 1000 + j)::VARCHAR, digits, '0') AS invoice_number,
    greatest(100, floor(spent * (0.2 + draw(hi, 2)) / (0.7 * tickets) * CASE WHEN draw(hi, 3) < 0.6 THEN 1
      ELSE 100 END)
      * CASE WHEN draw(hi, 3) < 0.6 THEN 100 ELSE 1 END)::BIGINT AS fen,
    (first_on + pick(hi, 4, days)::INTEGER)::DATE AS issued_on,
    trader_of(idx, ht) AS trader
  FROM (
    SELECT *, key_of(hs, floor(m * 0.025 + draw(hs, 500))::BIGINT) AS ht FROM (
      SELECT *, key_of(h, 7100 + least(sellers - 1, floor(sellers * pow(draw(hi, 5), 1.6)))::BIGINT) AS hs
      FROM (SELECT b.*, n.j, key_of(b.hm, 20000 + n.j) AS hi FROM bought b, range(1, 100) n(j) WHERE n.j <= b.tickets)
    )
  )
) i JOIN firms f USING (idx) LEFT JOIN traders t USING (trader)
