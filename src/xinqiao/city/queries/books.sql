-- What several departments draw on: filing periods and taxes, loans, court cases, who holds and who leads.
CREATE OR REPLACE TEMP TABLE periods AS
SELECT a.idx, a.m, a.hm, a.distress, a.span, a.sales, a.until_on, f.h,
  (SELECT first_on FROM months WHERE months.m = greatest(0, a.m - a.span + 1)) AS from_on,
  (date_trunc('month', a.until_on) + INTERVAL 1 MONTH)::DATE + 14 AS due_on
FROM (
  SELECT a.idx, a.m, a.hm, a.distress, f.is_general AND f.monthly_sales > 900000 AS is_monthly,
    CASE WHEN f.is_general AND f.monthly_sales > 900000 THEN 1 ELSE 3 END AS span, t.month_number,
    CASE WHEN f.is_general AND f.monthly_sales > 900000 THEN a.sales
      ELSE sum(a.sales) OVER (PARTITION BY a.idx ORDER BY a.m RANGE BETWEEN 2 PRECEDING AND CURRENT ROW) END AS sales,
    (t.first_on + (t.days - 1)::INTEGER)::DATE AS until_on
  FROM activity a JOIN firms f USING (idx) JOIN months t USING (m)
) a JOIN firms f USING (idx)
WHERE a.is_monthly OR a.month_number % 3 = 0;
CREATE OR REPLACE TEMP TABLE taxes AS
SELECT idx, h, m, hm, kind, place, fen, from_on, until_on, due_on, distress,
  CASE WHEN draw(hm, 30) < within(0.015 * exp(-1.5 * zt), 0, 0.5) + 0.75 * distress
    THEN CASE WHEN draw(hm, 31) < (0.9 + 0.04 * zt) * (1 - distress) THEN due_on + 45 + pick(hm, 32, 240)::INTEGER END
    WHEN draw(hm, 33) < within(0.09 * exp(-1.3 * zt), 0.0, 0.7) + 0.3 * distress THEN due_on + 2
      + pick(hm, 32, 40)::INTEGER
    ELSE due_on - pick(hm, 32, 13)::INTEGER END AS paid_on
