"""One delivered file as a relation the engine can scan: `c0`, `c1` … in the file's order.

Scanned in order, a record's place is its number in the file, from 1, headings and title rows not counted. Numbering
while scanning would keep the engine to one thread, so only the second look at refused rows does it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xinqiao.catalogue.model import Contract
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, text
from xinqiao.engine.duck import EngineFault, Unreadable
from xinqiao.intake import text_files
from xinqiao.intake.binding import Binding, bind, expected_headings
from xinqiao.intake.headers import place_name, unit_in_heading
from xinqiao.intake.landing import LandedFile, UnreadableFile, told_apart
from xinqiao.intake.mapping import Mapping, ReadOptions, plain_heading
from xinqiao.intake.parsing import EXACT_BELOW, UNITS
from xinqiao.intake.text_files import PlainText
from xinqiao.kernel.clock import CITY_TIME

# Anything but blanks of one kind or another.
_WRITTEN = r"[^\s\p{Z}\x{feff}\x{200b}]"


@dataclass(frozen=True, slots=True)
class Source:
    """One file, ready to be scanned.

    Attributes:
        file: Its name as delivered.
        headings: Its columns; empty for one that has neither a heading nor anything in it.
        types: Their SQL types; all VARCHAR for text.
        scan: SQL that yields `c0`, `c1` …, and `row` too when `numbered`.
        again: SQL that yields `row`, `c0`, `c1` … for a second look at some rows.
        header_row: Physical row of the headings, from 1; 0 for Parquet.
        plain: The text behind the relation; None for Parquet.
        rejects: Name of the table in which the engine puts lines it cannot split; None for Parquet.
        numbered: Whether the rows of `scan` carry their numbers, as those from quarantine do.
        corrected: Whether somebody changed its rows since they were delivered.
        odd: Whether any text may hold a null character or a plus sign.
        spare: Positions of columns behind all headings in which fewer than half of the rows hold anything.
    """

    file: str
    headings: tuple[str, ...]
    types: tuple[str, ...]
    scan: str
    again: str
    header_row: int
    plain: PlainText | None = None
    rejects: str | None = None
    numbered: bool = False
    corrected: bool = False
    odd: bool = True
    spare: tuple[int, ...] = ()

    def raw_json(self) -> str:
        """SQL for a row as delivered, as a JSON object of heading to text."""
        pairs = ", ".join(
            f"{text(heading)}, c{index}::VARCHAR" for index, heading in enumerate(self.headings) if heading
        )
        return f"json_object({pairs})::VARCHAR"


def open_all(
    session: Session, contract: Contract, mapping: Mapping, landed: Sequence[LandedFile], work: Path
) -> list[tuple[Source, Binding]]:
    """The files of a delivery, ready to be scanned, each with which of its columns feeds which field.

    Raises:
        UnreadableFile: One cannot be read, or its numbers are no longer those that were typed.
        UnmatchedColumns: Columns and fields do not fit.
    """
    expected = expected_headings(contract, mapping)
    bound = []
    for number, (file, name) in enumerate(
        zip(landed, told_apart([file.name for file in landed]), strict=True)
    ):
        named = replace(file, name=name)
        source = open_source(
            session, named, number=number, options=mapping.read, expected=expected, work=work
        )
        binding = bind(contract, mapping, source.headings, where=name, spare=source.spare)
        _require_exact(session, contract, source, binding)
        _require_units(contract, source, binding)
        bound.append((source, binding))
    return bound


def _require_exact(session: Session, contract: Contract, source: Source, binding: Binding) -> None:
    """Refuse a number for a text where it is too long for Excel, or for Parquet's floating point, to keep every digit.

    An amount of such a size is right but for its last digits; of two invoice numbers it makes one.
    """
    rounded = source.plain.rounded if source.plain else {}
    of_texts = (
        position
        for name, positions in binding.positions.items()
        if contract.field(name).kind == "string"
        for position in positions
    )
    for position in of_texts:
        limit, column = EXACT_BELOW.get(source.types[position]), f"c{position}"
        if limit and session.scalar(f"SELECT bool_or(abs({column}) >= {limit:d}) FROM ({source.scan})"):
            raise UnreadableFile(
                f"“{source.headings[position]}”按浮点数（{source.types[position]}）保存，其中有不小于 {limit:,} 的数，"
                "末位数字可能已经改变，无法还原；整批未入库。",
                where=source.file,
                remedy="请来源将该列以文本或整数类型导出后重新交付；确实不需要该列时，在映射文件中列入 ignore。",
            )
        if position in rounded:
            raise UnreadableFile(
                f"{rounded[position]}的“{source.headings[position]}”是超过 15 位的数字，Excel 按数值保存时只保留"
                "前 15 位，其余各位已经改变，无法还原；整批未入库。",
                where=source.file,
                remedy="请来源将该列以文本格式导出后重新交付；确实不需要该列时，在映射文件中列入 ignore。",
            )


def _require_units(contract: Contract, source: Source, binding: Binding) -> None:
    """Refuse amounts of which a title says another unit than the one they would be read in."""
    above = source.plain.unit_above if source.plain else ""
    doubtful = [
        heading
        for name, column in binding.columns.items()
        if above and contract.field(name).kind == "amount" and column.unit != above and not column.unit_said
        for heading in column.headings
        # 金额（元）, or the field's own name, which ends in the unit.
        if not unit_in_heading(heading) and heading != name
    ]
    if doubtful:
        raise UnreadableFile(
            f"列名上方写着单位是{above}，而{'、'.join(f'“{each}”' for each in doubtful)}没有写明单位，会按元读取；"
            "整批未入库。",
            where=source.file,
            remedy=f"请在映射文件中为这些列写明单位，例如 {{from: {doubtful[0]}, unit: {above}}}"
            f"（可用：{'、'.join(UNITS)}）。",
        )


def open_source(
    session: Session, file: LandedFile, *, number: int, options: ReadOptions, expected: set[str], work: Path
) -> Source:
    """Find out what a file is and make it scannable.

    Args:
        session: The session that will scan it.
        file: The file, landed.
        number: Its number in the delivery, for names that must not clash.
        options: What the mapping says about reading it.
        expected: Headings that tell a header row.
        work: Folder for what must be made of it first; the caller removes it.

    Raises:
        UnreadableFile: It cannot be read; the message says why.
    """
    workbook = text_files.is_workbook(file)
    if not workbook:
        text_files.require_sheets(file, options)
    if text_files.is_parquet(file):
        return _all_named(session, _parquet(session, file), expected)
    opened = text_files.open_workbook if workbook else text_files.open_text
    return _all_named(session, _delimited(file, opened(file, options, expected, work), number), expected)


def _all_named(session: Session, source: Source, expected: set[str]) -> Source:
    """The source with names for columns that have no heading and yet hold something, so that none is lost unseen.

    One that the mapping speaks of has its name even in a file where it holds nothing.
    """
    bare = [place for place, heading in enumerate(source.headings) if not plain_heading(heading)]
    if not bare:
        return source
    counted = ", ".join(f"count_if({written(place)})" for place in bare)
    ((rows, *counts),) = session.rows(f"SELECT count(*), {counted} FROM ({source.again})")
    headings = list(source.headings)
    for place, count in zip(bare, counts, strict=True):
        name = place_name(place)
        headings[place] = name if count or name in expected else ""
    last = max((place for place in range(len(headings)) if place not in bare), default=-1)
    spare = [place for place, count in zip(bare, counts, strict=True) if place > last and 2 * count < rows]
    return replace(source, headings=tuple(headings), spare=tuple(spare))


def written(place: int) -> str:
    """SQL for whether a row has anything but blanks in the column at `place`."""
    return f"coalesce(regexp_matches(c{place}::VARCHAR, {text(_WRITTEN)}), FALSE)"


def _parquet(session: Session, file: LandedFile) -> Source:
    scan = f"read_parquet({text(str(file.path))}, file_row_number = true)"
    try:
        described = session.columns(f"(SELECT * FROM {scan})")
        rows = session.scalar(f"SELECT count(*) FROM {scan}")
    except (Unreadable, EngineFault) as error:
        raise UnreadableFile(
            "Parquet 文件不完整或已损坏。",
            where=file.name,
            remedy="请来源单位重新导出，并核对传输后的文件大小。",
        ) from error
    if not rows:
        raise UnreadableFile(
            "文件只有列名，没有数据。", where=file.name, remedy="请来源单位核对导出条件后重新交付。"
        )
    columns = {name: kind for name, kind in described.items() if name != "file_row_number"}
    chosen = ", ".join(
        f"{_as_written(name, kind)} AS c{index}" for index, (name, kind) in enumerate(columns.items())
    )
    return Source(
        file.name,
        tuple(columns),
        tuple(_INSTANTS.get(kind, kind) for kind in columns.values()),
        scan=f"SELECT {chosen} FROM {scan}",
        again=f"SELECT file_row_number + 1 AS row, {chosen} FROM {scan}",
        header_row=0,
    )


# Types of instants, and of what a clock shows at them.
_INSTANTS = {"TIMESTAMP WITH TIME ZONE": "TIMESTAMP", "TIMESTAMPTZ_NS": "TIMESTAMP_NS"}


def _as_written(name: str, kind: str) -> str:
    """SQL for a Parquet column: an instant as the city's clock showed it, as text tells it too; others as they are.

    The engine would take the day of an instant in UTC, which is the day before until eight in the morning.
    """
    column = identifier(name)
    return f"timezone({text(CITY_TIME.key)}, {column})" if kind in _INSTANTS else column


def _delimited(file: LandedFile, plain: PlainText, number: int) -> Source:
    names = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(plain.headings)))
    quote = "quote = '\"', escape = '\"'" if plain.quoted else "quote = '', escape = ''"
    rejects = f"rejected_{number}"
    options = (
        f"{text(str(plain.path))}, auto_detect = false, header = false, skip = {plain.lines_before:d},"
        f" columns = {{{names}}}, delim = {text(plain.delimiter)}, {quote}, nullstr = '\x03', encoding = 'utf-8'"
    )
    kept = f"store_rejects = true, rejects_table = '{rejects}', rejects_scan = '{rejects}_scan', rejects_limit = 0"
    chosen = ", ".join(f"c{index}" for index in range(len(plain.headings)))
    return Source(
        file.name,
        plain.headings,
        ("VARCHAR",) * len(plain.headings),
        scan=f"SELECT {chosen} FROM read_csv({options}, {kept})",
        again=f"SELECT row_number() OVER () AS row, {chosen} FROM read_csv({options}, ignore_errors = true)",
        header_row=plain.header_row,
        plain=plain,
        rejects=rejects,
        odd=plain.odd,
    )


def collect_malformed(session: Session, sources: Sequence[Source]) -> None:
    """Make the table `malformed` of lines the engine could not split.

    `good_before` is the number of good records before the line, by which the good ones behind it are renumbered.
    Call it after the scan.
    """
    session.run(
        "CREATE OR REPLACE TABLE malformed "
        " (file INTEGER, file_name VARCHAR, row BIGINT, good_before BIGINT, line VARCHAR, reason VARCHAR)"
    )
    for number, source in enumerate(sources):
        if source.plain is None or source.rejects is None:
            continue
        session.run(
            "INSERT INTO malformed SELECT ?, ?, place, place - row_number() OVER (ORDER BY place), line, reason FROM ("
            f" SELECT line - ? AS place, any_value(csv_line) AS line, min(CASE WHEN error_type = 'INVALID ENCODING'"
            f" THEN 'bad_encoding' ELSE 'malformed_row' END) AS reason FROM {source.rejects} GROUP BY line)",
            [number, source.file, source.plain.lines_before],
        )
        for index, original in enumerate(source.plain.broken):
            session.run("UPDATE malformed SET line = ? WHERE line = ?", [original, f"\x02{index}"])
    # A line with nothing on it, as at the end of many exports, is no row.
    session.run("DELETE FROM malformed WHERE trim(line, '\r\n') = ''")
