"""How a text is spelt, whatever it is about: blanks, blank words, full width, and one spelling of codes and numbers."""

import re

from xinqiao.engine.dialect import text

# What departments write where there is nothing to say.
BLANKS = ("", "N/A", "NA", "NULL", "null", "None", "-", "--", "—", "/", "\\", "无", "暂无", "不详")

# The full-width forms stand 0xFEE0 above ASCII; the ideographic blank and the minus sign stand elsewhere.
_HALF_WIDTH = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,-/:() -"
_FULL_WIDTH = "".join(chr(ord(each) + 0xFEE0) for each in _HALF_WIDTH[:-2]) + "\u3000\u2212"
# Blanks of every kind that trimming should take: space, tab, line ends, no-break and ideographic space, BOM.
BLANK_CHARACTERS = " \t\r\n\u00a0\u3000\ufeff\u200b"
# A pattern and not an IN list, which the engine would turn into a join for every column.
_BLANK_WORDS = "|".join(re.escape(blank) for blank in BLANKS)
# First characters of blank words among the letters and digits, as code points.
_BLANK_STARTS = ", ".join(
    sorted({str(ord(blank[0])) for blank in BLANKS if blank and "0" <= blank[0] <= "z"})
)
# What marks a cell as text in a spreadsheet; ‘ begins a quotation instead.
QUOTES = "'’＇"
_EDGE = f"^[{BLANK_CHARACTERS}]|[{BLANK_CHARACTERS}]$"
_BLANK = r"[\s\p{Z}\x{feff}\x{200b}]"
# What a key may be written with in several ways: it tells the texts that need a closer look from the others, among
# which is 威罚〔2019〕1号 as it should be.
_SEVERAL_WAYS = (
    f"^[{BLANK_CHARACTERS}{QUOTES}〔]|[{BLANK_CHARACTERS}]$|[\u3000！-～()\\[\\]【】]"
    f"|{_BLANK}.*〔|〔.*{_BLANK}"
)
_WIDE = "[\u3000！-～\u2212]"
_KEY_HALF = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-/.()[] "
_KEY_FULL = "".join(chr(ord(each) + 0xFEE0) for each in _KEY_HALF[:-1]) + "\u3000"
_YEAR_IN_BRACKETS = rf"[(\[〔【]{_BLANK}*((?:19|20)\d{{2}}){_BLANK}*[)\]〕】]"
# A year in brackets with a number behind it, in a text that is Chinese: 威罚〔2019〕1号, (2019)京01民初1号.
_DOCUMENT_NUMBER = "|".join(
    pattern.replace("YEAR", _YEAR_IN_BRACKETS)
    for pattern in (r"\p{Han}.*YEAR.*\d", r"YEAR.*\p{Han}.*\d", r"YEAR.*\d.*\p{Han}")
)
_LONGEST_BLANK_BYTES = max(len(blank.encode()) for blank in BLANKS)


def tidy(column: str) -> str:
    """SQL for a text without blanks around it; null when it says nothing.

    What most texts are is asked first and passes as it is: ASCII without blanks at its ends, too long to be a blank word or
    beginning as none does.
    """
    # All of ASCII's blanks come before '!' in order.
    plain = f"strlen({column}) = length({column}) AND {column} > '!' AND {column}[-1] > ' '"
    long = f"strlen({column}) > {_LONGEST_BLANK_BYTES}"
    return (
        f"CASE WHEN ({long} OR (ascii({column}) BETWEEN 48 AND 122 AND ascii({column}) NOT IN ({_BLANK_STARTS})))"
        f" AND {plain} THEN {column}"
        f" WHEN {long} AND NOT regexp_matches({column}, {text(_EDGE)}) THEN {column}"
        f" WHEN {column} = '' THEN NULL ELSE {bare(column)} END"
    )


