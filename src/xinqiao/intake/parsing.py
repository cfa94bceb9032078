"""From a source's text to a field's value: one SQL expression per kind of field.

Each expression first tries the engine's own cast, which reads what most departments write, and only then the
slower path for the spellings they also write: full-width digits, 2019年3月1日, 20190301, 1,234.50, 3.5万元.
The slow path costs nothing for rows the cast can read, because COALESCE stops at the first value.
"""

from collections.abc import Mapping

from xinqiao.catalogue.model import Field
from xinqiao.engine.dialect import text
from xinqiao.intake.spelling import BLANK_CHARACTERS, QUOTES, bare, half_width, key_text, once, tidy
from xinqiao.kernel.clock import CITY_TIME

UNITS = {"分": "0.01", "元": "1", "千元": "1000", "万元": "10000", "百万元": "1000000", "亿元": "100000000"}
# Longest first, so that 千万 is not read as something smaller; a unit written in the value wins over the column's.
_WRITTEN_SCALES = {
    "亿": "100000000", "千万": "10000000", "百万": "1000000", "十万": "100000", "万": "10000",
    "千": "1000", "百": "100", "十": "10",
}  # fmt: skip
_WRITTEN_PARTS = {"角": "0.1", "毛": "0.1", "分": "0.01"}
CURRENCIES = {
    "CNY": ("人民币",), "USD": ("美元", "美金"), "HKD": ("港币", "港元", "香港元"), "JPY": ("日元", "日圆"),
    "EUR": ("欧元",), "GBP": ("英镑",), "DEM": ("德国马克",), "TWD": ("新台币", "台币"), "SGD": ("新加坡元",),
    "AUD": ("澳大利亚元", "澳元"), "CAD": ("加拿大元", "加元"), "KRW": ("韩元", "韩国元"), "CHF": ("瑞士法郎",),
    "MOP": ("澳门元", "澳门币"), "RUB": ("卢布",), "THB": ("泰铢",),
}  # fmt: skip
# 法郎 and 马克 of whichever country, and what else is said of money that is not ours.
_FOREIGN = "|".join(
    [word for code, words in CURRENCIES.items() if code != "CNY" for word in words]
    + ["外币", "外汇", "法郎", "马克", "韩币", "日币", "镑"]
)


# Whole numbers from here on are no longer each themselves in these types.
EXACT_BELOW = {"FLOAT": 2**24, "DOUBLE": 2**53}


def reading(
    field: Field,
    column: str,
    source_type: str,
    *,
    unit: str,
    values: Mapping[str, str],
    currency: bool = False,
    foreign: bool = False,
    incomplete: str | None = None,
) -> str:
    """SQL for what `column` says: the field's value, null when it says nothing, `unread` when it cannot be read.

    Args:
        field: The contract's field.
        column: The quoted source column.
        source_type: Its SQL type; VARCHAR for text files, others for Parquet.
        unit: One of `UNITS`, for amounts that do not say their own.
        values: Source words to codes, for a field with a code list.
        currency: Take the currency named in the text, not the amount.
        foreign: Take an amount that names a foreign currency, because another field keeps which; else it cannot be
            read, as it would pass for yuan.
        incomplete: Which day a date means that tells its year or month alone: `first_day`, `last_day`, or None.
    """
    as_typed = source_type != "VARCHAR" and not field.values
    if as_typed and field.kind in ("date", "timestamp"):
        # 20250301 is a number to its file and a day to its reader. Single precision has not the digits to tell it.
        rounded = source_type == "FLOAT" and incomplete is None
        as_typed = rounded or source_type.startswith(("DATE", "TIMESTAMP"))
    if as_typed:
        return _or_unread(field, _typed(field, column, source_type, unit), f"{column} IS NOT NULL")
    if source_type != "VARCHAR":
        column = f"({column}::VARCHAR)"
    if currency:
        return once(bare(column), _TOLD, _currency(_TOLD))
    if field.kind == "string" and not field.values:
        return (key_text if field.key else tidy)(column)
    if field.values:
        words, kind = {**field.spellings, **values}, _code_type(field)
        quick, slow = _word(column, words, kind), _word(_TOLD, words, kind)
    else:
        quick, slow = _ways(field, column, unit, foreign=foreign)
    if incomplete:
        slow = f"coalesce({slow}, {_incomplete(_TOLD, incomplete)})"
    told = once(bare(column), _TOLD, _or_unread(field, slow, f"{_TOLD} IS NOT NULL"))
    return f"coalesce({quick}, CASE WHEN {column} <> '' THEN {told} END)"


def unread(field: Field) -> str | None:
    """SQL for the mark of a text that cannot be read as the field's kind; None where every text can be.

    It travels in the value's own column, so that a row needs its source text only once.
    """
    return f"{text(_UNKNOWN)}::{_code_type(field)}" if field.values else _UNREAD.get(field.kind)


