"""Reading mapping files: what they may say, and refusals that tell what is wrong and where.

Every scalar of a file is text, so that a source word such as 01 stays what it is.
"""

from collections.abc import Mapping as Lookup
from pathlib import Path
from typing import Any

import yaml

from xinqiao.catalogue.model import Contract, Field
from xinqiao.catalogue.yaml_texts import fault_of, require_bounded
from xinqiao.intake.covering import read_regions
from xinqiao.intake.headers import has_doubtful_unit, unit_in_heading
from xinqiao.intake.mapping import MappedColumn, Mapping, ReadOptions, plain_heading
from xinqiao.intake.parsing import UNITS
from xinqiao.kernel import file_faults
from xinqiao.kernel.refusals import Refusal

_TOP = {"dataset", "source", "read", "columns", "constants", "ignore", "covers", "description"}
_READ = {"encoding", "delimiter", "header_row", "sheet"}
_COLUMN = {"from", "unit", "values", "take", "incomplete"}
_INCOMPLETE = ("first_day", "last_day")
# What separates values and is hard to write, or to see once written.
_DELIMITERS = {"comma": ",", "tab": "\t", "semicolon": ";", "bar": "|"}
_UNOPENED = {
    FileNotFoundError: ("找不到映射文件。", "核对 --mapping 后的路径。"),
    IsADirectoryError: ("映射文件是一个文件夹。", "--mapping 之后应为文件的路径。"),
    PermissionError: ("没有读取映射文件的权限。", "调整文件权限后重试。"),
}


class InvalidMapping(Refusal):
    """A mapping file cannot be used as it stands."""

    code = "invalid_mapping"


