"""From what happened to lines of a department's files: its columns, its units and words, and when it delivers them.

A query of the city yields typed columns: `idx`, `h` and `k` (the enterprise, its key, the record's place among its
own), the contract's fields, and where a layout needs them `known_on` (the day the department knows of it, when that is
not the day it happened), `later_on` (the day its ends become known, when that is not the last of them) and `waits`
(its account leads nowhere before the second delivery). Its rows become
the table `staged(d, e, chance, tail, waits, planted, line, later)` in their order: deliveries of the record and of its
later version among the layout's own, what may befall it, and its text. Besides those, a query may say `plain` of
records that nothing may befall, and `planted` of those that are wrong as they are.
"""

import re
from collections.abc import Mapping
from datetime import date

from xinqiao.city.layout import Layout
from xinqiao.city.timeline import Timeline
from xinqiao.city.world import query
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal, text

# Records take their chance of faults from keys of their enterprise that no query uses.
_FIRST_KEY = 700_000
_NEVER = 4_294_967_295
_OPTIONAL = ("known_on", "later_on", "waits", "plain", "planted")
_WRITTEN_OUT = ("元", "万元")


def stage(session: Session, layout: Layout, timeline: Timeline, *, number: int, below: int) -> None:
    """Make `staged` from what a layout's query says of the block.

    Args:
        session: Holds the block's enterprises and their activity.
        layout: The layout.
        timeline: The city's calendar.
        number: What tells the chance of this layout's faults from that of others.
        below: Enterprises from this index on are not in the city.
    """
    days = [timeline.deliveries[place] for place in layout.deliveries]
    told = query(layout.slug)
    # Asking the engine for the columns would plan the query a second time.
    held = {name for name in _OPTIONAL if re.search(rf"\bAS {name}\b", told)}
    known_on = "known_on" if "known_on" in held else identifier(layout.happened_on)
    ended_on = "later_on" if "later_on" in held else _last_day(layout)
    later = _line(layout, before={}) if layout.ends else "NULL"
    # What ended before it was known was never known without its end.
    second = f"CASE WHEN {ended_on} > {known_on} THEN {_delivery(ended_on, days)} END"
    whole = f"{ended_on} <= {known_on} OR e = d" if layout.ends else "TRUE"
    tails = ", ".join(literal(day) for day in days[:-1]) if layout.repeats else ""
    chance = f"key_of(key_of(h, {_FIRST_KEY + number:d}), k)"
    if "plain" in held:
        chance = f"CASE WHEN plain THEN {_NEVER} ELSE {chance} END"
    tail = f"{known_on} IN ({tails})" if tails else "FALSE"
    is_first = 0 in layout.deliveries
    waits = "coalesce(waits, FALSE) AND d = 0" if "waits" in held and is_first else "FALSE"
    session.run(
        f"CREATE OR REPLACE TEMP TABLE staged AS SELECT d, e, {chance} AS chance, {tail} AS tail, {waits} AS waits,"
        f" {'planted' if 'planted' in held else 'NULL::VARCHAR'} AS planted,"
        f" CASE WHEN {whole} THEN {_line(layout, before={})} ELSE {_line(layout, before=dict(layout.ends))} END AS line,"
        f" CASE WHEN e > d THEN {later} END AS later"
        f" FROM (SELECT *, {_delivery(known_on, days)} AS d, {second} AS e FROM ({told}))"
        f" WHERE d IS NOT NULL AND idx < {below:d} ORDER BY idx, k"
    )


def _delivery(day: str, days: list[date]) -> str:
    """SQL for the first delivery that carries something of a day: its place among the layout's own; null after all."""
    cases = " ".join(f"WHEN {day} <= {literal(each)} THEN {place}" for place, each in enumerate(days))
    return f"CASE {cases} END"


def _last_day(layout: Layout) -> str:
    """SQL for the day on which a record ends: that of its ends which is a day."""
    days = [identifier(field) for field, _ in layout.ends if field.endswith("_on")]
    return days[0] if days else "NULL::DATE"


def _line(layout: Layout, *, before: Mapping[str, str]) -> str:
    """SQL for a record as its line of text, some fields still as they stand before its end."""
    words = dict(layout.words)
    cells = []
    for _, field in layout.columns:
        if field in before:
            cells.append(text(before[field]))
        else:
            cells.append(f"coalesce({_cell(field.removeprefix('~'), layout, words)}, '')")
    return f"concat_ws(',', {', '.join(cells)})"


def _cell(field: str, layout: Layout, words: dict[str, tuple[tuple[str, str], ...]]) -> str:
    name = identifier(field)
    if field in words:
        cases = " ".join(f"WHEN {text(code)} THEN {text(word)}" for word, code in words[field])
        return f"CASE {name} {cases} END"
    if field.endswith("_fen") and layout.unit in _WRITTEN_OUT:
        return _amount(name, layout.unit)
    if field.startswith("is_"):
        return f"CASE {name} WHEN TRUE THEN '是' WHEN FALSE THEN '否' END"
    return f"CAST({name} AS VARCHAR)"


def _amount(name: str, unit: str) -> str:
    sign = f"CASE WHEN {name} < 0 THEN '-' ELSE '' END"
    if unit == "元":
        return f"{sign} || CAST(abs({name}) // 100 AS VARCHAR) || '.' || lpad(CAST(abs({name}) % 100 AS VARCHAR), 2, '0')"
    rest = f"lpad(CAST(abs({name}) % 1000000 AS VARCHAR), 6, '0')"
    return f"{sign} || rtrim(rtrim(CAST(abs({name}) // 1000000 AS VARCHAR) || '.' || {rest}, '0'), '.')"
