SELECT idx, h, n AS k, code AS party_code,
  established_on + 100 + pick(hx, 1, greatest(1, age_days))::INTEGER AS registered_on, '粤（' || year(registered_on)
    || '）信桥市不动产权第' || lpad((idx * 3 + n)::VARCHAR, 8, '0') || '号' AS certificate_number,
    round(80 + 3000 * pow(draw(hx, 2), 3))::DECIMAL(18, 0) AS area_m2,
  CASE WHEN substr(division, 1, 1) = 'C' THEN '工业用地/厂房' WHEN draw(hx, 3) < 0.6 THEN '商业服务' ELSE '办公' END
    AS use_kind,
  borrows AND draw(hx, 4) < 0.7 - 0.12 * zf AS is_mortgaged, default_m < month_of(days_of_delivery()[1])
    AND draw(hx, 5) < 0.5 AS is_sealed, NULL::DATE AS cancelled_on
FROM (SELECT f.*, n.n, key_of(h, 4100 + n.n) AS hx FROM firms f, range(0, 3) n(n))
WHERE NOT is_individual AND draw(h, 197) < within(0.2 + 0.16 * za + 0.05 * (monthly_sales > 500000)::INT, 0.01, 0.6)
  AND (n = 0 OR draw(hx, 6) < 0.25)
