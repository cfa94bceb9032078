"""Refused rows as a place to work: what a delivery has there, mending, and making sources of them again."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from xinqiao.engine import Session, WrittenFile
from xinqiao.engine.dialect import identifier, literal, text
from xinqiao.intake.headers import is_place_name
from xinqiao.intake.landing import LandedFile, UnreadableFile
from xinqiao.intake.mapping import ReadOptions
from xinqiao.intake.model import QUARANTINE, QUARANTINE_COLUMNS
from xinqiao.intake.sources import Source, open_source
from xinqiao.lake import Lake
from xinqiao.store import Transaction

# Columns of an export that say which row is which.
FILE, ROW, REASONS = "_文件", "_行", "_原因"
# Heading of an export's column that holds lines which could not be split.
UNSPLIT = "_原始行"


def open_delivery(tx: Transaction, lake: Lake, session: Session, dataset: str, delivery_id: int) -> int:
    """Make the table `refused_before(file, row, reasons, raw)` of one delivery's refused rows; returns their number."""
    table = f"{QUARANTINE}/{dataset}"
    version = lake.versions(tx).get(table)
    lake.register(session, table=table, version=version, name="quarantined", columns=QUARANTINE_COLUMNS)
    session.run(
        "CREATE OR REPLACE TABLE refused_before AS"
        " SELECT file, row, reasons, raw,"
        # Overruled rows were never wrong in themselves: judged again, they would overrule what overruled them.
        " json_exists(raw, '/') OR list_has_any(reasons, ['conflict', 'stale']) AS kept"
        f" FROM quarantined WHERE delivery = {delivery_id:d}"
    )
    return int(session.scalar("SELECT count(*) FROM refused_before"))


def write_csv(session: Session, path: Path) -> None:
    """Write `refused_before` as a CSV for mending: which row, why, and every column as delivered.

    A new file is closed to others, as it holds personal data unmasked.
    """
    if not path.exists():
        path.touch(mode=0o600)
    headings = [heading for (heading,) in session.rows(
        "SELECT heading FROM (SELECT unnest(json_keys(raw)) AS heading, generate_subscripts(json_keys(raw), 1) AS place"
        " FROM refused_before) GROUP BY heading ORDER BY min(place), heading"
    )]  # fmt: skip
    chosen = "".join(
        f", json_extract_string(raw, {text(_pointer(heading))}) AS {identifier(heading or UNSPLIT)}"
        for heading in headings
    )
    session.run(
        f"COPY (SELECT file AS {identifier(FILE)}, row AS {identifier(ROW)}, array_to_string(reasons, '；') AS"
        f" {identifier(REASONS)}{chosen} FROM refused_before ORDER BY file, row) TO {text(str(path))}"
        # Into that very file, and not into one that takes its place.
        " (HEADER, USE_TMP_FILE false)"
    )


def mend(session: Session, file: LandedFile, work: Path) -> None:
    """Put corrected rows in place of refused ones.

    A row keeps the columns it was delivered with. One that could not be split takes those of the other rows of its
    file, once somebody has filled them in. Rows that nobody changed are left as they are.

    Raises:
        UnreadableFile: The file lacks columns of an export or has others, or names a row that is not in quarantine.
    """
    expected = {FILE, ROW, REASONS}
    source = open_source(session, file, number=0, options=ReadOptions(), expected=expected, work=work)
    places = {heading: index for index, heading in enumerate(source.headings)}
    if FILE not in places or ROW not in places:
        raise UnreadableFile(
            f"修正文件缺少“{FILE}”“{ROW}”两列。",
            where=file.name,
            remedy="请在 xinqiao quarantine show --export 导出的文件上修改。",
        )
    # A column without a heading has nothing in it here; spreadsheets leave such ones behind.
    kept = {
        heading: index for heading, index in places.items() if heading and heading not in {*expected, UNSPLIT}
    }
    pairs = ", ".join(f"{text(heading)}, c{index}" for heading, index in kept.items())
    session.run(
        "CREATE OR REPLACE TABLE mended_rows AS"
        f" SELECT c{places[FILE]} AS file, try_cast(c{places[ROW]} AS BIGINT) AS row, json_object({pairs}) AS cells"
        f" FROM ({source.again})"
    )
    strange = session.rows(
        "SELECT file, row FROM mended_rows ANTI JOIN refused_before USING (file, row) LIMIT 3"
    )
    if strange:
        listed = "、".join(f"{name} 第 {row} 条" for name, row in strange)
        raise UnreadableFile(
            f"修正文件中有不在隔离区的行：{listed}。", where=file.name, remedy="核对文件名与行号。"
        )
    _require_columns(session, file, kept)
    session.run(
        "UPDATE refused_before b SET raw = m.raw, reasons = [], kept = FALSE FROM ("
        " SELECT file, row, to_json(map(headings,"
        f" list_transform(headings, lambda heading: {_cell('cells')})))::VARCHAR AS raw FROM ({_MENDING})"
        f" WHERE list_bool_or(list_transform(headings, lambda heading: {_cell('cells')} <> {_cell('was')}))"
        ") m WHERE b.file = m.file AND b.row = m.row"
    )


def _cell(row: str) -> str:
    """SQL for what a row, a JSON object, has under `heading`."""
    pointer = "'/' || replace(replace(heading, '~', '~0'), '/', '~1')"
    return f"coalesce(json_extract_string({row}, {pointer}), '')"


