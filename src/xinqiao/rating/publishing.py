"""Writing what a calculation left in the session: to the lake for many subjects, to PostgreSQL for few."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from xinqiao import outlook, parties
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal
from xinqiao.indicators import MEASURE_COLUMNS, Progress, sector_statistics
from xinqiao.indicators import MEASURES as COMPUTED_MEASURES
from xinqiao.indicators.planning import RECORDS as VIEWS
from xinqiao.indicators.planning import SECTORS, VALUES
from xinqiao.lake import POINT_ROWS, Lake
from xinqiao.rating import compute, incremental, inputs, recent
from xinqiao.rating.calculation import Work, computes_outlook
from xinqiao.rating.evaluation import (
    INDICATORS,
    MEASURES,
    PUBLISHED_MEASURE_COLUMNS,
    RATING_COLUMNS,
    RATINGS,
    STATISTICS,
    STATISTICS_COLUMNS,
)
from xinqiao.rating.facts import FACTS
from xinqiao.rating.incremental import Carried
from xinqiao.rating.model import UNRATED
from xinqiao.store import Transaction

Grades = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Output:
    """Rows to be appended to a table of the lake.

    Attributes:
        table: The table.
        sql: The query that gives them, sorted.
        columns: The table's columns (name to SQL type).
        what: What they are, in Chinese, to be told of while they are written.
    """

    table: str
    sql: str
    columns: Mapping[str, str]
    what: str


def ratings_sql(work: Work, evaluation_id: int) -> str:
    """A query for the calculated grades with the columns of the lake's table, sorted by subject."""
    given = {
        "evaluation": f"{evaluation_id:d}::BIGINT",
        "as_of": literal(work.as_of),
        "model": literal(work.scorecard.name),
        **{name: f"f.{name}" for name in ("sector", "region_code", "size_class")},
    }
    names = ", ".join(f"{given.get(name, f'r.{name}')} AS {name}" for name in RATING_COLUMNS)
    return f"SELECT {names} FROM {compute.RATINGS} AS r LEFT JOIN {FACTS} AS f ON f.subject = r.subject ORDER BY 2"


def indicators_sql(evaluation_id: int, codes: Collection[str]) -> str:
    """A query for the calculated indicators with the columns of the lake's table, sorted by subject."""
    names = ", ".join(identifier(code) for code in codes)
    return f"SELECT {evaluation_id:d}::BIGINT AS evaluation, subject, {names} FROM {VALUES} ORDER BY subject"


def indicator_columns(codes: Collection[str]) -> dict[str, str]:
    """Columns of the lake's table of indicators."""
    return {"evaluation": "BIGINT", "subject": "BIGINT", **dict.fromkeys(codes, "DOUBLE")}


def write(
    tx: Transaction,
    work: Work,
    evaluation_id: int,
    codes: Collection[str],
    *,
    carried: Carried | None,
    city: bool,
) -> Grades:
    """Append an evaluation's rows to the lake; subjects per grade, with those carried forward.

    Args:
        tx: The transaction.
        work: What was calculated.
        evaluation_id: Number of the evaluation.
        codes: The indicators.
        carried: The evaluation that holds for everybody else; None when all were calculated.
        city: Whether it is an evaluation of everybody, which keeps what is usual in each sector.
    """
    session, lake = work.session, work.lake
    values, sectors, ratings = VALUES, SECTORS, compute.RATINGS
    if carried is not None:
        incremental.complete(tx, session, lake, carried=carried)
        values, sectors, ratings = "city_values", "city_ratings", "city_ratings"
    outputs = [
        Output(INDICATORS, indicators_sql(evaluation_id, codes), indicator_columns(codes), "指标"),
        Output(RATINGS, ratings_sql(work, evaluation_id), RATING_COLUMNS, "等级"),
    ]
    if city:
        compared = {each.code for each in work.scorecard.indicators} & set(codes)
        usual = sector_statistics(compared, values=values, sector_of=sectors)
        outputs += _of_the_city(work, evaluation_id, usual)
    info = {"reason": "evaluation", "as_of": work.as_of.isoformat()}
    _append(tx, session, lake, outputs, info, tell=work.tell)
    return _counted(work, ratings)


