-- The aggregates behind all indicators of the catalogue as of 2026-06-30, as an engineer would write them by hand for
-- that day and these tables. Braces stand for the list of a table's files. The last line is one row: of each indicator,
-- in order of code, the number of firms that have it, then of each the sum.
WITH history AS (
  SELECT subject, approved_on, event_kind, annual_report_year, established_on, industry_code,
    (approved_on - DATE '1970-01-01') * 8 + step AS place,
    CASE event_kind WHEN 'revocation' THEN 'revoked' WHEN 'cancellation' THEN 'cancelled' ELSE operating_status END AS status,
    legal_representative <> lag(legal_representative IGNORE NULLS) OVER history AS new_representative,
    controlling_shareholder <> lag(controlling_shareholder IGNORE NULLS) OVER history AS new_holder,
    address <> lag(address IGNORE NULLS) OVER history AS new_address,
    name <> lag(name IGNORE NULLS) OVER history AS new_name,
    business_scope <> lag(business_scope IGNORE NULLS) OVER history AS new_scope
  FROM (
    SELECT *, CASE event_kind WHEN 'establishment' THEN 1 WHEN 'annual_report' THEN 2 WHEN 'revocation' THEN 4
      WHEN 'cancellation' THEN 5 ELSE 3 END AS step
    FROM read_parquet({business_registration}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30'
  )
  WINDOW history AS (PARTITION BY subject ORDER BY approved_on, step)
), firm AS (
  SELECT subject, count(event_kind) > 0 AS has_events, arg_max(established_on, place) AS established,
    arg_max(industry_code, place) AS industry, arg_max(status, place) AS status,
    count(*) FILTER (recent AND new_representative) AS representatives,
    count(*) FILTER (recent AND new_holder) AS holders,
    count(*) FILTER (recent AND new_address) * 2 + count(*) FILTER (recent AND new_name) * 2
      + count(*) FILTER (recent AND new_scope) AS moves,
    count(annual_report_year) FILTER (event_kind = 'annual_report') > 0 AS has_reports,
    bit_count(bit_or(CASE WHEN event_kind = 'annual_report' AND annual_report_year BETWEEN 2022 AND 2024
      AND approved_on <= make_date(annual_report_year + 1, 6, 30) THEN 1 << (annual_report_year - 2022)::INTEGER END)) AS reports
  FROM (SELECT *, event_kind IS NOT NULL AND approved_on > DATE '2024-06-30' AS recent FROM history)
  GROUP BY subject
), registered AS (
  SELECT *, CASE WHEN number BETWEEN 1 AND 97 THEN lpad(number::VARCHAR, 2, '0') END AS division,
    CASE WHEN number < 1 THEN NULL WHEN number <= 5 THEN 'A' WHEN number <= 12 THEN 'B' WHEN number <= 43 THEN 'C'
      WHEN number <= 46 THEN 'D' WHEN number <= 50 THEN 'E' WHEN number <= 52 THEN 'F' WHEN number <= 60 THEN 'G'
      WHEN number <= 62 THEN 'H' WHEN number <= 65 THEN 'I' WHEN number <= 69 THEN 'J' WHEN number <= 70 THEN 'K'
      WHEN number <= 72 THEN 'L' WHEN number <= 75 THEN 'M' WHEN number <= 79 THEN 'N' WHEN number <= 82 THEN 'O'
      WHEN number <= 83 THEN 'P' WHEN number <= 85 THEN 'Q' WHEN number <= 90 THEN 'R' WHEN number <= 96 THEN 'S'
      WHEN number <= 97 THEN 'T' END AS section
  FROM (
    SELECT f.*, TRY_CAST(regexp_extract(industry, '^[A-T]?([0-9][0-9])', 1) AS INTEGER) AS number
    FROM firm f
  )
), annual AS (
  SELECT subject,
    arg_max(paid_in_fen / subscribed_fen, report_year) FILTER (subscribed_fen > 0 AND paid_in_fen IS NOT NULL) AS capital,
    arg_max(CASE WHEN total_assets_fen > 0 THEN total_liabilities_fen / total_assets_fen
      WHEN total_liabilities_fen > 0 THEN 2 ELSE -1 END, report_year)
      FILTER (total_assets_fen + total_liabilities_fen IS NOT NULL) AS leverage,
    arg_max(total_assets_fen - total_liabilities_fen, report_year) FILTER (report_year >= 2024) / 100 AS net_assets,
    max(revenue_fen) FILTER (report_year = 2024) / 100 AS revenue
  FROM read_parquet({annual_report}) WHERE report_year >= 2023 AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), holders AS (
  SELECT subject, CASE WHEN count(subscribed_fen) = count(*) AND count(paid_in_fen) = count(*) AND sum(subscribed_fen) > 0
    THEN sum(paid_in_fen) / sum(subscribed_fen) END AS capital
  FROM read_parquet({shareholder})
  WHERE from_on <= DATE '2026-06-30' AND (to_on IS NULL OR to_on > DATE '2026-06-30') AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), sales AS (
  SELECT subject, amount_fen, issued_on, status = 'valid' AS kept,
    issued_on >= DATE '2025-07-01' AND issued_on < DATE '2026-07-01' AS recent,
    (year(issued_on) - 2025) * 12 + month(issued_on) - 7 AS m
  FROM read_parquet({sales_invoice}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30'
), invoiced AS (
  SELECT subject, min(issued_on) FILTER (kept AND amount_fen > 0) AS first_on,
    sum(CASE WHEN kept AND recent AND amount_fen > 0 THEN amount_fen ELSE 0 END) AS blue,
    sum(CASE WHEN kept AND recent AND amount_fen < 0 THEN amount_fen ELSE 0 END) AS red,
    sum(CASE WHEN NOT kept AND recent THEN abs(amount_fen) ELSE 0 END) AS void,
    sum(CASE WHEN kept AND m BETWEEN 0 AND 5 THEN amount_fen ELSE 0 END) AS before,
    sum(CASE WHEN kept AND m BETWEEN 6 AND 11 THEN amount_fen ELSE 0 END) AS after,
    coalesce(bit_or(CASE WHEN kept AND recent AND amount_fen > 0 THEN 1 << m::INTEGER END), 0) AS months,
    sum(amount_fen) FILTER (kept AND m BETWEEN 6 AND 8) AS quarter,
    sum(amount_fen) FILTER (kept AND m BETWEEN -6 AND -4) AS quarter_before
  FROM sales GROUP BY subject
), invoiced_months AS (
  SELECT subject, [
    sum(amount_fen) FILTER (m = 0), sum(amount_fen) FILTER (m = 1), sum(amount_fen) FILTER (m = 2),
    sum(amount_fen) FILTER (m = 3), sum(amount_fen) FILTER (m = 4), sum(amount_fen) FILTER (m = 5),
    sum(amount_fen) FILTER (m = 6), NULL, sum(amount_fen) FILTER (m = 8), sum(amount_fen) FILTER (m = 9),
    sum(amount_fen) FILTER (m = 10), sum(amount_fen) FILTER (m = 11)] AS monthly
  FROM sales WHERE kept AND recent GROUP BY subject
), buyers AS (
  SELECT subject, counterparty_code AS buyer,
    sum(CASE WHEN issued_on < DATE '2026-01-01' THEN amount_fen ELSE 0 END)::BIGINT AS before,
    sum(CASE WHEN issued_on >= DATE '2026-01-01' THEN amount_fen ELSE 0 END)::BIGINT AS after
  FROM read_parquet({sales_invoice})
  WHERE status = 'valid' AND issued_on >= DATE '2025-07-01' AND issued_on < DATE '2026-07-01' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30'
  GROUP BY subject, counterparty_code
), bought AS (
  SELECT subject, sum(greatest(before + after, 0)) AS positive,
    list_sum(max(CASE WHEN buyer IS NOT NULL THEN greatest(before + after, 0) ELSE 0 END, 5)) AS top,
    sum(CASE WHEN buyer IS NOT NULL AND before > 0 AND after > 0 THEN before END) AS stayed,
    sum(CASE WHEN buyer IS NOT NULL AND before > 0 THEN before END) AS had
  FROM buyers GROUP BY subject
), sellers AS (
  SELECT subject, counterparty_code AS seller, sum(amount_fen)::BIGINT AS net FROM read_parquet({purchase_invoice})
  WHERE status = 'valid' AND issued_on >= DATE '2025-07-01' AND issued_on < DATE '2026-07-01' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30'
  GROUP BY subject, counterparty_code
), supplied AS (
  SELECT subject, sum(net) / 100 AS net, sum(greatest(net, 0)) AS positive,
    list_sum(max(CASE WHEN seller IS NOT NULL THEN greatest(net, 0) ELSE 0 END, 5)) AS top
  FROM sellers GROUP BY subject
), taxes AS (
  SELECT subject, greatest(coalesce(sum(CASE WHEN payment_kind = 'payment' THEN amount_fen
      WHEN payment_kind = 'refund' AND tax_kind <> 'vat' THEN -amount_fen END)
      FILTER (tax_kind <> 'withholding' AND paid_on >= DATE '2025-07-01' AND paid_on < DATE '2026-07-01'), 0), 0) / 100 AS paid,
    CASE WHEN max(paid_on) > DATE '2025-06-30' THEN count(DISTINCT voucher_number)
      FILTER (payment_kind = 'late_fee' AND amount_fen > 5000 AND paid_on > DATE '2025-06-30') END AS late
  FROM read_parquet({tax_payment}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), arrears AS (
  SELECT subject, sum(arrears_fen) / 100 AS owed FROM read_parquet({tax_arrears}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), graded AS (
  SELECT subject, max(tax_year) AS newest, arg_max(points, tax_year) AS points,
    max(points) FILTER (tax_year = 2023) AS y23, max(points) FILTER (tax_year = 2024) AS y24,
    max(points) FILTER (tax_year = 2025) AS y25, max(points) FILTER (tax_year = 2026) AS y26
  FROM (
    SELECT subject, tax_year, CASE grade WHEN 'A' THEN 100 WHEN 'B' THEN 80 WHEN 'M' THEN 60 WHEN 'C' THEN 30
      WHEN 'D' THEN 0 END AS points
    FROM read_parquet({tax_credit_grade}) WHERE tax_year >= 2023 AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30'
  ) GROUP BY subject
), filings AS (
  SELECT subject, sales_fen * CASE WHEN frequency = 'quarterly' THEN 1 ELSE 3 END AS sales,
    payable_fen * CASE WHEN frequency = 'quarterly' THEN 1 ELSE 3 END AS payable,
    coalesce(frequency = 'quarterly', FALSE) AS quarterly, due_on IS NULL OR filed_on <= due_on AS punctual,
    (year(month_on) - 2024) * 12 + month(month_on) - 7
      + unnest(CASE WHEN frequency = 'quarterly' THEN [0, 1, 2] ELSE [0] END) AS m
  FROM read_parquet({vat_filing}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30'
), vat AS (
  SELECT subject, min(m) AS first, CASE WHEN arg_max(quarterly, m) THEN 21 ELSE 22 END AS until,
    bit_or(CASE WHEN punctual AND m BETWEEN 0 AND 23 THEN 1 << m::INTEGER END) AS punctual,
    count(*) FILTER (m BETWEEN 12 AND 23) AS filed, count(*) FILTER (m BETWEEN 12 AND 23 AND sales = 0) AS zero,
    count(payable) FILTER (m BETWEEN 12 AND 23) AS payables, sum(payable) FILTER (m BETWEEN 12 AND 23) AS payable,
    sum(sales) FILTER (m BETWEEN 12 AND 23 AND payable IS NOT NULL) AS base,
    [
    sum(sales) FILTER (m = 0), sum(sales) FILTER (m = 1), sum(sales) FILTER (m = 2), sum(sales) FILTER (m = 3),
    sum(sales) FILTER (m = 4), sum(sales) FILTER (m = 5), sum(sales) FILTER (m = 6), sum(sales) FILTER (m = 7),
    sum(sales) FILTER (m = 8), sum(sales) FILTER (m = 9), sum(sales) FILTER (m = 10),
    sum(sales) FILTER (m = 11), sum(sales) FILTER (m = 12), sum(sales) FILTER (m = 13),
    sum(sales) FILTER (m = 14), sum(sales) FILTER (m = 15), sum(sales) FILTER (m = 16),
    sum(sales) FILTER (m = 17), sum(sales) FILTER (m = 18), sum(sales) FILTER (m = 19),
    sum(sales) FILTER (m = 20), sum(sales) FILTER (m = 21), sum(sales) FILTER (m = 22),
    sum(sales) FILTER (m = 23)] AS monthly
  FROM filings GROUP BY subject
), vat_quarters AS (
  SELECT subject,
    CASE WHEN count(*) FILTER (q = 2 AND quarterly) > 0 THEN sum(sales_fen) FILTER (q = 2 AND quarterly)
      WHEN count(DISTINCT month_on) FILTER (q = 2) = 3 THEN sum(sales_fen) FILTER (q = 2) END AS quarter,
    CASE WHEN count(*) FILTER (q = 1 AND quarterly) > 0 THEN sum(sales_fen) FILTER (q = 1 AND quarterly)
      WHEN count(DISTINCT month_on) FILTER (q = 1) = 3 THEN sum(sales_fen) FILTER (q = 1) END AS quarter_before
  FROM (
    SELECT subject, month_on, sales_fen, frequency = 'quarterly' AS quarterly,
      CASE WHEN month_on >= DATE '2026-01-01' THEN 2 ELSE 1 END AS q
    FROM read_parquet({vat_filing})
    WHERE (month_on BETWEEN DATE '2026-01-01' AND DATE '2026-03-31' OR month_on BETWEEN DATE '2025-01-01' AND DATE '2025-03-31')
      AND sales_fen IS NOT NULL AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30'
  ) GROUP BY subject
), burden AS (
  SELECT subject, CASE WHEN payables >= 6 AND base > 0 THEN least(greatest(payable / base, 0), 1) END AS burden FROM vat
), income AS (
  SELECT subject, arg_max(revenue_fen, tax_year) / 100 AS revenue, max(revenue_fen) FILTER (tax_year = 2024) / 100 AS revenue_2024,
    arg_max(net_profit_fen / revenue_fen, tax_year) FILTER (revenue_fen > 0 AND net_profit_fen IS NOT NULL) AS margin
  FROM read_parquet({corporate_income_filing}) WHERE tax_year >= 2024 AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), statements AS (
  SELECT subject,
    arg_max(net_profit_fen / revenue_fen, period_to_on) FILTER (revenue_fen > 0 AND net_profit_fen IS NOT NULL) AS margin,
    arg_max(CASE WHEN total_assets_fen > 0 THEN total_liabilities_fen / total_assets_fen
      WHEN total_liabilities_fen > 0 THEN 2 ELSE -1 END, period_to_on)
      FILTER (total_assets_fen + total_liabilities_fen IS NOT NULL) AS leverage,
    arg_max(total_assets_fen - total_liabilities_fen, period_to_on) / 100 AS net_assets,
    arg_max(CASE WHEN revenue_fen > 0 THEN least(research_fen / revenue_fen, 10) ELSE -1 END, period_to_on)
      FILTER (revenue_fen + research_fen IS NOT NULL) AS research
  FROM read_parquet({financial_statement}) WHERE period_to_on > DATE '2024-06-30' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), insured AS (
  SELECT subject, avg(insured_count) FILTER (m BETWEEN 21 AND 23) AS people, min(m) AS first,
    bit_or(CASE WHEN m BETWEEN 0 AND 22 AND due_fen > 0 AND paid THEN 1 << m::INTEGER END) AS paid,
    bit_or(CASE WHEN m BETWEEN 0 AND 22 AND due_fen = 0 THEN 1 << m::INTEGER END) AS free,
    sum(greatest(due_fen - paid_fen, 0)) FILTER (m < 23 AND NOT paid) AS owed,
    sum(due_fen) FILTER (m BETWEEN 0 AND 22) AS due, count(*) FILTER (m BETWEEN 0 AND 22 AND due_fen > 0) AS due_months,
    sum(base_fen) FILTER (m BETWEEN 12 AND 23 AND insured_count > 0) AS base,
    sum(insured_count) FILTER (m BETWEEN 12 AND 23 AND insured_count > 0 AND base_fen IS NOT NULL) AS base_people,
    sum(insured_count) FILTER (m = 9) AS b1, sum(insured_count) FILTER (m = 10) AS b2, sum(insured_count) FILTER (m = 11) AS b3,
    sum(insured_count) FILTER (m = 21) AS a1, sum(insured_count) FILTER (m = 22) AS a2, sum(insured_count) FILTER (m = 23) AS a3
  FROM (
    SELECT *, (year(month_on) - 2024) * 12 + month(month_on) - 7 AS m,
      paid_fen >= due_fen OR coalesce(paid_on <= DATE '2026-06-30', FALSE) AS paid
    FROM read_parquet({social_insurance}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30'
  ) GROUP BY subject
), wages AS (SELECT sum(base) / sum(base_people) AS city FROM insured WHERE base_people > 0 AND base IS NOT NULL),
medical AS (
  SELECT subject, avg(insured_count) AS people FROM read_parquet({medical_insurance})
  WHERE month_on >= DATE '2026-04-01' AND month_on < DATE '2026-07-01' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), fund AS (
  SELECT subject, avg(headcount) FILTER (m BETWEEN 21 AND 23) AS people, min(m) AS first,
    bit_or(CASE WHEN m BETWEEN 0 AND 22 AND due_fen > 0
      AND (paid_fen >= due_fen OR coalesce(paid_on <= DATE '2026-06-30', FALSE)) THEN 1 << m::INTEGER END) AS paid,
    bit_or(CASE WHEN m BETWEEN 0 AND 22 AND due_fen = 0 THEN 1 << m::INTEGER END) AS free
  FROM (
    SELECT *, (year(month_on) - 2024) * 12 + month(month_on) - 7 AS m FROM read_parquet({housing_fund}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30'
  ) GROUP BY subject
), power AS (
  SELECT subject, count(late) AS judged, sum(late) AS late,
    [
    sum(kwh) FILTER (m = 0), sum(kwh) FILTER (m = 1), sum(kwh) FILTER (m = 2), sum(kwh) FILTER (m = 3),
    sum(kwh) FILTER (m = 4), sum(kwh) FILTER (m = 5), NULL, sum(kwh) FILTER (m = 7), sum(kwh) FILTER (m = 8),
    sum(kwh) FILTER (m = 9), sum(kwh) FILTER (m = 10), sum(kwh) FILTER (m = 11), sum(kwh) FILTER (m = 12),
    sum(kwh) FILTER (m = 13), sum(kwh) FILTER (m = 14), sum(kwh) FILTER (m = 15), sum(kwh) FILTER (m = 16),
    sum(kwh) FILTER (m = 17), sum(kwh) FILTER (m = 18), NULL, sum(kwh) FILTER (m = 20),
    sum(kwh) FILTER (m = 21), sum(kwh) FILTER (m = 22), sum(kwh) FILTER (m = 23)] AS monthly
  FROM (
    SELECT subject, (year(month_on) - 2024) * 12 + month(month_on) - 7 AS m,
      CASE WHEN NOT coalesce(bool_or(is_shared_meter), FALSE) THEN sum(kwh)::DOUBLE END AS kwh,
      max(CASE WHEN due_on <= DATE '2025-06-30' OR due_on > DATE '2026-06-30' THEN NULL WHEN paid_on <= due_on THEN 0
        WHEN paid_on <= DATE '2026-06-30' THEN 1 WHEN due_on <= DATE '2026-05-30' THEN 1 END) AS late
    FROM read_parquet({electricity_bill}) WHERE month_on >= DATE '2024-07-01' AND month_on < DATE '2026-07-01' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30'
    GROUP BY subject, month_on
  ) GROUP BY subject
), water AS (
  SELECT subject, sum(late) AS late,
    [
    sum(volume) FILTER (m = 0), sum(volume) FILTER (m = 1), sum(volume) FILTER (m = 2),
    sum(volume) FILTER (m = 3), sum(volume) FILTER (m = 4), sum(volume) FILTER (m = 5), NULL,
    sum(volume) FILTER (m = 7), sum(volume) FILTER (m = 8), sum(volume) FILTER (m = 9),
    sum(volume) FILTER (m = 10), sum(volume) FILTER (m = 11), sum(volume) FILTER (m = 12),
    sum(volume) FILTER (m = 13), sum(volume) FILTER (m = 14), sum(volume) FILTER (m = 15),
    sum(volume) FILTER (m = 16), sum(volume) FILTER (m = 17), sum(volume) FILTER (m = 18), NULL,
    sum(volume) FILTER (m = 20), sum(volume) FILTER (m = 21), sum(volume) FILTER (m = 22),
    sum(volume) FILTER (m = 23)] AS monthly
  FROM (
    SELECT subject, (year(month_on) - 2024) * 12 + month(month_on) - 7 AS m,
      CASE WHEN NOT coalesce(bool_or(is_shared_meter), FALSE) THEN sum(volume_m3)::DOUBLE END AS volume,
      max(CASE WHEN due_on <= DATE '2025-06-30' OR due_on > DATE '2026-06-30' THEN NULL WHEN paid_on <= due_on THEN 0
        WHEN paid_on <= DATE '2026-06-30' THEN 1 WHEN due_on <= DATE '2026-05-30' THEN 1 END) AS late
    FROM read_parquet({water_bill}) WHERE month_on >= DATE '2024-07-01' AND month_on < DATE '2026-07-01' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30'
    GROUP BY subject, month_on
  ) GROUP BY subject
), gas AS (
  SELECT subject, sum(late) AS late
  FROM (
    SELECT subject, max(CASE WHEN due_on <= DATE '2025-06-30' OR due_on > DATE '2026-06-30' THEN NULL WHEN paid_on <= due_on THEN 0
        WHEN paid_on <= DATE '2026-06-30' THEN 1 WHEN due_on <= DATE '2026-05-30' THEN 1 END) AS late
    FROM read_parquet({gas_bill}) WHERE month_on >= DATE '2024-07-01' AND month_on < DATE '2026-07-01' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30'
    GROUP BY subject, month_on
  ) GROUP BY subject
), breaches AS (
  SELECT subject, count(*) AS n FROM read_parquet({electricity_breach}) WHERE found_on > DATE '2024-06-30' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
),
-- What is usual in a sector: the division, its section, and everybody, for want of firms in the narrower one.
usual_burden AS (
  SELECT division, section, median(burden) AS middle, quantile_cont(burden, 0.75) - quantile_cont(burden, 0.25) AS spread
  FROM burden JOIN registered USING (subject)
  GROUP BY GROUPING SETS ((division), (section), ())
  HAVING count(burden) >= CASE WHEN grouping(division) + grouping(section) = 2 THEN 10 ELSE 30 END
    AND (grouping(division) = 1 OR division IS NOT NULL) AND (grouping(section) = 1 OR section IS NOT NULL)
), season AS (
  SELECT division, section, list(factor ORDER BY slot) || list(factor ORDER BY slot) AS season
  FROM (
    SELECT division, section, slot, greatest(avg(factor), 0.2) AS factor,
      max(count(factor)) OVER (PARTITION BY division, section, grouping(division), grouping(section)) AS firms,
      2 - grouping(division) - grouping(section) AS depth
    FROM (
      SELECT division, section, unnest(range(1, 13)) AS slot, unnest(list_transform(range(1, 13), lambda i:
        least(list_avg([monthly[i] / early, monthly[i + 12] / late]), 3))) AS factor
      FROM (
        SELECT subject, monthly,
          CASE WHEN list_count(monthly[1:12]) >= 9 THEN nullif(list_avg(monthly[1:12]), 0) END AS early,
          CASE WHEN list_count(monthly[13:24]) >= 9 THEN nullif(list_avg(monthly[13:24]), 0) END AS late
        FROM power
      ) JOIN registered USING (subject) WHERE early IS NOT NULL OR late IS NOT NULL
    ) GROUP BY GROUPING SETS ((division, slot), (section, slot), (slot))
  ) WHERE firms >= CASE depth WHEN 0 THEN 10 ELSE 30 END AND (depth = 0 OR division IS NOT NULL OR section IS NOT NULL)
  GROUP BY division, section
), matched AS (
  SELECT division, section, CASE WHEN v.quarter IS NOT NULL AND v.quarter_before IS NOT NULL THEN v.quarter ELSE i.quarter END AS now,
    CASE WHEN v.quarter IS NOT NULL AND v.quarter_before IS NOT NULL THEN v.quarter_before ELSE i.quarter_before END AS before
  FROM registered LEFT JOIN invoiced i USING (subject) LEFT JOIN vat_quarters v USING (subject)
), growth AS (
  SELECT division, sum(now) / sum(before) - 1 AS growth FROM matched
  WHERE now > 0 AND before > 0 AND division IS NOT NULL GROUP BY division
  HAVING count(*) >= 10 AND max(now) <= 0.5 * sum(now) AND max(before) <= 0.5 * sum(before)
), outlook AS (
  SELECT division, CASE WHEN n >= 5 AND deviation >= 0.0001
    THEN greatest(least((growth - middle) / deviation, 3), -3) END AS z
  FROM growth, (SELECT count(*) AS n, median(growth) AS middle, 1.4826 * mad(growth) AS deviation FROM growth)
), loans AS (
  SELECT subject, sum(outstanding) / 100 AS outstanding, coalesce(sum(outstanding) FILTER (bad), 0) / 100 AS bad, min(class) AS class
  FROM (
    SELECT subject, CASE WHEN max(month_on) >= DATE '2026-04-01' THEN arg_max(outstanding_fen, month_on) ELSE 0 END AS outstanding,
      arg_max(coalesce(loan_class IN ('substandard', 'doubtful', 'loss'), FALSE), month_on) AS bad,
      min(CASE loan_class WHEN 'normal' THEN 100 WHEN 'special_mention' THEN 50 WHEN 'substandard' THEN 0 WHEN 'doubtful' THEN 0
        WHEN 'loss' THEN 0 END) AS class
    FROM read_parquet({bank_loan}) WHERE month_on >= DATE '2024-07-01' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject, loan_number
  ) GROUP BY subject
), loan_arrears AS (
  SELECT subject, sum(points) AS points
  FROM (
    SELECT subject, max(CASE WHEN overdue_days > 90 THEN 5 WHEN overdue_days > 60 THEN 3 WHEN overdue_days > 30 THEN 2
      WHEN overdue_days > 0 THEN 1 ELSE 0 END) FILTER (overdue_days IS NOT NULL) AS points
    FROM read_parquet({bank_loan}) WHERE month_on >= DATE '2025-07-01' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject, month_on
  ) GROUP BY subject
), microloans AS (
  SELECT subject, sum(outstanding) / 100 AS outstanding
  FROM (
    SELECT subject, CASE WHEN max(month_on) >= DATE '2026-04-01' THEN arg_max(outstanding_fen, month_on) ELSE 0 END AS outstanding
    FROM read_parquet({microloan}) WHERE month_on >= DATE '2024-07-01' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject, loan_number
  ) GROUP BY subject
), microloan_lenders AS (
  SELECT subject, count(DISTINCT coalesce(lender_code, lender_name)) AS n
  FROM read_parquet({microloan}) WHERE month_on >= DATE '2025-07-01' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), microloan_arrears AS (
  SELECT subject, sum(points) AS points
  FROM (
    SELECT subject, max(CASE WHEN overdue_days > 90 THEN 5 WHEN overdue_days > 60 THEN 3 WHEN overdue_days > 30 THEN 2
      WHEN overdue_days > 0 THEN 1 ELSE 0 END) FILTER (overdue_days IS NOT NULL) AS points
    FROM read_parquet({microloan}) WHERE month_on >= DATE '2025-07-01' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject, month_on
  ) GROUP BY subject
), pawned AS (
  SELECT subject, sum(outstanding) / 100 AS outstanding
  FROM (
    SELECT subject, CASE WHEN max(month_on) >= DATE '2026-04-01' THEN arg_max(outstanding_fen, month_on) ELSE 0 END AS outstanding
    FROM read_parquet({pawn_loan}) WHERE month_on >= DATE '2024-07-01' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject, loan_number
  ) GROUP BY subject
), pawnshops AS (
  SELECT subject, count(DISTINCT coalesce(lender_code, lender_name)) AS n
  FROM read_parquet({pawn_loan}) WHERE month_on >= DATE '2025-07-01' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), guarantors AS (
  SELECT subject, count(DISTINCT coalesce(guarantor_code, guarantor_name)) AS n FROM read_parquet({financing_guarantee})
  WHERE (closed_on IS NULL OR closed_on > DATE '2025-06-30') AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), inquiries AS (
  SELECT subject, count(DISTINCT institution_code) AS n FROM read_parquet({credit_inquiry})
  WHERE purpose = 'loan_application' AND inquired_on > DATE '2026-03-30' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), guarantees AS (
  SELECT subject, sum(CASE WHEN released_on IS NULL OR released_on > DATE '2026-06-30' THEN amount_fen ELSE 0 END) / 100 AS given
  FROM read_parquet({guarantee_given}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), charges AS (
  SELECT subject, sum(CASE WHEN (discharged_on IS NULL OR discharged_on > DATE '2026-06-30')
    AND (expires_on IS NULL OR expires_on >= DATE '2026-06-30') THEN secured_fen ELSE 0 END) / 100 AS secured
  FROM read_parquet({movable_security}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), pledges AS (
  SELECT subject, least(coalesce(sum(share_ratio) FILTER (discharged_on IS NULL OR discharged_on > DATE '2026-06-30'), 0), 1)::DOUBLE
    AS pledged
  FROM read_parquet({equity_pledge}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), receivables AS (
  SELECT subject, sum(CASE WHEN debtor_kind IN ('government', 'large_enterprise') AND (settled_on IS NULL OR settled_on > DATE '2026-06-30')
    THEN amount_fen ELSE 0 END) / 100 AS owed
  FROM read_parquet({receivable_overdue}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), enforced AS (
  SELECT subject, sum(CASE WHEN status = 'concluded' AND coalesce(concluded_on, filed_on) <= DATE '2026-06-30' THEN 0
      ELSE greatest(target_fen - coalesce(performed_fen, 0), 0) END) / 100 AS owed,
    count(*) FILTER (status = 'terminated' AND coalesce(concluded_on, filed_on) > DATE '2023-06-30'
      AND coalesce(concluded_on, filed_on) <= DATE '2026-06-30') AS stayed
  FROM read_parquet({enforcement_case}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), insolvent AS (
  SELECT subject, count(*) FILTER (closed_on IS NULL OR closed_on > DATE '2026-06-30') AS n
  FROM read_parquet({bankruptcy}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), tax_cases AS (
  SELECT subject, count(*) FILTER (removed_on IS NULL OR removed_on > DATE '2026-06-30') AS n
  FROM read_parquet({major_tax_case}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), dishonest AS (
  SELECT subject, CASE WHEN bool_or(removed_on IS NULL OR removed_on > DATE '2026-06-30') THEN 0
    WHEN max(removed_on) > DATE '2024-06-30' THEN 40 ELSE 100 END AS standing
  FROM read_parquet({dishonest_debtor}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), bans AS (
  SELECT subject, count(*) FILTER (lifted_on IS NULL OR lifted_on > DATE '2026-06-30') AS n
  FROM read_parquet({consumption_limit}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), suits AS (
  SELECT subject, count(*) FILTER (cause IN ('financial_loan', 'private_lending')) AS lending,
    count(*) FILTER (cause = 'private_lending') AS private, count(*) FILTER (cause = 'labour') AS labour
  FROM read_parquet({judgment}) WHERE role = 'defendant' AND decided_on > DATE '2024-06-30' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), arbitrations AS (
  SELECT subject, count(*) AS n FROM read_parquet({labour_arbitration})
  WHERE role = 'respondent' AND decided_on > DATE '2024-06-30' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), frozen AS (
  SELECT subject, count(*) FILTER ((lifted_on IS NULL OR lifted_on > DATE '2026-06-30')
    AND (until_on IS NULL OR until_on >= DATE '2026-06-30')) AS n
  FROM read_parquet({asset_freeze}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), penalties AS (
  SELECT subject, sum(CASE WHEN severity = 'serious' THEN 10 WHEN severity = 'general' THEN 3 WHEN severity = 'minor' THEN 1
      WHEN penalty_kind LIKE '%吊销%' OR penalty_kind LIKE '%停产停业%' OR penalty_kind LIKE '%限制从业%' THEN 10
      WHEN fine_fen >= 10000000 THEN 10 WHEN fine_fen >= 1000000 THEN 3 ELSE 1 END
    * pow(0.5, (DATE '2026-06-30' - decided_on) / 365.25)) AS points
  FROM read_parquet({administrative_penalty}) WHERE decided_on > DATE '2023-06-30' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), abnormal AS (
  SELECT subject, CASE WHEN bool_or(removed_on IS NULL OR removed_on > DATE '2026-06-30') THEN 0
    WHEN max(removed_on) > DATE '2025-06-30' THEN 50 ELSE 100 END AS standing
  FROM read_parquet({abnormal_operation}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), serious AS (
  SELECT subject, CASE WHEN bool_or(removed_on IS NULL OR removed_on > DATE '2026-06-30') THEN 0
    WHEN max(removed_on) > DATE '2025-06-30' THEN 50 ELSE 100 END AS standing
  FROM read_parquet({serious_violation}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), listed AS (
  SELECT subject, CASE WHEN bool_or(removed_on IS NULL OR removed_on > DATE '2026-06-30') THEN 0
    WHEN max(removed_on) > DATE '2025-06-30' THEN 50 ELSE 100 END AS standing
  FROM read_parquet({dishonesty_list}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), environment AS (
  SELECT subject, arg_max(CASE grade WHEN 'green' THEN 100 WHEN 'blue' THEN 80 WHEN 'yellow' THEN 50 WHEN 'red' THEN 20
    WHEN 'black' THEN 0 END, (assessed_on - DATE '1970-01-01') * 10000 + assess_year) AS points
  FROM read_parquet({environmental_credit}) WHERE assessed_on > DATE '2023-06-30' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), inspected AS (
  SELECT subject, avg(CASE result WHEN 'failed' THEN 1 ELSE 0 END) FILTER (result IS NOT NULL) AS failed
  FROM read_parquet({spot_inspection}) WHERE inspected_on > DATE '2023-06-30' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), public_credit AS (
  SELECT subject, arg_max(CASE grade WHEN 'excellent' THEN 100 WHEN 'good' THEN 75 WHEN 'medium' THEN 50 WHEN 'poor' THEN 0 END,
    assessed_on) AS points
  FROM read_parquet({public_credit_grade}) WHERE assessed_on > DATE '2024-06-30' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), estate AS (
  SELECT subject, coalesce(max(CASE WHEN cancelled_on <= DATE '2026-06-30' THEN NULL WHEN is_sealed THEN 0
    WHEN NOT is_mortgaged AND NOT is_sealed THEN 100 ELSE 50 END), 0) AS standing
  FROM read_parquet({real_estate}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), patents AS (
  SELECT subject, sum(CASE WHEN lapsed_on <= DATE '2026-06-30' THEN 0 WHEN kind = 'invention' THEN 3 WHEN kind = 'utility_model' THEN 1
    WHEN kind = 'design' THEN 0.5 ELSE 0 END) AS points
  FROM read_parquet({patent}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), trademarks AS (
  SELECT subject, count(*) FILTER ((cancelled_on IS NULL OR cancelled_on > DATE '2026-06-30')
    AND (expires_on IS NULL OR expires_on >= DATE '2026-06-30')) AS n
  FROM read_parquet({trademark}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), software AS (
  SELECT subject, count(*) AS n FROM read_parquet({copyright}) WHERE kind = 'software' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), titles AS (
  SELECT subject, max(CASE WHEN revoked_on <= DATE '2026-06-30' OR valid_until_on < DATE '2026-06-30' THEN 0
    WHEN title = 'little_giant' THEN 100 WHEN title = 'high_tech' THEN 80 WHEN title = 'specialised' THEN 70
    WHEN title = 'technology_sme' THEN 50 ELSE 0 END) AS points
  FROM read_parquet({technology_title}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), customs AS (
  SELECT subject, arg_max(CASE grade WHEN 'advanced' THEN 100 WHEN 'ordinary' THEN 60 WHEN 'dishonest' THEN 0 END, assessed_on) AS points
  FROM read_parquet({customs_credit}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), declared AS (
  SELECT subject, count(*) FILTER (declared_on >= DATE '2025-07-01') AS n,
    coalesce(sum(amount_fen) FILTER (direction = 'export' AND declared_on >= DATE '2025-07-01'), 0) AS now,
    sum(amount_fen) FILTER (direction = 'export' AND declared_on < DATE '2025-07-01') AS before
  FROM read_parquet({customs_declaration}) WHERE declared_on >= DATE '2024-07-01' AND declared_on < DATE '2026-07-01'
    AND NOT coalesce(is_agent, FALSE) AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), people AS (
  SELECT subject, min(points) AS points
  FROM (
    SELECT subject, arg_max(CASE grade WHEN 'AAA' THEN 100 WHEN 'AA' THEN 90 WHEN 'A' THEN 75 WHEN 'B' THEN 50 WHEN 'C' THEN 20
      WHEN 'D' THEN 0 END, assessed_on) AS points
    FROM read_parquet({personal_credit})
    WHERE assessed_on > DATE '2024-06-30' AND (share_ratio IS NULL OR share_ratio >= 0.25) AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject, person_token
  ) GROUP BY subject
), honours AS (
  SELECT subject, sum(CASE level WHEN 'national' THEN 3 WHEN 'province' THEN 2 WHEN 'city' THEN 1 ELSE 0 END) AS points
  FROM read_parquet({honour}) WHERE awarded_on > DATE '2023-06-30' AND known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), procured AS (
  SELECT subject, sum(CASE WHEN signed_on >= DATE '2025-07-01' AND signed_on < DATE '2026-07-01' THEN amount_fen ELSE 0 END) / 100
      AS signed,
    sum(CASE WHEN concluded_on > DATE '2023-06-30' AND concluded_on <= DATE '2026-06-30'
      THEN CASE outcome WHEN 'kept' THEN 1 WHEN 'breached' THEN -1 ELSE 0 END ELSE 0 END) AS kept
  FROM read_parquet({procurement_contract}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), farms AS (
  SELECT subject, 50 * max((coalesce(land_mu, 0) > 0)::INTEGER) + 30 * max(coalesce(is_insured, FALSE)::INTEGER)
    + 20 * max((coalesce(subsidy_fen, 0) > 0)::INTEGER) AS points
  FROM read_parquet({agricultural_operator}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), promises AS (
  SELECT subject, sum(CASE WHEN concluded_on > DATE '2023-06-30' AND concluded_on <= DATE '2026-06-30'
      THEN CASE outcome WHEN 'kept' THEN 1 WHEN 'broken' THEN -1 ELSE 0 END ELSE 0 END) AS kept
  FROM read_parquet({pledge_keeping}) WHERE known_at < TIMESTAMP '2026-06-30 16:00:00' AND occurred_on <= DATE '2026-06-30' GROUP BY subject
), facts AS (
  SELECT r.subject,
    CASE WHEN r.established <= DATE '2026-06-30' THEN least(((2026 - year(r.established)) * 12 + 6 - month(r.established)
      - (30 < day(r.established))::INTEGER) / 12, 15) END AS E01,
    CASE WHEN coalesce(annual.capital, holders.capital) < 1 THEN coalesce(annual.capital, holders.capital)
      WHEN coalesce(annual.capital, holders.capital) >= 1 THEN 1 END AS E02,
    CASE WHEN r.has_events THEN r.representatives END AS E03, CASE WHEN r.has_events THEN r.holders END AS E04,
    CASE WHEN r.has_reports AND year(r.established) <= 2024
      THEN least(coalesce(r.reports, 0) / least(3, 2025 - year(r.established)), 1) END AS E05,
    CASE WHEN r.has_events THEN r.moves END AS E06, outlook.z AS E07,
    CASE r.status WHEN 'active' THEN 0 WHEN 'moved_out' THEN 1 WHEN 'revoked' THEN 2 WHEN 'cancelled' THEN 3 END AS V01,
    coalesce(arrears.owed, 0) AS V02, taxes.paid AS V03, taxes.late AS T06,
    CASE WHEN newest >= 2024 THEN graded.points END AS T01,
    CASE newest WHEN 2026 THEN least(y26, y25) WHEN 2025 THEN least(y25, y24) WHEN 2024 THEN least(y24, y23) END AS V05,
    CASE WHEN vat.filed > 0 THEN vat.zero END AS T07,
    CASE WHEN vat.until - greatest(vat.first, 0) >= 3 THEN bit_count(coalesce(vat.punctual, 0) & ((1 << vat.until) - 1))
      / (vat.until - greatest(vat.first, 0)) END AS T08,
    vat.monthly AS vat_monthly,
    CASE WHEN burden IS NOT NULL AND coalesce(ub.spread, us.spread, ua.spread) > 0 THEN
      least(abs(burden - coalesce(ub.middle, us.middle, ua.middle)) / coalesce(ub.spread, us.spread, ua.spread), 10) END AS T04,
    coalesce(income.margin, statements.margin) AS margin, coalesce(nullif(statements.leverage, -1), nullif(annual.leverage, -1)) AS leverage,
    CASE WHEN first_on IS NOT NULL THEN greatest(i.before + i.after, 0) / 100 END AS V04,
    CASE WHEN bit_count(i.months & 63) >= 3 AND i.before > 0 THEN least(greatest(i.after / 6
      / (i.before / (6 - greatest(date_diff('month', DATE '2025-07-01', first_on), 0))) - 1, -1), 2) END AS I02,
    CASE WHEN i.blue > 0 THEN least(-i.red / i.blue, 1) WHEN i.red < 0 THEN 1 END AS I03,
    i.void / nullif(i.void + i.blue - i.red, 0) AS I04,
    (4096 - (1 << least(greatest(date_diff('month', DATE '2025-07-01', first_on), 0), 12)::INTEGER)) & (4095 - 128) AS expected,
    CASE WHEN bit_count(expected) > 0 THEN bit_count(expected & (4095 - i.months)) END AS I05,
    coalesce(bought.top, 0) / nullif(bought.positive, 0) AS I06, supplied.top / nullif(supplied.positive, 0) AS I07,
    CASE WHEN first_on < DATE '2025-07-01' AND i.months & 63 = 0 THEN 0
      ELSE coalesce(bought.stayed, 0) / nullif(bought.had, 0) END AS I08,
    coalesce(supplied.net, 0) AS purchases, m.monthly AS invoiced_monthly, insured.people AS L01,
    coalesce(insured.people, 0) AS staff,
    coalesce(CASE WHEN a1 IS NOT NULL THEN b1 END, 0) + coalesce(CASE WHEN a2 IS NOT NULL THEN b2 END, 0)
      + coalesce(CASE WHEN a3 IS NOT NULL THEN b3 END, 0) AS staff_before,
    coalesce(CASE WHEN b1 IS NOT NULL THEN a1 END, 0) + coalesce(CASE WHEN b2 IS NOT NULL THEN a2 END, 0)
      + coalesce(CASE WHEN b3 IS NOT NULL THEN a3 END, 0) AS staff_after,
    23 - greatest(insured.first, 0) - bit_count(coalesce(insured.free, 0)) AS owing,
    CASE WHEN insured.first IS NOT NULL AND owing >= 3 THEN bit_count(coalesce(insured.paid, 0)) / owing END AS L03,
    CASE WHEN insured.due > 0 THEN least(coalesce(insured.owed, 0) / (insured.due / insured.due_months), 24) END AS L04,
    23 - greatest(fund.first, 0) - bit_count(coalesce(fund.free, 0)) AS fund_owing, fund.people AS fund_people,
    CASE WHEN fund_owing >= 3 THEN bit_count(coalesce(fund.paid, 0)) / fund_owing END AS fund_paid,
    medical.people AS medical_people, CASE WHEN insured.base / insured.base_people / wages.city < 3
      THEN insured.base / insured.base_people / wages.city WHEN insured.base / insured.base_people / wages.city >= 3 THEN 3 END AS L07,
    power.monthly AS kwh, coalesce(sb.season, ss.season, sa.season) AS season, power.late AS U03,
    coalesce(breaches.n, 0) AS U04, water.monthly AS water,
    CASE WHEN water.late IS NOT NULL OR gas.late IS NOT NULL THEN coalesce(water.late, 0) + coalesce(gas.late, 0) END AS U06,
    coalesce(dishonest.standing, 100) AS J01, coalesce(bans.n, 0) AS J03, coalesce(suits.lending, 0) AS J04,
    coalesce(suits.labour, 0) AS labour_suits, coalesce(arbitrations.n, 0) AS arbitrations, coalesce(suits.private, 0) AS X18,
    coalesce(frozen.n, 0) AS J06, coalesce(enforced.owed, 0) AS V12, coalesce(enforced.stayed, 0) AS stayed,
    coalesce(insolvent.n, 0) AS V13, coalesce(tax_cases.n, 0) AS V14, coalesce(penalties.points, 0) AS R01,
    coalesce(abnormal.standing, 100) AS R02,
    least(coalesce(serious.standing, 100), coalesce(listed.standing, 100)) AS R03,
    environment.points AS R04, inspected.failed AS R05, public_credit.points AS R06,
    loans.class AS F01, coalesce(loans.bad, 0) AS V15,
    CASE WHEN la.points IS NOT NULL OR ma.points IS NOT NULL THEN coalesce(la.points, 0) + coalesce(ma.points, 0) END AS F02,
    coalesce(loans.outstanding, 0) + coalesce(microloans.outstanding, 0) + coalesce(pawned.outstanding, 0) AS V16,
    coalesce(ml.n, 0) + coalesce(pawnshops.n, 0) + coalesce(guarantors.n, 0) AS F04, coalesce(inquiries.n, 0) AS F05,
    coalesce(charges.secured, 0) AS V18, coalesce(pledges.pledged, 0) AS pledged, coalesce(guarantees.given, 0) AS V17,
    coalesce(estate.standing, 0) AS A01, coalesce(patents.points, 0) AS A02,
    coalesce(trademarks.n, 0) + coalesce(software.n, 0) AS A03, coalesce(titles.points, 0) AS A04,
    CASE WHEN customs.points = 0 THEN 0 WHEN declared.n > 0 THEN customs.points END AS A05,
    CASE WHEN declared.before > 0 THEN least(declared.now / declared.before - 1, 2) END AS V19,
    people.points AS P01, coalesce(honours.points, 0) + coalesce(procured.kept, 0) AS P02,
    coalesce(procured.signed, 0) AS signed, coalesce(receivables.owed, 0) AS X02, nullif(statements.research, -1) AS X06,
    farms.points AS X12, coalesce(promises.kept, 0) AS X14, income.revenue_2024 AS filed_2024, annual.revenue AS reported_2024,
    coalesce(income.revenue, V04) AS V10, coalesce(statements.net_assets, annual.net_assets) AS V11
  FROM registered r
  LEFT JOIN annual USING (subject) LEFT JOIN holders USING (subject) LEFT JOIN invoiced i USING (subject)
  LEFT JOIN invoiced_months m USING (subject) LEFT JOIN bought USING (subject) LEFT JOIN supplied USING (subject)
  LEFT JOIN taxes USING (subject) LEFT JOIN arrears USING (subject) LEFT JOIN graded USING (subject)
  LEFT JOIN vat USING (subject) LEFT JOIN burden USING (subject) LEFT JOIN income USING (subject)
  LEFT JOIN statements USING (subject) LEFT JOIN insured USING (subject) LEFT JOIN medical USING (subject)
  LEFT JOIN fund USING (subject) LEFT JOIN power USING (subject) LEFT JOIN water USING (subject)
  LEFT JOIN gas USING (subject) LEFT JOIN breaches USING (subject) LEFT JOIN loans USING (subject)
  LEFT JOIN loan_arrears la USING (subject) LEFT JOIN microloans USING (subject)
  LEFT JOIN microloan_lenders ml USING (subject) LEFT JOIN microloan_arrears ma USING (subject)
  LEFT JOIN pawned USING (subject) LEFT JOIN pawnshops USING (subject) LEFT JOIN guarantors USING (subject)
  LEFT JOIN inquiries USING (subject) LEFT JOIN guarantees USING (subject) LEFT JOIN charges USING (subject)
  LEFT JOIN pledges USING (subject) LEFT JOIN receivables USING (subject) LEFT JOIN enforced USING (subject)
  LEFT JOIN insolvent USING (subject) LEFT JOIN tax_cases USING (subject) LEFT JOIN dishonest USING (subject)
  LEFT JOIN bans USING (subject) LEFT JOIN suits USING (subject) LEFT JOIN arbitrations USING (subject)
  LEFT JOIN frozen USING (subject) LEFT JOIN penalties USING (subject) LEFT JOIN abnormal USING (subject)
  LEFT JOIN serious USING (subject) LEFT JOIN listed USING (subject) LEFT JOIN environment USING (subject)
  LEFT JOIN inspected USING (subject) LEFT JOIN public_credit USING (subject) LEFT JOIN estate USING (subject)
  LEFT JOIN patents USING (subject) LEFT JOIN trademarks USING (subject) LEFT JOIN software USING (subject)
  LEFT JOIN titles USING (subject) LEFT JOIN customs USING (subject) LEFT JOIN declared USING (subject)
  LEFT JOIN people USING (subject) LEFT JOIN honours USING (subject) LEFT JOIN procured USING (subject)
  LEFT JOIN farms USING (subject) LEFT JOIN promises USING (subject)
  LEFT JOIN outlook ON outlook.division = r.division
  LEFT JOIN usual_burden ub ON ub.division = r.division
  LEFT JOIN usual_burden us ON us.section = r.section AND us.division IS NULL
  LEFT JOIN usual_burden ua ON ua.section IS NULL AND ua.division IS NULL
  LEFT JOIN season sb ON sb.division = r.division
  LEFT JOIN season ss ON ss.section = r.section AND ss.division IS NULL
  LEFT JOIN season sa ON sa.section IS NULL AND sa.division IS NULL
  CROSS JOIN wages
), paired AS (
  SELECT *, list_filter(range(1, 13), lambda i: kwh[i + 12] IS NOT NULL AND invoiced_monthly[i] IS NOT NULL) AS common,
    CASE WHEN list_count(kwh[1:12]) >= 6 THEN
      list_sum(list_transform(range(1, 13), lambda i: CASE WHEN season[i] IS NOT NULL THEN kwh[i] END))
      / list_sum(list_transform(range(1, 13), lambda i: CASE WHEN kwh[i] IS NOT NULL THEN season[i] END)) END AS early,
    CASE WHEN list_count(kwh[13:24]) >= 6 THEN
      list_sum(list_transform(range(13, 25), lambda i: CASE WHEN season[i] IS NOT NULL THEN kwh[i] END))
      / list_sum(list_transform(range(13, 25), lambda i: CASE WHEN kwh[i] IS NOT NULL THEN season[i] END)) END AS late,
    list_transform(range(13, 25), lambda i: kwh[i] / season[i]) AS even
  FROM facts
), drawn AS (
  SELECT *, list_transform(common, lambda i: kwh[i + 12]) AS power, list_transform(common, lambda i: invoiced_monthly[i]) AS turnover
  FROM paired
), ranked AS (
  SELECT *, list_transform(power, lambda v: len(list_filter(power, lambda w: w < v))
      + (len(list_filter(power, lambda w: w = v)) - len(power)) / 2) AS power_rank,
    list_transform(turnover, lambda v: len(list_filter(turnover, lambda w: w < v))
      + (len(list_filter(turnover, lambda w: w = v)) - len(turnover)) / 2) AS turnover_rank
  FROM drawn
), derived AS (
  SELECT *, ln(1 + V03) AS T03, ln(1 + V04) AS I01, CASE WHEN margin IS NOT NULL THEN least(greatest(margin, -1), 0.5) END AS T09,
    CASE WHEN leverage >= 0 THEN least(leverage, 2) END AS T10,
    CASE WHEN list_count(list_transform(range(1, 13), lambda i: vat_monthly[i] + vat_monthly[i + 12])) >= 6
      AND list_sum(list_transform(range(1, 13), lambda i: CASE WHEN vat_monthly[i + 12] IS NOT NULL THEN vat_monthly[i] END)) > 0
      THEN least(greatest(
        list_sum(list_transform(range(1, 13), lambda i: CASE WHEN vat_monthly[i] IS NOT NULL THEN vat_monthly[i + 12] END))
        / list_sum(list_transform(range(1, 13), lambda i: CASE WHEN vat_monthly[i + 12] IS NOT NULL THEN vat_monthly[i] END))
        - 1, -1), 2) END AS T02,
    CASE WHEN list_count(list_transform(range(1, 13), lambda i: water[i] + water[i + 12])) >= 6
      AND list_sum(list_transform(range(1, 13), lambda i: CASE WHEN water[i + 12] IS NOT NULL THEN water[i] END)) > 0
      THEN least(greatest(list_sum(list_transform(range(1, 13), lambda i: CASE WHEN water[i] IS NOT NULL THEN water[i + 12] END))
        / list_sum(list_transform(range(1, 13), lambda i: CASE WHEN water[i + 12] IS NOT NULL THEN water[i] END))
        - 1, -1), 2) END AS U05,
    CASE WHEN early > 0 THEN least(greatest(late / early - 1, -1), 2) END AS U01,
    CASE WHEN list_count(even) >= 6 AND list_avg(even) > 0 THEN least(list_stddev_pop(even) / list_avg(even), 2) END AS U02,
    CASE WHEN len(power) >= 6 THEN list_sum(list_transform(range(1, len(power) + 1), lambda i: power_rank[i] * turnover_rank[i]))
      / nullif(sqrt(list_sum(list_transform(power_rank, lambda p: p * p))
        * list_sum(list_transform(turnover_rank, lambda p: p * p))), 0) END AS U07,
    CASE WHEN staff_before > 0 THEN least(greatest(staff_after / staff_before - 1, -1), 2) END AS L02,
    CASE WHEN L01 > 0 AND fund_people IS NOT NULL THEN 0.5 * fund_paid + 0.5 * least(fund_people / L01, 1) END AS L05,
    CASE WHEN medical_people IS NOT NULL AND L01 IS NOT NULL
      THEN 1 - abs(medical_people - L01) / nullif(greatest(medical_people, L01), 0) END AS L06,
    CASE WHEN V02 = 0 THEN 0 WHEN coalesce(V03, 0) = 0 THEN 10 ELSE least(V02 / V03, 10) END AS T05,
    CASE WHEN V12 = 0 THEN 0 WHEN V10 = 0 THEN 10 WHEN V10 > 0 THEN least(V12 / V10, 10) END AS J02,
    greatest(labour_suits, arbitrations) / greatest(staff, 10) AS J05, 10 * V13 + stayed AS J07,
    CASE WHEN V16 = 0 THEN 0 WHEN V10 = 0 THEN 10 WHEN V10 > 0 THEN least(V16 / V10, 10) END AS F03,
    CASE WHEN V18 = 0 THEN pledged WHEN V11 <= 0 THEN 10 WHEN V11 > 0 THEN least(greatest(V18 / V11, pledged), 10) END AS F06,
    CASE WHEN V17 = 0 THEN 0 WHEN V11 <= 0 THEN 10 WHEN V11 > 0 THEN least(V17 / V11, 10) END AS F07,
    CASE WHEN signed = 0 THEN 0 WHEN V10 = 0 THEN 10 WHEN V10 > 0 THEN least(signed / V10, 10) END AS X03,
    CASE WHEN reported_2024 = filed_2024 THEN 0 WHEN reported_2024 > 0 AND filed_2024 = 0 THEN 10
      WHEN filed_2024 > 0 THEN least(abs(reported_2024 - filed_2024) / filed_2024, 10) END AS X16,
    CASE WHEN V04 > 0 THEN (staff = 0)::INTEGER + (purchases <= 0)::INTEGER + coalesce((I02 >= 2)::INTEGER, 0)
      + (coalesce(E03, 0) + coalesce(E04, 0) >= 2)::INTEGER END AS X17
  FROM ranked
), all_values AS (
  SELECT *, nullif(list_count([E01, E02, E03, E04, E05, E06, E07, T01, T02, T03, T04, T05, T06, T07, T08, T09, T10, I01, I02, I03,
    I04, I05, I06, I07, I08, L01, L02, L03, L04, L05, L06, L07, U01, U02, U03, U04, U05, U06, U07, J01, J02, J03, J04, J05, J06,
    J07, R01, R02, R03, R04, R05, R06, F01, F02, F03, F04, F05, F06, F07, A01, A02, A03, A04, A05, P01, P02]) / 66, 0) AS X15
  FROM derived
)
SELECT
  count(A01), count(A02), count(A03), count(A04), count(A05), count(E01), count(E02), count(E03), count(E04),
  count(E05), count(E06), count(E07), count(F01), count(F02), count(F03), count(F04), count(F05), count(F06),
  count(F07), count(I01), count(I02), count(I03), count(I04), count(I05), count(I06), count(I07), count(I08),
  count(J01), count(J02), count(J03), count(J04), count(J05), count(J06), count(J07), count(L01), count(L02),
  count(L03), count(L04), count(L05), count(L06), count(L07), count(P01), count(P02), count(R01), count(R02),
  count(R03), count(R04), count(R05), count(R06), count(T01), count(T02), count(T03), count(T04), count(T05),
  count(T06), count(T07), count(T08), count(T09), count(T10), count(U01), count(U02), count(U03), count(U04),
  count(U05), count(U06), count(U07), count(V01), count(V02), count(V03), count(V04), count(V05), count(V10),
  count(V11), count(V12), count(V13), count(V14), count(V15), count(V16), count(V17), count(V18), count(V19),
  count(X02), count(X03), count(X06), count(X12), count(X14), count(X15), count(X16), count(X17), count(X18),
  sum(A01), sum(A02), sum(A03), sum(A04), sum(A05), sum(E01), sum(E02), sum(E03), sum(E04), sum(E05), sum(E06),
  sum(E07), sum(F01), sum(F02), sum(F03), sum(F04), sum(F05), sum(F06), sum(F07), sum(I01), sum(I02), sum(I03),
  sum(I04), sum(I05), sum(I06), sum(I07), sum(I08), sum(J01), sum(J02), sum(J03), sum(J04), sum(J05), sum(J06),
  sum(J07), sum(L01), sum(L02), sum(L03), sum(L04), sum(L05), sum(L06), sum(L07), sum(P01), sum(P02), sum(R01),
  sum(R02), sum(R03), sum(R04), sum(R05), sum(R06), sum(T01), sum(T02), sum(T03), sum(T04), sum(T05), sum(T06),
  sum(T07), sum(T08), sum(T09), sum(T10), sum(U01), sum(U02), sum(U03), sum(U04), sum(U05), sum(U06), sum(U07),
  sum(V01), sum(V02), sum(V03), sum(V04), sum(V05), sum(V10), sum(V11), sum(V12), sum(V13), sum(V14), sum(V15),
  sum(V16), sum(V17), sum(V18), sum(V19), sum(X02), sum(X03), sum(X06), sum(X12), sum(X14), sum(X15), sum(X16),
  sum(X17), sum(X18)
FROM all_values
