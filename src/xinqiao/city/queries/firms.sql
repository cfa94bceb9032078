-- Enterprises of one block, `first_index()` up to before `last_index()`, both multiples of twelve: a group of companies
-- lies within twelve neighbours, so that no enterprise depends on how many there are.
-- Soundness is hidden: `q` of everything, `z…` of each department's view of it (below 0 on average: ordinary firms
-- pay late and earn little, and few of them come before courts, regulators or lenders for it), and `r`, the weighted sum
-- that defaults follow. Departments see their own part and noise, so each adds something. Those who run a business in
-- their own name fail no more often than companies of the same soundness: they answer with all they have.
-- The sickest look no sicker than they can: nobody files less than nothing.
CREATE OR REPLACE MACRO seen(z) AS CASE WHEN z < -1.3 THEN -1.3 + 0.45 * (z + 1.3) ELSE z END;
-- Who guarantees the debts of others: groups in a ring, and some that stand alone, the weaker the more often.
CREATE OR REPLACE MACRO is_ring(gh) AS draw(gh, 4) < 0.5;
CREATE OR REPLACE MACRO guarantees(zf) AS within(0.035 * exp(-0.8 * zf), 0, 0.3);
-- What a borrower owes, as a share of a year's sales.
CREATE OR REPLACE MACRO debt_of(h, zf, leverage) AS
  0.06 + 0.75 * logistic(0.9 * about(h, 63) - 0.8 * (zf + 0.8) + 1.8 * (leverage - 0.5) - 1.2);
CREATE OR REPLACE TEMP TABLE born AS
SELECT *,
  seen(1.67 * q + 0.9 * e_tax - 1.35) AS zt, seen(1.67 * q + 0.9 * e_invoice - 1.45) AS zi,
    seen(1.67 * q + 0.9 * e_labour - 1.45) AS zl,
  seen(1.67 * q + 0.9 * e_utility - 1.1) AS zu, seen(1.67 * q + 0.9 * e_court - 0.8) AS zj,
    seen(1.67 * q + 0.9 * e_regulation - 0.8) AS zr,
  seen(1.67 * q + 0.9 * e_finance - 0.8) AS zf, seen(1.67 * q + 0.9 * e_asset - 0.8) AS za,
    seen(1.67 * q + 0.9 * e_person - 1.25) AS zp,
  0.86 * q + 0.18 * e_tax + 0.22 * e_invoice + 0.26 * e_labour + 0.24 * e_utility + 0.22 * e_court
   + 0.23 * e_regulation
   + 0.24 * e_finance + 0.1 * e_asset + 0.32 * e_person
   - CASE WHEN age_days < 1100 THEN 0.2 WHEN age_days < 1800 THEN 0.1 ELSE -0.06 END + 0.22 * about(h, 34) AS r,
  last_day() - (60 + age_days)::INTEGER AS established_on
