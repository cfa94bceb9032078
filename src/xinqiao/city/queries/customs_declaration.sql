-- The numbers are unnested below the join: of a join under a product of few rows, DuckDB 2.0.0 loses hold of the texts
-- and gives up ("dictionary changed identity").
SELECT s.idx, s.h, s.m * 10 + f.n AS k,
  (s.first_on + pick(s.hm, 140 + f.n, s.days)::INTEGER)::DATE AS declared_on, declared_on + 3 AS known_on, f.code
    AS party_code,
  '4499' || year(declared_on) || lpad((s.idx % 1000000)::VARCHAR, 6, '0')
    || lpad((s.month_number * 10 + f.n)::VARCHAR, 4, '0') AS declaration_number, CASE
    WHEN draw(s.hm, 150 + f.n) < 0.85 THEN 'export' ELSE 'import' END AS direction,
  greatest(100, round(s.sales * (0.1 + 0.2 * draw(s.hm, 160 + f.n))))::BIGINT * 100 AS amount_fen, f.exports_by_agent
    AS is_agent
FROM sold s JOIN (SELECT idx, code, exports_by_agent, unnest(range(0, 3)) AS n FROM firms WHERE is_exporter) f USING (idx)
WHERE draw(s.hm, 170 + f.n) < CASE WHEN f.exports_by_agent THEN 0.12 ELSE 0.6 END
  AND declared_on <= last_day() - 3