def _of_the_city(work: Work, evaluation_id: int, statistics: str) -> list[Output]:
    """What an evaluation of everybody keeps beside indicators and grades."""
    number = f"{evaluation_id:d}::BIGINT AS evaluation"
    usual = f"SELECT {number}, * FROM ({statistics}) ORDER BY sector, indicator"
    outputs = [Output(STATISTICS, usual, STATISTICS_COLUMNS, "行业水平")]
    if work.measures is not None:
        return outputs
    names = ", ".join(MEASURE_COLUMNS)
    measured = f"SELECT {number}, {names} FROM {COMPUTED_MEASURES} ORDER BY sector, measure, month"
    outputs.append(Output(MEASURES, measured, PUBLISHED_MEASURE_COLUMNS, "行业尺度"))
    if computes_outlook(work.catalogue):
        sql = outlook.published_sql(evaluation_id)
        outputs.append(Output(outlook.OUTLOOK, sql, outlook.published_columns(), "行业景气"))
    return outputs + [
        Output(
            table, parties.published_sql(table, evaluation_id), parties.published_columns(table), "关联关系"
        )
        for table in _of_parties(work)
    ]


def _of_parties(work: Work) -> tuple[str, ...]:
    """The tables of parties to keep; positions, which no computed table is made of, are added to the links."""
    if not work.catalogue.computed:
        return ()
    positions = [each for each in parties.POSITION_DATASETS if each in work.contracts]
    inputs.register(
        work.session,
        work.lake,
        datasets=positions,
        contracts=work.contracts,
        versions=work.versions,
        subjects=None,
    )
    views = {each: VIEWS + each for each in positions}
    work.tell("识别任职关系")
    parties.make_positions(work.session, contracts=work.contracts, views=views, as_of=work.as_of)
    return (*work.catalogue.computed, parties.LINK)


def write_recent(tx: Transaction, work: Work, evaluation_id: int, codes: Collection[str]) -> Grades:
    """Keep the rows of an evaluation of few subjects in PostgreSQL; subjects per grade."""
    ratings = work.session.records(ratings_sql(work, evaluation_id))
    names = ", ".join(identifier(code) for code in codes)
    values = {
        row[0]: dict(zip(codes, row[1:], strict=True))
        for row in work.session.rows(f"SELECT subject, {names} FROM {VALUES}")
    }
    recent.insert(tx, [recent.Row(row, values[row["subject"]]) for row in ratings])
    found = [row["grade"] for row in ratings]
    return {grade: found.count(grade) for grade in [*work.scorecard.grades, UNRATED]}


def fold(tx: Transaction, session: Session, lake: Lake) -> tuple[int, Mapping[str, int]]:
    """Move the rows kept in PostgreSQL into the lake; how many, and the versions that hold them."""
    rows = recent.take(tx)
    if not rows:
        return 0, {}
    info = {"reason": "folding"}
    columns = recent.keep_indicators(session, "folded_indicators", rows)
    recent.keep_ratings(session, "folded_ratings", rows)
    order = "ORDER BY subject, evaluation"
    outputs = [
        Output(INDICATORS, f"SELECT * FROM folded_indicators {order}", columns, "指标"),
        Output(RATINGS, f"SELECT * FROM folded_ratings {order}", RATING_COLUMNS, "等级"),
    ]
    _append(tx, session, lake, outputs, info, tell=lambda _: None)
    versions = lake.versions(tx)
    return len(rows), {table: versions[table] for table in (INDICATORS, RATINGS)}


def _counted(work: Work, ratings: str) -> Grades:
    counted = dict(work.session.rows(f"SELECT grade, count(*) FROM {ratings} GROUP BY grade"))
    return {grade: counted.get(grade, 0) for grade in [*work.scorecard.grades, UNRATED]}


def _append(
    tx: Transaction,
    session: Session,
    lake: Lake,
    outputs: Sequence[Output],
    info: Mapping[str, str],
    *,
    tell: Progress,
) -> None:
    """Write what each query gives as one file and append it to its table."""
    for each in outputs:
        tell(f"写入{each.what}")
        with lake.draft(each.table) as path:
            file = session.write(each.sql, path, group_rows=POINT_ROWS)
            if file is not None:
                lake.append(tx, table=each.table, files=[file], columns=each.columns, info=info)
