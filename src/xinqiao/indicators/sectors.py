"""Which sector each subject belongs to, and what is usual there.

A measure is computed for each division of GB/T 4754, each section and everybody; a subject reads that of its
division, where the division has too few firms that of its section, and else that of everybody. Seasons are
factors around 1 by calendar month: the mean, over firms, of the month against the firm's own year.

Means are taken over integers, so that they do not depend on the order in which threads add.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from xinqiao.engine.dialect import identifier, literal
from xinqiao.indicators.model import Catalogue
from xinqiao.indicators.terms import Measure, Measures
from xinqiao.kernel.period import MONTHS_PER_YEAR, window

SECTORS = "indicator_sector"
INDUSTRY = "industry_code"
COMPUTED = "compute"
MEASURES = "sector_measures"
KNOWN_MEASURES = "known_sector_measures"
OUTLOOK = "sector_outlook"
CHOSEN = "measures_of_sector"
EVERYBODY = "*"
MEASURE_COLUMNS: Mapping[str, str] = {
    "sector": "VARCHAR",
    "measure": "VARCHAR",
    "month": "BIGINT",
    "firms": "BIGINT",
    "value": "DOUBLE",
}
"""Columns of `sector_measures` and of the relation measures are read from; `month` is 1 to 12 for a factor of a
season and 0 for everything else."""

_QUARTER = 3
_WHOLE = 1_000_000


def sector_of_each(catalogue: Catalogue, population: str, group: str) -> str:
    """Section letter and two-digit division of each subject, as `F51`; the division decides the section."""
    sections = " ".join(
        f"WHEN division BETWEEN {first} AND {last} THEN {literal(section)}"
        for section, (first, last) in catalogue.sections.items()
    )
    return f"""SELECT subject, CASE {sections} END || lpad(CAST(division AS VARCHAR), 2, '0') AS sector
FROM (
  SELECT p.subject, TRY_CAST(nullif(regexp_extract(upper(trim({INDUSTRY})), '^[A-T]?([0-9][0-9])', 1), '') AS
  INTEGER) AS division FROM {population} AS p LEFT JOIN {group} AS g ON g.subject = p.subject
)"""


def measures(
    catalogue: Catalogue, wanted: Collection[str], measured: str, *, as_of: date, outlook: bool
) -> str:
    """A query for the wanted measures with the columns of `MEASURE_COLUMNS`.

    Args:
        catalogue: The declarations.
        wanted: Names of measures.
        measured: Table with `sector` and a column for each value measured.
        as_of: The day looked at.
        outlook: Whether there is a table `sector_outlook`.
    """
    declared = catalogue.measures
    chosen = [declared.named[name] for name in wanted]
    parts = []
    if numbers := [each for each in chosen if not each.listed and each.statistic != "outlook"]:
        parts.append(_numbers(declared, numbers, measured))
    parts += [_season(declared, each, measured, as_of) for each in chosen if each.listed]
    if outlook:
        parts += [_outlook(each, as_of) for each in chosen if each.statistic == "outlook"]
    if not parts:
        empty = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in MEASURE_COLUMNS.items())
        return f"SELECT {empty} WHERE FALSE"
    return "\nUNION ALL\n".join(parts)


def chosen(catalogue: Catalogue, wanted: Collection[str], source: str, *, as_of: date) -> str:
    """A query for one row per sector of the subjects, a column for each measure: the nearest that there is.

    A season becomes a list that begins, as every series does, with the first month of a window.
    """
    first = window(as_of, MONTHS_PER_YEAR).start.month
    columns = []
    for name in wanted:
        mine = f"measure = {literal(name)}"
        value = f"max(CASE WHEN {mine} THEN value END)"
        if catalogue.measures.named[name].listed:
            year = f"list(value ORDER BY turn) FILTER ({mine})"
            value = f"list_concat({year}, {year})"
        columns.append(f"{value} AS {identifier(name)}")
    listed = ", ".join(literal(name) for name in wanted)
    return f"""SELECT sector, {", ".join(columns)}
