"""Plain synthetic records in bulk for benchmarks: made by SQL, clean, the same for the same numbers.

The demonstration city is realistic and therefore slow to make; speed is measured on these.
"""

from pathlib import Path

import duckdb

from xinqiao.kernel import unified_code

_CITY = "449901"
_LETTERS = unified_code.ALPHABET
SHARES = {"sales_invoice": 0.6, "purchase_invoice": 0.25, "tax_payment": 0.15}

_INVOICES = """
SELECT f.code AS 纳税人识别号, lpad((r * 7919 % 100000000)::VARCHAR, 8, '0') AS 发票号码,
  DATE '2024-01-01' + (hash(r) % 900)::INTEGER AS 开票日期,
  'B' || lpad((hash(r * 31) % 5000)::VARCHAR, 5, '0') AS {counterparty},
  (sign * (hash(r * 13) % 10000000) / 100.0)::DECIMAL(18, 2) AS 金额,
  (sign * (hash(r * 13) % 10000000) * 0.13 / 100.0)::DECIMAL(18, 2) AS 税额,
  CASE WHEN hash(r * 17) % 30 = 0 THEN '作废' ELSE '有效' END AS 发票状态
FROM (SELECT range AS r, CASE WHEN hash(range * 7) % 50 = 0 THEN -1 ELSE 1 END AS sign FROM range({rows}))
JOIN firms f ON f.i = hash(r * 3) % {firms}
"""
_PAYMENTS = """
SELECT f.code AS 纳税人识别号, 'T' || r AS 税票号码, CASE WHEN hash(r) % 3 = 0 THEN '增值税' ELSE '其他税种' END AS 税种,
  '缴款' AS 缴款类型, DATE '2024-01-01' + (hash(r) % 900)::INTEGER AS 缴款日期,
  ((hash(r * 13) % 1000000) / 100.0)::DECIMAL(18, 2) AS 实缴金额
FROM (SELECT range AS r FROM range({rows})) JOIN firms f ON f.i = hash(r * 3) % {firms}
"""
_REGISTRATIONS = """
SELECT code AS 统一社会信用代码, '信桥市第' || i || '号有限公司' AS 企业名称, DATE '2010-01-01' + (hash(i) % 4000)::INTEGER AS 成立日期,
  DATE '2010-01-01' + (hash(i) % 4000)::INTEGER AS 核准日期, 'F51' || (10 + i % 80) AS 行业代码, '存续' AS 登记状态
FROM firms
"""


def make(folder: Path, *, rows: int, firms: int) -> dict[str, Path]:
    """Write CSV files of `rows` records of `firms` enterprises into a folder; dataset to file, registrations first."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    codes = folder / "codes.txt"
    codes.write_text("code\n" + "\n".join(_code(i) for i in range(firms)), encoding="utf-8")
    connection.execute(
        f"CREATE TABLE firms AS SELECT row_number() OVER () - 1 AS i, code FROM read_csv('{codes}', header = true)"
    )
    queries = {"business_registration": _REGISTRATIONS}
    for dataset, share in SHARES.items():
        shape = _PAYMENTS if dataset == "tax_payment" else _INVOICES
        counterparty = "购方代码" if dataset == "sales_invoice" else "销方代码"
        queries[dataset] = shape.format(rows=int(rows * share), firms=firms, counterparty=counterparty)
    files = {}
    for dataset, query in queries.items():
        files[dataset] = folder / f"{dataset}.csv"
        connection.execute(f"COPY ({query}) TO '{files[dataset]}' (HEADER)")
    return files


def _code(number: int) -> str:
    letters = ""
    rest = number
    for _ in range(4):
        rest, digit = divmod(rest, len(_LETTERS))
        letters = _LETTERS[digit] + letters
    return unified_code.build(authority="9", category="1", region=_CITY, organisation8=f"MA6Y{letters}").text
