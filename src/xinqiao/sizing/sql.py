"""The rule as SQL, made of the same declaration as the function for one enterprise."""

from xinqiao.catalogue.codes import section
from xinqiao.engine.dialect import literal
from xinqiao.sizing.model import Industry, Scheme


def size_class_sql(scheme: Scheme, *, industry: str, staff: str, revenue: str, assets: str) -> str:
    """SQL for `model.size_class`.

    Args:
        scheme: The declared table.
        industry: SQL for an industry of the table, see `industry_sql`.
        staff: SQL for the headcount.
        revenue: SQL for the revenue in fen.
        assets: SQL for the total assets in fen.
    """
    columns = {"staff": staff, "revenue": revenue, "assets": assets}
    cases = []
    for each in scheme.industries:
        held = [(columns[figure], figure) for figure in each.bounds]
        micro = " OR ".join(f"{column} < {each.least(figure, 'small')}" for column, figure in held)
        unknown = " OR ".join(f"{column} IS NULL" for column, _ in held)
        large = " AND ".join(f"{column} >= {each.least(figure, 'large')}" for column, figure in held)
        medium = " AND ".join(f"{column} >= {each.least(figure, 'medium')}" for column, figure in held)
        cases.append(
            f"WHEN {literal(each.code)} THEN CASE WHEN {micro} THEN 'micro' WHEN {unknown} THEN NULL"
            f" WHEN {large} THEN 'large' WHEN {medium} THEN 'medium' ELSE 'small' END"
        )
    return f"CASE {industry} {' '.join(cases)} END"


def industry_sql(scheme: Scheme, code: str) -> str:
    """SQL for the code of the table's industry that the industry code `code` (SQL) falls into, else null."""
    plain = f"upper(trim({code}))"
    letter = f"regexp_extract({plain}, '^([A-T]?)([0-9]{{2,4}})$', 1)"
    digits = f"regexp_extract({plain}, '^([A-T]?)([0-9]{{2,4}})$', 2)"
    cases = " ".join(
        f"WHEN {condition} THEN {literal(each.code)}"
        for each in scheme.industries
        for condition in _conditions(each, letter, digits)
    )
    return f"CASE {cases} END"


def _conditions(industry: Industry, letter: str, digits: str) -> list[str]:
    """One condition for each section and length of the industry's divisions."""
    grouped: dict[tuple[str, int], list[str]] = {}
    for division in industry.divisions:
        grouped.setdefault((section(division[:2]) or "", len(division)), []).append(division)
    return [
        f"{letter} IN ('', {literal(own)}) AND substr({digits}, 1, {length})"
        f" IN ({', '.join(map(literal, divisions))})"
        for (own, length), divisions in sorted(grouped.items())
    ]