def settled(field: Field, column: str) -> str:
    """SQL for a field's value from a column of `reading`: the mark of the unread becomes null."""
    mark = unread(field)
    value = column if mark is None else f"nullif({column}, {mark})"
    return f"{value}::BOOLEAN" if field.kind == "boolean" else value


def _code_type(field: Field) -> str:
    """The engine's type for a field's codes: one byte each, which sorts, compares and writes in half the time of text.

    A key stays text, as it is hashed together with that of records. In order the codes compare as their texts do.
    """
    if field.key:
        return "VARCHAR"
    return f"ENUM({', '.join(map(text, sorted((*field.values, _UNKNOWN))))})"


# Marks a word that stands for no code of the list.
_UNKNOWN = "\x01"
# No department can mean these: they mark a text that says something which is not of the kind.
_UNREAD = {
    "date": "'infinity'::DATE",
    "timestamp": "'infinity'::TIMESTAMP",
    "amount": "'-9223372036854775808'::BIGINT",
    "integer": "'-9223372036854775808'::BIGINT",
    "decimal": "'-999999999999.999999'::DECIMAL(18,6)",
    "boolean": text(_UNKNOWN),
}


def _or_unread(field: Field, value: str, present: str) -> str:
    mark = unread(field)
    return value if mark is None else f"coalesce({value}, CASE WHEN {present} THEN {mark} END)"


# What a text says without the blanks around it, in the slow ways of reading it.
_TOLD = "told"


def _ways(field: Field, column: str, unit: str, *, foreign: bool) -> tuple[str, str]:
    """SQL of one or two values that most texts in `column` are, and SQL that reads `told` where they are null."""
    match field.kind:
        case "date":
            month = f", {_month(_TOLD)}" if field.name.endswith("month_on") else ""
            return _day_or_moment(
                column, "DATE"
            ), f"coalesce({_odd_moment(_TOLD, 'DATE')}, {_date(_TOLD)}{month})"
        case "timestamp":
            slow = f"coalesce({_odd_moment(_TOLD, 'TIMESTAMP')}, {_date(_TOLD)}::TIMESTAMP)"
            return _day_or_moment(column, "TIMESTAMP"), slow
        case "amount":
            money = _OURS if not foreign else f"{_OURS}|{_FOREIGN}"
            slow = f"coalesce({_amount(_TOLD, unit, money)}, {_amount(_minus(_TOLD), unit, money)})"
            return _fen(_number(column, unit), UNITS[unit]), slow
        case "integer":
            # The engine's own cast would round 2025.5.
            plain = f"CASE WHEN regexp_full_match({column}, '[0-9]+') THEN try_cast({column} AS BIGINT) END"
            return plain, _integer(_TOLD)
        case "decimal":
            exact = f"try_cast({_digits(_TOLD)} AS DECIMAL(18,6))"
            return f"try_cast({column} AS DECIMAL(18,6))", f"coalesce({exact}, {_percentage(_TOLD)})"
        case "boolean":
            # 无 says nothing elsewhere, and no here.
            written = f"trim({column}, {text(BLANK_CHARACTERS)})"
            return _word(written, _BOOLEANS, "VARCHAR"), "NULL::VARCHAR"
        case kind:
            raise ValueError(f"a {kind} is read as it is written")


_BOOLEANS = {"是": "true", "否": "false", "1": "true", "0": "false", "Y": "true", "N": "false",
             "true": "true", "false": "false", "TRUE": "true", "FALSE": "false", "有": "true", "无": "false",
             "√": "true", "×": "false"}  # fmt: skip


def _word(cleaned: str, words: Mapping[str, str], kind: str) -> str:
    cases = " ".join(f"WHEN {text(word)} THEN {text(code)}::{kind}" for word, code in words.items())
    return f"CASE {cleaned} {cases} END"


# So long is a day without a time at most, in plain digits; one with a time and a zone is longer.
_DAY_BYTES = 12
# A text that the engine can read and that may name a zone; it would drop the zone.
_MAY_BE_ZONED = ":.*[Z+C-]"
# ISO 8601's offsets and Z, and UTC as databases write it.
_ZONED = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|UTC|[+-]\d{2}(:?\d{2})?)$"


