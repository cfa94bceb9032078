-- In some groups each member guarantees the next, round to the first; a few others guarantee firms elsewhere.
SELECT *, CASE WHEN draw(h, 232) < 0.35 THEN from_on + 500 END AS later_on, from_on + 1095 AS due_on, CASE
  WHEN draw(h, 232) < 0.35 THEN from_on + 500 END AS released_on
FROM (
  SELECT f.idx, f.h, 0 AS k, f.code AS party_code, 'HB' || lpad(f.idx::VARCHAR, 10, '0') AS contract_number, n.code
    AS guaranteed_code, n.name AS guaranteed_name,
    greatest(f.established_on + 60, first_day() + pick(f.h, 231, 700)::INTEGER) AS from_on,
      (greatest(5, round(f.monthly_sales * 12 * (0.03 + 0.2 * draw(f.h, 230)) / 10000)) * 1000000)::BIGINT
      AS amount_fen
  FROM firms f JOIN (SELECT group_id, max(place) + 1 AS size FROM firms
    WHERE group_id IS NOT NULL GROUP BY group_id) s USING (group_id)
  JOIN firms n ON n.group_id = f.group_id AND n.place = (f.place + 1) % s.size
  WHERE is_ring(f.gh)
  UNION ALL
  SELECT f.idx, f.h, 0, f.code, 'DW' || lpad(f.idx::VARCHAR, 10, '0'), t.code, NULL,
    greatest(f.established_on + 60, first_day() + pick(f.h, 231, 900)::INTEGER),
    (greatest(5, round(f.monthly_sales * 12 * (0.03 + 0.2 * draw(f.h, 230)) / 10000)) * 1000000)::BIGINT
  FROM firms f JOIN traders t ON t.trader = -1 - pick(f.h, 229, outsiders_in_all())
  WHERE f.group_id IS NULL AND NOT f.is_individual AND f.profile = 'full'
    AND draw(f.h, 228) < guarantees(f.zf)
) WHERE from_on <= last_day()
