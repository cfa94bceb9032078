"""What is the same for every enterprise of a city, put where the engine can use it: calendar, sectors, names, codes.

Constants become macros without arguments, so that the queries of the departments read as sentences; lists and tables
are small.
"""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from xinqiao.city import codes, names
from xinqiao.city.codes import COUNTIES
from xinqiao.city.lenders import LENDERS
from xinqiao.city.sectors import SECTORS, climate
from xinqiao.city.timeline import MONTHS, Timeline
from xinqiao.engine import Session
from xinqiao.engine.dialect import Literal, identifier, literal, text
from xinqiao.kernel import unified_code
from xinqiao.kernel.period import months_before

# Enterprises of the city that others in it trade with are among the first so many.
HUBS = 1_500
_QUERIES = files("xinqiao.city") / "queries"


def query(name: str) -> str:
    """The text of one of the city's queries."""
    return (_QUERIES / f"{name}.sql").read_text(encoding="utf-8")


def run_script(session: Session, name: str) -> None:
    """Run the statements of one of the city's queries; none of them holds a semicolon within."""
    for statement in query(name).split(";\n"):
        if statement.strip():
            session.run(statement)


def furnish(session: Session, timeline: Timeline, seed: int) -> None:
    """Make everything that all blocks of enterprises share."""
    run_script(session, "chance")
    _constants(session, timeline, seed)
    _names(session)
    run_script(session, "codes")
    _months(session, timeline)
    _sectors(session)
    _table(
        session,
        "counties",
        {"place": "BIGINT", "county": "VARCHAR", "county_name": "VARCHAR"},
        [(place, code, name) for place, (code, name) in enumerate(COUNTIES.items())],
    )
    _table(
        session,
        "lenders",
        {"kind": "VARCHAR", "place": "BIGINT", "lender_code": "VARCHAR", "lender_name": "VARCHAR"},
        [
            (kind, place, codes.lender(seed, kind, place), name)
            for kind, named in LENDERS.items()
            for place, name in enumerate(named)
        ],
    )
    outsiders = [(-1 - place, code) for place, code in enumerate(codes.outsiders(seed))]
    _table(session, "outsiders", {"trader": "BIGINT", "code": "VARCHAR"}, outsiders)
    run_script(session, "hubs")


def _constants(session: Session, timeline: Timeline, seed: int) -> None:
    first = timeline.start
    constants: dict[str, Literal] = {
        "first_day": first,
        "last_day": timeline.until,
        "backlog_day": timeline.deliveries[0],
        "months_in_all": MONTHS,
        "epidemic_from": timeline.epidemic_from,
        "first_body": codes.first_body(seed),
        "hubs": HUBS,
        "outsiders_in_all": codes.OUTSIDERS,
    }
    for name, value in constants.items():
        session.run(f"CREATE OR REPLACE MACRO {name}() AS {literal(value)}")
    days = ", ".join(literal(day) for day in timeline.deliveries)
    session.run(f"CREATE OR REPLACE MACRO days_of_delivery() AS [{days}]")
    session.run(f"CREATE OR REPLACE MACRO city_key() AS {codes.city_key(seed):d}")
    session.run(f"CREATE OR REPLACE MACRO group_key() AS {codes.group_key(seed):d}")
    session.run(
        "CREATE OR REPLACE MACRO month_of(day) AS"
        f" (year(day) - {first.year:d}) * 12 + month(day) - {first.month:d}"
    )


def _names(session: Session) -> None:
    strings = {
        "surnames": names.SURNAMES_BY_SHARE,
        "given_characters": names.GIVEN,
        "first_characters": names.FIRST,
        "second_characters": names.SECOND,
        "alphabet": unified_code.ALPHABET,
    }
    for name, value in strings.items():
        session.run(f"CREATE OR REPLACE MACRO {name}() AS {text(value)}")
    for name, values in {"roads": names.ROADS, "buildings": names.BUILDINGS}.items():
        session.run(f"CREATE OR REPLACE MACRO {name}() AS [{', '.join(text(value) for value in values)}]")


def _months(session: Session, timeline: Timeline) -> None:
    columns = {
        "m": "BIGINT", "first_on": "DATE", "days": "BIGINT", "share": "DOUBLE", "calendar_year": "BIGINT",
        "month_number": "BIGINT", "new_year": "BOOLEAN", "epidemic": "DOUBLE", "cycle": "DOUBLE",
    }  # fmt: skip
    rows = [
        (
            index, months_before(timeline.start, -index), month.days, month.share, month.year, month.number,
            month.is_lunar_new_year, month.epidemic, month.cycle,
        )
        for index, month in enumerate(timeline.months)
    ]  # fmt: skip
    _table(session, "months", columns, rows)


def _sectors(session: Session) -> None:
    columns = {
        "division": "VARCHAR", "low": "DOUBLE", "high": "DOUBLE", "individual": "DOUBLE", "monthly_yuan": "DOUBLE",
        "tickets": "DOUBLE", "vat_rate": "DOUBLE", "burden": "DOUBLE", "margin": "DOUBLE", "growth": "DOUBLE",
        "seasons": "DOUBLE[]", "cycle_share": "DOUBLE", "epidemic_share": "DOUBLE", "yuan_a_head": "DOUBLE",
        "wage": "DOUBLE", "kwh": "DOUBLE", "water": "DOUBLE", "gas": "DOUBLE", "exports": "DOUBLE", "leverage": "DOUBLE",
        "lines": "VARCHAR[]", "shop_lines": "VARCHAR[]",
    }  # fmt: skip
    total = sum(sector.share for sector in SECTORS)
    rows: list[tuple[Any, ...]] = []
    below = 0.0
    for sector in SECTORS:
        above = below + sector.share / total
        usual = climate(sector.division)
        lines = [f"{line.code}|{line.word}|{line.shop}|{line.scope}" for line in sector.lines]
        shops = [each for each, line in zip(lines, sector.lines, strict=True) if line.shop]
        last = sector is SECTORS[-1]
        rows.append(
            (
                sector.division, below, 2.0 if last else above, sector.individual, sector.monthly_yuan,
                sector.tickets, sector.vat_rate, sector.burden, sector.margin, sector.growth,
                list(sector.seasons), usual.cycle, usual.epidemic, usual.yuan_a_head,
                usual.wage, usual.kwh, usual.water, usual.gas, usual.exports, usual.leverage,
                lines, shops,
            )
        )  # fmt: skip
        below = above
    _table(session, "sectors", columns, rows)


def _table(session: Session, name: str, columns: dict[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
    """A small table of these rows."""
    kept = ", ".join(
        f"unnest(CAST(? AS {kind}[])) AS {identifier(column)}" for column, kind in columns.items()
    )
    session.run(
        f"CREATE OR REPLACE TEMP TABLE {identifier(name)} AS SELECT {kept}",
        [list(values) for values in zip(*rows, strict=True)],
    )