def _day_or_moment(column: str, kind: str) -> str:
    """What the engine's own casts read; an instant with its zone, 2026-06-30T16:30:00Z, as the city's clock showed it."""
    plain = f"strlen({column}) <= {_DAY_BYTES} OR NOT regexp_matches({column}, {text(_MAY_BE_ZONED)})"
    # The fifth character tells 20190301 from 2019-3-1, which this would make four times as slow.
    digits = f"(strlen({column}) = 8 OR strlen({column}) = 14) AND {column}[5] >= '0'"
    day, moment = (f"try_strptime({column}, '{form}')" for form in ("%Y%m%d", "%Y%m%d%H%M%S"))
    together = f"WHEN {digits} THEN CASE WHEN strlen({column}) = 8 THEN {day} ELSE {moment} END::{kind}"
    quick = f"CASE {together} WHEN {plain} THEN try_cast({column} AS {kind}) ELSE {_in_city_time(column)}::{kind} END"
    # So long is 2019年12月31日 in bytes; what is longer tells a time too.
    return (
        f"{quick}, CASE WHEN strlen({column}) <= 17 THEN try_strptime({column}, '%Y年%m月%d日')::{kind} END"
    )


def _odd_moment(cleaned: str, kind: str) -> str:
    """An instant with its zone in full width or small letters."""
    moment = f"{_in_city_time(f'upper({half_width(cleaned)})')}::{kind}"
    return f"CASE WHEN strlen({cleaned}) > {_DAY_BYTES} THEN {moment} END"


def _in_city_time(written: str) -> str:
    found = f"replace(regexp_extract({written}, {text(_ZONED)}), 'UTC', 'Z')"
    found = f"regexp_replace({found}, '\\s+([Z+-])', '\\1')"
    return f"timezone({text(CITY_TIME.key)}, try_cast({found} AS TIMESTAMPTZ))"


def _date(cleaned: str) -> str:
    """2019年3月1日, 2019.3.1, 2019—3—1, 2019、3、1 and 20190301, with a time behind, all in full-width digits too.

    The third may end as numbers do that passed through a table: 20190301.0.
    """
    plain = "regexp_replace(said, '\\s*([年月./,、—])\\s*', '-', 'g')"
    shaped = f"regexp_extract({plain}, '^(\\d{{4}}-\\d{{1,2}}-\\d{{1,2}})(日|号|$|[ T])', 1)"
    compact = "regexp_extract(said, '^(\\d{8})(\\.0+)?$', 1)"
    together = "try_strptime(regexp_extract(said, '^\\d{14}$'), '%Y%m%d%H%M%S')::DATE"
    read = f"coalesce(try_cast({shaped} AS DATE), try_strptime({compact}, '%Y%m%d')::DATE, {together})"
    return once(f"ltrim({half_width(cleaned)}, {text(QUOTES)})", "said", read)


def _month(cleaned: str) -> str:
    """2026-09, 2026年9月, 202609 and the like, for fields that mean a month: its first day."""
    shape = r"^(\d{4})\s*(?:[-/.年]\s*([1-9]|0[1-9]|1[0-2])|(0[1-9]|1[0-2]))\s*月?份?$"
    written = half_width(cleaned)
    year, apart, joined = (f"regexp_extract({written}, {text(shape)}, {group})" for group in (1, 2, 3))
    number = f"coalesce(try_cast({apart} AS INTEGER), try_cast({joined} AS INTEGER))"
    return f"make_date(try_cast({year} AS INTEGER), {number}, 1)"


def _incomplete(cleaned: str, day: str) -> str:
    """2018, 2018年, 2018年度 and, from cells that were numbers, 2018.0; or a month as `_month` reads it: a day of it."""
    year = rf"try_cast(regexp_extract({half_width(cleaned)}, '^(\d{{4}})(\.0)?\s*(年度?)?$', 1) AS INTEGER)"
    if day == "first_day":
        return f"coalesce(make_date({year}, 1, 1), {_month(cleaned)})"
    return f"coalesce(make_date({year}, 12, 31), last_day({_month(cleaned)}))"


def _percentage(cleaned: str) -> str:
    """30% and 12.5％ as fractions of one; a bare number is what it says."""
    number = f"regexp_extract({half_width(cleaned)}, {text(_PERCENT)}, 1)"
    return f"CAST(try_cast({number} AS DECIMAL(18,6)) / 100 AS DECIMAL(18,6))"


_PERCENT = r"^\s*([+-]?\d+(?:\.\d+)?)\s*[%％]\s*$"
# A comma separates only whole groups of three digits, or of four as 万 counts: 1,23 and 1.234,50 are no numbers of ours.
_GROUPED = r"^[+-]?(\d{1,3}(,\d{3})+|\d{1,4}(,\d{4})+)(\.\d*)?([^0-9,.].*)?$"


def _digits(cleaned: str) -> str:
    """A number without thousands separators, currency signs and blanks; null where commas stand elsewhere."""
    bare = f"regexp_replace({half_width(cleaned)}, '[\\s¥￥\\x27]', '', 'g')"
    grouped = f"WHEN regexp_matches(bare, {text(_GROUPED)}) THEN replace(bare, ',', '')"
    single = f"CASE WHEN NOT contains(bare, ',') THEN bare {grouped} END"
    return once(bare, "bare", single)


