"""Which column of one file feeds which field, or a refusal with everything that nobody has decided."""

from collections.abc import Mapping as Lookup
from collections.abc import Sequence
from dataclasses import dataclass

from xinqiao.catalogue.model import Contract
from xinqiao.intake.headers import place_name
from xinqiao.intake.mapping import MappedColumn, Mapping, plain_heading
from xinqiao.kernel.refusals import Refusal

_UNITS_OF_CONTRACT = {"fen": "分", "yuan": "元", "wan_yuan": "万元"}


class UnmatchedColumns(Refusal):
    """A source's columns and the mapping or the contract do not fit together."""

    code = "unmatched_columns"


@dataclass(frozen=True, slots=True)
class Binding:
    """Which column of one source feeds which field.

    Attributes:
        columns: Field name to its mapped column.
        positions: Field name to the positions of its columns in the source, the one to be asked first in front.
        constants: Field name to its constant text.
        beyond: Positions of columns without a heading that should be blank: a row with anything there has run over.
    """

    columns: Lookup[str, MappedColumn]
    positions: Lookup[str, tuple[int, ...]]
    constants: Lookup[str, str]
    beyond: tuple[int, ...] = ()


def bind(
    contract: Contract, mapping: Mapping, headings: Sequence[str], *, where: str, spare: Sequence[int] = ()
) -> Binding:
    """Decide which column feeds which field, or refuse with everything that is undecided.

    A heading that the mapping does not mention still matches a field by its name, its label or an alias. A column
    without a heading is nobody's concern; one that holds something comes under its place's name. Of these, `spare`
    are the positions behind all headings in which only some rows hold anything: not a column that nobody has decided
    on, but rows that have run over.

    Raises:
        UnmatchedColumns: A heading is repeated, unknown, or missing, or a required field has no source.
    """
    plain = [plain_heading(heading) for heading in headings]
    ignored = {plain_heading(heading) for heading in mapping.ignore}
    named = [each for each in plain if each]
    repeated = sorted({each for each in named if named.count(each) > 1 and each not in ignored})
    if repeated:
        raise UnmatchedColumns(
            f"列名重复：{'、'.join(repeated)}。",
            where=where,
            remedy="同名的列无法区分，请让来源改名或删去其一。",
        )
    mapped = {plain_heading(heading): heading for each in mapping.columns for heading in each.headings}
    absent = sorted(heading for key, heading in mapped.items() if key not in plain)
    if absent:
        raise UnmatchedColumns(
            f"映射文件提到的列在文件中不存在：{'、'.join(absent)}。",
            where=where,
            remedy=f"文件中的列有：{'、'.join(headings)}。请改正映射文件。",
        )
    by_position: dict[str, tuple[MappedColumn, tuple[int, ...]]] = {}
    for each in mapping.columns:
        by_position[each.field] = (
            each,
            tuple(plain.index(plain_heading(heading)) for heading in each.headings),
        )
    known = _contract_headings(contract)
    unknown, beyond = [], []
    taken = set(mapped)
    for position, key in enumerate(plain):
        if key in ignored or key in taken or not key:
            continue
        column = known.get(key)
        if position in spare:
            beyond.append(position)
        elif column is None or column.field in by_position or column.field in mapping.constants:
            unnamed = headings[position] == place_name(position)
            unknown.append(f"{headings[position]}（无列名，但有内容）" if unnamed else headings[position])
        else:
            by_position[column.field] = (column, (position,))
    if unknown:
        raise UnmatchedColumns(
            f"有 {len(unknown)} 列既未映射也未声明忽略：{'、'.join(unknown)}。",
            where=where,
            remedy="在映射文件的 columns 中映射，或列入 ignore；整批未入库。几列说的是同一字段时写成"
            " from: [首选列, 备用列]。没有列名的列请来源补上列名或删去，也可在映射文件中以其位置（如“第3列”）称呼。",
        )
    _require_needed(contract, {*by_position, *mapping.constants}, headings, where)
    return Binding(
        columns={name: column for name, (column, _) in by_position.items()},
        positions={name: positions for name, (_, positions) in by_position.items()},
        constants=mapping.constants,
        beyond=tuple(beyond),
    )


def _require_needed(contract: Contract, fed: set[str], headings: Sequence[str], where: str) -> None:
    """Refuse a source in which neither a column nor a constant feeds a field that every row needs."""
    needed = {each.name for each in contract.fields if each.required} | {contract.subject.field}
    missing = [f"{contract.field(name).label}（{name}）" for name in sorted(needed) if name not in fed]
    if missing:
        raise UnmatchedColumns(
            f"缺少必填字段对应的列：{'、'.join(missing)}。",
            where=where,
            remedy=f"文件中的列有：{'、'.join(headings)}。请补列，或在映射文件中指明来源列或固定值。",
        )


def expected_headings(contract: Contract, mapping: Mapping) -> set[str]:
    """Plain headings that tell a header row from a title row."""
    mapped = [heading for each in mapping.columns for heading in each.headings]
    said = {plain_heading(heading) for heading in (*mapped, *mapping.ignore)}
    return said | set(_contract_headings(contract))


def _contract_headings(contract: Contract) -> dict[str, MappedColumn]:
    found: dict[str, MappedColumn] = {}
    for heading, each in contract.headings.items():
        unit = "分" if heading == each.name else _UNITS_OF_CONTRACT[each.alias_units.get(heading, "yuan")]
        found.setdefault(
            plain_heading(heading), MappedColumn(field=each.name, headings=(heading,), unit=unit)
        )
    return found
