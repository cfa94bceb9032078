"""From a source's text to a field's value: one SQL expression per kind of field.

Each expression first tries the engine's own cast, which reads what most departments write, and only then the
slower path for the spellings they also write: full-width digits, 2019年3月1日, 20190301, 1,234.50, 3.5万元.
The slow path costs nothing for rows the cast can read, because COALESCE stops at the first value.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from xinqiao.catalogue.model import Field
from xinqiao.engine.dialect import text

# What departments write where there is nothing to say.
BLANKS = ("", "N/A", "NA", "NULL", "null", "None", "-", "--", "—", "/", "\\", "无", "暂无", "不详")

_FULL_WIDTH = "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ．，－／：（）　"
_HALF_WIDTH = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,-/:() "
# Blanks of every kind that trimming should take: space, tab, line ends, no-break and ideographic space, BOM.
_BLANK_CHARACTERS = " \t\r\n\u00a0\u3000\ufeff\u200b"
# A pattern and not an IN list, which the engine would turn into a join for every column.
_BLANK_WORDS = "|".join(re.escape(blank) for blank in BLANKS)
_EDGE = f"^[{_BLANK_CHARACTERS}]|[{_BLANK_CHARACTERS}]$"
_LONGEST_BLANK_BYTES = max(len(blank.encode()) for blank in BLANKS)

UNITS = {"分": "0.01", "元": "1", "千元": "1000", "万元": "10000", "百万元": "1000000", "亿元": "100000000"}
# Longest first, so that 亿 is not read as something smaller; a unit written in the value wins over the column's.
_WRITTEN_UNITS = (("亿", "100000000"), ("百万", "1000000"), ("万", "10000"), ("千", "1000"))
CURRENCIES = {
    "CNY": ("人民币",), "USD": ("美元", "美金"), "HKD": ("港币", "港元", "香港元"), "JPY": ("日元", "日圆"),
    "EUR": ("欧元",), "GBP": ("英镑",), "DEM": ("德国马克",), "TWD": ("新台币", "台币"), "SGD": ("新加坡元",),
    "AUD": ("澳大利亚元", "澳元"), "CAD": ("加拿大元", "加元"), "KRW": ("韩元", "韩国元"), "CHF": ("瑞士法郎",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """How one field is read from one source column.

    Attributes:
        expression: SQL for the value; null when the text is blank or cannot be read.
        present: SQL that is true when the source says something, readable or not.
    """

    expression: str
    present: str


def tidy(column: str) -> str:
    """SQL for a text without blanks around it; null when it says nothing."""
    trimmed = f"trim({column}, {text(_BLANK_CHARACTERS)})"
    # Most texts are longer than every blank word and have no blank at either end: they pass as they are.
    return (
        f"CASE WHEN strlen({column}) <= {_LONGEST_BLANK_BYTES} THEN"
        f" CASE WHEN regexp_full_match({trimmed}, {text(_BLANK_WORDS)}) THEN NULL ELSE {trimmed} END"
        f" WHEN regexp_matches({column}, {text(_EDGE)}) THEN nullif({trimmed}, '') ELSE {column} END"
    )


def half_width(expression: str) -> str:
    """SQL for a text with full-width letters, digits and marks as half-width ones."""
    return f"translate({expression}, {text(_FULL_WIDTH)}, {text(_HALF_WIDTH)})"


def identifier_text(column: str) -> str:
    """SQL for an identifier in half-width capitals without blanks; quick when it is 18 plain bytes."""
    slow = f"upper(regexp_replace({half_width(tidy(column))}, '[\\s\\p{{Z}}\\p{{C}}]', '', 'g'))"
    return f"CASE WHEN strlen({column}) = 18 AND strpos({column}, ' ') = 0 THEN upper({column}) ELSE {slow} END"


def reading(
    field: Field, column: str, source_type: str, *, unit: str, values: Mapping[str, str], currency: bool = False
) -> Reading:
    """How `field` is read from `column`.

    Args:
        field: The contract's field.
        column: The quoted source column.
        source_type: Its SQL type; VARCHAR for text files, others for Parquet.
        unit: One of `UNITS`, for amounts that do not say their own.
        values: Source words to codes, for a field with a code list.
        currency: Take the currency named in the text, not the amount.
    """
    if source_type != "VARCHAR":
        return Reading(_typed(field, column, source_type, unit), f"{column} IS NOT NULL")
    cleaned = tidy(column)
    present = f"({cleaned}) IS NOT NULL"
    if currency:
        return Reading(_currency(cleaned), present)
    if field.values:
        words = {**field.spellings, **values}
        return Reading(f"coalesce({_word(column, words)}, {_word(cleaned, words)})", present)
    match field.kind:
        case "date":
            return Reading(f"coalesce(try_cast({column} AS DATE), {_date(cleaned)})", present)
        case "timestamp":
            return Reading(f"coalesce(try_cast({column} AS TIMESTAMP), {_date(cleaned)}::TIMESTAMP)", present)
        case "amount":
            quick = _fen(f"try_cast({column} AS DECIMAL(18,4))", UNITS[unit])
            return Reading(f"coalesce({quick}, {_amount(cleaned, unit)})", present)
        case "integer":
            return Reading(f"coalesce(try_cast({column} AS BIGINT), {_integer(cleaned)})", present)
        case "decimal":
            return Reading(
                f"coalesce(try_cast({column} AS DECIMAL(18,6)), try_cast({_digits(cleaned)} AS DECIMAL(18,6)))", present
            )
        case "boolean":
            return Reading(_word(cleaned, _BOOLEANS) + "::BOOLEAN", present)
        case "string":
            return Reading(cleaned, present)


_BOOLEANS = {"是": "true", "否": "false", "1": "true", "0": "false", "Y": "true", "N": "false",
             "true": "true", "false": "false", "TRUE": "true", "FALSE": "false", "有": "true"}  # fmt: skip


def _word(cleaned: str, words: Mapping[str, str]) -> str:
    cases = " ".join(f"WHEN {text(word)} THEN {text(code)}" for word, code in words.items())
    return f"CASE {cleaned} {cases} END"


def _date(cleaned: str) -> str:
    """2019年3月1日, 2019.3.1, 20190301, and the first two in full-width digits or with a time behind."""
    plain = f"regexp_replace({half_width(cleaned)}, '\\s*([年月./])\\s*', '-', 'g')"
    shaped = f"regexp_extract({plain}, '^(\\d{{4}}-\\d{{1,2}}-\\d{{1,2}})(日|号|$|[ T])', 1)"
    compact = f"regexp_extract({half_width(cleaned)}, '^\\d{{8}}$')"
    return f"coalesce(try_cast({shaped} AS DATE), try_strptime({compact}, '%Y%m%d')::DATE)"


def _digits(cleaned: str) -> str:
    """A number without thousands separators, currency signs and blanks."""
    return f"regexp_replace({half_width(cleaned)}, '[,，\\s¥￥\\x27]', '', 'g')"


def _integer(cleaned: str) -> str:
    whole = f"regexp_extract({_digits(cleaned)}, '^([+-]?\\d+)(\\.0+)?[人个户次年]?$', 1)"
    return f"try_cast({whole} AS BIGINT)"


def _amount(cleaned: str, unit: str) -> str:
    """A number with separators and perhaps a unit and a currency in words: 3.5万元, 600（万元）, 213万人民币."""
    digits = _digits(cleaned)
    shape = r"^([+-]?\d+(\.\d*)?)[(]?(亿|百万|万|千)?(元|圆)?([\p{Han}]{0,5})[)]?$"
    number = f"try_cast(regexp_extract({digits}, {text(shape)}, 1) AS DECIMAL(18,4))"
    scales = " ".join(
        f"WHEN contains({cleaned}, {text(word)}) THEN {_fen(number, factor)}" for word, factor in _WRITTEN_UNITS
    )
    return f"CASE {scales} WHEN contains({cleaned}, '元') THEN {_fen(number, '1')} ELSE {_fen(number, UNITS[unit])} END"


def _fen(decimal: str, factor: str) -> str:
    """Decimal units to integer fen, halves away from zero; null beyond what a 64-bit integer holds."""
    return f"try_cast(round({decimal}::DECIMAL(38,6) * {factor} * 100) AS BIGINT)" if factor != "1" else (
        f"try_cast(round({decimal}, 2) * 100 AS BIGINT)"
    )


def _currency(cleaned: str) -> str:
    cases = " ".join(
        f"WHEN contains({cleaned}, {text(word)}) THEN {text(code)}" for code, words in CURRENCIES.items() for word in words
    )
    return f"CASE {cases} WHEN {cleaned} IS NOT NULL THEN 'CNY' END"


def _typed(field: Field, column: str, source_type: str, unit: str) -> str:
    """A Parquet column that already has a type needs a cast, not a reading."""
    match field.kind:
        case "amount":
            return _fen(f"try_cast({column} AS DECIMAL(18,4))", UNITS[unit])
        case "date":
            return f"try_cast({column} AS DATE)"
        case "timestamp":
            return f"try_cast({column} AS TIMESTAMP)"
        case "integer":
            return f"try_cast({column} AS BIGINT)"
        case "decimal":
            return f"try_cast({column} AS DECIMAL(18,6))"
        case "boolean":
            return f"try_cast({column} AS BOOLEAN)"
        case "string":
            whole = source_type in ("DOUBLE", "FLOAT")
            return f"try_cast(try_cast({column} AS BIGINT) AS VARCHAR)" if whole else f"try_cast({column} AS VARCHAR)"
