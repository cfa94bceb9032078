"""Mapping files: how one department's columns become a contract's fields.

Strict interpretation: every column of a source is mapped, ignored by name, or the delivery is refused with the
list of what nobody has decided about. Headings are compared without blanks and in half-width characters.
"""

import json
import re
import unicodedata
from collections.abc import Mapping as Lookup
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from xinqiao.catalogue.model import Contract
from xinqiao.intake.parsing import UNITS
from xinqiao.kernel.refusals import Refusal

_UNITS_OF_CONTRACT = {"fen": "分", "yuan": "元", "wan_yuan": "万元"}
_TOP = {"dataset", "source", "read", "columns", "constants", "ignore", "description"}
_READ = {"encoding", "delimiter", "header_row", "sheet"}
_COLUMN = {"from", "unit", "values", "take"}


class InvalidMapping(Refusal):
    """A mapping file cannot be used as it stands."""

    code = "invalid_mapping"


class UnmatchedColumns(Refusal):
    """A source's columns and the mapping or the contract do not fit together."""

    code = "unmatched_columns"


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to open the file, where it should not be found out.

    Attributes:
        encoding: Such as gb18030; found out when None.
        delimiter: Found out when None.
        header_row: Physical row of the headings, from 1; found out when None.
        sheet: Worksheet of a workbook; the first that has the headings when None.
    """

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """Where one field's values come from.

    Attributes:
        field: Name of the contract's field.
        heading: The source's heading.
        unit: Unit of an amount that does not say its own, one of `parsing.UNITS`.
        values: Source words to codes, besides those the contract knows.
        currency: Take the currency a money text names, not its amount.
    """

    field: str
    heading: str
    unit: str = "元"
    values: Lookup[str, str] = field(default_factory=dict)
    currency: bool = False


@dataclass(frozen=True, slots=True)
class Mapping:
    """One mapping file, checked against its contract.

    Attributes:
        source: The delivering unit.
        read: How to open the file.
        columns: What is mapped.
        constants: Fields with the same text in every row.
        ignore: Headings left out on purpose.
        content: The file as plain values, for the record of the delivery.
    """

    source: str = ""
    read: ReadOptions = ReadOptions()
    columns: tuple[MappedColumn, ...] = ()
    constants: Lookup[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    content: Lookup[str, Any] = field(default_factory=dict)

    @property
    def canonical(self) -> str:
        """The content as one string that does not depend on the order of its keys."""
        return json.dumps(self.content, ensure_ascii=False, sort_keys=True, default=str)


@dataclass(frozen=True, slots=True)
class Binding:
    """Which column of one source feeds which field.

    Attributes:
        columns: Field name to its mapped column.
        positions: Field name to the position of that column in the source.
        constants: Field name to its constant text.
    """

    columns: Lookup[str, MappedColumn]
    positions: Lookup[str, int]
    constants: Lookup[str, str]


def plain_heading(text: str) -> str:
    """A heading as it is compared: half-width, no blanks, no line ends, no byte-order mark."""
    return re.sub(r"[\s\ufeff\u200b]+", "", unicodedata.normalize("NFKC", text))


def load_mapping(path: Path, contract: Contract) -> Mapping:
    """Read a mapping file for deliveries of `contract`.

    Raises:
        InvalidMapping: The file is missing, is not YAML, or says something that does not exist.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InvalidMapping("找不到映射文件。", where=str(path), remedy="核对 --mapping 后的路径。") from error
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise InvalidMapping(f"映射文件不是合格的 YAML：{error}", where=str(path), remedy="改正后重试。") from error
    return mapping_from(content, contract, where=str(path))


def mapping_from(content: Any, contract: Contract, *, where: str) -> Mapping:
    """A mapping from plain values, as a file or a delivery's record holds them.

    Raises:
        InvalidMapping: It says something that does not exist.
    """
    _only_known_keys(content, _TOP, where)
    if content.get("dataset") != contract.dataset:
        raise InvalidMapping(
            f"映射文件写的数据集是 {content.get('dataset')}，本次交付的是 {contract.dataset}。",
            where=where, remedy="换用对应的映射文件，或改正其中的 dataset。",
        )  # fmt: skip
    read = content.get("read") or {}
    _only_known_keys(read, _READ, f"{where} read")
    columns = tuple(
        _column(contract, name, said, f"{where} columns.{name}")
        for name, said in (content.get("columns") or {}).items()
    )
    constants = {str(name): str(value) for name, value in (content.get("constants") or {}).items()}
    for name in constants:
        _known_field(contract, name, f"{where} constants.{name}")
    twice = sorted({each.field for each in columns} & set(constants))
    if twice:
        raise InvalidMapping(f"字段既有来源列又有固定值：{'、'.join(twice)}。", where=where, remedy="二者只留其一。")
    return Mapping(
        source=str(content.get("source") or ""),
        read=ReadOptions(**read),
        columns=columns,
        constants=constants,
        ignore=tuple(str(heading) for heading in content.get("ignore") or ()),
        content=content,
    )


