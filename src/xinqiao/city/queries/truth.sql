SELECT idx, concat_ws(',', idx, code, subject_of(body_of(idx)), name,
    CASE WHEN is_individual THEN 'individual' ELSE 'company' END, division, county, profile, coalesce(account, ''),
    established_on, coalesce(closed_on::VARCHAR, ''), printf('%.4f', logistic(1.15 * r + 0.5)),
    CASE WHEN defaulted_on <= last_day() + 365 THEN 1 ELSE 0 END,
    CASE WHEN defaulted_on <= last_day() + 365 THEN defaulted_on::VARCHAR ELSE '' END,
    coalesce(group_id::VARCHAR, ''), owner_token,
    CASE WHEN has_power AND shares_meter THEN 1 ELSE 0 END, CASE WHEN is_exporter AND exports_by_agent THEN 1
      ELSE 0 END,
    CASE WHEN has_profit_gap AND NOT is_individual THEN 1 ELSE 0 END,
    CASE WHEN NOT (borrows OR borrows_locally OR borrows_last) THEN '' WHEN default_m IS NULL THEN 'repaid' WHEN default_m < months_in_all()
      THEN 'defaulted'
      ELSE 'open' END) AS line
FROM firms