FROM (
  SELECT p.*, f.zt, x.kind, x.place, floor(100 * CASE x.kind
      WHEN 'vat' THEN vat WHEN 'surcharge' THEN vat * 0.12
      WHEN 'corporate_income' THEN CASE WHEN ends_quarter AND NOT f.is_individual
        THEN greatest(0, quarter * f.own_margin * (0.7 + 0.6 * draw(hm, 25))) * 0.05 END
      WHEN 'withholding' THEN CASE WHEN ends_quarter AND NOT f.is_individual AND f.monthly_sales > 400000
        THEN quarter * 0.004 * (0.5 + draw(hm, 26)) END
      -- What individual businesses pay by assessment, and the stamp duty of companies, which no exemption covers.
      WHEN 'other' THEN CASE WHEN month(p.until_on) % 6 = 0
        THEN quarter * CASE WHEN f.is_individual THEN 0.004 ELSE 0.0006 END END END)::BIGINT AS fen
  FROM (
    SELECT p.*, month(p.until_on) % 3 = 0 AS ends_quarter, CASE WHEN p.span = 3 THEN p.sales ELSE p.sales * 3 END
      AS quarter,
      CASE WHEN f.is_general THEN p.sales * f.burden * within(1 + 0.22 * about(f.h, 24) + 0.12 * about(p.hm, 24), 0.2,
        2.2)
        WHEN p.sales <= 300000 AND draw(f.h, 69) < 0.7 THEN 0.0
        ELSE p.sales * least(0.01, f.vat_rate) END AS vat
    FROM periods p JOIN firms f USING (idx)
  ) p JOIN firms f USING (idx),
  (VALUES ('vat', 0), ('surcharge', 1), ('corporate_income', 2), ('withholding', 3), ('other', 4)) x(kind, place)
) WHERE fen > 0;
-- Rolling loans of a year each, in one or two lanes, a few at the pawnbroker's; whoever defaults repays none from then
-- on. A bank lends what sales carry: a tenth of them to a sound firm, more to one whose books are weak. In the last
-- lane stands what is borrowed on the way down, where money can still be had.
CREATE OR REPLACE TEMP TABLE loans AS
SELECT * FROM (
  SELECT f.idx, f.h, b.lane, b.n, key_of(f.h, 5000 + 10 * b.lane + b.n) AS hl, f.zf, f.default_m, f.decline,
    f.recovers, f.end_m,
    CASE WHEN b.lane = 3 THEN f.default_m - f.decline + 1 + pick(f.h, 67, f.decline // 2)
      ELSE pick(f.h, 90 + b.lane, 12) - 12 + 12 * b.n END AS granted_m,
    CASE WHEN b.lane = 2 THEN 4 ELSE 12 END AS term,
    greatest(2000000, round(f.monthly_sales * 12 * f.debt_share * [0.7, 0.3, 0.08, 0.3][b.lane + 1]
      * (0.8 + 0.4 * draw(f.h, 93 + b.lane)) / 10000) * 1000000)::BIGINT AS fen,
    CASE WHEN b.lane = 0 THEN 'bank' WHEN b.lane = 1 THEN CASE
      WHEN NOT f.borrows OR draw(f.h, 96) < within(0.08 - 0.12 * f.zf, 0.01, 0.6)
      THEN 'microloan' ELSE 'bank' END
      WHEN b.lane = 3 AND draw(f.h, 68) < 0.7 THEN 'microloan' ELSE 'pawn' END AS kind
  FROM firms f, (SELECT x.lane, y.n FROM range(0, 4) x(lane), range(0, 5) y(n)) b
  WHERE b.lane = 0 AND f.borrows
    OR b.lane = 1 AND (f.borrows_locally OR f.borrows AND draw(f.h, 97) < 0.4 - 0.12 * f.zf)
    OR b.lane = 2 AND f.borrows AND draw(f.h, 98) < within(0.01 - 0.02 * f.zf, 0.003, 0.2)
    OR b.lane = 3 AND b.n = 0 AND f.borrows_last
) l JOIN (SELECT idx, born_m FROM firms) USING (idx)
WHERE granted_m > born_m + 4 AND granted_m < months_in_all() AND granted_m < end_m
  AND (default_m IS NULL OR granted_m < default_m - 1);
-- Suits, and what comes of those that are lost. Who can pay performs the judgment, or within months of enforcement; what
-- is open for long is owed by those who cannot, and nothing more is paid once they have failed.
CREATE OR REPLACE TEMP TABLE cases AS
SELECT * EXCLUDE (would_settle_after), CASE WHEN recovers OR default_m IS NULL
    OR month_of(coalesce(enforced_on, happened_on) + would_settle_after::INTEGER) < default_m
  THEN would_settle_after END AS settles_after
FROM (
SELECT *, CASE WHEN role = 'defendant' AND draw(hq, 45) < within(0.1 - 0.12 * r, 0.03, 0.4) + 0.8 * distress
    THEN happened_on + 30 + pick(hq, 46, 80)::INTEGER END AS enforced_on,
  (amount * (0.9 + 0.3 * draw(hq, 47)) // 100 * 100)::BIGINT AS target_fen,
  CASE WHEN draw(hq, 48) < within(0.9 + 0.1 * r, 0.5, 0.98) - 0.8 * distress THEN 20 + pick(hq, 49, 160) END
    AS would_settle_after
FROM (
  SELECT q.idx, f.h, q.n, q.hq, q.distress, q.happened_on, f.code, f.name, f.owner_name, f.recovers, f.is_individual,
    f.staff, f.default_m, f.r,
    CASE WHEN draw(q.hq, 40) < sued THEN 'defendant' WHEN draw(q.hq, 40) < sued + 0.011 THEN 'plaintiff'
      WHEN draw(q.hq, 40) < sued + 0.013 THEN 'third_party' END AS role,
    CASE WHEN q.distress > 0.4 AND f.borrows AND draw(q.hq, 41) < 0.5 THEN 'financial_loan'
      WHEN draw(q.hq, 41) < 0.12 + 0.2 * q.distress THEN 'private_lending'
      WHEN draw(q.hq, 41) < 0.3 AND f.staff > 0 THEN 'labour'
      WHEN draw(q.hq, 41) < 0.34 AND f.borrows THEN 'financial_loan' WHEN draw(q.hq, 41) < 0.86 THEN 'sale_contract'
      ELSE 'other' END AS cause,
    (greatest(3000, f.monthly_sales * 12 * (0.01 + 0.12 * pow(draw(q.hq, 42), 2) + 0.3 * q.distress)) * 100)::BIGINT
      AS amount
  FROM (SELECT q.*, CASE WHEN is_individual THEN 0.6 ELSE 1.0 END
          * (0.003 * exp(within(-1.6 * zj, -3.0, 3.4))
            * within(0.85 + 0.12 * ln(1 + monthly_sales / 200000), 0.7, 1.6) + 0.7 * distress) AS sued
        FROM quarters q JOIN firms USING (idx)) q
  JOIN firms f USING (idx)
) WHERE role IS NOT NULL
);
-- Holders of a company: one or two people, the parent where it has one, and a chain below it.
CREATE OR REPLACE TEMP TABLE holders AS
SELECT f.idx, f.h, p.slot, f.code, f.capital_fen, f.paid_share, f.established_on, f.closed_on,
  CASE WHEN p.slot = 0 AND f.parent_idx IS NOT NULL THEN 'enterprise' ELSE 'person' END AS kind,
  CASE WHEN p.slot = 0 THEN CASE WHEN f.parent_idx IS NOT NULL THEN c.name ELSE f.owner_name END
    ELSE person(key_of(f.h, 710 + p.slot), 500) END AS holder_name,
  CASE WHEN p.slot = 0 AND f.parent_idx IS NOT NULL THEN c.code END AS holder_code,
  CASE WHEN p.slot = 0 AND f.parent_idx IS NOT NULL THEN NULL
    ELSE token_of(CASE WHEN p.slot = 0 THEN f.person_key ELSE key_of(f.h, 710 + p.slot) END) END AS token,
  CASE WHEN f.holders = 1 THEN 1.0 WHEN p.slot = 0 THEN f.first_share
    WHEN f.holders = 2 THEN round(1 - f.first_share, 4)
    WHEN p.slot = 1 THEN round((1 - f.first_share) * 0.6, 4)
    ELSE round(1 - f.first_share - round((1 - f.first_share) * 0.6, 4), 4) END AS share
FROM (
  SELECT *, round(0.51 + 0.4 * draw(h, 101), 2) AS first_share,
    CASE WHEN draw(h, 102) < 0.34 THEN 1 WHEN draw(h, 102) < 0.85 THEN 2 ELSE 3 END AS holders,
    CASE WHEN group_id IS NOT NULL AND place > 0 AND draw(gh, 2) >= 0.55
      THEN CASE WHEN place >= 3 AND draw(gh, 3) < 0.5 THEN group_id + 1 ELSE group_id END END AS parent_idx
  FROM firms WHERE NOT is_individual
) f LEFT JOIN firms c ON c.idx = f.parent_idx, range(0, 3) p(slot)
WHERE p.slot < f.holders
;
CREATE OR REPLACE TEMP TABLE delivery_days AS
SELECT unnest(range(len(days_of_delivery()))) AS n, unnest(days_of_delivery()) AS day;
-- Whom an enterprise trades with, by the key of the place among its partners and of who holds it then: in the city only
-- the first so many, with a smaller index than its own, since only they exist however many there are. The rest stand
-- outside the city and are numbered downwards from -1.
CREATE OR REPLACE MACRO trader_of(idx, ht) AS CASE WHEN idx > 0 AND draw(ht, 1) < 0.3
  THEN pick(ht, 2, least(idx, hubs()))
  ELSE -1 - pick(ht, 2, outsiders_in_all()) END;
CREATE OR REPLACE TEMP TABLE sold AS
SELECT a.idx, f.h, a.m, a.hm, a.sales, t.first_on, t.days, t.month_number, f.zi,
  CASE WHEN t.calendar_year < 2024 THEN '0440' || lpad((t.calendar_year % 100)::VARCHAR, 2, '0') END AS year_code,
  CASE WHEN t.calendar_year >= 2024 THEN lpad((t.calendar_year % 100)::VARCHAR, 2, '0') ELSE '' END AS year_head,
  CASE WHEN t.calendar_year >= 2024 THEN 5 ELSE 8 END AS digits, a.distress,
  greatest(1, least(90, floor(f.tickets * CASE WHEN f.is_individual THEN 0.6 ELSE 1.0 END
    * within(pow(a.sales / greatest(1, f.monthly_yuan), 0.35), 0.5, 4.0) + draw(a.hm, 3))))::BIGINT AS count_sold,
  f.is_individual, f.is_general, f.vat_rate, within(4 + floor(9 * draw(f.h, 105) + 2.2 * f.zi), 2, 22) AS buyers,
  within(0.6 + 0.15 * f.zi + 0.22 * draw(f.h, 106), 0.3, 0.97) AS ratio,
  within(0.55 - 0.4 * f.zi + 0.2 * draw(f.h, 107), 0.08, 1.6) AS churn
FROM activity a JOIN firms f USING (idx) JOIN months t USING (m)
WHERE a.sales > 0 AND f.profile = 'full';
CREATE OR REPLACE TEMP TABLE issued AS
SELECT idx, h, hi, m * 1000 + j AS k, year_code || '4499' || '13' AS invoice_code,
  CASE WHEN year_code IS NULL THEN year_head || '449900' || lpad((idx % 10000000)::VARCHAR, 7, '0') ELSE '' END
    AS head,
  month_number * 1000 + j AS serial, digits, (first_on + pick(hi, 4, days)::INTEGER)::DATE AS issued_on,
  draw(hi, 1) < CASE WHEN is_individual THEN 0.45 ELSE 0.06 END AS is_cash,
  greatest(100, floor(sales * (0.2 + draw(hi, 2)) / (0.7 * count_sold) * CASE WHEN draw(hi, 3) < 0.6 THEN 1
    ELSE 100 END)
    * CASE WHEN draw(hi, 3) < 0.6 THEN 100 ELSE 1 END)::BIGINT AS fen,
  CASE WHEN is_general THEN vat_rate ELSE least(0.01, vat_rate) END AS rate,
  within(0.014 * exp(-1.3 * zi) + 0.05 * distress, 0, 0.4) AS red_share,
    within(0.025 * exp(-1.2 * zi) + 0.05 * distress, 0, 0.4) AS void_share,
  trader_of(idx, ht) AS trader
FROM (
  SELECT *, key_of(hs, floor(m / 12.0 * churn + distress * 0.7 + draw(hs, 500))::BIGINT) AS ht FROM (
    SELECT *, key_of(h, 7000
      + least(buyers - 1, floor(ln(1 - draw(hi, 5) * (1 - pow(ratio, buyers))) / ln(ratio)))::BIGINT) AS hs FROM (
      SELECT s.*, n.j, key_of(s.hm, 10000 + n.j) AS hi FROM sold s, range(1, 91) n(j) WHERE n.j <= s.count_sold
    )
  )
);
CREATE OR REPLACE TEMP TABLE bought AS
SELECT s.*, f.own_margin, (2 + pick(f.h, 108, 6)) AS sellers,
  floor(s.count_sold * 0.4 + draw(s.hm, 4) * 0.95)::BIGINT AS tickets,
  s.sales * within(1 - f.own_margin - 0.3 * draw(f.h, 109), 0.2, 1.0) * (0.75 + 0.5 * draw(s.hm, 5)) AS spent,
  year_code || '4498' || '13' AS invoice_code,
  CASE WHEN year_code IS NULL THEN year_head || '449800' || lpad((s.idx % 10000000)::VARCHAR, 7, '0') ELSE '' END
    AS head
FROM sold s JOIN firms f USING (idx)
;
-- A year's figures as the books close; those of years before the records are told from usual sales.
CREATE OR REPLACE TEMP TABLE yearly AS
SELECT *, (revenue * within(own_margin + 0.045 * about(hy, 11) - 0.22 * distress - 0.03, -0.9, 0.6)) AS profit,
  revenue * (0.35 + 0.8 * draw(h, 110)) + capital_fen / 100.0 * paid_share * 0.5 + 20000 AS assets,
  within(leverage + 0.13 * about(h, 111) - 0.13 * zf + 0.03 * about(hy, 12) + 0.22 * distress, 0.04, 1.5)
    AS debt_ratio
FROM (
  SELECT f.idx, f.h, y.y, key_of(f.h, 3500 + y.y) AS hy, f.own_margin, f.capital_fen, f.paid_share, f.leverage, f.zf,
    f.zt, f.za,
    f.is_individual, f.account, f.account_is_late, f.code, f.has_profit_gap, f.closed_on, f.staff, f.profile,
      f.division,
    distress_of(f.default_m, f.decline, f.recovers, month_of(make_date(y.y, 12, 1))) AS distress,
    CASE WHEN s.months = 12 THEN s.sales ELSE f.monthly_sales * 12
      * pow(greatest(0.2, 1 + f.own_growth), y.y - year(first_day()))
      * (0.9 + 0.2 * draw(f.h, 3600 + y.y)) * CASE WHEN year(f.established_on) = y.y THEN 0.3 ELSE 1.0 END END
        AS revenue
  FROM firms f JOIN range(year(last_day()) - 4, year(last_day())) y(y) ON year(f.established_on) <= y.y
    AND coalesce(f.closed_on, DATE '9999-12-31') > make_date(y.y + 1, 1, 31)
  LEFT JOIN (SELECT idx, calendar_year, sum(sales) AS sales, count(*) AS months FROM activity
    JOIN months USING (m) GROUP BY 1, 2) s
    ON s.idx = f.idx AND s.calendar_year = y.y
);
-- Insured staff month by month, and how contributions for a month are paid.
CREATE OR REPLACE TEMP TABLE staffed AS
SELECT *, CASE WHEN draw(hm, 50) < within(0.014 * exp(-1.5 * zl) + 0.3 * distress * distress, 0, 0.8)
    THEN CASE WHEN draw(hm, 51) < 0.6 - 0.5 * distress THEN first_on + 60 + pick(hm, 52, 240)::INTEGER END
    WHEN draw(hm, 50) < within(0.06 * exp(-1.3 * zl) + 0.3 * distress, 0, 0.9) THEN first_on + 34
      + pick(hm, 52, 60)::INTEGER
    ELSE first_on + 8 + pick(hm, 52, 16)::INTEGER END AS paid_on
FROM (
  SELECT a.idx, a.m, a.hm, a.distress, f.h, f.zl, t.first_on, f.code, f.social_account, f.wage
    * exp(0.16 * about(f.h, 112) + 0.11 * f.zl)
      * pow(1.04, a.m / 12.0) AS wage,
    greatest(1, round(f.staff * pow(greatest(0.3, 1 + 0.5 * f.own_growth + 0.11 * f.zl), a.m / 12.0)
      * (1 - 0.55 * a.distress)
      * exp(0.05 * about(f.h, 113 + a.m // 6))))::BIGINT AS insured
  FROM activity a JOIN firms f USING (idx) JOIN months t USING (m)
  WHERE f.has_labour AND f.staff > 0
);
-- How a month's bill of each utility is paid, and how much was used.
CREATE OR REPLACE TEMP TABLE metered AS
SELECT *, CASE WHEN draw(hu, 2) < within(0.012 * exp(-1.3 * zu) + 0.25 * distress * distress, 0, 0.7) THEN NULL
    WHEN draw(hu, 2) < within(0.045 * exp(-1.2 * zu) + 0.6 * distress, 0, 0.9) THEN due_on + 3
      + pick(hu, 3, 70)::INTEGER
    ELSE due_on - pick(hu, 3, 15)::INTEGER END AS paid_on
FROM (
  SELECT a.idx, a.m, a.distress, f.h, f.zu, t.first_on, key_of(a.hm, 60 + x.place) AS hu, x.place,
    (t.first_on + INTERVAL 1 MONTH)::DATE + 19 AS due_on,
    (a.level * (0.45 + 0.55 * least(1.3, a.sales / greatest(1, a.level)))) / 1000
      * [f.kwh, f.water, 0.6 * f.water][x.place + 1]
      * exp(0.5 * about(f.h, 114 + x.place)) * pow(1 + within(0.09 * f.zu, -0.4, 0.4), a.m / 12.0)
      * (1 - 0.65 * a.distress) * exp((0.08 + 0.4 * logistic(-1.6 * f.zu - 0.6))
        * about(key_of(a.hm, 60 + x.place), 1))
      * CASE WHEN x.place = 0 AND t.month_number IN (6, 7, 8, 9) THEN 1.35 ELSE 1.0 END
      * CASE WHEN f.shares_meter THEN 2.5 + 2 * draw(f.h, 117) ELSE 1.0 END AS used,
    f.shares_meter, f.code, f.power_account, f.water_account
  FROM activity a JOIN firms f USING (idx) JOIN months t USING (m), range(0, 3) x(place)
  WHERE x.place = 0 AND f.has_power OR x.place = 1 AND f.has_water OR x.place = 2 AND f.has_gas
)
;
-- Each loan month by month: repaid when due, or overdue from the month of default on.
CREATE OR REPLACE TEMP TABLE lent AS
SELECT *, (month_on + INTERVAL 1 MONTH)::DATE + 5 AS reported_on, CASE WHEN overdue_days > 360 THEN 'loss'
  WHEN overdue_days > 270 THEN 'doubtful'
    WHEN overdue_days > 90 THEN 'substandard' WHEN overdue_days > 15 OR watched THEN 'special_mention'
      ELSE 'normal' END AS loan_class
FROM (
  SELECT l.idx, l.h, l.kind, l.lane * 10000 + l.n * 1000 + t.m AS k, f.code AS party_code, upper(substr(l.kind, 1, 1))
    || lpad((l.idx * 50 + l.lane * 10 + l.n)::VARCHAR, 11, '0') AS loan_number,
    t.first_on AS month_on, b.lender_code, b.lender_name,
      (first_day() + to_months(l.granted_m::INTEGER) + to_days(pick(l.hl, 1, 27)::INTEGER))::DATE AS granted_on,
    (first_day() + to_months((l.granted_m + l.term)::INTEGER) + to_days(pick(l.hl, 1, 27)::INTEGER))::DATE AS due_on,
      l.fen AS granted_fen,
    CASE WHEN t.m >= l.default_m THEN l.fen
      ELSE floor(l.fen * (1 - 0.3 * (t.m - l.granted_m) / l.term) / 10000)::BIGINT * 10000 END AS outstanding_fen,
    CASE WHEN t.m >= l.default_m AND NOT (l.recovers AND t.m > l.default_m + 10) THEN 12 + 30 * (t.m - l.default_m)
      WHEN draw(key_of(l.hl, 100 + t.m), 1) < within(0.004 * exp(-1.3 * l.zf) + 0.35
        * pow(distress_of(l.default_m, l.decline, l.recovers, t.m), 2), 0, 0.7)
        THEN 1 + pick(key_of(l.hl, 100 + t.m), 2, 22) ELSE 0 END AS overdue_days,
    distress_of(l.default_m, l.decline, l.recovers, t.m) > 0.3 AND draw(l.hl, 2) < 0.6
      OR draw(l.hl, 3) < within(0.008 * exp(-1.2 * l.zf), 0, 0.3) AS watched
  FROM loans l JOIN firms f USING (idx) JOIN lenders b ON b.kind = l.kind
    AND b.place = pick(l.h, 118 + l.lane, CASE l.kind WHEN 'bank' THEN 8 WHEN 'microloan' THEN 5 ELSE 3 END), months t
  WHERE t.m >= l.granted_m AND t.m < l.end_m AND (t.m < l.granted_m + l.term OR l.default_m < l.granted_m + l.term
    AND NOT (l.recovers AND t.m > l.default_m + 10))
);
-- Invoices of a month's sales, now and then a void or a red one.
CREATE OR REPLACE TEMP VIEW sales_invoices AS
SELECT i.idx, i.h, i.k, f.account IS NOT NULL AS is_legacy, f.account IS NOT NULL AND f.account_is_late AS is_late,
  coalesce(f.account, f.code) AS taxpayer_code, i.invoice_code, i.invoice_number, i.issued_on,
  CASE WHEN i.is_cash THEN NULL ELSE coalesce(t.code, '') END AS counterparty_code, i.amount_fen, i.tax_fen, i.status
FROM (
  SELECT idx, h, k * 2 + red AS k, invoice_code, trader, is_cash,
    CASE WHEN red = 0 THEN issued_on ELSE least(last_day(), issued_on + pick(hi, 8, 20)::INTEGER) END AS issued_on,
    head || lpad((serial + 400 * red)::VARCHAR, digits, '0') AS invoice_number,
    CASE WHEN red = 0 THEN fen ELSE -floor(fen * (0.2 + 0.8 * draw(hi, 9)))::BIGINT END AS amount_fen,
    CASE WHEN red = 0 THEN floor(fen * rate)::BIGINT
      ELSE -floor(floor(fen * (0.2 + 0.8 * draw(hi, 9))) * rate)::BIGINT END AS tax_fen,
    CASE WHEN red = 0 AND draw(hi, 6) < void_share THEN 'void' ELSE 'valid' END AS status
  FROM (
    SELECT *, CASE WHEN draw(hi, 6) > 1 - red_share AND draw(hi, 6) >= void_share THEN 2 ELSE 1 END AS copies
      FROM issued
  ), range(0, 2) r(red)
  WHERE red < copies
) i JOIN firms f USING (idx) LEFT JOIN traders t USING (trader)