FROM (
  SELECT *, max(nearness) OVER (PARTITION BY sector, measure) AS nearest
  FROM (
    SELECT s.sector, m.measure, m.value, (m.month + {MONTHS_PER_YEAR} - {first}) % {MONTHS_PER_YEAR} AS turn,
      CASE WHEN m.sector = {literal(EVERYBODY)} THEN 0 ELSE length(m.sector) END AS nearness
    FROM (SELECT DISTINCT coalesce(sector, {literal(EVERYBODY)}) AS sector FROM {SECTORS}) AS s
    JOIN {identifier(source)} AS m ON m.sector IN (s.sector, substr(s.sector, 1, 1), {literal(EVERYBODY)})
    WHERE m.measure IN ({listed})
  )
)
WHERE nearness = nearest
GROUP BY sector"""


def _of(grouping: str) -> str:
    """The group a row of grouping sets is about; null for firms whose sector is unknown, which make none."""
    return (
        f"CASE WHEN grouping(division) = 0 THEN division WHEN grouping(section) = 0 THEN section"
        f" ELSE {literal(EVERYBODY)} END AS {grouping}"
    )


def _enough(declared: Measures) -> str:
    return (
        f"firms >= CASE WHEN sector = {literal(EVERYBODY)} THEN {declared.fewest_of_all}"
        f" ELSE {declared.fewest_firms} END"
    )


def _numbers(declared: Measures, wanted: Collection[Measure], measured: str) -> str:
    taken = ", ".join(
        f"{{'name': {literal(each.name)}, 'everybody': {literal(each.everybody)},"
        f" 'firms': count({identifier(each.of)}), 'value': {_statistic(each)}}}"
        for each in wanted
    )
    return f"""SELECT sector, measure, CAST(0 AS BIGINT) AS month, firms, value
FROM (
  SELECT sector, taken.name AS measure, taken.everybody AS everybody, taken.firms AS firms, taken.value AS value
  FROM (
    SELECT {_of("sector")}, unnest([{taken}]) AS taken
    FROM (SELECT *, sector AS division, substr(sector, 1, 1) AS section FROM {measured})
    GROUP BY GROUPING SETS ((division), (section), ())
  )
)
WHERE sector IS NOT NULL AND value IS NOT NULL AND {_enough(declared)}
  AND (NOT everybody OR sector = {literal(EVERYBODY)})"""


def _statistic(measure: Measure) -> str:
    value = identifier(measure.of)
    if measure.statistic == "median":
        return f"quantile_cont({value}, 0.5)"
    if measure.statistic == "iqr":
        return f"quantile_cont({value}, 0.75) - quantile_cont({value}, 0.25)"
    weight = identifier(measure.weight) if measure.weight else "1"
    whole = f"CASE WHEN {value} IS NOT NULL THEN CAST(round({weight} * {_WHOLE}) AS DECIMAL(38, 0)) END"
    total = f"CAST(round({value} * {weight} * {_WHOLE}) AS DECIMAL(38, 0))"
    return f"CAST(sum({total}) AS DOUBLE) / nullif(CAST(sum({whole}) AS DOUBLE), 0)"


def _season(declared: Measures, measure: Measure, measured: str, as_of: date) -> str:
    """Twelve factors for each group; null for a month in which no firm of it had a value."""
    first = window(as_of, MONTHS_PER_YEAR).start.month
    months, (lowest, highest) = identifier(measure.of), measure.bounds

    def mean(start: int) -> str:
        year = f"list_slice({months}, {start}, {start + MONTHS_PER_YEAR - 1})"
        return f"CASE WHEN list_count({year}) >= {measure.fewest_months} THEN nullif(list_avg({year}), 0) END"

    return f"""SELECT sector, {literal(measure.name)} AS measure, month, firms, value
FROM (
  SELECT *, max(counted) OVER (PARTITION BY sector) AS firms
  FROM (
    SELECT {_of("sector")}, (turn + {first} - 2) % {MONTHS_PER_YEAR} + 1 AS month, count(factor) AS counted,
      greatest(CAST(sum(CAST(round(factor * {_WHOLE}) AS BIGINT)) AS DOUBLE) / {_WHOLE} / count(factor), {lowest})
        AS value
    FROM (
      SELECT division, section, unnest(range(1, {MONTHS_PER_YEAR + 1})) AS turn, unnest(factors) AS factor
      FROM (
        SELECT division, section, list_transform(range(1, {MONTHS_PER_YEAR + 1}), lambda i: least(list_avg(
          [{months}[i] / early, {months}[i + {MONTHS_PER_YEAR}] / late]), {highest})) AS factors
        FROM (
          SELECT sector AS division, substr(sector, 1, 1) AS section, {months},
            {mean(1)} AS early, {mean(1 + MONTHS_PER_YEAR)} AS late
          FROM {measured}
        )
        WHERE early IS NOT NULL OR late IS NOT NULL
      )
    )
    GROUP BY GROUPING SETS ((division, turn), (section, turn), (turn))
  )
)
WHERE sector IS NOT NULL AND {_enough(declared)}"""


def _outlook(measure: Measure, as_of: date) -> str:
    """The newest quarter ended by the end of the day, as full months are, for each division not suppressed in it."""
    return f"""SELECT sector, {literal(measure.name)} AS measure, CAST(0 AS BIGINT) AS month, firms, z AS value
FROM (
  SELECT *, row_number() OVER (PARTITION BY sector ORDER BY quarter_on DESC) AS age
  FROM {OUTLOOK}
  WHERE quarter_on + INTERVAL {_QUARTER} MONTH <= {literal(as_of + timedelta(days=1))}
)
WHERE age = 1 AND NOT suppressed AND z IS NOT NULL AND length(sector) > 1"""