def bind(contract: Contract, mapping: Mapping, headings: Sequence[str], *, where: str) -> Binding:
    """Decide which column feeds which field, or refuse with everything that is undecided.

    A heading that the mapping does not mention still matches a field by its name, its label or an alias.

    Raises:
        UnmatchedColumns: A heading is repeated, unknown, or missing, or a required field has no source.
    """
    plain = [plain_heading(heading) for heading in headings]
    ignored = {plain_heading(heading) for heading in mapping.ignore}
    named = [each for each in plain if each]
    repeated = sorted({each for each in named if named.count(each) > 1 and each not in ignored})
    if repeated:
        raise UnmatchedColumns(
            f"列名重复：{'、'.join(repeated)}。", where=where, remedy="同名的列无法区分，请让来源改名或删去其一。"
        )
    mapped = {plain_heading(each.heading): each for each in mapping.columns}
    absent = sorted(each.heading for key, each in mapped.items() if key not in plain)
    if absent:
        raise UnmatchedColumns(
            f"映射文件提到的列在文件中不存在：{'、'.join(absent)}。",
            where=where, remedy=f"文件中的列有：{'、'.join(headings)}。请改正映射文件。",
        )  # fmt: skip
    by_position: dict[str, tuple[MappedColumn, int]] = {}
    for each in mapping.columns:
        by_position[each.field] = (each, plain.index(plain_heading(each.heading)))
    known = _contract_headings(contract)
    unknown = []
    taken = set(mapped)
    for position, key in enumerate(plain):
        if key in ignored or key in taken or (not key and not headings[position]):
            continue
        column = known.get(key)
        if column is None or column.field in by_position or column.field in mapping.constants:
            unknown.append(headings[position] or f"（第 {position + 1} 列，无列名）")
        else:
            by_position[column.field] = (column, position)
    if unknown:
        raise UnmatchedColumns(
            f"有 {len(unknown)} 列既未映射也未声明忽略：{'、'.join(unknown)}。",
            where=where, remedy="在映射文件的 columns 中映射，或列入 ignore；整批未入库。",
        )  # fmt: skip
    needed = {each.name for each in contract.fields if each.required} | {contract.subject.field}
    missing = [
        f"{contract.field(name).label}（{name}）"
        for name in sorted(needed) if name not in by_position and name not in mapping.constants
    ]  # fmt: skip
    if missing:
        raise UnmatchedColumns(
            f"缺少必填字段对应的列：{'、'.join(missing)}。", where=where,
            remedy=f"文件中的列有：{'、'.join(headings)}。请补列，或在映射文件中指明来源列或固定值。",
        )  # fmt: skip
    return Binding(
        columns={name: column for name, (column, _) in by_position.items()},
        positions={name: position for name, (_, position) in by_position.items()},
        constants=mapping.constants,
    )


def expected_headings(contract: Contract, mapping: Mapping) -> set[str]:
    """Plain headings that tell a header row from a title row."""
    said = {plain_heading(each.heading) for each in mapping.columns} | {plain_heading(each) for each in mapping.ignore}
    return said | set(_contract_headings(contract))


def _contract_headings(contract: Contract) -> dict[str, MappedColumn]:
    found: dict[str, MappedColumn] = {}
    for heading, each in contract.headings.items():
        unit = "分" if heading == each.name else _UNITS_OF_CONTRACT[each.alias_units.get(heading, "yuan")]
        found.setdefault(plain_heading(heading), MappedColumn(field=each.name, heading=heading, unit=unit))
    return found


def _column(contract: Contract, name: str, said: Any, where: str) -> MappedColumn:
    _known_field(contract, name, where)
    if isinstance(said, str):
        return MappedColumn(field=name, heading=said)
    _only_known_keys(said, _COLUMN, where)
    unit = str(said.get("unit", "元"))
    if unit not in UNITS:
        raise InvalidMapping(f"不认识的单位 {unit}。", where=where, remedy=f"可用：{'、'.join(UNITS)}。")
    if "from" not in said:
        raise InvalidMapping("没有写来源列（from）。", where=where, remedy="写成 from: 来源列名。")
    if said.get("take") not in (None, "currency"):
        raise InvalidMapping(f"不认识的 take: {said['take']}。", where=where, remedy="目前只支持 take: currency。")
    values = {str(word): str(code) for word, code in (said.get("values") or {}).items()}
    permitted = contract.field(name).values
    wrong = sorted(set(values.values()) - set(permitted)) if permitted else []
    if wrong:
        raise InvalidMapping(
            f"取值 {'、'.join(wrong)} 不在合同允许的范围内。", where=where, remedy=f"可用：{'、'.join(permitted)}。"
        )
    return MappedColumn(
        field=name, heading=str(said["from"]), unit=unit, values=values, currency=said.get("take") == "currency"
    )


def _known_field(contract: Contract, name: str, where: str) -> None:
    if name not in {each.name for each in contract.fields}:
        raise InvalidMapping(
            f"数据集 {contract.dataset} 没有字段 {name}。", where=where,
            remedy=f"可用的字段：{'、'.join(each.name for each in contract.fields)}。",
        )  # fmt: skip


def _only_known_keys(content: Any, known: set[str], where: str) -> None:
    if not isinstance(content, dict):
        raise InvalidMapping("此处应为“键: 值”的结构。", where=where, remedy="参见 docs/mapping.md。")
    strange = sorted(str(key) for key in content if key not in known)
    if strange:
        raise InvalidMapping(
            f"不认识的项：{'、'.join(strange)}。", where=where, remedy=f"此处可用：{'、'.join(sorted(known))}。"
        )