def key_text(column: str) -> str:
    """As `tidy`, for a text that tells records apart: each of its spellings becomes the same.

    Letters, digits and brackets become half-width, and a spreadsheet's apostrophe in front goes. The number of a
    document loses its blanks, and its year stands in 〔〕 (GB/T 9704-2012 7.3.5), or in （） where it comes first, as in
    case numbers (法〔2015〕137号). Names keep their words and blanks. Plain ASCII passes as it is, brackets too.
    """
    trimmed = f"trim({column}, {text(BLANK_CHARACTERS)})"
    # What tells blank words and apostrophes from other ASCII comes up to '/' in order.
    plain = f"strlen({column}) = length({column}) AND {column} > '/' AND {column}[-1] > ' '"
    long = f"strlen({column}) > {_LONGEST_BLANK_BYTES}"
    return (
        f"CASE WHEN ({long} OR (ascii({column}) BETWEEN 48 AND 122 AND ascii({column}) NOT IN ({_BLANK_STARTS})))"
        f" AND {plain} THEN {column}"
        f" WHEN {long} AND NOT regexp_matches({column}, {text(_SEVERAL_WAYS)}) THEN {column}"
        f" WHEN {column} = '' THEN NULL ELSE nullif(regexp_replace({_one_spelling(trimmed)}, {text(f'^({_BLANK_WORDS})$')}, ''), '') END"
    )


def _one_spelling(trimmed: str) -> str:
    bared = f"ltrim({trimmed}, {text(BLANK_CHARACTERS + QUOTES)})"
    half = once(bared, "wide", _translated("wide", _KEY_FULL, _KEY_HALF))
    official = f"regexp_replace(half, {text(_BLANK)}, '', 'g')"
    official = f"regexp_replace({official}, {text(_YEAR_IN_BRACKETS)}, '〔\\1〕', 'g')"
    official = f"regexp_replace({official}, '^〔(\\d+)〕', '（\\1）')"
    official = f"CASE WHEN regexp_matches(half, {text(_DOCUMENT_NUMBER)}) THEN {official} ELSE half END"
    return once(half, "half", official)


def bare(column: str) -> str:
    """As `tidy`, for where speed does not matter: whatever stands around the text is taken off."""
    blank = f"strlen(trimmed) <= {_LONGEST_BLANK_BYTES} AND regexp_full_match(trimmed, {text(_BLANK_WORDS)})"
    # Plain blanks, of which padded columns are full, go three times as fast by themselves.
    trimmed = f"trim(trim({column}), {text(BLANK_CHARACTERS)})"
    return once(trimmed, "trimmed", f"CASE WHEN NOT ({blank}) THEN trimmed END")


def half_width(expression: str) -> str:
    """SQL for a text with full-width letters, digits and marks as half-width ones."""
    return once(expression, "wide", _translated("wide", _FULL_WIDTH, _HALF_WIDTH))


def once(value: str, name: str, rest: str) -> str:
    """SQL for `rest`, which calls `value` by a name however often it needs it: a list of one gives it that name."""
    return f"list_transform([{value}], lambda {name}: {rest})[1]"


def _translated(name: str, wide: str, half: str) -> str:
    """To translate takes ten times as long as to ask whether there is anything to translate."""
    return (
        f"CASE WHEN regexp_matches({name}, {text(_WIDE)})"
        f" THEN translate({name}, {text(wide)}, {text(half)}) ELSE {name} END"
    )


def identifier_text(column: str) -> str:
    """SQL for an identifier in half-width capitals without blanks; quick when it is 18 plain bytes."""
    slow = f"upper(regexp_replace({half_width(tidy(column))}, '[\\s\\p{{Z}}\\p{{C}}\\x27’‘`]', '', 'g'))"
    # Eighteen bytes are no code where some make one wide character, or blanks stand around a shorter number. To look
    # for a blank costs a third of asking for the last character.
    eighteen = f"strlen({column}) = 18 AND length({column}) = 18"
    whole = f"NOT contains({column}, ' ') AND NOT contains({column}, '\t')"
    return f"CASE WHEN {eighteen} AND {whole} THEN upper({column}) ELSE {slow} END"
