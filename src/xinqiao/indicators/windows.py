"""Placeholders of declared SQL: dates that follow from the as-of date.

`{as_of}` the date itself; `{end}` the first day after the last full month; `{start_12}` the first day of the
twelve full months before `{end}`; `{ago_24}` the same day 24 months earlier, for windows that end on the
as-of date itself; `{new_year_12}` a bit per month of the last twelve, set where the lunar New Year falls into
it; `{report_year}` the last year whose annual report was due.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from xinqiao.engine.dialect import literal
from xinqiao.indicators.declaration import Misdeclared
from xinqiao.kernel.period import months_before, window

_PLACEHOLDER = re.compile(r"\{([a-z_]+?)(?:_(\d+))?\}")
_PLAIN = {"as_of", "end", "report_year", "source"}
_NUMBERED = {"start", "ago", "new_year"}
_LONGEST_MASK = 60
SOURCE = "source_rows"
"""What stands for `{source}` where a text is only parsed."""


def unknown_placeholders(sql: str) -> Collection[str]:
    """Placeholders in a declared SQL text that mean nothing, in order of appearance."""
    unknown = []
    for match in re.finditer(r"\{[^}]*\}", sql):
        found = _PLACEHOLDER.fullmatch(match[0])
        known = found and found[1] in (_NUMBERED if found[2] and int(found[2]) else _PLAIN)
        if not known:
            unknown.append(match[0])
    return unknown


def counts_months(sql: str) -> bool:
    """Whether a declared SQL text counts full calendar months, and not up to the as-of date itself."""
    return any(match[1] == "start" for match in _PLACEHOLDER.finditer(sql))


def neutral(sql: str) -> str:
    """A declared SQL text with its placeholders made plain, for parsing alone."""
    return sql.replace("{source}", SOURCE).replace("{", "'").replace("}", "'")


def substitute(sql: str, *, as_of: date, new_year: Mapping[int, date], source: str = "") -> str:
    """A declared SQL text with its placeholders replaced.

    Raises:
        Misdeclared: The table of lunar New Year days does not reach the window.
    """
    plain = {
        "source": source,
        "as_of": literal(as_of),
        "end": literal(window(as_of, 1).end),
        "report_year": literal(_last_due_report(as_of)),
    }

    def value(match: re.Match[str]) -> str:
        months = int(match[2] or 0)
        match match[1]:
            case "start":
                return literal(window(as_of, months).start)
            case "ago":
                return literal(months_before(as_of, months))
            case "new_year":
                return literal(_new_year_months(as_of, months, new_year))
            case name:
                return plain[name]

    return _PLACEHOLDER.sub(value, sql)


def month_literals(as_of: date, months: int, new_year: Mapping[int, date]) -> Iterator[tuple[str, str, bool]]:
    """Of each month of a window: its first day and the day after it as SQL, and whether New Year falls into it.

    Raises:
        Misdeclared: The table of lunar New Year days does not reach the window.
    """
    mask = _new_year_months(as_of, months, new_year)
    for index, month in enumerate(window(as_of, months).months()):
        yield literal(month.start), literal(month.end), bool(mask >> index & 1)


def _new_year_months(as_of: date, months: int, new_year: Mapping[int, date]) -> int:
    """Bit i is set when the lunar New Year falls into month i of the window, the earliest being 0."""
    if months > _LONGEST_MASK:
        raise ValueError("a window of months held as bits has at most 60 of them")
    mask = 0
    for index, month in enumerate(window(as_of, months).months()):
        day = new_year.get(month.start.year)
        if day is None:
            raise Misdeclared(
                f"春节日期表没有 {month.start.year} 年。",
                where="calendar.yaml",
                remedy="在 lunar_new_year 中补充该年春节的公历日期。",
            )
        mask |= (day in month) << index
    return mask


def _last_due_report(as_of: date) -> int:
    """The last year whose annual report had to be filed before `as_of` (due 30 June of the next year)."""
    return as_of.year - 1 if (as_of.month, as_of.day) > (6, 30) else as_of.year - 2