# Each corrected row with what it was before and the headings it is to have.
_MENDING = (
    "SELECT m.file, m.row, m.cells, r.raw AS was,"
    " CASE WHEN json_exists(r.raw, '/') THEN coalesce(s.headings, json_keys(m.cells)) ELSE json_keys(r.raw) END"
    " AS headings"
    " FROM mended_rows m JOIN refused_before r USING (file, row)"
    " LEFT JOIN (SELECT file, any_value(json_keys(raw)) AS headings FROM refused_before"
    " WHERE NOT json_exists(raw, '/') GROUP BY file) s USING (file)"
)


def _require_columns(session: Session, file: LandedFile, kept: Mapping[str, int]) -> None:
    """Refuse a corrected file that lost a column of its rows, or has one that none of them has."""
    rows = session.rows(f"SELECT DISTINCT headings FROM ({_MENDING})")
    known = {heading for (headings,) in rows for heading in headings}
    absent = [heading for heading in sorted(known) if heading not in kept]
    strange = [heading for heading in kept if heading not in known]
    if absent:
        raise UnreadableFile(
            f"修正文件缺少列：{'、'.join(absent)}。", where=file.name, remedy="保留导出文件的全部列。"
        )
    if strange:
        raise UnreadableFile(
            f"修正文件有原来没有的列：{'、'.join(strange)}。", where=file.name, remedy="删去这些列。"
        )


def as_sources(session: Session) -> list[Source]:
    """One source per file, set of headings, and whether somebody corrected it, of the rows that can be read as fields."""
    # Rows that came back have no reasons until they are judged.
    shapes = session.rows(
        "SELECT file, json_keys(raw) AS headings, reasons = [] AS corrected FROM refused_before"
        " WHERE NOT kept GROUP BY ALL ORDER BY ALL"
    )
    sources = []
    for name, headings, corrected in shapes:
        chosen = ", ".join(
            f"json_extract_string(raw, {text(_pointer(heading))}) AS c{index}"
            for index, heading in enumerate(headings)
        )
        listed = ", ".join(text(heading) for heading in headings)
        relation = (
            f"SELECT row, {chosen} FROM refused_before WHERE NOT kept AND file = {text(name)}"
            f" AND json_keys(raw) = [{listed}] AND (reasons = []) = {literal(corrected)}"
        )
        types = ("VARCHAR",) * len(headings)
        # A column without a heading that refused a whole delivery has no rows here.
        spare = tuple(index for index, heading in enumerate(headings) if is_place_name(heading))
        sources.append(
            Source(
                name,
                tuple(headings),
                types,
                scan=relation,
                again=relation,
                header_row=0,
                numbered=True,
                corrected=corrected,
                spare=spare,
            )
        )
    return sources


def set_aside(session: Session, sources: Sequence[Source], *, any_refused: bool) -> None:
    """Make the table `set_aside(file, name, row, reasons, raw)` of rows refused, outdated or contradicted, as delivered.

    Only now is it known which they are, so only they are looked at a second time.
    """
    refused = "SELECT file, row, reasons FROM judged WHERE refused UNION ALL " if any_refused else ""
    session.run(
        f"CREATE OR REPLACE TABLE to_set_aside AS {refused}"
        "SELECT file, row, [outcome] AS reasons FROM settled WHERE outcome IN ('conflict', 'stale')"
    )
    session.run(
        "CREATE OR REPLACE TABLE set_aside"
        " (file INTEGER, name VARCHAR, row BIGINT, reasons VARCHAR[], raw VARCHAR)"
    )
    for (number,) in session.rows("SELECT DISTINCT file FROM to_set_aside ORDER BY file"):
        session.run(
            f"INSERT INTO set_aside SELECT q.file, {text(sources[number].file)}, q.row, q.reasons,"
            f" {sources[number].raw_json()}"
            f" FROM ({sources[number].again}) r JOIN to_set_aside q ON q.file = {number:d} AND q.row = r.row"
        )


def carry(session: Session) -> None:
    """Add to `set_aside` the rows of `refused_before` that were not judged again, as they were."""
    session.run("INSERT INTO set_aside SELECT NULL, file, row, reasons, raw FROM refused_before WHERE kept")


def replace_delivery(
    tx: Transaction,
    lake: Lake,
    session: Session,
    dataset: str,
    delivery_id: int,
    refused: str,
    info: Mapping[str, str],
) -> tuple[WrittenFile | None, Mapping[str, int]]:
    """Put the rows that `refused` selects in place of all that the delivery had in quarantine.

    Returns:
        The file with the rows that stay, if any do, and the quarantine table's new version.
    """
    table = f"{QUARANTINE}/{dataset}"
    # Nobody may compact the table between the look at its files and their replacement.
    lake.lock(tx, table)
    version = lake.versions(tx).get(table)
    if version is None:
        return None, {}
    touched = [
        file for file in lake.files(table, version) if file.may_hold("delivery", delivery_id, delivery_id)
    ]
    columns = ", ".join(identifier(name) for name in QUARANTINE_COLUMNS)
    session.register("rewritten", [file.path for file in touched], QUARANTINE_COLUMNS)
    with lake.draft(table) as others_path, lake.draft(table) as own_path:
        others = session.write(
            f"SELECT {columns} FROM rewritten WHERE delivery <> {literal(delivery_id)} ORDER BY delivery, file, row",
            others_path,
        )
        own = session.write(f"SELECT {columns} FROM ({refused})", own_path)
        added = [file for file in (others, own) if file is not None]
        made = lake.replace(
            tx, table=table, added=added, removed=touched, columns=QUARANTINE_COLUMNS, info=info
        )
        return own, {table: made}


def _pointer(heading: str) -> str:
    """A JSON pointer (RFC 6901) to one member."""
    return "/" + heading.replace("~", "~0").replace("/", "~1")