class _TextLoader(yaml.BaseLoader):
    """Reads every scalar as text and refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """See `yaml.constructor.BaseConstructor`."""
        seen: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                raise yaml.MarkedYAMLError(problem=f"“{key.value}”写了两次", problem_mark=key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep=deep)


def load_mapping(path: Path, contract: Contract) -> Mapping:
    """Read a mapping file for deliveries of `contract`.

    Raises:
        InvalidMapping: The file is missing, is not YAML, or says something that does not exist.
        UnknownRegion: It names a region that the list of divisions does not have.
    """
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        loader = _TextLoader(text)
        root = loader.get_single_node()
        require_bounded(root, text)
        content = None if root is None else loader.construct_document(root)
    except UnicodeDecodeError as error:
        raise InvalidMapping(
            "映射文件不是 UTF-8 编码的文本。", where=str(path), remedy="另存为 UTF-8 后重试。"
        ) from error
    except OSError as error:
        unknown = (f"映射文件无法读取：{file_faults.said(error)}。", "核对路径与权限。")
        said, remedy = _UNOPENED.get(type(error), unknown)
        raise InvalidMapping(said, where=str(path), remedy=remedy) from error
    except yaml.YAMLError as error:
        fault = fault_of(error, text)
        place = f"第 {fault.line} 行第 {fault.column} 列，" if fault.line else ""
        raise InvalidMapping(
            f"映射文件不是合格的 YAML：{place}{fault.said}。",
            where=str(path),
            remedy=f"{fault.remedy}后重试；参见 docs/mapping.md。",
        ) from error
    mapping = mapping_from(content, contract, where=str(path))
    _refuse_slips(mapping, contract)
    return mapping


def _refuse_slips(mapping: Mapping, contract: Contract) -> None:
    """Refuse a file that contradicts itself or begins a line without ending it.

    Such mappings were taken once, and what was delivered under them must still be shown and judged again.
    """
    columns = {plain_heading(heading) for each in mapping.columns for heading in each.headings}
    if both := [heading for heading in mapping.ignore if plain_heading(heading) in columns]:
        raise InvalidMapping(
            f"有的列既已映射又声明忽略：{'、'.join(both)}。",
            where=mapping.where,
            remedy="在 columns 与 ignore 中只留其一。",
        )
    for each in mapping.columns:
        if contract.field(each.field).kind == "amount" and not _unit_said(mapping, each):
            _refuse_doubtful_units(mapping, each)
            _refuse_several_units(mapping, each)
    said = {key: mapping.content[key] for key in ("source", "covers") if key in mapping.content}
    said |= {f"read.{key}": value for key, value in (mapping.content.get("read") or {}).items()}
    if empty := [key for key, value in said.items() if not value]:
        raise InvalidMapping(
            f"写了 {'、'.join(empty)} 却没有写内容。", where=mapping.where, remedy="补上内容，或删去这一项。"
        )


def _unit_said(mapping: Mapping, column: MappedColumn) -> bool:
    """Whether the mapping itself says the unit of a column, which then counts whatever the headings say."""
    said = mapping.content["columns"][column.field]
    return isinstance(said, dict) and bool(said.get("unit"))


def _refuse_doubtful_units(mapping: Mapping, column: MappedColumn) -> None:
    """Refuse headings of an amount that speak of a unit which is not understood; it would be taken for yuan."""
    doubtful = [heading for heading in column.headings if has_doubtful_unit(heading)]
    if doubtful:
        raise InvalidMapping(
            f"列名{'、'.join(f'“{each}”' for each in doubtful)}似乎写有金额的单位，但无法确定是哪一种，会按元读取。",
            where=f"{mapping.where} columns.{column.field}",
            remedy=f'请写明单位，例如 {{from: "{doubtful[0]}", unit: 万元}}（可用：{"、".join(UNITS)}）；'
            "金额是外币的，请来源折算为人民币后重新导出。",
        )


def _refuse_several_units(mapping: Mapping, column: MappedColumn) -> None:
    """Refuse headings of one amount that name different units."""
    units = {heading: unit_in_heading(heading) or "元" for heading in column.headings}
    if len(set(units.values())) > 1:
        raise InvalidMapping(
            f"{column.field} 的几个来源列单位不同：{'、'.join(f'{heading}（{unit}）' for heading, unit in units.items())}。",
            where=f"{mapping.where} columns.{column.field}",
            remedy="只映射其中一列，或用 unit 写明各列实际的单位。",
        )


def mapping_from(content: Any, contract: Contract, *, where: str) -> Mapping:
    """A mapping from plain values, as a file or a delivery's record holds them.

    Raises:
        InvalidMapping: It says something that does not exist.
        UnknownRegion: It names a region that the list of divisions does not have.
    """
    _only_known_keys(content, _TOP, where)
    if content.get("dataset") != contract.dataset:
        raise InvalidMapping(
            f"映射文件写的数据集是 {content.get('dataset')}，本次交付的是 {contract.dataset}。",
            where=where,
            remedy="换用对应的映射文件，或改正其中的 dataset。",
        )
    columns = tuple(
        _column(contract, name, said, f"{where} columns.{name}")
        for name, said in _pairs(content, "columns", where).items()
    )
    constants = {
        name: _constant(contract, name, value, f"{where} constants.{name}")
        for name, value in _pairs(content, "constants", where).items()
    }
    if twice := sorted({each.field for each in columns} & set(constants)):
        raise InvalidMapping(
            f"字段既有来源列又有固定值：{'、'.join(twice)}。", where=where, remedy="二者只留其一。"
        )
    covers = _listed(content, "covers", where, example="['4403', '440305']")
    return Mapping(
        source=str(content.get("source") or ""),
        read=_read_options(_pairs(content, "read", where), f"{where} read"),
        columns=columns,
        constants=constants,
        ignore=_listed(content, "ignore", where, example="[列名, 列名]"),
        covers=read_regions(covers, where=f"{where} covers") if covers else None,
        content=content,
        where=where,
    )


def _constant(contract: Contract, name: str, value: Any, where: str) -> str:
    _known_field(contract, name, where)
    if isinstance(value, list | dict):
        raise InvalidMapping("固定值应为一段文字。", where=where, remedy="每个字段只写一个值。")
    return str(value)


def _read_options(read: Lookup[str, Any], where: str) -> ReadOptions:
    _only_known_keys(read, _READ, where)
    options = {key: str(value) for key, value in read.items() if value not in (None, "")}
    header, delimiter = options.get("header_row"), options.get("delimiter")
    if header is not None and not (header.isascii() and header.isdecimal() and int(header) > 0):
        raise InvalidMapping(
            f"header_row 应为从 1 起的行号，不是 {header}。", where=where, remedy="写成 header_row: 2。"
        )
    delimiter = _DELIMITERS.get(delimiter or "", delimiter)
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise InvalidMapping(
            f"分隔符应为一个字符，不是 {delimiter!r}。",
            where=where,
            remedy=f"写出该字符，或写 {'、'.join(_DELIMITERS)} 之一。",
        )
    return ReadOptions(
        encoding=options.get("encoding"),
        delimiter=delimiter,
        header_row=int(header) if header is not None else None,
        sheet=options.get("sheet"),
    )


def _pairs(content: Lookup[str, Any], key: str, where: str) -> dict[str, Any]:
    """A part of the file that holds keys and values; empty when it is left out."""
    said = content.get(key) or {}
    if not isinstance(said, dict):
        raise InvalidMapping(f"{key} 应为“键: 值”的结构。", where=where, remedy="参见 docs/mapping.md。")
    return said


def _listed(content: Lookup[str, Any], key: str, where: str, *, example: str) -> tuple[str, ...]:
    """A part of the file that is a list of texts; empty when it is left out."""
    said = content.get(key) or []
    if not isinstance(said, list) or not all(isinstance(each, str) for each in said):
        raise InvalidMapping(
            f"{key} 应为列表。", where=where, remedy=f"写成 {key}: {example}；参见 docs/mapping.md。"
        )
    return tuple(said)


def _column(contract: Contract, name: str, said: Any, where: str) -> MappedColumn:
    _known_field(contract, name, where)
    if isinstance(said, str | list):
        said = {"from": said}
    _only_known_keys(said, _COLUMN, where)
    headings = said.get("from") or []
    headings = headings if isinstance(headings, list) else [headings]
    if not headings or not all(isinstance(each, str) and each.strip() for each in headings):
        raise InvalidMapping(
            "没有写来源列（from），或写了空的列名。",
            where=where,
            remedy="写成 from: 来源列名；有几列时写成 from: [首选列, 备用列]。",
        )
    plain = [plain_heading(each) for each in headings]
    if twice := sorted({each for each in plain if plain.count(each) > 1}):
        raise InvalidMapping(f"来源列写了两次：{'、'.join(twice)}。", where=where, remedy="每列只写一次。")
    field = contract.field(name)
    written = unit_in_heading(headings[0]) if field.kind == "amount" else ""
    unit = str(said.get("unit") or written or "元")
    if unit not in UNITS:
        raise InvalidMapping(f"不认识的单位 {unit}。", where=where, remedy=f"可用：{'、'.join(UNITS)}。")
    if "unit" in said and field.kind != "amount":
        raise InvalidMapping(f"{field.label}不是金额，没有单位。", where=where, remedy="删去 unit。")
    values = {word: str(code) for word, code in _pairs(said, "values", where).items()}
    if values and not field.values:
        told = f"{field.label}没有约定的取值，不能换算来源的用词。"
        raise InvalidMapping(told, where=where, remedy="删去 values。")
    if wrong := sorted(set(values.values()) - set(field.values)):
        raise InvalidMapping(
            f"取值 {'、'.join(wrong)} 不在合同允许的范围内。",
            where=where,
            remedy=f"可用：{'、'.join(field.values)}。",
        )
    return MappedColumn(
        field=name,
        headings=tuple(headings),
        unit=unit,
        unit_said="unit" in said or bool(written),
        values=values,
        currency=_takes_currency(said, field, where),
        incomplete=_incomplete(said, field, where),
    )


def _takes_currency(said: Lookup[str, Any], field: Field, where: str) -> bool:
    if said.get("take") not in (None, "currency"):
        raise InvalidMapping(
            f"不认识的 take: {said['take']}。", where=where, remedy="目前只支持 take: currency。"
        )
    if said.get("take") and field.kind != "string":
        raise InvalidMapping(f"{field.label}不是币种。", where=where, remedy="删去 take。")
    return said.get("take") == "currency"


def _incomplete(said: Lookup[str, Any], field: Field, where: str) -> str | None:
    day: str | None = said.get("incomplete")
    if day is None:
        return None
    if day not in _INCOMPLETE:
        raise InvalidMapping(
            f"incomplete 不能写成 {day}。", where=where, remedy=f"可用：{'、'.join(_INCOMPLETE)}。"
        )
    if field.kind != "date":
        raise InvalidMapping(f"{field.label}不是日期。", where=where, remedy="删去 incomplete。")
    return day


def _known_field(contract: Contract, name: str, where: str) -> None:
    if name not in {each.name for each in contract.fields}:
        raise InvalidMapping(
            f"数据集 {contract.dataset} 没有字段 {name}。",
            where=where,
            remedy=f"可用的字段：{'、'.join(each.name for each in contract.fields)}。",
        )


def _only_known_keys(content: Any, known: set[str], where: str) -> None:
    if not isinstance(content, dict):
        raise InvalidMapping("此处应为“键: 值”的结构。", where=where, remedy="参见 docs/mapping.md。")
    strange = sorted(str(key) for key in content if key not in known)
    if strange:
        raise InvalidMapping(
            f"不认识的项：{'、'.join(strange)}。",
            where=where,
            remedy=f"此处可用：{'、'.join(sorted(known))}。",
        )
