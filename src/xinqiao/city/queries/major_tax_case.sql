SELECT q.idx, f.h, q.n + 10 AS k, f.code AS taxpayer_code, NULL::VARCHAR AS source_system,
  '信税稽案' || year(q.happened_on) || '-' || (q.idx * 4 + quarter(q.happened_on)) AS case_number, q.happened_on
    AS published_on,
  one_of(q.hq, 111, ['偷税', '虚开增值税专用发票', '逃避追缴欠税', '走逃（失联）']) AS case_kind,
    (round(f.monthly_sales * (0.5 + 3 * draw(q.hq, 112))) * 100)::BIGINT AS amount_fen, q.happened_on + 1096
    AS removed_on
FROM quarters q JOIN firms f USING (idx)
WHERE f.profile <> 'registered_only' AND draw(q.hq, 110) < 0.00015 * exp(-1.0 * f.zt) + 0.005 * q.distress