def _integer(cleaned: str) -> str:
    whole = f"regexp_extract({_digits(cleaned)}, '^([+-]?\\d+)(\\.0+)?[人个户次年]?$', 1)"
    return f"try_cast({whole} AS BIGINT)"


def _amount(cleaned: str, unit: str, money: str) -> str:
    """A number with separators and perhaps a unit and a currency in words: 3.5万元, 600（万元）, 人民币213万.

    Every word is understood, or nothing is read: of 1千万元 the part before 万元 is not left out. `money` is a pattern
    of the currencies that may be named.
    """
    units = f"(?:{'|'.join(_WRITTEN_SCALES)})?[元圆]?|{'|'.join(_WRITTEN_PARTS)}"
    shape = rf"^(?:(?:人民币|RMB|CNY)[:：]?)?([+-]?(?:\d+(?:\.\d*)?|\.\d+))[(]?({units})[(]?((?:{money})*)[)]{{0,2}}$"
    number = f"try_cast(said.number AS {_EXACT})"
    scales = " ".join(
        f"WHEN starts_with(said.unit, {text(word)}) THEN {_fen(number, factor)}"
        for word, factor in {**_WRITTEN_SCALES, **_WRITTEN_PARTS}.items()
    )
    plain = f"WHEN regexp_matches(said.unit || said.behind, '[元圆]') THEN {_fen(number, '1')}"
    read = f"CASE {scales} {plain} ELSE {_fen(number, UNITS[unit])} END"
    parts = f"regexp_extract({_digits(cleaned)}, {text(shape)}, ['number', 'unit', 'behind'])"
    return once(parts, "said", read)


# What may stand behind a sum of ours, one or several: 万人民币元, 万元人民币整.
_OURS = "人民币|元|圆|整|正"


def _minus(cleaned: str) -> str:
    """A number in brackets, (1,234.50) or （5）万元, with the minus sign that book-keepers mean by them."""
    bracketed = r"^[¥￥]?\s*[(]\s*([¥￥]?\s*[\d.,]+)\s*[)]([^()]*)$"
    return f"regexp_replace({half_width(cleaned)}, {text(bracketed)}, '-\\1\\2')"


# A fen is the tenth decimal of 亿元. So wide a number times 亿 times 100 still fits the engine's 38 digits.
_EXACT = "DECIMAL(28,10)"
# Held in one machine word, for numbers up to 一万亿 元 or 分; larger ones are read the exact way.
_QUICK = "DECIMAL(18,6)"


def _is_quick(unit: str) -> bool:
    return unit in ("元", "分")


def _number(column: str, unit: str) -> str:
    """SQL for the number of `unit` in a column, null where it is none or too large."""
    return f"try_cast({column} AS {_QUICK if _is_quick(unit) else _EXACT})"


def _fen(decimal: str, factor: str) -> str:
    """Decimal units to integer fen, halves away from zero; null beyond what a 64-bit integer holds."""
    match factor:
        case "0.01":
            whole = f"round({decimal})"
        case "1":
            whole = f"round({decimal}, 2) * 100"
        case _:
            whole = f"round({decimal} * {factor} * 100)"
    return f"try_cast({whole} AS BIGINT)"


def _currency(cleaned: str) -> str:
    cases = " ".join(
        f"WHEN contains({cleaned}, {text(word)}) THEN {text(code)}"
        for code, words in CURRENCIES.items()
        for word in words
    )
    return f"CASE {cases} WHEN {cleaned} IS NOT NULL THEN 'CNY' END"


def _typed(field: Field, column: str, source_type: str, unit: str) -> str:
    """A Parquet column that already has a type needs a cast, not a reading."""
    match field.kind:
        case "amount":
            quick = _fen(_number(column, unit), UNITS[unit])
            exact = _fen(f"try_cast({column} AS {_EXACT})", UNITS[unit])
            return f"coalesce({quick}, {exact})" if _is_quick(unit) else quick
        case "date":
            return f"try_cast({column} AS DATE)"
        case "timestamp":
            return f"try_cast({column} AS TIMESTAMP)"
        case "integer":
            # A cast would round; a head and a half is nobody's count.
            return f"CASE WHEN {column} = trunc({column}) THEN try_cast({column} AS BIGINT) END"
        case "decimal":
            return f"try_cast({column} AS DECIMAL(18,6))"
        case "boolean":
            return f"try_cast({column} AS BOOLEAN)::VARCHAR"
        case "string":
            plain = f"{column}::VARCHAR"
            if source_type not in EXACT_BELOW:
                return plain
            return f"CASE WHEN {column} = trunc({column}) THEN coalesce(try_cast({column} AS BIGINT)::VARCHAR, {plain}) ELSE {plain} END"