FROM (
  SELECT g.*, s.* EXCLUDE (low, high, individual),
    group_id IS NULL AND draw(h, 2) < s.individual AS is_individual,
    CASE WHEN group_id IS NULL THEN about(h, 10) ELSE 0.8 * about(h, 10) + 0.6 * about(gh, 10) END AS q,
    about(h, 11) AS e_tax, about(h, 12) AS e_invoice, about(h, 13) AS e_labour, about(h, 14) AS e_utility,
    about(h, 15) AS e_court, about(h, 16) AS e_regulation, about(h, 17) AS e_finance, about(h, 18) AS e_asset,
    about(h, 19) AS e_person,
    floor(2450 * pow(-ln(draw(h, 3)), 0.75))::BIGINT % 9500 AS age_days
  FROM (
    SELECT idx, h, gh, CASE WHEN draw(gh, 1) < 0.22 AND idx % 12 < 2 + floor(7 * pow(draw(gh, 5), 2.2))
      THEN idx - idx % 12 END AS group_id, idx % 12 AS place
    FROM (SELECT range AS idx, key_of(city_key(), range) AS h,
            key_of(group_key(), range // 12) AS gh
          FROM range(first_index(), last_index()))
  ) g JOIN sectors s ON draw(g.h, 1) >= s.low AND draw(g.h, 1) < s.high
);
-- When each fails, if it does: an exponential wait, most firms' of decades and the sickest's of three years; the
-- epidemic makes some months count for more, and who owes much or guarantees the debts of others falls more easily.
CREATE OR REPLACE TEMP TABLE waiting AS
SELECT idx, group_id, h, gh, CASE
    WHEN wait <= worst - starts OR starts >= epidemic_from() + 6 THEN starts + wait
    WHEN wait - (worst - starts) <= (epidemic_from() + 6 - worst) * hurry THEN worst
      + (wait - (worst - starts)) / hurry
    ELSE starts + wait - (epidemic_from() + 6 - worst) * (hurry - 1) END AS fails
FROM (
  SELECT *, greatest(starts, epidemic_from()) AS worst, 1 + 1.8 * epidemic_share AS hurry,
    -ln(draw(h, 20)) * 12 / (0.5 * logistic(-3.6 * (r - CASE WHEN guarantees_others THEN 0.15 ELSE 0.0 END
      - CASE WHEN draw(h, 61) < 0.3 THEN 0.6 * (debt_of(h, zf, leverage) - 0.25) ELSE 0.0 END + 1.44)))
      AS wait
  FROM (SELECT *, greatest(24, month_of(established_on) + 9) AS starts,
      NOT is_individual AND draw(h, 228) < guarantees(zf) AS guarantees_others FROM born)
);
-- One failure in a group may pull others after it, most of all where they guarantee each other's debts.
CREATE OR REPLACE TEMP TABLE fated AS
SELECT idx,
  CASE WHEN fails < months_in_all() + 13 THEN floor(fails)::BIGINT END AS default_m,
  CASE WHEN draw(h, 21) < 0.1 THEN 1 ELSE 5 + pick(h, 22, 13) END AS decline,
  draw(h, 23) < 0.36 AS recovers
FROM (
  SELECT w.idx, w.h, CASE WHEN g.first_fails IS NOT NULL AND g.first_fails < w.fails AND draw(w.h, 24)
      < CASE WHEN is_ring(w.gh) THEN 0.45 ELSE 0.2 END
    THEN least(w.fails, g.first_fails + 1 + pick(w.h, 25, 8)) ELSE w.fails END AS fails
  FROM waiting w LEFT JOIN (SELECT group_id, min(fails) AS first_fails FROM waiting GROUP BY group_id) g
    ON g.group_id = w.group_id
);
CREATE OR REPLACE TEMP TABLE firms AS
SELECT f.*,
  unified_code(CASE WHEN is_individual THEN 2 ELSE 1 END, county::BIGINT, body_of(idx)) AS code,
  month_of(established_on) AS born_m,
  coalesce(month_of(closed_on), 9999) AS end_m,
  CASE WHEN is_individual THEN '信桥市' || county_name
      || CASE WHEN draw(h, 46) < 0.2 THEN substr(owner_name, 1, 1) || '记' ELSE trade_name(h, 40) END
      || split_part(line, '|', 3)
    WHEN draw(h, 44) < 0.72 THEN '信桥市' || trade_name(h, 40) || split_part(line, '|', 2) || '有限公司'
    WHEN draw(h, 44) < 0.85 THEN '信桥' || trade_name(h, 40) || split_part(line, '|', 2) || '有限公司'
    WHEN draw(h, 44) < 0.985 THEN trade_name(h, 40) || '（信桥）' || split_part(line, '|', 2) || '有限责任公司'
    ELSE '信桥' || trade_name(h, 40) || split_part(line, '|', 2) || '股份有限公司' END AS name,
  split_part(line, '|', 1) AS industry_code,
  split_part(line, '|', 4) AS scope,
  CASE WHEN established_on < DATE '2022-01-01' AND draw(h, 50) < 0.18
    THEN 'XQ' || lpad(((idx * 7919 + 104729) % 1000000000)::VARCHAR, 9, '0') END AS account,
  draw(h, 51) < 0.07 AS account_is_late,
  '06044' || lpad(((idx * 7907 + 15485863) % 100000000)::VARCHAR, 8, '0') AS power_account,
  'W' || lpad(((idx * 6997 + 32452843) % 100000000)::VARCHAR, 8, '0') AS water_account,
  CASE WHEN established_on < DATE '2019-01-01' AND draw(h, 47) < 0.3
    THEN 'SB' || lpad(((idx * 6007 + 49979687) % 100000000)::VARCHAR, 8, '0') END AS social_account,
  CASE WHEN established_on < DATE '2015-10-01' THEN former_number(county, idx) END AS registration_number,
  NOT is_individual AND monthly_sales * 12 > 5000000 AS is_general,
  within(round(monthly_sales / yuan_a_head * exp(0.35 * about(h, 52)) * (0.45 + 0.5 * draw(h, 53))),
    CASE WHEN is_individual THEN 0 ELSE 1 END, 2000)
    AS staff,
  profile = 'full' AND NOT is_individual AND draw(h, 54) < 0.8
    OR profile = 'full' AND is_individual AND draw(h, 54) < 0.10 AS has_labour,
  profile = 'full' AND draw(h, 55) < CASE WHEN is_individual THEN 0.46 ELSE 0.7 END AS has_power,
  draw(h, 56) < 0.22 AS shares_meter,
  profile = 'full' AND draw(h, 57) < CASE WHEN is_individual THEN 0.3 ELSE 0.46 END AS has_water,
  profile = 'full' AND draw(h, 58) < gas AS has_gas,
  NOT is_individual AND profile <> 'registered_only' AND draw(h, 59) < exports * (1 + 0.25 * za) AS is_exporter,
  draw(h, 60) < 0.45 AS exports_by_agent,
  -- Banks look at the accounts and at the invoices and lend to the sound and the larger; some of those they refuse
  -- borrow from local lenders, and so do most that go down.
  profile = 'full' AND draw(h, 61) < within(CASE WHEN is_individual THEN 0.15 ELSE 0.36 + 0.12
    * (monthly_sales > 300000)::INT END + 0.08 * zf + 0.04 * zi, 0.02, 0.8) AS borrows,
  profile = 'full' AND draw(h, 65) < within(0.012 * exp(-0.8 * zf), 0, 0.15) AS borrows_locally,
  profile = 'full' AND default_m IS NOT NULL AND decline > 4 AND draw(h, 66) < 0.55 AS borrows_last,
  draw(h, 62) < 0.05 AS has_profit_gap,
  debt_of(h, zf, leverage) AS debt_share
FROM (
  SELECT b.*, c.county, c.county_name, t.default_m, t.decline, t.recovers, t.defaulted_on, w.closed_on, w.is_revoked,
    person(person_key, 500) AS owner_name, token_of(person_key) AS owner_token
  FROM (
    SELECT *, least(pick(h, 30, 17), 15) % 6 AS place_of_county,
      CASE WHEN is_individual THEN one_of(h, 31, shop_lines) ELSE one_of(h, 31, lines) END AS line,
      CASE WHEN group_id IS NOT NULL AND draw(gh, 2) < 0.55 THEN key_of(gh, 700) ELSE key_of(h, 700) END
        AS person_key,
      CASE WHEN draw(h, 33) < CASE WHEN is_individual THEN 0.3 ELSE 0.05 END THEN 'registered_only'
        WHEN draw(h, 33) < CASE WHEN is_individual THEN 0.75 ELSE 0.09 END THEN 'tax_only' ELSE 'full' END AS profile,
      monthly_yuan * CASE WHEN is_individual THEN 0.1 ELSE 0.42 END * exp(1.1 * about(h, 34) + 0.3 * r)
        AS monthly_sales,
      growth - 0.05 + 0.13 * zi + 0.10 * about(h, 35) AS own_growth,
      0.14 + 0.15 * draw(h, 36) + 0.4 * logistic(-1.5 * zi - 0.8) AS volatility,
      CASE WHEN is_individual THEN 0.45 ELSE 0.34 END * logistic(-1.9 * zi - 1.0) AS gap_share,
      margin * 0.4 + 0.04 * zf + 0.03 * about(h, 37) AS own_margin,
      CASE WHEN is_individual THEN [1, 3, 5, 10, 20][1 + pick(h, 38, 5)]
        ELSE [10, 30, 50, 100, 200, 300, 500, 1000, 2000, 5000][1
          + within(floor(ln(greatest(1, monthly_yuan / 40000)) * 1.3
          + 1.9 + 1.35 * about(h, 38)), 0, 9)::BIGINT] END * 1000000::BIGINT AS capital_fen,
      CASE WHEN is_individual THEN 1.0 ELSE within(0.32 + 0.2 * za + 0.28 * about(h, 39), 0.0, 1.0) END AS paid_share
    FROM born
  ) b JOIN counties c ON c.place = b.place_of_county
  JOIN (SELECT *, (first_day() + to_months(default_m) + to_days(pick(h, 26, 28)::INTEGER))::DATE AS defaulted_on
        FROM fated JOIN (SELECT idx, h FROM born) USING (idx)) t USING (idx)
  JOIN (
    SELECT idx, CASE WHEN closing_on <= last_day() AND closing_on > established_on + 200 THEN closing_on END
      AS closed_on,
      draw(h, 71) < CASE WHEN default_m IS NULL THEN 0.12 ELSE 0.5 END AS is_revoked
    FROM (
      SELECT idx, h, established_on, default_m, CASE
        WHEN default_m IS NOT NULL AND draw(h, 70) < 0.5
          THEN (first_day() + to_months(default_m) + to_days((120 + pick(h, 72, 420))::INTEGER))::DATE
        WHEN default_m IS NULL AND draw(h, 70) < 0.022
          THEN first_day() + pick(h, 72, last_day() - first_day())::INTEGER END AS closing_on
      FROM born JOIN fated USING (idx)
    )
  ) w USING (idx)
) f ORDER BY idx
